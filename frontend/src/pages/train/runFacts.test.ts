import { describe, expect, it } from "vitest";
import type { RunResult, VariantResult } from "@/api/types";
import { intervalWords, leadingVariant, lostByCompression, variantsOf, verdictOf } from "./runFacts";

function variant(accuracy: number): VariantResult {
  return {
    evaluation: {
      accuracy,
      per_class: [
        { label: "a", precision: 0, recall: 0, f1: 0, support: 60 },
        { label: "b", precision: 0, recall: 0, f1: 0, support: 40 },
      ],
      confusion: [],
      windows: 100,
    },
    profile: {
      board: "pico",
      flash_bytes: 1,
      ram_bytes: 1,
      instructions: null,
      latency_ms: null,
      latency_is: "",
      fits: true,
      problems: [],
      toolchain: "",
      emulator: "",
      breakdown: { features_instructions: null, model_instructions: null },
    },
    model: { macs: 1, arena_bytes: 1, weights_bytes: 1, layers: [] },
  };
}

function result(float32: number, int8?: number, lastEpoch = { accuracy: 0.9, val_accuracy: 0.9 }): RunResult {
  return {
    labels: ["a", "b"],
    windows: { training: 1, validation: 1, test: 100 },
    samples: { training: 1, test: 1 },
    history: [{ epoch: 1, epochs: 1, loss: 0, val_loss: 0, ...lastEpoch }],
    variants: { float32: variant(float32), ...(int8 === undefined ? {} : { int8: variant(int8) }) },
    artifacts: {},
    seconds: {},
    cached: [],
  };
}

describe("a run's result", () => {
  it("is led by the int8 variant where there is one", () => {
    expect(variantsOf(result(0.9, 0.88))).toEqual(["int8", "float32"]);
    expect(leadingVariant(result(0.9, 0.88))?.evaluation.accuracy).toBe(0.88);
    expect(leadingVariant(result(0.9))?.evaluation.accuracy).toBe(0.9);
  });

  it("tells what compression lost, and nothing where it gained", () => {
    expect(lostByCompression(result(0.9, 0.85))).toBeCloseTo(0.05);
    expect(lostByCompression(result(0.9, 0.92))).toBe(0);
    expect(lostByCompression(result(0.9))).toBe(0);
  });

  it("says of a good model that it may be tried", () => {
    expect(verdictOf(result(0.97), variant(0.97)).tone).toBe("good");
  });

  it("sees a model that is no better than the most frequent label", () => {
    const verdict = verdictOf(result(0.62), variant(0.62));
    expect(verdict.tone).toBe("poor");
    expect(verdict.words).toMatch(/always giving the same answer/);
  });

  it("tells overfitting by the gap between the curves", () => {
    const overfitted = result(0.85, undefined, { accuracy: 1, val_accuracy: 0.82 });
    expect(verdictOf(overfitted, variant(0.85)).words).toMatch(/by heart/);
    expect(verdictOf(result(0.85), variant(0.85)).words).toMatch(/confused most/);
  });
});

describe("how sure an accuracy is", () => {
  it("is told by the interval of the whole test split", () => {
    const slice = { name: "", windows: 100, recordings: 20, accuracy: 0.9 };
    const evaluation = {
      ...variant(0.9).evaluation,
      slices: [
        { ...slice, by: "all" as const, low: 0.699, high: 0.972 },
        { ...slice, by: "label" as const, low: 0.5, high: 1 },
      ],
    };
    expect(intervalWords(evaluation)).toBe(", 95 % interval 69.9 % to 97.2 %");
  });

  it("is not told of runs that kept no record of it", () => {
    expect(intervalWords(variant(0.9).evaluation)).toBe("");
  });
});
