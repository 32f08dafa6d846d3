import { describe, expect, it } from "vitest";
import type { SampleSummary } from "@/api/types";
import { cautions, readiness } from "./readiness";

const summary = (...labels: [string, number, number][]): SampleSummary => ({
  total: labels.reduce((sum, [, training, test]) => sum + training + test, 0),
  duration_ms: 1000,
  labels: labels.map(([label, training, test]) => ({ label, training, test, duration_ms: 1 })),
  sample_rates_hz: [8000],
  channel_sets: [],
});

describe("whether the data can be learned from", () => {
  it("asks for recordings, then labels, then a second label", () => {
    expect(readiness(summary()).advice).toContain("first recordings");
    expect(readiness(summary(["", 3, 1])).advice).toContain("labels");
    expect(readiness(summary(["yes", 3, 1])).advice).toContain("“yes”");
  });

  it("asks for training and test recordings", () => {
    expect(readiness(summary(["yes", 3, 1], ["no", 0, 2])).advice).toBe(
      "“no” has nothing in the training split: move some recordings there.",
    );
    expect(readiness(summary(["yes", 3, 0], ["no", 3, 0])).ready).toBe(false);
  });

  it("is content with two labels in both splits", () => {
    expect(readiness(summary(["yes", 8, 2], ["no", 8, 2]))).toEqual({ ready: true, advice: "" });
  });

  it("warns of what makes the result worse", () => {
    const found = cautions(summary(["yes", 8, 0], ["no", 2, 2], ["", 1, 0]));
    expect(found).toHaveLength(3);
    expect(found[2]).toContain("“yes” has nothing in the test split");
  });

  it("names a few of many labels", () => {
    const many = Array.from({ length: 9 }, (_, index): [string, number, number] => [`l${index}`, 2, 2]);
    expect(cautions(summary(...many))[0]).toMatch(/^“l0”, .*“l5” and 3 more: fewer/);
  });
});
