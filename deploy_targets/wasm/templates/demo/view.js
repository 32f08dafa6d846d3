/** What the page shows. */
import { metadata } from "../index.js";

const MOST_DECISIONS = 100;
const element = (id) => document.getElementById(id);
const percent = (share) => `${(100 * share).toFixed(0)} %`;
const bars = [];

function add(parent, tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}

export function startPage() {
  for (const label of metadata.labels) {
    const row = add(element("classes"), "li", "", "");
    const bar = add(row, "span", "bar", "");
    add(row, "span", "name", label);
    bars.push({ bar, share: add(row, "span", "share", "–") });
  }
  const columns = metadata.channels.join(", ");
  element("file-hint").textContent = metadata.isSound ? "WAV, or CSV" : `CSV with the columns ${columns}`;
  showUncertain("Ready");
}

export function showUncertain(words) {
  element("label").textContent = words;
  element("label").classList.add("uncertain");
  element("detail").textContent = "";
}

/** A result of a stream or of one window. */
export function show(result, detail = "") {
  const certain = result.label !== null;
  const words = certain ? result.label : "uncertain";
  // Written only when it changes: it is read aloud.
  if (element("label").textContent !== words) {
    element("label").textContent = words;
  }
  element("label").classList.toggle("uncertain", !certain);
  const time = result.seconds === undefined ? "" : `${result.seconds.toFixed(2)} s`;
  element("detail").textContent = detail || `${percent(result.confidence)} sure, at ${time}`;
  result.smoothed.forEach((share, i) => {
    bars[i].bar.style.transform = `scaleX(${share})`;
    bars[i].share.textContent = percent(share);
  });
  if (time) {
    addDecision(words, percent(result.confidence), time);
  }
}

function addDecision(words, share, time) {
  const history = element("history");
  const row = document.createElement("li");
  add(row, "span", "what", words);
  add(row, "span", "when", `${share} · ${time}`);
  history.prepend(row);
  if (history.children.length > MOST_DECISIONS) {
    history.lastElementChild.remove();
  }
  element("empty").hidden = true;
}

export function showProblem(words) {
  element("problem").textContent = words;
  element("problem").hidden = words === "";
}

export function showFacts(simd, seconds) {
  const { sampleRateHz, windowMs, strideMs, variant } = metadata;
  const parts = [
    `${windowMs} ms windows at ${sampleRateHz} Hz, one each ${strideMs} ms`,
    `${variant} model, WebAssembly ${simd ? "with" : "without"} SIMD`,
  ];
  if (seconds !== null) {
    parts.push(`${(1000 * seconds).toPrecision(2)} ms a window on this device`);
  }
  element("facts").textContent = parts.join(" · ");
}
