/** The page: chooses an input and a backend, and shows the results. */
import { load, metadata } from "../index.js";
import { chooseBackend, firstBackend, secondsOf } from "./backends.js";
import { addExamples } from "./examples.js";
import { motionMap, senseMotion } from "./live.js";
import { listen } from "./microphone.js";
import { keepOffline } from "./offline.js";
import { readRecording } from "./recording.js";
import { SignalView } from "./signal.js";
import { show, showProblem, showUncertain, startPage } from "./view.js";

const element = (id) => document.getElementById(id);
const signal = new SignalView(element("signal"));
let classifier = null;
let stopLive = null;

/** Runs what a person asked for, one thing after another; what goes wrong is shown in words. */
let running = Promise.resolve();
const tried = (work) => (event) => {
  showProblem("");
  running = running.then(() => work(event)).catch((error) => showProblem(wordsOf(error)));
  return running;
};
const wordsOf = (error) => (error instanceof Error ? error.message : String(error));

function stop() {
  stopLive?.();
  stopLive = null;
  signal.hide();
  element("live").hidden = liveKind === null;
  element("live-hint").hidden = false;
  element("stop").hidden = true;
}

/** A stream that shows its results, and its samples as they come. */
function shownStream(options) {
  const stream = classifier.stream({ onResult: show, onError: (error) => showProblem(wordsOf(error)), ...options });
  let isOpen = true;
  const push = (samples) => {
    // The audio thread may have sent some before it was told to stop.
    if (isOpen) {
      signal.push(samples);
      stream.push(samples);
    }
  };
  const close = () => {
    isOpen = false;
    stream.close();
  };
  return { push, close, settled: () => stream.settled() };
}

const start = tried(async () => {
  stop();
  const stream = shownStream({ latest: true });
  try {
    const stopInput = liveKind === "sound" ? await listen(stream.push) : await senseMotion(stream, showProblem);
    stopLive = () => {
      stopInput();
      stream.close();
    };
  } catch (error) {
    stream.close();
    throw error;
  }
  showUncertain(liveKind === "sound" ? "Listening…" : "Move…");
  signal.show();
  element("live").hidden = true;
  element("live-hint").hidden = true;
  element("stop").hidden = false;
  element("stop").focus();
});

const classifyFile = tried(async (file) => {
  stop();
  showUncertain("Reading…");
  const samples = await readRecording(file).catch((error) => {
    showUncertain("Ready");
    throw error;
  });
  signal.show();
  const stream = shownStream({});
  stream.push(samples);
  await stream.settled();
  stream.close();
});

const useBackend = tried(async (name) => {
  const wasLive = stopLive !== null;
  stop();
  try {
    await chooseBackend(name);
  } catch (error) {
    document.querySelector(`[name=backend][value=${name}]`).disabled = true;
    await chooseBackend("cpu");
    showProblem(`${wordsOf(error)} JavaScript computes instead.`);
  }
  classifier?.dispose();
  classifier = await load(globalThis.tf);
  document.querySelector(`[name=backend][value=${globalThis.tf.getBackend()}]`).checked = true;
  const milliseconds = (1000 * (await secondsOf(classifier))).toPrecision(2);
  element("speed").textContent = `${milliseconds} ms a window on this device, features included`;
  showUncertain(wasLive ? "Stopped" : "Ready");
});

/** How this device can be listened to: "sound", "motion" or null, and in words what a person should know of it. */
function liveInput() {
  if (metadata.isSound && navigator.mediaDevices === undefined) {
    return [null, "The microphone needs HTTPS or localhost: this page came over plain HTTP."];
  }
  if (metadata.isSound) {
    return ["sound", "The browser asks you to allow the microphone. The sound is classified here and then forgotten."];
  }
  if (motionMap() === null) {
    return [null, `Its channels, ${metadata.channels.join(", ")}, are none that a browser can measure: open a recording.`];
  }
  if (!("DeviceMotionEvent" in globalThis)) {
    return [null, "Motion sensors need a phone, and HTTPS or localhost. Open a recording, or this page on a phone."];
  }
  return ["motion", "On a phone. Some browsers ask you to allow the motion sensors; what they tell stays in this page."];
}

const [liveKind, liveWords] = liveInput();

function factsOf() {
  const { sampleRateHz, windowMs, strideMs, smoothWindows, threshold, weights } = metadata;
  const averaged = smoothWindows > 1 ? `averaged over ${smoothWindows} windows, ` : "";
  return [
    `${windowMs} ms windows at ${sampleRateHz} Hz, one each ${strideMs} ms`,
    `${averaged}certain from ${Math.round(100 * threshold)} % (the dotted line)`,
    `TensorFlow.js ${globalThis.tf.version_core}, ${weights} weights`,
  ].join(" · ");
}

startPage();
showUncertain("Loading…");
element("facts").textContent = factsOf();
element("classes").style.setProperty("--threshold", metadata.threshold);
element("live").textContent = liveKind === "sound" ? "Listen" : "Use this device’s motion sensors";
element("live-hint").textContent = liveWords;
element("live").addEventListener("click", start);
element("stop").addEventListener("click", () => {
  stop();
  element("live").focus();
});
element("backends").addEventListener("change", (event) => useBackend(event.target.value));
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
keepOffline(element("offline"));
await useBackend(firstBackend());
await addExamples((samples, truth) =>
  tried(async () => {
    stop();
    const result = await classifier.classify(samples);
    show({ ...result, smoothed: result.probabilities }, `labelled “${truth}”`);
  }),
);
stop();
document.body.dataset.ready = "yes";
