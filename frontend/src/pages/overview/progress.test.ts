import { describe, expect, it } from "vitest";
import type { Deployment, Design, Run, SampleSummary } from "@/api/types";
import { nextStep, projectSteps } from "./progress";

const empty: SampleSummary = { total: 0, duration_ms: 0, labels: [], sample_rates_hz: [], channel_sets: [] };
const full: SampleSummary = {
  ...empty,
  total: 20,
  labels: [
    { label: "yes", training: 8, test: 2, duration_ms: 1 },
    { label: "no", training: 8, test: 2, duration_ms: 1 },
  ],
};
const run = (state: Run["state"]) => ({ state }) as Run;

describe("how far a project has come", () => {
  it("begins with data", () => {
    const steps = projectSteps({ summary: empty, designs: [], runs: [], deployments: [] });
    expect(nextStep(steps)?.id).toBe("data");
  });

  it("goes on to the design when the data are ready", () => {
    const steps = projectSteps({ summary: full, designs: [], runs: [], deployments: [] });
    expect(steps[0]).toMatchObject({ done: true, detail: "20 recordings, 2 labels" });
    expect(nextStep(steps)?.id).toBe("design");
  });

  it("does not take a failed run for training", () => {
    const steps = projectSteps({
      summary: full,
      designs: [{} as Design],
      runs: [run("failed")],
      deployments: [],
    });
    expect(nextStep(steps)?.id).toBe("train");
  });

  it("has no next step when something has been built", () => {
    const built = { state: "succeeded" } as Deployment;
    const steps = projectSteps({
      summary: full,
      designs: [{} as Design],
      runs: [run("succeeded")],
      deployments: [built],
    });
    expect(nextStep(steps)).toBeUndefined();
  });
});
