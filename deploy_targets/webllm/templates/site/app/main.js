/** The page: looks at the device, fetches the model, opens the conversation. */

import { Chat } from "./chat.js";
import { deviceFacts } from "./device.js";
import { loadWebLlm } from "./engine-webllm.js";
import { loadWllama } from "./engine-wllama.js";
import { fetchMissing, forget, missingOf } from "./files.js";
import { findLibrary } from "./library.js";
import { preflight, wllamaKind } from "./preflight.js";
import { progressOf, showChecks, showEngines } from "./setup.js";
import { wordsOf } from "./words.js";

const part = (id) => document.getElementById(id);
const SETTINGS_KEY = `thimble-chat-settings:${location.pathname}`;

let config;
let facts;
let library;
let chosen = null;
let engine = null;
let downloading = null;
let settings;

const chat = new Chat(
  {
    composer: part("composer"),
    prompt: part("prompt"),
    send: part("send"),
    stop: part("stop"),
    messages: part("messages"),
    empty: part("empty"),
    spoken: part("spoken"),
    trouble: part("chat-trouble"),
  },
  () => settings,
);

/** The files that an engine needs, those of the engine itself among them. */
function filesOf(name) {
  const needs = config.engines[name];
  if (name === "wllama") {
    return [...needs.engine_files.standard.slice(0, 1), ...needs.engine_files[wllamaKind(facts)], ...needs.model_files].filter(
      (file, index, all) => all.findIndex((other) => other.path === file.path) === index,
    );
  }
  const compiled = library.found ? [{ ...library.found, cache: "webllm/wasm" }] : [];
  return [...needs.engine_files, ...needs.model_files, ...compiled];
}

async function look() {
  const sizes = {};
  const leftBytes = {};
  for (const name of Object.keys(config.engines)) {
    if (name === "wllama" && !config.engines.wllama.engine_files[wllamaKind(facts)]) {
      sizes[name] = { allBytes: 0, leftBytes: 0 };
      leftBytes[name] = 0;
      continue;
    }
    const files = filesOf(name);
    const left = facts.secure ? await missingOf(files) : files;
    sizes[name] = { allBytes: sum(files), leftBytes: sum(left) };
    leftBytes[name] = sum(left);
  }
  const report = preflight(config, facts, library, leftBytes);
  chosen = chosen !== null && report.engines[chosen]?.state !== "missing" ? chosen : report.chosen;
  const choose = (name) => {
    chosen = name;
    const kept = chosen !== null && sizes[chosen].leftBytes === 0;
    const begun = chosen !== null && !kept && sizes[chosen].leftBytes < sizes[chosen].allBytes;
    part("start").textContent = kept ? "Start" : begun ? "Go on and start" : "Download and start";
    part("start").disabled = chosen === null;
    part("forget").hidden = !(kept || begun);
  };
  showEngines(part("engines"), report, sizes, chosen, choose);
  showChecks(part("checks"), report);
  part("why").textContent = report.why;
  choose(chosen);
  part("looking").hidden = true;
  part("chooser").hidden = false;
  part("found").hidden = false;
  part("found").open = report.chosen === null;
}

function sum(files) {
  return files.reduce((total, file) => total + file.bytes, 0);
}

async function start() {
  const controller = new AbortController();
  downloading = controller;
  showBusy(true);
  part("trouble").hidden = true;
  try {
    const draw = progressOf({ bar: part("progress-bar"), words: part("progress-words") });
    part("progress-label").textContent = "Downloading";
    await navigator.storage?.persist?.();
    await fetchMissing(filesOf(chosen), { onProgress: draw, signal: controller.signal });
    part("progress-label").textContent = "Loading the model";
    part("progress-bar").removeAttribute("value");
    part("progress-words").textContent = "";
    part("pause").hidden = true;
    engine = await load(chosen);
    openChat();
  } catch (error) {
    if (!controller.signal.aborted) {
      part("trouble").textContent = wordsOf(error);
      part("trouble").hidden = false;
    }
    await look();
    part("start").focus();
  } finally {
    downloading = null;
    showBusy(false);
  }
}

function load(name) {
  if (name === "wllama") return loadWllama(config, wllamaKind(facts));
  return loadWebLlm(config, library.found, (share, words) => {
    part("progress-bar").value = share;
    part("progress-words").textContent = words;
  });
}

function showBusy(yes) {
  part("progress").hidden = !yes;
  part("pause").hidden = !yes;
  part("start").hidden = yes;
  if (yes) part("forget").hidden = true;
  for (const input of document.querySelectorAll("#engines input")) {
    input.disabled = yes || input.closest(".engine").querySelector(".verdict.missing") !== null;
  }
  if (yes) part("pause").focus();
}

function openChat() {
  window.engine = engine;
  chat.use(engine);
  part("setup").hidden = true;
  part("chat").hidden = false;
  part("new-chat").hidden = false;
  part("open-settings").hidden = false;
  part("engine-badge").hidden = false;
  part("engine-badge").textContent = engine.name;
  part("empty-words").textContent = config.has_chat_template
    ? `It runs with ${engine.name}. Models make things up: check what matters.`
    : `It runs with ${engine.name}. This model was made to continue texts, not to chat: it goes on where you end.`;
  part("prompt").focus();
}

async function closeChat() {
  chat.clear();
  await engine?.unload();
  engine = null;
  window.engine = null;
  for (const id of ["chat", "new-chat", "open-settings", "engine-badge"]) part(id).hidden = true;
  part("setup").hidden = false;
  await look();
  document.querySelector("#engines input:checked")?.focus();
}

// ---- settings ----

function readSettings() {
  const given = { systemPrompt: config.system_prompt, temperature: config.temperature, maxTokens: config.max_tokens };
  try {
    return { ...given, ...JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? "{}") };
  } catch {
    return given;
  }
}

function wireSettings() {
  const dialog = part("settings");
  part("open-settings").addEventListener("click", () => {
    part("system-prompt").value = settings.systemPrompt;
    part("temperature").value = settings.temperature;
    part("max-tokens").value = settings.maxTokens;
    part("max-tokens").max = config.context_tokens;
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "save") return;
    settings = {
      systemPrompt: part("system-prompt").value,
      temperature: Number(part("temperature").value),
      maxTokens: Number(part("max-tokens").value),
    };
    localStorage.setItem(SETTINGS_KEY, JSON.stringify(settings));
  });
  part("change-engine").addEventListener("click", async () => {
    dialog.close();
    await closeChat();
  });
}

// ---- beginning ----

/**
 * A service worker makes the page work offline. Its first visit ends with one reload, before anybody wrote anything:
 * only a page that came through it is isolated, which is what threads need.
 */
async function throughServiceWorker() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  try {
    await navigator.serviceWorker.register("service-worker.js");
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  } catch {
    return;
  }
  if (config.engines.wllama && !window.crossOriginIsolated && sessionStorage.getItem("reloaded") !== config.build) {
    sessionStorage.setItem("reloaded", config.build);
    location.reload();
    await new Promise(() => {});
  }
}

async function begin() {
  try {
    const response = await fetch("chat.json");
    if (!response.ok) throw new Error(`chat.json could not be fetched: the server answered ${response.status}.`);
    config = await response.json();
    await throughServiceWorker();
    settings = readSettings();
    part("licence").textContent = config.licence_words;
    wireSettings();
    [facts, library] = await Promise.all([deviceFacts(), findLibrary(config)]);
    await look();
  } catch (error) {
    part("looking").textContent = wordsOf(error);
    part("looking").className = "trouble";
  }
}

part("chooser").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
part("pause").addEventListener("click", () => downloading?.abort());
part("forget").addEventListener("click", async () => {
  await forget(filesOf(chosen));
  await look();
  part("start").focus();
});
part("new-chat").addEventListener("click", () => chat.clear());
begin();
