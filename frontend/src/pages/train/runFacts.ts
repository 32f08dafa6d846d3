/** What a run's result says at a glance. */

import type { Evaluation, Run, RunResult, Variant, VariantResult } from "@/api/types";
import { formatShare } from "@/components/charts";

export const VARIANTS: readonly Variant[] = ["int8", "float32"];

/** The steps of a run, in order, as people call them. */
export const RUN_STEPS = [
  ["features", "Features"],
  ["learn", "Training"],
  ["compress", "Compression"],
  ["compile", "Compilation"],
  ["profile", "Profile"],
  ["evaluate", "Evaluation"],
] as const;

/** The variants that a run made, the smaller one first. */
export function variantsOf(result: RunResult): Variant[] {
  return VARIANTS.filter((variant) => result.variants[variant] !== undefined);
}

/** The variant that one would put on a device: int8 where there is one. */
export function leadingVariant(result: RunResult): VariantResult | undefined {
  const [first] = variantsOf(result);
  return first ? result.variants[first] : undefined;
}

/** Below it, one window more or less moves the accuracy by a point and more. */
const FEW_WINDOWS = 100;

export interface Verdict {
  tone: "good" | "fair" | "poor";
  words: string;
}

/**
 * How good an accuracy is, against always saying the most frequent label. A poor one is followed by what to try,
 * because that is what a person wants to know next.
 */
export function verdictOf(result: RunResult, variant: VariantResult): Verdict {
  const { accuracy, per_class, windows } = variant.evaluation;
  const chance = Math.max(...per_class.map((entry) => entry.support)) / Math.max(1, windows);
  const last = result.history.at(-1);
  const overfits =
    last !== undefined && Number.isFinite(last.val_accuracy) && last.accuracy - last.val_accuracy > 0.12;
  const few =
    windows < FEW_WINDOWS
      ? ` With only ${windows} test windows the figure is rough; more test recordings make it firm.`
      : "";
  if (accuracy >= 0.95) return { tone: "good", words: `Ready to try on the device.${few}` };
  const tries = overfits
    ? "It knows its training windows by heart: add recordings, or turn on augmentation and more dropout."
    : "Look at the pair of labels that is confused most; more recordings of these help first.";
  if (accuracy >= 0.8) return { tone: "fair", words: `${tries}${few}` };
  if (accuracy <= chance + 0.05) {
    return {
      tone: "poor",
      words: "No better than always giving the same answer: check labels, window and features.",
    };
  }
  return { tone: "poor", words: `${tries}${few}` };
}

/** A variant that lost over two points to the float32 one is worth a word. */
export function lostByCompression(result: RunResult): number {
  const whole = result.variants.float32?.evaluation.accuracy;
  const small = result.variants.int8?.evaluation.accuracy;
  return whole === undefined || small === undefined ? 0 : Math.max(0, whole - small);
}

export const isActive = (run: Run): boolean => run.state === "queued" || run.state === "running";

/** How sure the accuracy is, in words; empty for runs of earlier versions. */
export function intervalWords(evaluation: Evaluation): string {
  const whole = evaluation.slices?.find((slice) => slice.by === "all");
  return whole ? `, 95 % interval ${formatShare(whole.low)} to ${formatShare(whole.high)}` : "";
}
