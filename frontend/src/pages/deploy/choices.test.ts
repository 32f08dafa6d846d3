import { describe, expect, it } from "vitest";
import type { Deployment, DeployTarget, Run } from "@/api/types";
import { whatIsLacking } from "./BuildForm";
import { firstTarget, formatParameters, sectionsOf, variantsOf, whyNot } from "./choices";

const target = (id: string, fields: Partial<DeployTarget> = {}): DeployTarget => ({
  id,
  title: id.toUpperCase(),
  pitch: `What ${id} is for.`,
  icon: "box",
  group: "board",
  takes: "pipeline",
  variants: ["int8", "float32"],
  board_use: "chosen",
  missing: [],
  refused_boards: {},
  docs: "",
  options_schema: {},
  ...fields,
});

const run = (...variants: string[]) =>
  ({
    number: 3,
    metrics: { variants: Object.fromEntries(variants.map((name) => [name, {}])) },
  }) as unknown as Run;

const arduino = target("arduino");
const c = target("c");
const wasm = target("wasm", { group: "browser", variants: ["float32"], board_use: "none" });
const webllm = target("webllm", { group: "browser", takes: "language-model", variants: [] });
const avr = target("avr", { missing: ["avr-gcc is not installed: apt-get install gcc-avr"] });
const all = [arduino, avr, c, wasm, webllm];

describe("targets under their headings", () => {
  it("stand where they run, and language models by themselves", () => {
    expect(sectionsOf(all).map(({ id, targets }) => [id, targets.map((entry) => entry.id)])).toEqual([
      ["board", ["arduino", "avr", "c"]],
      ["browser", ["wasm"]],
      ["language-model", ["webllm"]],
    ]);
  });

  it("are found by any word of their card or heading", () => {
    const found = (query: string) =>
      sectionsOf(all, query).flatMap(({ targets }) => targets.map(({ id }) => id));
    expect(found("ARDUINO")).toEqual(["arduino"]);
    expect(found("browser")).toEqual(["wasm"]);
    expect(found("what board c is")).toEqual(["c"]);
    expect(found("abacus")).toEqual([]);
  });
});

describe("a target that cannot be built", () => {
  it("says what the server lacks", () => {
    expect(whyNot(avr, run("int8"))).toContain("avr-gcc is not installed");
  });

  it("says which variants it takes", () => {
    expect(whyNot(wasm, run("int8"))).toBe("Takes float32; run 3 made int8.");
    expect(whyNot(wasm, run("int8", "float32"))).toBe("");
    expect(whyNot(webllm, run("int8"))).toBe("");
  });
});

describe("what is chosen before anybody chooses", () => {
  const built = (id: string) => [{ target: id } as Deployment];

  it("is what was built last, else plain C", () => {
    expect(firstTarget(all, [], run("int8"))?.id).toBe("c");
    expect(firstTarget(all, built("arduino"), run("int8"))?.id).toBe("arduino");
  });

  it("is nothing that cannot be built", () => {
    expect(firstTarget(all, built("wasm"), run("int8"))?.id).toBe("c");
    expect(firstTarget(all, built("avr"), run("int8"))?.id).toBe("c");
    expect(firstTarget([avr, arduino], [], run("int8"))?.id).toBe("arduino");
  });

  it("is a language model's target where no model was trained", () => {
    expect(firstTarget(all, [], undefined)?.id).toBe("webllm");
  });
});

describe("variants", () => {
  it("stand in the target's order, those that it does not take at the end", () => {
    expect(variantsOf(run("float32", "int8"), c)).toEqual(["int8", "float32"]);
    expect(variantsOf(run("int8", "float32"), wasm)).toEqual(["float32", "int8"]);
    expect(variantsOf(run("pruned", "int8"), c)).toEqual(["int8", "pruned"]);
    expect(variantsOf(undefined, c)).toEqual([]);
  });
});

describe("what is still to be chosen", () => {
  const chosen = { target: c, run: run("int8"), variant: "int8", model: undefined, boardId: "pico" };

  it("is nothing when everything is there", () => {
    expect(whatIsLacking(chosen)).toBe("");
    expect(whatIsLacking({ ...chosen, target: wasm, run: run("float32"), boardId: null })).toBe("");
  });

  it("is said in words", () => {
    expect(whatIsLacking({ ...chosen, boardId: null })).toBe("Choose a board.");
    expect(whatIsLacking({ ...chosen, run: undefined })).toBe("Train a model first.");
    expect(whatIsLacking({ ...chosen, target: webllm })).toBe("Bring a language model first.");
    expect(whatIsLacking({ ...chosen, target: avr })).toContain("not installed");
  });
});

describe("a number of parameters", () => {
  it.each([
    [960, "960"],
    [62_400, "62 k"],
    [1_540_000, "1.5 M"],
    [134_515_008, "135 M"],
    [1_235_814_400, "1.24 B"],
    [8_000_000_000, "8 B"],
  ])("%d is written %s", (count, written) => {
    expect(formatParameters(count)).toBe(written);
  });
});
