/** What can be chosen on the Deploy page, and why something cannot. Knows nothing of React. */

import type { Deployment, DeployTarget, Run } from "@/api/types";

export interface Section {
  id: string;
  title: string;
  words: string;
  targets: DeployTarget[];
}

const SECTIONS: readonly Omit<Section, "targets">[] = [
  { id: "board", title: "On a board", words: "Firmware for a microcontroller, as source or as a library." },
  {
    id: "browser",
    title: "In a browser",
    words: "Runs on the visitor’s own device; nothing is sent anywhere.",
  },
  { id: "computer", title: "On a computer", words: "For servers, gateways and notebooks." },
  {
    id: "language-model",
    title: "A language model in a web page",
    words: "Takes a folder of weights that you bring, not a model that you trained here.",
  },
];

export const sectionOf = (target: DeployTarget): string =>
  target.takes === "language-model" ? "language-model" : target.group;

/** Targets under their headings, those that hold every word of the query; headings without a target are left out. */
export function sectionsOf(targets: readonly DeployTarget[], query = ""): Section[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = targets.filter((target) => {
    const section = SECTIONS.find(({ id }) => id === sectionOf(target));
    const text = `${target.id} ${target.title} ${target.pitch} ${section?.title}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return SECTIONS.map((section) => ({
    ...section,
    targets: found.filter((target) => sectionOf(target) === section.id),
  })).filter((section) => section.targets.length > 0);
}

/** The variants that a run made, the best for the target first, then those that it does not take. */
export function variantsOf(run: Run | undefined, target: DeployTarget | undefined): string[] {
  const made = Object.keys(run?.metrics?.variants ?? {});
  const taken = (target?.variants ?? []).filter((name) => made.includes(name));
  return [...taken, ...made.filter((name) => !taken.includes(name)).sort()];
}

export const takes = (target: DeployTarget | undefined, variant: string): boolean =>
  target === undefined || target.variants.includes(variant);

/** Why a target cannot be chosen, in words; empty where it can. */
export function whyNot(target: DeployTarget, run: Run | undefined): string {
  if (target.missing.length > 0) return `Not on this server: ${target.missing.join("; ")}`;
  if (target.takes === "language-model" || !run) return "";
  const made = Object.keys(run.metrics?.variants ?? {});
  if (made.some((name) => target.variants.includes(name))) return "";
  return `Takes ${target.variants.join(" or ")}; run ${run.number} made ${made.sort().join(" and ") || "nothing"}.`;
}

/** What is chosen before anybody chooses: what was built last, else plain C, else the first that can be built. */
export function firstTarget(
  targets: readonly DeployTarget[],
  built: readonly Deployment[],
  run: Run | undefined,
): DeployTarget | undefined {
  const possible = targets.filter(
    (target) => !whyNot(target, run) && (run !== undefined || target.takes === "language-model"),
  );
  const last = possible.find((target) => target.id === built[0]?.target);
  return last ?? possible.find((target) => target.id === "c") ?? possible[0] ?? targets[0];
}

/** 135 M, 1.24 B. */
export function formatParameters(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2).replace(/\.?0+$/, "")} B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0).replace(/\.0$/, "")} M`;
  if (count >= 1e3) return `${Math.round(count / 1e3)} k`;
  return String(count);
}
