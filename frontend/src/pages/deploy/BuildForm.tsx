import { Alert, Anchor, Badge, Button, Card, Stack, Text, Title } from "@mantine/core";
import { IconExternalLink, IconHammer } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError, api } from "@/api/client";
import type { Board, Deployment, DeployTarget, LanguageModel, Run } from "@/api/types";
import { BoardPicker } from "@/components/boards/BoardPicker";
import { errorsBelow, type Schema, SchemaForm, sentence } from "@/components/forms";
import { useOnce } from "@/components/useOnce";
import classes from "./BuildForm.module.css";
import { firstTarget, takes, variantsOf, whyNot } from "./choices";
import { fitOf } from "./fit";
import { LanguageModels } from "./language/LanguageModels";
import { TargetPicker } from "./TargetPicker";
import { TrainedModel } from "./TrainedModel";

interface BuildFormProps {
  projectId: string;
  runs: readonly Run[];
  targets: readonly DeployTarget[];
  boards: readonly Board[];
  languageModels: readonly LanguageModel[];
  built: readonly Deployment[];
  initialRun: Run | undefined;
  onStarted: (deployment: Deployment) => void;
}

/** Where the model is to run, which model, for which board, how; then Build. */
export function BuildForm(props: BuildFormProps) {
  const { projectId, runs, targets, boards, languageModels, built, initialRun, onStarted } = props;
  const queryClient = useQueryClient();
  const [runId, setRunId] = useState(initialRun?.id ?? null);
  const run = runs.find((entry) => entry.id === runId) ?? runs[0];
  const [targetId, setTargetId] = useState(() => firstTarget(targets, built, run)?.id ?? null);
  const target = targets.find((entry) => entry.id === targetId);
  const ofLanguageModel = target?.takes === "language-model";
  const [wantedVariant, setVariant] = useState<string>();
  const variant = [wantedVariant, ...variantsOf(run, target)].find(
    (name) => name && takes(target, name) && run?.metrics?.variants[name],
  );
  const [wantedModelId, setModelId] = useState<string | null>(null);
  const ready = languageModels.filter((model) => model.state === "ready");
  const model = ready.find((entry) => entry.id === wantedModelId) ?? ready[0];
  const needsBoard = target?.board_use === "chosen";
  const refused = target?.refused_boards ?? {};
  const [wantedBoardId, setBoardId] = useState<string | null>(run?.board ?? null);
  const boardId = wantedBoardId && !(wantedBoardId in refused) ? wantedBoardId : null;
  const [options, setOptions] = useState<Record<string, Record<string, unknown>>>({});
  const chosenOptions = options[targetId ?? ""] ?? {};

  const build = useOnce({
    mutationFn: () =>
      api.post<Deployment>(`projects/${projectId}/deployments/`, {
        ...(ofLanguageModel ? { language_model: model?.id } : { run: run?.id, variant }),
        target: targetId,
        board: needsBoard ? boardId : "",
        options: chosenOptions,
      }),
    onSuccess: async (deployment) => {
      await queryClient.invalidateQueries({ queryKey: ["project", projectId, "deployments"] });
      onStarted(deployment);
    },
  });
  const errors = build.error instanceof ApiError ? build.error.errors : [];
  const elsewhere = errors.filter((error) => !error.field.startsWith("options."));

  const lacking = whatIsLacking({ target, run, variant, model, boardId });
  const board = boards.find((entry) => entry.id === boardId);
  const summary = ofLanguageModel
    ? [model?.name, target?.title]
    : [target?.title, run && `run ${run.number}`, variant, needsBoard ? board?.title : undefined];
  const hasOptions = Object.keys((target?.options_schema.properties as object) ?? {}).length > 0;

  return (
    <Card component="section" aria-label="Build">
      <Stack gap={36}>
        <Part number={1} title="Where should it run?">
          <TargetPicker targets={targets} run={run} value={targetId} onChange={setTargetId} />
          {target?.docs ? <DocsLink target={target} /> : null}
        </Part>
        {ofLanguageModel ? (
          <Part number={2} title="Which language model?">
            <LanguageModels
              projectId={projectId}
              models={languageModels}
              value={model?.id ?? null}
              onChange={setModelId}
            />
          </Part>
        ) : (
          <Part number={2} title="Which model?">
            <TrainedModel
              projectId={projectId}
              runs={runs}
              run={run}
              onRun={setRunId}
              target={target}
              variant={variant}
              onVariant={setVariant}
            />
          </Part>
        )}
        {needsBoard ? (
          <Part number={3} title="For which board?">
            <BoardPicker
              label="Board"
              boards={boards}
              value={boardId}
              onChange={setBoardId}
              refused={refused}
              note={(entry) =>
                run && variant ? <FitBadge run={run} variant={variant} board={entry} /> : null
              }
            />
          </Part>
        ) : null}
        {target && hasOptions ? (
          <Part number={needsBoard ? 4 : 3} title="Anything else?">
            <SchemaForm
              key={target.id}
              schema={target.options_schema as Schema}
              value={chosenOptions}
              onChange={(value) => setOptions({ ...options, [target.id]: value })}
              errors={errorsBelow(errors, "options")}
              first={3}
            />
          </Part>
        ) : null}
        {build.error && (elsewhere.length > 0 || errors.length === 0) ? (
          <Alert color="red" role="alert" title="Not built">
            {errors.length === 0
              ? build.error.message
              : elsewhere.map((error) => sentence(error.message)).join(" ")}
          </Alert>
        ) : null}
        <div className={classes.act}>
          <Button
            size="md"
            leftSection={<IconHammer size={18} />}
            loading={build.isPending}
            disabled={lacking !== ""}
            onClick={() => build.mutate()}
          >
            Build
          </Button>
          <Text size="sm" c="dimmed" aria-live="polite">
            {lacking || summary.filter(Boolean).join(" · ")}
          </Text>
        </div>
      </Stack>
    </Card>
  );
}

interface Chosen {
  target: DeployTarget | undefined;
  run: Run | undefined;
  variant: string | undefined;
  model: LanguageModel | undefined;
  boardId: string | null;
}

/** What is still to be chosen before anything can be built, in words; empty where nothing is. */
export function whatIsLacking({ target, run, variant, model, boardId }: Chosen): string {
  if (!target) return "Choose a target.";
  const reason = whyNot(target, run);
  if (reason) return reason;
  if (target.takes === "language-model") return model ? "" : "Bring a language model first.";
  if (!run) return "Train a model first.";
  if (!variant) return `${target.title} takes none of this run’s variants.`;
  return target.board_use === "chosen" && !boardId ? "Choose a board." : "";
}

function DocsLink({ target }: { target: DeployTarget }) {
  return (
    <Anchor href={target.docs} target="_blank" rel="noopener" size="sm">
      How to use {target.title}{" "}
      <IconExternalLink size={14} aria-label="(in a new tab)" style={{ verticalAlign: "-2px" }} />
    </Anchor>
  );
}

function Part({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <div className={classes.step}>
        <span className={classes.number} aria-hidden="true">
          {number}
        </span>
        <Title order={2}>{title}</Title>
      </div>
      <Stack gap="md">{children}</Stack>
    </section>
  );
}

function FitBadge({ run, variant, board }: { run: Run; variant: string; board: Board }) {
  const fit = fitOf(run, variant, board);
  if (!fit) return null;
  return (
    <Badge color={fit.fits ? "green" : "red"} mt={6} style={{ alignSelf: "flex-start" }}>
      {fit.words}
    </Badge>
  );
}
