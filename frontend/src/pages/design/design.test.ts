import { describe, expect, it } from "vitest";
import type { PipelineSpec } from "@/api/types";
import { stepOf } from "./FlowStrip";
import { type History, type HistoryAction, historyReducer, startHistory } from "./history";
import { readPipelineSchema } from "./pipelineSchema";
import { withoutSpec } from "./queries";
import {
  addFeature,
  changeFeature,
  changeInput,
  drawable,
  freshName,
  removeFeature,
  swapFeatureBlock,
  withOtherNetworks,
} from "./specEdits";

const SPEC: PipelineSpec = {
  version: 1,
  input: {
    kind: "signal",
    channels: ["ax", "ay", "az"],
    sample_rate_hz: 100,
    window_ms: 2000,
    stride_ms: 500,
    zero_pad: true,
    label_rule: "majority",
  },
  features: [{ block: "spectral", name: "spectral", channels: ["ax", "az"], params: { bins: 16 } }],
  learning: [{ block: "classifier", name: "gesture", inputs: ["spectral"], params: {} }],
  compress: [{ method: "ptq_int8" }],
  compile: { optimize: "balanced", weights_in: "flash", ram_limit_bytes: null },
  postprocess: { smooth_windows: 1, threshold: 0.6 },
};

describe("editing a pipeline", () => {
  it("gives a second block of a kind a name of its own, and lets the model learn from it", () => {
    const next = addFeature(SPEC, "spectral", { bins: 8 });
    expect(next.features.map((feature) => feature.name)).toEqual(["spectral", "spectral_2"]);
    expect(next.learning[0]?.inputs).toEqual(["spectral", "spectral_2"]);
  });

  it("never leaves the model without an input", () => {
    const two = addFeature(SPEC, "raw", {});
    const onlyFirst = { ...two, learning: two.learning.map((part) => ({ ...part, inputs: ["spectral"] })) };
    expect(removeFeature(onlyFirst, 0).learning[0]?.inputs).toEqual(["raw"]);
  });

  it("carries a feature's new name to what learns from it", () => {
    const feature = SPEC.features[0];
    if (!feature) throw new Error("the spec has a feature");
    expect(changeFeature(SPEC, 0, { ...feature, name: "motion" }).learning[0]?.inputs).toEqual(["motion"]);
  });

  it("swaps a block for another with that one's defaults, and keeps a name that a person gave", () => {
    const swapped = swapFeatureBlock(SPEC, 0, "mfe", { bands: 40 });
    expect(swapped.features[0]).toEqual({
      block: "mfe",
      name: "mfe",
      channels: ["ax", "az"],
      params: { bands: 40 },
    });
    const named = changeFeature(SPEC, 0, { block: "spectral", name: "motion", channels: [], params: {} });
    expect(swapFeatureBlock(named, 0, "mfe", {}).features[0]?.name).toBe("motion");
    expect(swapFeatureBlock(SPEC, 0, "spectral", {})).toBe(SPEC);
  });

  it("drops a removed channel from the features that read it", () => {
    const next = changeInput(SPEC, { ...SPEC.input, channels: ["ax", "ay"] });
    expect(next.features[0]?.channels).toEqual(["ax"]);
  });

  it("can be drawn with its new features, whatever is wrong with what learns from them", () => {
    const broken = { ...addFeature(SPEC, "raw", {}), postprocess: { smooth_windows: 0, threshold: 9 } };
    const picture = drawable(broken, SPEC);
    expect(picture.features).toHaveLength(2);
    expect(picture.learning[0]?.inputs).toEqual(["spectral", "raw"]);
    expect(picture.postprocess).toEqual(SPEC.postprocess);
  });

  it("tries each network but the one that does not fit", () => {
    const spec = {
      ...SPEC,
      learning: SPEC.learning.map((part) => ({ ...part, params: { preset: "b", epochs: 9 } })),
    };
    expect(withOtherNetworks(spec, ["a", "b", "c"]).map((other) => other.learning[0]?.params)).toEqual([
      { preset: "a", epochs: 9 },
      { preset: "c", epochs: 9 },
    ]);
  });

  it("makes a name that is an identifier", () => {
    expect(freshName("my block", [])).toBe("my_block");
    expect(freshName("3d", ["_3d"])).toBe("_3d_2");
  });
});

describe("undo", () => {
  const play = (...actions: HistoryAction<string>[]) =>
    actions.reduce<History<string>>(historyReducer, startHistory("a"));
  const edit = (value: string, field: string, at: number): HistoryAction<string> => ({
    type: "edit",
    value,
    field,
    at,
  });

  it("goes back and forth one edit at a time", () => {
    const state = play(edit("b", "x", 0), edit("c", "y", 10), { type: "undo" });
    expect(state.present).toBe("b");
    expect(historyReducer(state, { type: "redo" }).present).toBe("c");
  });

  it("takes typing in one field as one edit", () => {
    const state = play(edit("b", "x", 0), edit("bc", "x", 300), edit("bcd", "x", 600), { type: "undo" });
    expect(state.present).toBe("a");
  });

  it("takes a later change of the same field as another edit", () => {
    const state = play(edit("b", "x", 0), edit("c", "x", 5000), { type: "undo" });
    expect(state.present).toBe("b");
  });

  it("forgets what was undone once something else is edited", () => {
    const state = play(edit("b", "x", 0), { type: "undo" }, edit("z", "x", 9000));
    expect(historyReducer(state, { type: "redo" }).present).toBe("z");
  });

  it("does nothing at either end", () => {
    expect(play({ type: "undo" }, { type: "redo" }).present).toBe("a");
  });
});

describe("what the server says of a pipeline", () => {
  it("is told at the step where it is mended", () => {
    expect(stepOf("features.0.params.bands")).toBe("features");
    expect(stepOf("compress")).toBe("postprocess");
    expect(stepOf("compile.ram_limit_bytes")).toBe("postprocess");
    expect(stepOf("")).toBeNull();
    expect(withoutSpec({ field: "spec.input.window_ms", message: "too long" }).field).toBe("input.window_ms");
  });

  it("names each block that there is to choose", () => {
    const schema = readPipelineSchema({
      $defs: {
        Params: { type: "object", properties: { bands: { type: "integer", default: 40 } } },
        FeatureSpec: {
          oneOf: [
            {
              title: "Audio (MFE)",
              description: "Energy in mel bands.",
              properties: { block: { const: "mfe" }, params: { $ref: "#/$defs/Params" } },
            },
          ],
        },
      },
      properties: { features: { type: "array", items: { $ref: "#/$defs/FeatureSpec" } } },
    });
    expect(schema.features).toMatchObject([
      { id: "mfe", title: "Audio (MFE)", summary: "Energy in mel bands." },
    ]);
    expect(schema.features[0]?.params.properties).toHaveProperty("bands");
  });
});
