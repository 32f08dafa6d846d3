/** Live inputs: the microphone through an audio worklet, and a phone's motion sensors. Each gives what stops it. */
import { createAudioNode, metadata } from "../index.js";

export async function listen(onResult) {
  const media = await navigator.mediaDevices
    .getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } })
    .catch((error) => {
      throw new Error(`The microphone cannot be used: ${error.message}. Allow it in the browser, and try again.`);
    });
  const context = new AudioContext();
  const stop = () => {
    for (const track of media.getTracks()) {
      track.stop();
    }
    context.close();
  };
  try {
    const node = await createAudioNode(context, { onResult });
    context.createMediaStreamSource(media).connect(node);
    await context.resume();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

const STANDARD_GRAVITY = 9.80665;
const ROTATION = { x: "beta", y: "gamma", z: "alpha" };
const NO_EVENTS_MS = 2000;

/**
 * For each channel of the model, what reads it from a DeviceMotionEvent, by the channel's name and unit; null where a
 * name says nothing of the sort.
 */
export function motionMap() {
  const readers = metadata.channels.map((name, i) => reader(name.toLowerCase(), metadata.units[i]));
  return readers.every((read) => read !== null) ? readers : null;
}

function reader(name, unit) {
  const axis = name.match(/([xyz])$/)?.[1];
  if (axis === undefined) {
    return null;
  }
  if (/^(g|gyr|gyro|rot|rotation|w)[^a-z]*[xyz]$/.test(name)) {
    const factor = unit === "rad/s" ? Math.PI / 180 : 1;
    return (event) => factor * event.rotationRate[ROTATION[axis]];
  }
  if (/^(a|acc|accel|accelerometer|acceleration)?[^a-z]*[xyz]$/.test(name)) {
    const factor = unit === "g" ? 1 / STANDARD_GRAVITY : 1;
    return (event) => factor * event.accelerationIncludingGravity[axis];
  }
  return null;
}

export async function senseMotion(stream, onProblem) {
  // Apple's browsers ask the person; others have nothing to ask.
  if ((await DeviceMotionEvent.requestPermission?.()) === "denied") {
    throw new Error("The motion sensors were not allowed. Allow them in the browser, and try again.");
  }
  const readers = motionMap();
  const periodMs = 1000 / metadata.sampleRateHz;
  let last = null;
  let next = 0;
  const onMotion = (event) => {
    const now = { time: event.timeStamp, values: readers.map((read) => read(event)) };
    if (now.values.some((value) => !Number.isFinite(value))) {
      return;
    }
    if (last === null) {
      next = now.time;
    }
    // The sensors have a rate of their own: values at the model's lie on the line between two readings.
    for (; last !== null && next <= now.time; next += periodMs) {
      const share = (next - last.time) / (now.time - last.time);
      stream.push(now.values.map((value, i) => last.values[i] + share * (value - last.values[i])));
    }
    last = now;
  };
  addEventListener("devicemotion", onMotion);
  const check = setTimeout(() => {
    if (last === null) {
      onProblem("This device gives no motion readings. Open the page on a phone, over HTTPS.");
    }
  }, NO_EVENTS_MS);
  return () => {
    clearTimeout(check);
    removeEventListener("devicemotion", onMotion);
    stream.close();
  };
}
