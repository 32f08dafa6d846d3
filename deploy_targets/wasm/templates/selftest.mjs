/** Classifies real windows with both modules, and compares every bit with what was measured: node selftest/run.mjs */
import { readFile } from "node:fs/promises";
import { hasSimd, load, metadata } from "../index.js";

const { count, labels } = JSON.parse(await readFile(new URL("windows.json", import.meta.url), "utf8"));
const floats = async (name) => {
  const bytes = await readFile(new URL(name, import.meta.url));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const windows = await floats("windows.f32");
const expected = new Uint32Array((await floats("probabilities.f32")).buffer);
const length = metadata.windowLength * metadata.channels.length;
const classes = metadata.labels.length;

let different = 0;
for (const simd of hasSimd() ? [false, true] : [false]) {
  const classifier = await load({ simd });
  for (let i = 0; i < count; i++) {
    const { label, probabilities } = classifier.classify(windows.subarray(i * length, (i + 1) * length));
    const bits = new Uint32Array(probabilities.buffer);
    const equal = bits.every((value, k) => value === expected[i * classes + k]);
    different += equal ? 0 : 1;
    console.log(`${simd ? "SIMD " : "plain"} ${i}: ${label} (truth: ${labels[i]})${equal ? "" : " DIFFERS"}`);
  }
}
console.log(different === 0 ? "the self-test passed" : `the self-test FAILED: ${different} window(s) differ`);
process.exitCode = different === 0 ? 0 : 1;
