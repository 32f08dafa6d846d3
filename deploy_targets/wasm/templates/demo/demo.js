/** The page: chooses an input, and shows the results. */
import { hasSimd, load, metadata } from "../index.js";
import { listen, motionMap, senseMotion } from "./live.js";
import { readRecording } from "./recording.js";
import { show, showFacts, showProblem, showUncertain, startPage } from "./view.js";

const element = (id) => document.getElementById(id);
const floatCount = metadata.windowLength * metadata.channels.length;
let stopLive = null;

const classifier = await load();

/** Runs what a person asked for; what goes wrong is shown in words. */
const tried = (work) => async (event) => {
  showProblem("");
  try {
    await work(event);
  } catch (error) {
    showProblem(error instanceof Error ? error.message : String(error));
  }
};

function stop() {
  stopLive?.();
  stopLive = null;
  element("live").hidden = liveKind === null;
  element("stop").hidden = true;
}

const start = tried(async () => {
  stop();
  showUncertain(liveKind === "sound" ? "Listening…" : "Move…");
  const stream = liveKind === "sound" ? null : classifier.stream({ onResult: show });
  stopLive = liveKind === "sound" ? await listen(show) : await senseMotion(stream, showProblem);
  element("live").hidden = true;
  element("stop").hidden = false;
  element("stop").focus();
});

const classifyFile = tried(async (file) => {
  stop();
  const samples = await readRecording(file);
  const stream = classifier.stream({ onResult: show });
  stream.push(samples);
  stream.close();
});

/** A window of the test recordings, its answer and how long that took. */
const classifyExample = (samples, expected, truth) =>
  tried(() => {
    stop();
    const result = classifier.classify(samples);
    const bits = (values) => new Uint32Array(values.slice().buffer).join();
    const equal = bits(result.probabilities) === bits(expected);
    const exact = equal ? "equal to the device's result in every bit" : "NOT EQUAL to the device's result";
    show({ ...result, smoothed: result.probabilities }, `labelled “${truth}”; ${exact}`);
  });

async function addExamples() {
  const fetched = async (name) => {
    const response = await fetch(new URL(`../selftest/${name}`, import.meta.url));
    return response.ok ? response : null;
  };
  const [list, windows, answers] = await Promise.all(
    ["windows.json", "windows.f32", "probabilities.f32"].map(fetched),
  );
  if (list === null || windows === null || answers === null) {
    element("examples-title").hidden = true;
    return;
  }
  const { labels } = await list.json();
  const samples = new Float32Array(await windows.arrayBuffer());
  const expected = new Float32Array(await answers.arrayBuffer());
  const classes = metadata.labels.length;
  labels.forEach((label, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    const window = samples.subarray(i * floatCount, (i + 1) * floatCount);
    button.addEventListener(
      "click",
      classifyExample(window, expected.subarray(i * classes, (i + 1) * classes), label),
    );
    element("examples").append(button);
  });
  showFacts(hasSimd(), secondsOf(samples.subarray(0, floatCount)));
}

/** Seconds that one window takes, once the browser has compiled it in full: the median of the last of some. */
function secondsOf(samples) {
  const times = [];
  for (let i = 0; i < 60; i++) {
    const before = performance.now();
    classifier.classify(samples);
    times.push((performance.now() - before) / 1000);
  }
  return times.slice(-21).sort((a, b) => a - b)[10];
}

const canListen = metadata.isSound && navigator.mediaDevices !== undefined;
const canSense = !metadata.isSound && "DeviceMotionEvent" in globalThis && motionMap() !== null;
const liveKind = canListen ? "sound" : canSense ? "motion" : null;

startPage();
element("live").textContent = liveKind === "sound" ? "Listen" : "Use this device’s motion sensors";
element("live").addEventListener("click", start);
element("stop").addEventListener("click", () => {
  stop();
  element("live").focus();
});
element("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) {
    classifyFile(file);
  }
  event.target.value = "";
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  element("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    element("drop").classList.toggle("over", kind === "dragover");
    const file = kind === "drop" ? event.dataTransfer.files[0] : undefined;
    if (file) {
      classifyFile(file);
    }
  });
}
stop();
showFacts(hasSimd(), null);
await addExamples();
document.body.dataset.ready = "yes";
