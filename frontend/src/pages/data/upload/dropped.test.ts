import { describe, expect, it } from "vitest";
import { pickedFrom, pickedFromDrop } from "./dropped";

const fileEntry = (fullPath: string, content = "1,2,3") => ({
  isFile: true,
  isDirectory: false,
  fullPath,
  file: (done: (file: File) => void) => done(new File([content], fullPath.split("/").at(-1) ?? "")),
});

/** A folder that hands out its children in portions, as browsers do. */
const folderEntry = (fullPath: string, portions: unknown[][]) => ({
  isFile: false,
  isDirectory: true,
  fullPath,
  createReader: () => {
    const left = [...portions];
    return { readEntries: (done: (children: unknown[]) => void) => done(left.shift() ?? []) };
  },
});

const drop = (entries: unknown[]) =>
  ({
    items: entries.map((entry) => ({ kind: "file", webkitGetAsEntry: () => entry })),
    files: [],
  }) as unknown as DataTransfer;

describe("a dropped folder", () => {
  it("is read to its depths, in all its portions", async () => {
    const picked = await pickedFromDrop(
      drop([
        folderEntry("/data", [
          [fileEntry("/data/walk/1.csv")],
          [folderEntry("/data/run", [[fileEntry("/data/run/1.csv")], [fileEntry("/data/run/2.csv")]])],
        ]),
      ]),
    );
    expect(picked.map(({ path }) => path)).toEqual(["data/walk/1.csv", "data/run/1.csv", "data/run/2.csv"]);
  });

  it("leaves clutter out, and keeps empty files for the server to refuse by name", async () => {
    const picked = await pickedFromDrop(
      drop([
        fileEntry("/a/.DS_Store"),
        fileEntry("/a/empty.csv", ""),
        fileEntry("/__MACOSX/1.csv"),
        fileEntry("/a/1.csv"),
      ]),
    );
    expect(picked.map(({ path }) => path)).toEqual(["a/empty.csv", "a/1.csv"]);
  });
});

describe("picked files", () => {
  it("keep the path inside the picked folder", () => {
    const file = new File(["x"], "1.wav");
    Object.defineProperty(file, "webkitRelativePath", { value: "yes/1.wav" });
    expect(pickedFrom([file, new File(["x"], "2.wav")]).map(({ path }) => path)).toEqual([
      "yes/1.wav",
      "2.wav",
    ]);
  });
});
