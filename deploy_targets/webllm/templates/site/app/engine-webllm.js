/** The graphics card's engine: @mlc-ai/web-llm, in a worker, on files that are kept already. */

import { urlOf } from "./files.js";

/**
 * @returns an engine with OpenAI's API: engine.chat.completions.create(), engine.completions.create(),
 *   engine.interruptGenerate(), engine.unload()
 */
export async function loadWebLlm(config, library, onProgress) {
  const { CreateWebWorkerMLCEngine } = await import("../engines/web-llm/index.js");
  const needs = config.engines.webllm;
  const record = {
    model_id: needs.model_id,
    model: new URL("model/", document.baseURI).href,
    model_lib: urlOf({ path: library.path }),
    overrides: { context_window_size: config.context_tokens },
    required_features: needs.needs_f16 ? ["shader-f16"] : [],
    integrity: { model_lib: integrityOf(library.sha256) },
  };
  const worker = new Worker(new URL("./webllm-worker.js", import.meta.url), { type: "module" });
  let failed;
  const failure = new Promise((_, reject) => {
    failed = (event) => reject(new Error(`WebLLM's worker ended: ${event.message || "it could not be started"}`));
    worker.addEventListener("error", failed);
  });
  try {
    const loading = CreateWebWorkerMLCEngine(worker, needs.model_id, {
      appConfig: { model_list: [record], cacheBackend: "cache" },
      initProgressCallback: ({ progress, text }) => onProgress(progress, text),
      logLevel: "WARN",
    });
    const engine = await Promise.race([loading, failure]);
    return asEngine(engine, worker);
  } catch (error) {
    worker.terminate();
    throw new Error(`WebLLM could not load the model: ${error?.message ?? error}`);
  } finally {
    worker.removeEventListener("error", failed);
    failure.catch(() => {});
  }
}

function asEngine(engine, worker) {
  return {
    name: "WebLLM on the graphics card",
    chat: { completions: { create: (request) => engine.chat.completions.create(request) } },
    completions: { create: (request) => engine.completions.create(request) },
    interruptGenerate: () => engine.interruptGenerate(),
    async unload() {
      await engine.unload();
      worker.terminate();
    },
  };
}

/** A SHA-256 in hex as subresource integrity writes it. */
function integrityOf(hex) {
  const bytes = hex.match(/../g).map((pair) => Number.parseInt(pair, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}
