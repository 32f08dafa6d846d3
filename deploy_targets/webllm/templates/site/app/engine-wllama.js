/** The processor's engine: @wllama/wllama (llama.cpp as WebAssembly), on files that are kept already. */

import { blobOf } from "./files.js";

const SILENT = { debug() {}, log() {}, warn() {}, error: (...words) => console.warn(...words) };

/**
 * @param kind of wllamaKind(): which of the two builds of the engine this browser needs
 * @returns an engine with OpenAI's API: engine.chat.completions.create(), engine.completions.create(),
 *   engine.interruptGenerate(), engine.unload()
 */
export async function loadWllama(config, kind) {
  const needs = config.engines.wllama;
  const { Wllama } = await import("../engines/wllama/index.js");
  const address = (name) => new URL(`engines/wllama/${name}`, document.baseURI).href;
  const wllama = new Wllama({ default: address("wllama.wasm") }, { logger: SILENT, suppressNativeLog: true });
  wllama.setCompat(
    kind === "compat" ? { worker: address("compat/wllama.js"), wasm: address("compat/wllama.wasm") } : null,
    "firefox_safari",
  );
  const blobs = await Promise.all(needs.model_files.map((file) => blobOf(file)));
  await wllama.loadModel(blobs, {
    n_ctx: config.context_tokens,
    n_gpu_layers: 0,
    n_parallel: 1,
    ...(needs.chat_template ? { chat_template: needs.chat_template } : {}),
  });
  return new WllamaEngine(wllama);
}

class WllamaEngine {
  #wllama;
  #stopping = null;

  constructor(wllama) {
    this.#wllama = wllama;
    const threads = wllama.getNumThreads();
    this.name = `wllama on the processor, ${threads === 1 ? "one thread" : `${threads} threads`}`;
    this.chat = { completions: { create: (request) => this.#create("createChatCompletion", request) } };
    this.completions = { create: (request) => this.#create("createCompletion", request) };
  }

  /** Ends the answer that is being written; it keeps what it has, with the finish reason "abort". */
  interruptGenerate() {
    this.#stopping?.abort();
  }

  async unload() {
    await this.#wllama.exit();
  }

  async #create(method, request) {
    const stopping = new AbortController();
    this.#stopping = stopping;
    const options = { ...request, abortSignal: stopping.signal };
    if (!request.stream) return this.#wllama[method](options);
    return untilStopped(await this.#wllama[method](options), stopping.signal, request.messages !== undefined);
  }
}

async function* untilStopped(chunks, signal, isChat) {
  let last;
  try {
    for await (const chunk of chunks) {
      last = chunk;
      yield chunk;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const choice = { index: 0, finish_reason: "abort", ...(isChat ? { delta: {} } : { text: "" }) };
    yield { ...last, choices: [choice] };
  }
}
