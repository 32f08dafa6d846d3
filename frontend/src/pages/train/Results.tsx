import { Alert, Card, SegmentedControl, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconBulb, IconCircleCheck, IconClockExclamation } from "@tabler/icons-react";
import { useState } from "react";
import type { Board, Run, RunResult, Variant, VariantResult } from "@/api/types";
import {
  ConfusionMatrix,
  formatLatency,
  formatShare,
  formatWhole,
  StatTile,
  StatTiles,
} from "@/components/charts";
import { formatBytes, formatDuration, formatFrequency } from "@/components/format";
import { CostOnBoard } from "./CostOnBoard";
import classes from "./Results.module.css";
import { AboutRun, Files, Labels, Network } from "./RunDetails";
import { intervalWords, lostByCompression, variantsOf, verdictOf } from "./runFacts";

interface ResultsProps {
  projectId: string;
  run: Run;
  result: RunResult;
  board: Board;
}

const NAMES: Record<Variant, string> = { int8: "int8", float32: "float32" };

/** How well the model does on windows it has never met, and what that costs on the board. */
export function Results({ projectId, run, result, board }: ResultsProps) {
  const variants = variantsOf(result);
  const [chosen, setChosen] = useState<Variant>(variants[0] ?? "float32");
  const shown = result.variants[chosen];
  if (!shown) return null;
  const { evaluation, profile } = shown;
  const other = variants.find((variant) => variant !== chosen);
  const otherAccuracy = other ? result.variants[other]?.evaluation.accuracy : undefined;
  return (
    <>
      <section aria-label="Results" className={classes.results}>
        {variants.length > 1 ? (
          <div className={classes.variants}>
            <SegmentedControl
              aria-label="Variant"
              data={variants.map((variant) => ({ value: variant, label: NAMES[variant] }))}
              value={chosen}
              onChange={(value) => setChosen(value as Variant)}
            />
            <Text size="sm" c="dimmed">
              {chosen === "int8"
                ? "8-bit integers: smaller and faster, for the device."
                : "32-bit numbers: as trained, the measure for the smaller one."}
            </Text>
          </div>
        ) : null}
        <StatTiles>
          <StatTile
            leading
            label={`Accuracy, ${NAMES[chosen]}`}
            value={formatShare(evaluation.accuracy)}
            hint={`${formatWhole(evaluation.accuracy * evaluation.windows)} of ${formatWhole(evaluation.windows)} test windows, by the compiled code${intervalWords(evaluation)}`}
          />
          {other ? (
            <StatTile
              label={`Accuracy, ${NAMES[other]}`}
              value={formatShare(otherAccuracy)}
              hint="the same windows"
            />
          ) : null}
          <StatTile
            label="Flash"
            value={formatBytes(profile.flash_bytes)}
            hint={`${formatShare(profile.flash_bytes / board.flash_bytes)} of the board`}
          />
          <StatTile
            label="RAM"
            value={formatBytes(profile.ram_bytes)}
            hint={`${formatShare(profile.ram_bytes / board.ram_bytes)} of the board`}
          />
          <StatTile
            label="Time per window"
            value={profile.latency_ms === null ? "–" : `≈ ${formatLatency(profile.latency_ms)}`}
            hint={
              profile.latency_ms === null
                ? "not measured for this core"
                : `estimate at ${formatFrequency(board.clock_hz)}`
            }
          />
        </StatTiles>
        <Advice result={result} chosen={chosen} board={board} strideMs={run.spec.input.stride_ms} />
      </section>
      <div className={classes.columns}>
        <div className={classes.column}>
          <Card component="section" aria-label="Confusion matrix" className={classes.card}>
            <Title order={2} mb="md">
              What it takes for what
            </Title>
            <ConfusionMatrix key={chosen} labels={result.labels} counts={evaluation.confusion} />
          </Card>
          <Labels variant={shown} />
          <AboutRun result={result} />
          <Files projectId={projectId} run={run} />
        </div>
        <div className={classes.column}>
          <Card
            component="section"
            aria-label="Cost on the board"
            className={`${classes.card} ${classes.aside}`}
          >
            <Title order={2} mb="md">
              On the {board.title}
            </Title>
            <CostOnBoard variant={shown} board={board} strideMs={run.spec.input.stride_ms} />
          </Card>
          <Network variant={shown} />
        </div>
      </div>
    </>
  );
}

interface AdviceProps {
  result: RunResult;
  chosen: Variant;
  board: Board;
  strideMs: number;
}

function Advice({ result, chosen, board, strideMs }: AdviceProps) {
  const shown = result.variants[chosen];
  if (!shown) return null;
  const verdict = verdictOf(result, shown);
  const lost = chosen === "int8" ? lostByCompression(result) : 0;
  return (
    <>
      {shown.profile.problems.map((problem) => (
        <Alert
          key={problem}
          color="red"
          icon={<IconAlertTriangle size={20} />}
          title="It does not fit this board"
        >
          {problem}
        </Alert>
      ))}
      {shown.profile.latency_ms !== null && shown.profile.latency_ms > strideMs ? (
        <Alert
          color="brass"
          icon={<IconClockExclamation size={20} />}
          title="It may not keep up with the signal"
        >
          A window takes about {formatLatency(shown.profile.latency_ms)} on the {board.title}, and a new one
          comes every {formatDuration(strideMs)}. Give the window a longer stride, {slowPart(shown)}, or
          choose a faster board.
        </Alert>
      ) : null}
      <Alert
        color={verdict.tone === "good" ? "green" : verdict.tone === "fair" ? "brass" : "red"}
        icon={verdict.tone === "good" ? <IconCircleCheck size={20} /> : <IconBulb size={20} />}
      >
        {verdict.words}
        {lost > 0.02 ? ` The 8-bit variant gives ${formatShare(lost)} fewer right answers than float32.` : ""}
      </Alert>
    </>
  );
}

/** What to make smaller: that which takes most of the time. */
function slowPart({ profile }: VariantResult): string {
  const { features_instructions: features, model_instructions: network } = profile.breakdown;
  return features !== null && network !== null && features > network
    ? "use lighter features"
    : "use a smaller network";
}
