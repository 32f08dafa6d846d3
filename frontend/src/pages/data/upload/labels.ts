/** Which label and which split a file gets, decided from its path before it is sent, so that a person can see and change it. */

import type { Split } from "@/api/types";

export type LabelRule = "folder" | "file" | "one" | "none";
export type SplitRule = "auto" | "folders" | Split;

const SPLIT_FOLDERS: Record<string, Split> = {
  train: "training",
  training: "training",
  test: "test",
  testing: "test",
};

/** Folders that only sort files; the server passes over the same ones. */
const SORTING_FOLDERS = new Set([
  ...Object.keys(SPLIT_FOLDERS),
  ..."audio csv data dataset datasets files json recordings samples validation wav".split(" "),
]);

const foldersOf = (path: string): string[] => path.split("/").slice(0, -1).filter(Boolean);

const nameOf = (path: string): string => path.split("/").at(-1) ?? path;

/** The innermost folder that does not merely sort files: `digits/yes/test/1.wav` -> `yes`. */
export function folderLabel(path: string): string {
  const folders = foldersOf(path).filter((folder) => !SORTING_FOLDERS.has(folder.toLowerCase()));
  return folders.at(-1)?.trim() ?? "";
}

/**
 * What the file name begins with: `yes.0001.wav` -> `yes`, `0_george_12.wav` -> `0`, `turn-left-03.csv` ->
 * `turn-left`, `idle7.csv` -> `idle`. The server reads a name in the same way.
 */
export function fileLabel(path: string): string {
  const parts = nameOf(path).split(".");
  const stem = parts[0]?.trim() ?? "";
  if (parts.length > 2 && stem) return stem;
  const first = stem.split(/[_\s]/)[0] ?? "";
  return /^\d+$/.test(first) ? first : first.replace(/[-\d]+$/, "");
}

/** The split that a folder of the path names, if one does. */
export function folderSplit(path: string): Split | undefined {
  for (const folder of foldersOf(path)) {
    const split = SPLIT_FOLDERS[folder.toLowerCase()];
    if (split) return split;
  }
  return undefined;
}

/** As many characters as the server takes from a path. */
const LONGEST = 100;

export function labelFor(path: string, rule: LabelRule, oneLabel = ""): string {
  if (rule === "folder") return cut(folderLabel(path));
  if (rule === "file") return cut(fileLabel(path));
  return rule === "one" ? oneLabel.trim() : "";
}

const cut = (label: string): string => [...label].slice(0, LONGEST).join("");

export function splitFor(path: string, rule: SplitRule): Split | "auto" {
  return rule === "folders" ? (folderSplit(path) ?? "auto") : rule;
}

/**
 * The rule that most probably says what the person means: several folders are labels; one folder is a label
 * unless its file names repeat a few beginnings; loose files are named by their label.
 */
export function proposeRule(paths: string[]): LabelRule {
  const folders = new Set(paths.map(folderLabel));
  folders.delete("");
  if (folders.size > 1) return "folder";
  const beginnings = new Set(paths.map(fileLabel));
  const telling = beginnings.size > 1 && beginnings.size <= paths.length / 2;
  if (folders.size === 1) return telling ? "file" : "folder";
  return "file";
}

export interface LabelPreview {
  label: string;
  count: number;
  example: string;
}

/** How many files each label would get, most first, with the name of one. */
export function previewLabels(paths: string[], rule: LabelRule, oneLabel = ""): LabelPreview[] {
  const found = new Map<string, LabelPreview>();
  for (const path of paths) {
    const label = labelFor(path, rule, oneLabel);
    const known = found.get(label);
    if (known) known.count += 1;
    else found.set(label, { label, count: 1, example: path });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}
