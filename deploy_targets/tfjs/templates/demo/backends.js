/** What TensorFlow.js computes with. */
import { metadata } from "../index.js";

const NAMES = ["wasm", "webgl", "cpu"];
const FAILURES = {
  wasm: "This browser does not run TensorFlow.js as WebAssembly.",
  webgl: "This browser has no WebGL.",
};

/** The one in the address (`?backend=webgl`), else WebAssembly: small networks are done before a graphics card starts. */
export function firstBackend() {
  const asked = new URLSearchParams(location.search).get("backend");
  return NAMES.includes(asked) ? asked : NAMES[0];
}

export async function chooseBackend(name) {
  const { tf } = globalThis;
  if (name === "wasm") {
    tf.wasm.setWasmPaths(new URL("./tf/", import.meta.url).href);
    // Threads would need a server that sends isolation headers, and a third file.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  }
  if (!(await tf.setBackend(name))) {
    throw new Error(FAILURES[name] ?? `The backend ${name} does not start.`);
  }
  await tf.ready();
}

/** Seconds that one window takes from samples to probabilities: the median of some. */
export async function secondsOf(classifier) {
  const samples = new Float32Array(metadata.windowLength * metadata.channels.length);
  const times = [];
  for (let i = 0; i < 9; i++) {
    const before = performance.now();
    await classifier.classify(samples);
    times.push((performance.now() - before) / 1000);
  }
  return times.sort((a, b) => a - b)[4];
}
