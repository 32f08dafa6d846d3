import type { SampleSummary } from "@/api/types";

/** What the data still lacks before a model can learn from it, or that nothing is lacking. */
export interface Readiness {
  ready: boolean;
  /** One sentence for the person; empty when ready. */
  advice: string;
}

const FEW = 5;

export function readiness(summary: SampleSummary): Readiness {
  if (summary.total === 0) return { ready: false, advice: "Bring the first recordings." };
  const labelled = summary.labels.filter(({ label }) => label !== "");
  if (labelled.length === 0) {
    return { ready: false, advice: "Give the recordings labels: select them and choose “Relabel”." };
  }
  if (labelled.length === 1) {
    return {
      ready: false,
      advice: `All recordings are “${labelled[0]?.label}”. A classifier needs at least two labels: add recordings of something else.`,
    };
  }
  const untrained = labelled.filter(({ training }) => training === 0);
  if (untrained.length > 0) {
    return {
      ready: false,
      advice: `${quoted(untrained)} in the training split: move some recordings there.`,
    };
  }
  const untested = labelled.filter(({ test }) => test === 0);
  if (untested.length === labelled.length) {
    return {
      ready: false,
      advice: "Nothing is in the test split, so accuracy could not be measured: split the data anew.",
    };
  }
  return { ready: true, advice: "" };
}

/** Things that do not stop anyone but make the result worse. */
export function cautions(summary: SampleSummary): string[] {
  const found: string[] = [];
  const labelled = summary.labels.filter(({ label }) => label !== "");
  const unlabelled = summary.labels.find(({ label }) => label === "");
  if (unlabelled) {
    found.push(
      `${unlabelled.training + unlabelled.test} recordings have no label and are left out of training.`,
    );
  }
  const few = labelled.filter(({ training }) => training > 0 && training < FEW);
  if (few.length > 0) found.push(`${names(few)}: fewer than ${FEW} training recordings; more will help.`);
  const untested = labelled.filter(({ test }) => test === 0);
  if (untested.length > 0 && untested.length < labelled.length) {
    found.push(`${quoted(untested)} in the test split, so its accuracy cannot be measured.`);
  }
  if (summary.sample_rates_hz.length > 1) {
    found.push("The recordings have different sample rates; a design reads those of one rate.");
  }
  return found;
}

const NAMED = 6;

/** The labels in quotes; of many, the first few. */
function names(labels: { label: string }[]): string {
  const named = labels.slice(0, NAMED).map(({ label }) => `“${label}”`);
  const more = labels.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

const quoted = (labels: { label: string }[]): string =>
  `${names(labels)} ${labels.length === 1 ? "has" : "have"} nothing`;
