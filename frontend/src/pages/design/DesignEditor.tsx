import { ActionIcon, Alert, Badge, Button, Card, Group, Modal, Text, Title, Tooltip } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconArrowForwardUp, IconArrowRight, IconBulb } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import type { Design, PipelineSpec, SampleSummary } from "@/api/types";
import { sameValue, sentence } from "@/components/forms/schema";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import classes from "./DesignEditor.module.css";
import { FlowStrip, type Step, stepOf } from "./FlowStrip";
import { useHistory } from "./history";
import { MisfitNetwork } from "./MisfitNetwork";
import { OneWindow } from "./OneWindow";
import { DecisionPanel, FeaturesPanel, LearningPanel, WindowPanel } from "./panels";
import type { PipelineSchema } from "./pipelineSchema";
import { checkQuery } from "./queries";
import { drawable } from "./specEdits";

interface DesignEditorProps {
  projectId: string;
  /** The stored design, or null where there is none yet. */
  design: Design | null;
  initial: PipelineSpec;
  /** Why the suggestion is as it is; shown until the design is stored. */
  reasons: readonly string[];
  schema: PipelineSchema;
  summary: SampleSummary;
  labels: readonly string[];
  readOnly: boolean;
}

const PANEL_TITLES: Record<Step, string> = {
  input: "Window",
  features: "Features",
  learning: "Learning",
  postprocess: "Decision",
};

/** Edit a pipeline with its shapes, cost and one window's features in sight. */
export function DesignEditor(props: DesignEditorProps) {
  const { projectId, initial, reasons, schema, summary, labels, readOnly } = props;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { value: spec, edit, undo, redo, canUndo, canRedo } = useHistory(initial);
  const [stored, setStored] = useState<Design | null>(props.design);
  const [step, setStep] = useState<Step>("features");
  const dirty = !stored || !sameValue(stored.spec, spec);

  const [settled] = useDebouncedValue(spec, 300);
  const check = useQuery(checkQuery(projectId, settled));
  const errors = check.data?.errors ?? [];
  const faulty = errors.length > 0;
  const isAnswer = check.data !== undefined && !check.isPlaceholderData;
  const lastGood = useRef(initial);
  const drawn = useRef(initial);
  if (isAnswer && !faulty) lastGood.current = settled;
  const canDraw = errors.every((error) => ["learning", "postprocess"].includes(stepOf(error.field) ?? ""));
  if (isAnswer && canDraw) drawn.current = drawable(settled, lastGood.current);
  const general = errors.filter((error) => stepOf(error.field) === null);

  const save = useMutation({
    mutationFn: (value: PipelineSpec) =>
      stored
        ? api.patch<Design>(`projects/${projectId}/designs/${stored.id}/`, { spec: value })
        : api.post<Design>(`projects/${projectId}/designs/`, { name: "Pipeline", spec: value }),
    onSuccess: (design, value) => {
      // What was sent is what is on screen; the answer may only write out defaults.
      setStored({ ...design, spec: value });
      return queryClient.invalidateQueries({ queryKey: ["project", projectId, "designs"] });
    },
    onError: (error) => notifications.show({ color: "red", title: "Not saved", message: error.message }),
  });
  const canSave = dirty && !faulty && !readOnly && !save.isPending;
  const saveNow = () => {
    if (canSave) save.mutate(spec);
  };
  const leaving = useRef(false);
  const goOn = async () => {
    if (dirty && !readOnly) await save.mutateAsync(spec);
    leaving.current = true;
    await navigate({ to: "/p/$projectId/train", params: { projectId } });
  };

  // In a field, the browser's own undo would fight with ours: it knows nothing of the other fields.
  useHotkeys(
    [
      ["mod+S", saveNow],
      ["mod+Z", undo],
      ["mod+shift+Z", redo],
      ["mod+Y", redo],
    ],
    [],
  );
  const blocked = useBlocker({
    shouldBlockFn: () => Boolean(stored) && dirty && !readOnly && !leaving.current,
    enableBeforeUnload: () => Boolean(stored) && dirty && !readOnly,
    withResolver: true,
  });

  const panel = { spec, schema, errors, check: check.data, onEdit: edit, disabled: readOnly };
  return (
    <Page
      title="Design"
      lead="From a recording to a decision, in four steps. Everything is filled in; change what you like and watch the picture."
      action={
        <>
          <SaveState readOnly={readOnly} stored={Boolean(stored)} dirty={dirty} saving={save.isPending} />
          <ActionIcon.Group>
            <Tooltip label="Undo (Ctrl Z)">
              <ActionIcon variant="default" size={36} aria-label="Undo" disabled={!canUndo} onClick={undo}>
                <IconArrowBackUp size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Redo (Ctrl Shift Z)">
              <ActionIcon variant="default" size={36} aria-label="Redo" disabled={!canRedo} onClick={redo}>
                <IconArrowForwardUp size={18} />
              </ActionIcon>
            </Tooltip>
          </ActionIcon.Group>
          {readOnly ? null : (
            <Button variant="default" disabled={!canSave} loading={save.isPending} onClick={saveNow}>
              Save
            </Button>
          )}
          <Button
            rightSection={<IconArrowRight size={18} />}
            disabled={faulty || save.isPending}
            onClick={() => void goOn().catch(() => undefined)}
          >
            Go on to Train
          </Button>
        </>
      }
    >
      {!stored && reasons.length > 0 ? <Reasons reasons={reasons} /> : null}
      <FlowStrip
        spec={spec}
        schema={schema}
        check={check.data}
        labels={labels}
        chosen={step}
        onChoose={setStep}
      />
      <CheckWords faults={errors.length} checking={check.isFetching} />
      {check.error ? <Problem error={check.error} onRetry={() => check.refetch()} /> : null}
      {general.length > 0 ? (
        <Alert color="red" role="alert" title="The pipeline does not fit together">
          {general.map((error) => sentence(error.message)).join(" ")}
        </Alert>
      ) : null}
      {readOnly ? null : (
        <MisfitNetwork projectId={projectId} spec={spec} schema={schema} errors={errors} onEdit={edit} />
      )}
      <div className={classes.columns}>
        <Card component="section" aria-label={`Settings: ${PANEL_TITLES[step]}`} className={classes.settings}>
          <Title order={2} mb="md">
            {PANEL_TITLES[step]}
          </Title>
          {step === "input" ? <WindowPanel {...panel} summary={summary} /> : null}
          {step === "features" ? <FeaturesPanel {...panel} /> : null}
          {step === "learning" ? <LearningPanel {...panel} /> : null}
          {step === "postprocess" ? <DecisionPanel {...panel} /> : null}
        </Card>
        <OneWindow projectId={projectId} schema={schema} spec={drawn.current} stale={!canDraw} />
      </div>
      <Modal
        opened={blocked.status === "blocked"}
        onClose={() => blocked.reset?.()}
        title="Leave without saving?"
      >
        <Text mb="lg">Your changes to the design are not saved. They are lost when you leave.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => blocked.reset?.()}>
            Stay
          </Button>
          <Button color="red" onClick={() => blocked.proceed?.()}>
            Leave and lose them
          </Button>
        </Group>
      </Modal>
    </Page>
  );
}

function SaveState(props: { readOnly: boolean; stored: boolean; dirty: boolean; saving: boolean }) {
  if (props.readOnly) return <Badge color="gray">You may look, not change</Badge>;
  const words = props.saving
    ? "Saving…"
    : !props.stored
      ? "Not saved yet"
      : props.dirty
        ? "Unsaved changes"
        : "Saved";
  return (
    <Text size="sm" c="dimmed" role="status">
      {words}
    </Text>
  );
}

function Reasons({ reasons }: { reasons: readonly string[] }) {
  return (
    <Alert icon={<IconBulb size={20} />} title="Suggested for your recordings">
      <ul className={classes.reasons}>
        {reasons.map((reason) => (
          <li key={reason}>{sentence(reason)}</li>
        ))}
      </ul>
    </Alert>
  );
}

/** Tells screen readers when the state of the pipeline changes, not at each keystroke. */
function CheckWords({ faults, checking }: { faults: number; checking: boolean }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    if (!checking)
      setWords(faults > 0 ? `The pipeline has ${faults} to mend.` : "The pipeline fits together.");
  }, [faults, checking]);
  return (
    <div className="quiet" aria-live="polite">
      {words}
    </div>
  );
}
