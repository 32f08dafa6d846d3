import { describe, expect, it } from "vitest";
import { pickedModel } from "./files";

const picked = (path: string, size = 3) => ({
  path,
  file: new File(["x".repeat(size)], path.split("/").at(-1) ?? ""),
});

describe("the model in a dropped folder", () => {
  it("is its own files, the small ones first, under the folder's name", () => {
    const model = pickedModel([
      picked("SmolLM2-135M/model.safetensors", 90),
      picked("SmolLM2-135M/config.json", 5),
      picked("SmolLM2-135M/LICENSE", 6),
      picked("SmolLM2-135M/tokenizer.json", 7),
    ]);
    expect(model.name).toBe("SmolLM2-135M");
    expect(model.files.map(({ name }) => name)).toEqual([
      "config.json",
      "LICENSE",
      "tokenizer.json",
      "model.safetensors",
    ]);
    expect(model.lacks).toBe("");
  });

  it("leaves pickles, pictures and other formats in sub-folders behind", () => {
    const model = pickedModel([
      picked("m/config.json"),
      picked("m/pytorch_model.bin"),
      picked("m/onnx/config.json"),
      picked("m/cover.png"),
    ]);
    expect(model.files.map(({ name }) => name)).toEqual(["config.json"]);
    expect(model.leftOut).toEqual(["pytorch_model.bin", "onnx/config.json", "cover.png"]);
    expect(model.lacks).toBe("This folder lacks tokenizer.json and weights (.safetensors).");
  });

  it("has no name where files were dropped without one", () => {
    expect(pickedModel([picked("config.json")]).name).toBe("");
  });
});
