import { Alert, Badge, Button, Card, Group, Radio, Select, Stack, Text, Title } from "@mantine/core";
import { IconHammer } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError, api } from "@/api/client";
import type { Board, DeployTarget, Run, Variant } from "@/api/types";
import { BoardPicker } from "@/components/boards/BoardPicker";
import { formatShare } from "@/components/charts";
import { formatBytes } from "@/components/format";
import { errorsBelow, type Schema, SchemaForm, sentence } from "@/components/forms";
import { useOnce } from "@/components/useOnce";
import classes from "./BuildForm.module.css";
import { fitOf } from "./fit";
import { TargetIcon } from "./TargetIcon";

interface BuildFormProps {
  projectId: string;
  runs: readonly Run[];
  targets: readonly DeployTarget[];
  boards: readonly Board[];
  initialRun: Run | undefined;
}

const VARIANT_WORDS: Record<Variant, string> = {
  int8: "8-bit integers: small and fast",
  float32: "32-bit numbers: exactly as trained",
};

/** What to ship, as what, for which board; then Build. */
export function BuildForm({ projectId, runs, targets, boards, initialRun }: BuildFormProps) {
  const queryClient = useQueryClient();
  const [runId, setRunId] = useState(initialRun?.id ?? null);
  const run = runs.find((entry) => entry.id === runId) ?? runs[0];
  const [targetId, setTargetId] = useState(targets[0]?.id ?? null);
  const target = targets.find((entry) => entry.id === targetId);
  const [boardId, setBoardId] = useState<string | null>(run?.board ?? null);
  const made = (["int8", "float32"] as const).filter(
    (variant) => run?.metrics?.variants[variant] && (!target || target.variants.includes(variant)),
  );
  const [wanted, setWanted] = useState<Variant>("int8");
  const variant = made.includes(wanted) ? wanted : made[0];
  const [options, setOptions] = useState<Record<string, Record<string, unknown>>>({});
  const chosenOptions = options[targetId ?? ""] ?? {};

  const build = useOnce({
    mutationFn: () =>
      api.post(`projects/${projectId}/deployments/`, {
        run: run?.id,
        target: targetId,
        variant,
        board: boardId,
        options: chosenOptions,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["project", projectId, "deployments"] }),
  });
  const errors = build.error instanceof ApiError ? build.error.errors : [];
  const elsewhere = errors.filter((error) => !error.field.startsWith("options."));

  return (
    <Card component="section" aria-label="Build">
      <Stack gap="xl">
        <Part title="What to ship">
          {runs.length > 1 ? (
            <Select
              aria-label="Run"
              maw={420}
              allowDeselect={false}
              data={runs.map((entry) => ({
                value: entry.id,
                label: `Run ${entry.number} · ${entry.design_name}`,
              }))}
              value={run?.id ?? null}
              onChange={setRunId}
            />
          ) : null}
          <Radio.Group
            aria-label="Variant"
            value={variant ?? null}
            onChange={(value) => setWanted(value as Variant)}
          >
            <div className={classes.cards}>
              {made.map((name) => {
                const result = run?.metrics?.variants[name];
                return (
                  <Radio.Card key={name} value={name} className={classes.card}>
                    <span className={classes.head}>
                      <Radio.Indicator size="xs" />
                      <span className={classes.name}>{name}</span>
                      <span className={classes.figure}>{formatShare(result?.evaluation.accuracy)} right</span>
                    </span>
                    <span className={classes.words}>{VARIANT_WORDS[name]}</span>
                    {result ? (
                      <span className={classes.words}>
                        {formatBytes(result.profile.flash_bytes)} flash ·{" "}
                        {formatBytes(result.profile.ram_bytes)} RAM
                      </span>
                    ) : null}
                  </Radio.Card>
                );
              })}
            </div>
          </Radio.Group>
        </Part>
        <Part title="As what">
          <Radio.Group aria-label="Target" value={targetId} onChange={setTargetId}>
            <div className={classes.cards}>
              {targets.map((entry) => (
                <Radio.Card key={entry.id} value={entry.id} className={classes.card}>
                  <span className={classes.head}>
                    <TargetIcon name={entry.icon} />
                    <span className={classes.name}>{entry.title}</span>
                    <Radio.Indicator size="xs" className={classes.figure} />
                  </span>
                  <span className={classes.words}>{entry.pitch}</span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          {target && Object.keys((target.options_schema.properties as object) ?? {}).length > 0 ? (
            <SchemaForm
              key={target.id}
              schema={target.options_schema as Schema}
              value={chosenOptions}
              onChange={(value) => setOptions({ ...options, [target.id]: value })}
              errors={errorsBelow(errors, "options")}
              first={3}
            />
          ) : null}
        </Part>
        <Part title="For which board">
          <BoardPicker
            label="Board"
            boards={boards}
            value={boardId}
            onChange={setBoardId}
            note={(board) => (run && variant ? <FitBadge run={run} variant={variant} board={board} /> : null)}
          />
        </Part>
        {build.error ? (
          elsewhere.length > 0 || errors.length === 0 ? (
            <Alert color="red" role="alert" title="Not built">
              {errors.length === 0
                ? build.error.message
                : elsewhere.map((error) => sentence(error.message)).join(" ")}
            </Alert>
          ) : null
        ) : null}
        <Group>
          <Button
            size="md"
            leftSection={<IconHammer size={18} />}
            loading={build.isPending}
            disabled={!run || !variant || !targetId || !boardId}
            onClick={() => build.mutate()}
          >
            Build
          </Button>
          <Text size="sm" c="dimmed">
            {run && variant
              ? `Run ${run.number}, ${variant}, ${target?.title ?? ""}`
              : "Choose a run and a target."}
          </Text>
        </Group>
      </Stack>
    </Card>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <Stack gap="md">{children}</Stack>
    </section>
  );
}

function FitBadge({ run, variant, board }: { run: Run; variant: Variant; board: Board }) {
  const fit = fitOf(run, variant, board);
  if (!fit) return null;
  return (
    <Badge color={fit.fits ? "green" : "red"} mt={6} style={{ alignSelf: "flex-start" }}>
      {fit.words}
    </Badge>
  );
}
