/** What is shown before the conversation: what the device has, how the model can run, the download. */

import { bytesInWords, element, secondsInWords } from "./words.js";

const MARKS = { ok: ["✓", "Fine: "], warn: ["!", "Doubtful: "], missing: ["✗", "Missing: "] };
const ENGINES = {
  webllm: { title: "Graphics card", words: "WebLLM: WebGPU and a model compiled for it. The fastest." },
  wllama: { title: "Processor", words: "wllama: llama.cpp as WebAssembly. Slower, and works nearly everywhere." },
};
const VERDICTS = { ok: "Can run here", warn: "Should run here", missing: "Cannot run here" };
const RANKS = { ok: 0, warn: 0, missing: 1 };
const RATE_SECONDS = 3;

/** The choice of engines, each with its verdict. */
export function showEngines(place, report, sizes, chosen, onChoose) {
  place.replaceChildren();
  const ableFirst = Object.entries(report.engines).sort(([, a], [, b]) => RANKS[a.state] - RANKS[b.state]);
  for (const [name, verdict] of ableFirst) {
    const card = element("label", { className: "engine" });
    const input = element("input");
    Object.assign(input, { type: "radio", name: "engine", value: name, checked: name === chosen });
    input.disabled = verdict.state === "missing";
    input.addEventListener("change", () => onChoose(name));
    card.append(
      input,
      element("strong", { text: ENGINES[name].title }),
      element("span", { className: "small", text: ENGINES[name].words }),
      element("span", { className: "small", text: sizeInWords(sizes[name]) }),
      verdictOf(verdict),
    );
    place.append(card);
  }
}

function sizeInWords({ allBytes, leftBytes }) {
  if (leftBytes === 0) return `${bytesInWords(allBytes)}, kept in this browser already.`;
  if (leftBytes === allBytes) return `${bytesInWords(allBytes)} to download.`;
  return `${bytesInWords(leftBytes)} of ${bytesInWords(allBytes)} still to download.`;
}

function verdictOf(verdict) {
  const part = element("div", { className: `verdict ${verdict.state}`, text: VERDICTS[verdict.state] });
  const said = verdict.state === "missing" ? verdict.lacking : verdict.doubtful;
  if (said.length > 0) {
    const list = element("ul");
    for (const check of said) list.append(element("li", { text: `${check.title}: ${check.words}` }));
    part.append(list);
  }
  return part;
}

/** Every check that was made, once. */
export function showChecks(place, report) {
  place.replaceChildren();
  const shown = new Set();
  for (const [name, { checks }] of Object.entries(report.engines)) {
    for (const check of checks) {
      const key = check.title + check.words;
      if (shown.has(key)) continue;
      shown.add(key);
      const shared = Object.values(report.engines).every((engine) =>
        engine.checks.some((other) => other.title + other.words === key),
      );
      const [mark, spoken] = MARKS[check.state];
      const line = element("li", { className: check.state });
      const sign = element("span", { className: "mark", text: mark });
      sign.setAttribute("aria-hidden", "true");
      const title = element("span");
      title.append(element("span", { className: "unseen", text: spoken }));
      title.append(shared ? check.title : `${ENGINES[name].title}: ${check.title}`);
      line.append(sign, title, element("span", { className: "small", text: check.words }));
      place.append(line);
    }
  }
}

/** A function that draws the progress of a download. */
export function progressOf({ bar, words }) {
  const history = [];
  return ({ doneBytes, allBytes, filesLeft }) => {
    bar.value = allBytes === 0 ? 1 : doneBytes / allBytes;
    const now = performance.now() / 1000;
    history.push([now, doneBytes]);
    while (history.length > 2 && now - history[0][0] > RATE_SECONDS) history.shift();
    const [since, before] = history[0];
    const rate = now > since ? (doneBytes - before) / (now - since) : 0;
    const parts = [`${bytesInWords(doneBytes)} of ${bytesInWords(allBytes)}`];
    if (rate > 0) parts.push(`${bytesInWords(rate)}/s`, `${secondsInWords((allBytes - doneBytes) / rate)} left`);
    parts.push(filesLeft === 1 ? "1 file" : `${filesLeft} files`);
    words.textContent = parts.join(" · ");
  };
}
