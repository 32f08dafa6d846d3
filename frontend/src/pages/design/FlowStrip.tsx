import { UnstyledButton } from "@mantine/core";
import {
  IconAlertCircle,
  IconBrain,
  IconChartHistogram,
  IconTargetArrow,
  IconWaveSine,
} from "@tabler/icons-react";
import type { DesignCheck, PipelineSpec } from "@/api/types";
import { formatShape, formatShare, formatShort, formatWhole } from "@/components/charts";
import { formatBytes, formatDuration, formatFrequency } from "@/components/format";
import classes from "./FlowStrip.module.css";
import type { PipelineSchema } from "./pipelineSchema";

export const STEPS = ["input", "features", "learning", "postprocess"] as const;
export type Step = (typeof STEPS)[number];

/** The step of the flow where an error's field is edited. */
export function stepOf(field: string): Step | null {
  const first = field.split(".")[0];
  if (first === "compress" || first === "compile") return "postprocess";
  return STEPS.find((step) => step === first) ?? null;
}

interface FlowStripProps {
  spec: PipelineSpec;
  schema: PipelineSchema;
  check: DesignCheck | undefined;
  labels: readonly string[];
  chosen: Step;
  onChoose: (step: Step) => void;
}

const ICONS = {
  input: IconWaveSine,
  features: IconChartHistogram,
  learning: IconBrain,
  postprocess: IconTargetArrow,
};
const TITLES = { input: "Window", features: "Features", learning: "Learning", postprocess: "Decision" };

/** The pipeline at a glance, left to right: what each step does and what it hands on. The chosen one is edited below. */
export function FlowStrip({ spec, schema, check, labels, chosen, onChoose }: FlowStripProps) {
  const facts = factsOf(spec, schema, check, labels);
  return (
    <ol className={classes.strip} aria-label="Steps of the pipeline">
      {STEPS.map((step, index) => {
        const Icon = ICONS[step];
        const faults = check?.errors.filter((error) => stepOf(error.field) === step).length ?? 0;
        return (
          <li key={step} className={classes.step}>
            <UnstyledButton
              className={classes.card}
              aria-pressed={chosen === step}
              data-faulty={faults > 0}
              onClick={() => onChoose(step)}
            >
              <span className={classes.head}>
                <Icon size={18} stroke={1.7} aria-hidden="true" />
                <span>
                  <span className="quiet">Step {index + 1}: </span>
                  {TITLES[step]}
                </span>
                {faults > 0 ? (
                  <span className={classes.fault}>
                    <IconAlertCircle size={15} aria-hidden="true" /> {faults}
                    <span className="quiet"> to mend</span>
                  </span>
                ) : null}
              </span>
              <span className={classes.main}>{facts[step].main}</span>
              <span className={classes.side}>{facts[step].side}</span>
            </UnstyledButton>
            {index < STEPS.length - 1 ? (
              <span className={classes.arrow}>
                <span className={classes.shape}>{facts[step].out}</span>
              </span>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}

type Facts = Record<Step, { main: string; side: string; out: string }>;

function factsOf(
  spec: PipelineSpec,
  schema: PipelineSchema,
  check: DesignCheck | undefined,
  labels: readonly string[],
): Facts {
  const titleOf = (kinds: PipelineSchema["features"], id: string) =>
    kinds.find((kind) => kind.id === id)?.title ?? id;
  const learning = spec.learning[0];
  const learned = check?.learning?.[0];
  const windows = check?.windows_estimate;
  const macs = check?.features?.reduce((total, feature) => total + feature.cost.macs, 0);
  const length = Math.max(1, Math.round((spec.input.window_ms * spec.input.sample_rate_hz) / 1000));
  const channels = spec.input.channels.length;
  return {
    input: {
      main: `${formatDuration(spec.input.window_ms)} at ${formatFrequency(spec.input.sample_rate_hz)}`,
      side: windows
        ? `about ${formatWhole(windows.training)} windows to learn from`
        : `every ${formatDuration(spec.input.stride_ms)}`,
      out: formatShape(channels > 1 ? [length, channels] : [length]),
    },
    features: {
      main: spec.features.map((feature) => titleOf(schema.features, feature.block)).join(" + "),
      side: macs === undefined ? "" : `${formatShort(macs)} multiply-adds a window`,
      out: learned ? formatShape(learned.input_shape) : "",
    },
    learning: {
      main: learning ? titleOf(schema.learning, learning.block) : "",
      side: learned
        ? `${formatShort(learned.cost.macs)} multiply-adds, ${formatBytes(learned.cost.table_bytes)} of weights`
        : "",
      out: learned ? formatShape(learned.output_shape) : "",
    },
    postprocess: {
      main: labels.length > 4 ? `one of ${labels.length} labels` : labels.join(", "),
      side: `from ${formatShare(spec.postprocess.threshold, 0)} on${
        spec.postprocess.smooth_windows > 1 ? `, mean of ${spec.postprocess.smooth_windows} windows` : ""
      }`,
      out: "",
    },
  };
}
