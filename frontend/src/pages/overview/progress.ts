import type { Deployment, Design, Run, SampleSummary } from "@/api/types";
import { readiness } from "../data/readiness";

export type StepId = "data" | "design" | "train" | "deploy";

export interface ProjectStep {
  id: StepId;
  title: string;
  /** What has been reached, or what the step is for. */
  detail: string;
  done: boolean;
}

interface State {
  summary: SampleSummary;
  designs: Design[];
  runs: Run[];
  deployments: Deployment[];
}

/** How far a project has come. The first step that is not done is the next one. */
export function projectSteps({ summary, designs, runs, deployments }: State): ProjectStep[] {
  const data = readiness(summary);
  const finished = runs.filter(({ state }) => state === "succeeded");
  const running = runs.some(({ state }) => state === "running" || state === "queued");
  const built = deployments.filter(({ state }) => state === "succeeded");
  const labels = summary.labels.filter(({ label }) => label !== "").length;
  return [
    {
      id: "data",
      title: "Bring data",
      detail: data.ready ? `${plural(summary.total, "recording")}, ${plural(labels, "label")}` : data.advice,
      done: data.ready,
    },
    {
      id: "design",
      title: "Design the pipeline",
      detail: designs.length
        ? `${plural(designs.length, "design")} saved`
        : "Windows, features and a model; sensible defaults are filled in.",
      done: designs.length > 0,
    },
    {
      id: "train",
      title: "Train",
      detail: finished.length
        ? `${plural(finished.length, "run")} finished`
        : running
          ? "A run is under way."
          : "Press Train and watch it learn.",
      done: finished.length > 0,
    },
    {
      id: "deploy",
      title: "Deploy",
      detail: built.length
        ? `${plural(built.length, "download")} built`
        : "Download code for your board, with everything measured.",
      done: built.length > 0,
    },
  ];
}

export const nextStep = (steps: ProjectStep[]): ProjectStep | undefined => steps.find(({ done }) => !done);

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
