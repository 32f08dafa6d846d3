import { describe, expect, it } from "vitest";
import {
  fileLabel,
  folderLabel,
  folderSplit,
  labelFor,
  previewLabels,
  proposeRule,
  splitFor,
} from "./labels";

describe("a label from a file name", () => {
  it.each([
    ["yes.0001.wav", "yes"],
    ["0_george_12.wav", "0"],
    ["walk-03.csv", "walk"],
    ["turn-left-03.csv", "turn-left"],
    ["turn_left.0001.wav", "turn_left"],
    ["idle7.csv", "idle"],
    ["circle (2).json", "circle"],
    ["noise.wav", "noise"],
    ["2024.csv", "2024"],
  ])("takes the beginning of %s", (name, label) => {
    expect(fileLabel(name)).toBe(label);
  });
});

describe("a label from a folder", () => {
  it("takes the innermost folder", () => {
    expect(folderLabel("hmp/Brush_teeth/one.txt")).toBe("Brush_teeth");
  });

  it("looks past folders that name a split", () => {
    expect(folderLabel("digits/yes/Test/1.wav")).toBe("yes");
    expect(folderLabel("wav/1.wav")).toBe("");
    expect(folderSplit("digits/yes/Test/1.wav")).toBe("test");
  });

  it("is empty for a loose file", () => {
    expect(folderLabel("one.txt")).toBe("");
    expect(folderSplit("one.txt")).toBeUndefined();
  });
});

describe("the proposed rule", () => {
  it("is the folder where there are several", () => {
    expect(proposeRule(["walk/1.csv", "run/1.csv"])).toBe("folder");
  });

  it("is the file name where one folder holds files of a few beginnings", () => {
    expect(proposeRule(["fsdd/0_a_1.wav", "fsdd/0_a_2.wav", "fsdd/1_a_1.wav", "fsdd/1_a_2.wav"])).toBe(
      "file",
    );
  });

  it("is the folder where one folder holds files of one kind", () => {
    expect(proposeRule(["walk/rec_1.csv", "walk/rec_2.csv"])).toBe("folder");
  });

  it("is the file name for loose files", () => {
    expect(proposeRule(["yes.1.wav"])).toBe("file");
  });
});

describe("the preview", () => {
  it("counts the files of each label, most first", () => {
    expect(previewLabels(["a/1.csv", "b/1.csv", "b/2.csv"], "folder")).toEqual([
      { label: "b", count: 2, example: "b/1.csv" },
      { label: "a", count: 1, example: "a/1.csv" },
    ]);
  });

  it("gives every file the one label, or none", () => {
    expect(labelFor("a/1.csv", "one", " hum ")).toBe("hum");
    expect(labelFor("a/1.csv", "none")).toBe("");
  });

  it("cuts a long name to what the server takes", () => {
    expect(labelFor(`${"🎉".repeat(200)}/1.csv`, "folder")).toBe("🎉".repeat(100));
    expect(labelFor(`${"x".repeat(200)}_1.csv`, "file")).toBe("x".repeat(100));
  });

  it("takes the split from folders and leaves the rest to the server", () => {
    expect(splitFor("train/a/1.csv", "folders")).toBe("training");
    expect(splitFor("a/1.csv", "folders")).toBe("auto");
    expect(splitFor("train/a/1.csv", "test")).toBe("test");
  });
});
