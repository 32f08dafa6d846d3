/** What this browser and this device have: facts, without a verdict. */

// The smallest modules that use one feature each (https://github.com/WebAssembly/testsuite has the encodings).
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const EXCEPTIONS = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11];

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBuffersPerShaderStage",
];

export async function deviceFacts() {
  return {
    secure: window.isSecureContext && "caches" in window && crypto.subtle !== undefined,
    offline: "serviceWorker" in navigator,
    isolated: window.crossOriginIsolated === true,
    threads: navigator.hardwareConcurrency ?? 1,
    memoryGigabytes: navigator.deviceMemory ?? null,
    storage: await storageFacts(),
    gpu: await gpuFacts(),
    wasm: wasmFacts(),
  };
}

async function storageFacts() {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return { freeBytes: Math.max(0, quota - usage) };
  } catch {
    return { freeBytes: null };
  }
}

async function gpuFacts() {
  if (navigator.gpu === undefined) return { api: false, adapter: false };
  let adapter = null;
  try {
    adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch {
    // Treated as no adapter.
  }
  if (adapter === null) return { api: true, adapter: false };
  const info = adapter.info ?? {};
  return {
    api: true,
    adapter: true,
    name: info.description || [info.vendor, info.architecture].filter(Boolean).join(" ") || "a graphics card",
    software: info.isFallbackAdapter === true || adapter.isFallbackAdapter === true,
    f16: adapter.features.has("shader-f16"),
    limits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  };
}

function wasmFacts() {
  if (typeof WebAssembly !== "object") return { simd: false, exceptions: false, memory64: false, suspending: false };
  let memory64 = false;
  try {
    new WebAssembly.Memory({ address: "i64", initial: 1n });
    memory64 = true;
  } catch {
    // Not there.
  }
  return {
    simd: WebAssembly.validate(new Uint8Array(SIMD)),
    exceptions: WebAssembly.validate(new Uint8Array(EXCEPTIONS)),
    memory64,
    suspending: "Suspending" in WebAssembly,
  };
}
