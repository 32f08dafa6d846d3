/**
 * Load the pipeline in a browser, in Node or in a worker. What each function takes and gives is in `index.d.ts`.
 */
import { Classifier } from "./core.js";
import { metadata } from "./metadata.js";

export { Classifier, metadata };

/** The smallest module that has a vector in it: (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt) */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

export function hasSimd() {
  return WebAssembly.validate(SIMD_PROBE);
}

export async function load(options = {}) {
  const module = await compile(options);
  return new Classifier(await WebAssembly.instantiate(module, {}));
}

export async function createAudioNode(context, { onResult, ...options }) {
  if (!metadata.isSound) {
    throw new Error(`this pipeline does not read sound, but ${metadata.channels.join(", ")}`);
  }
  const [wasm] = await Promise.all([
    bytesOf(options),
    context.audioWorklet.addModule(options.worklet ?? new URL("./worklet.js", import.meta.url)),
  ]);
  const node = new AudioWorkletNode(context, "thimble-pipeline", {
    numberOfInputs: 1,
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
    processorOptions: { wasm },
  });
  return new Promise((resolve, reject) => {
    node.onprocessorerror = () => reject(new Error("the audio worklet stopped"));
    node.port.onmessage = ({ data }) => {
      if (data.result) {
        onResult(data.result);
      } else {
        resolve(node);
      }
    };
  });
}

/** @returns {Promise<WebAssembly.Module>} */
async function compile(options) {
  if (options.wasm instanceof WebAssembly.Module) {
    return options.wasm;
  }
  return WebAssembly.compile(await bytesOf(options));
}

async function bytesOf({ wasm, simd = hasSimd() }) {
  if (wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm)) {
    return wasm;
  }
  const file = simd ? new URL("./pipeline-simd.wasm", import.meta.url) : new URL("./pipeline.wasm", import.meta.url);
  const address = new URL(wasm ?? file, import.meta.url);
  if (address.protocol === "file:") {
    const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:fs/promises");
    return readFile(address);
  }
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address} answered ${response.status} ${response.statusText}`);
  }
  return response.arrayBuffer();
}
