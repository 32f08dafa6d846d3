/** Which of a dropped folder's files belong to a language model. The server decides; this spares it the rest. */

import type { PickedFile } from "../../data/upload/dropped";

const SUFFIXES = [".json", ".safetensors", ".model", ".txt", ".jinja", ".md"];
const PLAIN_NAMES = ["LICENSE", "LICENCE", "NOTICE"];

export interface PickedModel {
  /** After the folder. */
  name: string;
  files: File[];
  /** Names of what stays behind: other formats of the same weights, pictures, sub-folders. */
  leftOut: string[];
  /** What the folder lacks, in words; empty where it seems complete. */
  lacks: string;
}

/** The model in what was dropped or picked: a folder, or files. Sub-folders hold other formats and stay behind. */
export function pickedModel(picked: readonly PickedFile[]): PickedModel {
  const folders = new Set(picked.map(({ path }) => (path.includes("/") ? path.split("/")[0] : "")));
  const folder = folders.size === 1 ? [...folders][0] : "";
  const files: File[] = [];
  const leftOut: string[] = [];
  for (const { file, path } of picked) {
    const inside = folder ? path.slice(folder.length + 1) : path;
    const belongs = SUFFIXES.some((suffix) => inside.endsWith(suffix)) || PLAIN_NAMES.includes(inside);
    if (!inside.includes("/") && belongs) files.push(file);
    else leftOut.push(inside);
  }
  // Small files first: what is wrong with them shows before the weights are under way.
  files.sort((a, b) => a.size - b.size || a.name.localeCompare(b.name));
  return { name: (folder ?? "").slice(0, 120), files, leftOut, lacks: lacks(files) };
}

function lacks(files: readonly File[]): string {
  const names = files.map(({ name }) => name);
  const missing = ["config.json", "tokenizer.json"].filter((name) => !names.includes(name));
  if (!names.some((name) => name.endsWith(".safetensors"))) missing.push("weights (.safetensors)");
  return missing.length > 0 ? `This folder lacks ${missing.join(" and ")}.` : "";
}
