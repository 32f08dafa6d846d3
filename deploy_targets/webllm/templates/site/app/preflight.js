/**
 * What the device lacks, before anything is downloaded: facts and the page's own needs become checks, and checks become
 * a verdict for each engine. Nothing here asks the browser; app/device.js did.
 *
 * A check is {title, state, words}; its state is "ok", "warn" (may be too little) or "missing" (will not run).
 */

import { bytesInWords } from "./words.js";

// What WebLLM's runtime asks of every graphics card, whatever the model.
const GPU_NEEDS = {
  maxBufferSize: 1 << 28,
  maxStorageBufferBindingSize: 1 << 27,
  maxComputeWorkgroupStorageSize: 32 << 10,
  maxStorageBuffersPerShaderStage: 10,
};
// Browsers round the memory that they tell of, and never tell of more than this.
const MOST_MEMORY_TOLD_GB = 8;
const WASM32_BYTES = 2e9;

/**
 * @param config chat.json
 * @param facts of deviceFacts()
 * @param library {found: {…}} or {words: why there is none}
 * @param leftBytes what each engine would still have to download, by its name
 */
export function preflight(config, facts, library, leftBytes) {
  const common = [secureCheck(facts)];
  const engines = {};
  if (config.engines.webllm) {
    const needs = config.engines.webllm;
    engines.webllm = verdict([
      ...common,
      storageCheck(facts, leftBytes.webllm),
      ...gpuChecks(facts.gpu, needs),
      libraryCheck(library),
      memoryCheck(facts, needs.memory_bytes),
    ]);
  }
  if (config.engines.wllama) {
    const needs = config.engines.wllama;
    engines.wllama = verdict([
      ...common,
      storageCheck(facts, leftBytes.wllama),
      ...wasmChecks(facts, needs),
      memoryCheck(facts, needs.memory_bytes),
      threadsCheck(facts),
    ]);
  }
  return { engines, ...choice(engines, facts.gpu.software === true) };
}

/** The processor's engine comes in two kinds: one for browsers with 64-bit WebAssembly that can wait, one for the rest. */
export function wllamaKind(facts) {
  return facts.wasm.memory64 && facts.wasm.suspending ? "standard" : "compat";
}

function verdict(checks) {
  const lacking = checks.filter((check) => check.state === "missing");
  const doubtful = checks.filter((check) => check.state === "warn");
  const state = lacking.length > 0 ? "missing" : doubtful.length > 0 ? "warn" : "ok";
  return { state, checks, lacking, doubtful };
}

function choice(engines, softwareGpu) {
  const able = (name) => engines[name] !== undefined && engines[name].state !== "missing";
  if (softwareGpu && able("webllm") && able("wllama")) {
    const why = "There is no real graphics card here, only a program that stands in for one: the processor is faster by itself.";
    return { chosen: "wllama", why };
  }
  if (able("webllm")) {
    return { chosen: "webllm", why: "The graphics card has all that the model needs, so it runs there: that is the fastest." };
  }
  if (able("wllama")) {
    const why =
      engines.webllm === undefined
        ? "The model runs on the processor: that works on nearly every device, if slower than on a graphics card."
        : "The model runs on the processor, which is slower: the graphics card cannot be used here, for the reasons given with it.";
    return { chosen: "wllama", why };
  }
  return { chosen: null, why: "The model cannot run on this device, for the reasons given below. Nothing was downloaded." };
}

function secureCheck(facts) {
  return facts.secure
    ? ok("Secure page", "It came over https or from this device, so the browser lets it keep files.")
    : missing("Secure page", "The browser keeps files only for pages that come over https, or from localhost. Open it that way.");
}

function storageCheck(facts, bytes) {
  const title = "Space in the browser";
  const { freeBytes } = facts.storage;
  if (bytes === 0) return ok(title, "The model is kept in this browser already.");
  if (freeBytes === null) return warn(title, `The browser does not tell how much is free; ${bytesInWords(bytes)} are needed.`);
  const words = `${bytesInWords(bytes)} are needed, ${bytesInWords(freeBytes)} are free.`;
  return freeBytes >= bytes ? ok(title, words) : missing(title, `${words} Private windows have less.`);
}

function memoryCheck(facts, bytes) {
  const title = "Memory";
  const need = `The model takes about ${bytesInWords(bytes)}`;
  const told = facts.memoryGigabytes;
  if (told === null) return ok(title, `${need}; this browser does not tell how much the device has.`);
  const has = `the device has ${told >= MOST_MEMORY_TOLD_GB ? `${told} GB or more` : `about ${told} GB`}`;
  if (bytes <= 0.6 * told * 1e9) return ok(title, `${need}; ${has}.`);
  if (bytes <= told * 1e9 || told >= MOST_MEMORY_TOLD_GB) return warn(title, `${need}; ${has}. It may not fit.`);
  return missing(title, `${need}; ${has}.`);
}

function gpuChecks(gpu, needs) {
  if (!gpu.api) return [missing("WebGPU", "This browser has no WebGPU. Recent versions of Chrome, Edge and Safari have it.")];
  if (!gpu.adapter) {
    return [missing("WebGPU", "The browser has WebGPU, but offers no graphics card: there is none, or its driver is refused.")];
  }
  const checks = [
    gpu.software
      ? warn("WebGPU", `${gpu.name}: the processor stands in for a graphics card. It will be slow.`)
      : ok("WebGPU", `${gpu.name}.`),
  ];
  if (needs.needs_f16) {
    checks.push(
      gpu.f16
        ? ok("16-bit numbers (shader-f16)", "The graphics card computes with them.")
        : missing(
            "16-bit numbers (shader-f16)",
            `The graphics card cannot compute with them, and the model's kind, ${needs.quantization}, needs them. ` +
              `${needs.quantization.replace("f16", "f32")} would not.`,
          ),
    );
  }
  checks.push(...limitChecks(gpu.limits, needs));
  return checks;
}

function limitChecks(limits, needs) {
  const bufferBytes = Math.max(GPU_NEEDS.maxBufferSize, needs.largest_tensor_bytes);
  const bindingBytes = Math.max(GPU_NEEDS.maxStorageBufferBindingSize, needs.largest_tensor_bytes);
  const sizes = [
    ["Largest buffer (maxBufferSize)", limits.maxBufferSize, bufferBytes],
    ["Largest tensor (maxStorageBufferBindingSize)", limits.maxStorageBufferBindingSize, bindingBytes],
    ["Shared memory (maxComputeWorkgroupStorageSize)", limits.maxComputeWorkgroupStorageSize, GPU_NEEDS.maxComputeWorkgroupStorageSize],
  ].map(([title, has, need]) => limitCheck(title, has, need, bytesInWords));
  const buffers = limitCheck(
    "Buffers at once (maxStorageBuffersPerShaderStage)",
    limits.maxStorageBuffersPerShaderStage,
    GPU_NEEDS.maxStorageBuffersPerShaderStage,
    String,
  );
  return [...sizes, buffers];
}

function limitCheck(title, has, need, inWords) {
  const words = `${inWords(need)} needed, ${inWords(has)} allowed.`;
  return has >= need ? ok(title, words) : missing(title, words);
}

function libraryCheck(library) {
  const title = "Compiled model library";
  return library.found ? ok(title, `${library.found.file}, for TVM runtime ${library.found.runtime_version}.`) : missing(title, library.words);
}

function wasmChecks(facts, needs) {
  const { simd, exceptions } = facts.wasm;
  if (!simd || !exceptions) {
    const lacks = [simd ? "" : "SIMD", exceptions ? "" : "exceptions"].filter(Boolean).join(" and ");
    return [missing("WebAssembly", `This browser's WebAssembly lacks ${lacks}. A newer browser has it.`)];
  }
  if (wllamaKind(facts) === "standard") return [ok("WebAssembly", "With SIMD, exceptions, 64-bit memory and waiting (JSPI).")];
  const lacks = [facts.wasm.memory64 ? "" : "64-bit memory", facts.wasm.suspending ? "" : "waiting (JSPI)"].filter(Boolean).join(" and ");
  if (!needs.engine_files.compat) {
    return [missing("WebAssembly", `This browser's WebAssembly lacks ${lacks}, and the engine for such browsers was left out of this page.`)];
  }
  if (needs.memory_bytes > WASM32_BYTES) {
    return [missing("WebAssembly", `This browser's WebAssembly lacks ${lacks}; without it, a model may take at most 2 GB.`)];
  }
  return [warn("WebAssembly", `This browser's WebAssembly lacks ${lacks}: the engine for older browsers is used, which is slower.`)];
}

function threadsCheck(facts) {
  const title = "Threads";
  if (facts.threads < 4) return ok(title, `One of the processor's ${facts.threads} is used.`);
  return facts.isolated
    ? ok(title, `${Math.floor(facts.threads / 2)} of the processor's ${facts.threads} are used.`)
    : warn(title, "Only one is used, as the page is not isolated: the server sends no COOP and COEP headers (README), and no service worker stands in.");
}

const ok = (title, words) => ({ title, state: "ok", words });
const warn = (title, words) => ({ title, state: "warn", words });
const missing = (title, words) => ({ title, state: "missing", words });
