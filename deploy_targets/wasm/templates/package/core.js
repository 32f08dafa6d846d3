/**
 * The pipeline in an instance of its WebAssembly module: one window at a time, or streams of samples.
 *
 * This file runs wherever JavaScript does, an AudioWorklet included: it fetches nothing and waits for nothing.
 * What each function takes and gives is in `index.d.ts`.
 */
import { metadata } from "./metadata.js";

const PAGE_BYTES = 65536;
const channelCount = metadata.channels.length;
const classCount = metadata.labels.length;
/** At most one result lies within so many points in time. */
const pushLength = Math.min(metadata.strideLength, metadata.windowLength);

/** The name of a class; null for a decision that none is probable enough. */
const labelOf = (answer) => (answer < 0 ? null : metadata.labels[answer]);

/** Every number must be finite as a float32, which the C reads. */
function refuseNonFinite(samples) {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(Math.fround(samples[i]))) {
      throw new RangeError(`samples[${i}] is ${samples[i]}: every sample must be a finite number`);
    }
  }
}

export class Classifier {
  #exports;
  #closed = [];

  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    this.#exports = instance.exports;
  }

  get metadata() {
    return metadata;
  }

  classify(samples) {
    const expected = metadata.windowLength * channelCount;
    if (samples.length !== expected) {
      throw new RangeError(
        `a window has ${metadata.windowLength} points in time of ${channelCount} channel(s), ${expected} numbers; ` +
          `these are ${samples.length}`,
      );
    }
    refuseNonFinite(samples);
    this.#put(samples, 0, expected);
    const answer = this.#exports.classify();
    const probabilities = this.#floats("probabilities", classCount).slice();
    return { answer, label: labelOf(answer), confidence: answer < 0 ? 0 : probabilities[answer], probabilities };
  }

  stream({ onResult }) {
    if (typeof onResult !== "function") {
      throw new TypeError("stream({ onResult }): onResult must be a function");
    }
    const address = this.#closed.pop() ?? this.#allocate(this.#view().getInt32(this.#address("stream_bytes"), true));
    return new Stream(
      {
        start: () => this.#exports.stream_start(address),
        push: (samples, first, count) => {
          this.#put(samples, first * channelCount, count * channelCount);
          return this.#exports.stream_push(address, count) > 0 ? this.#result() : null;
        },
        close: () => this.#closed.push(address),
      },
      onResult,
    );
  }

  #result() {
    const view = this.#view();
    const answer = view.getInt32(this.#address("answer"), true);
    const end = view.getFloat64(this.#address("end"), true);
    const smoothed = this.#floats("smoothed", classCount).slice();
    return {
      answer,
      label: labelOf(answer),
      confidence: Math.max(...smoothed),
      probabilities: this.#floats("probabilities", classCount).slice(),
      smoothed,
      end,
      seconds: end / metadata.sampleRateHz,
    };
  }

  /** Copies numbers to where the C reads them. */
  #put(samples, start, count) {
    this.#floats("samples", count).set((samples.subarray ?? samples.slice).call(samples, start, start + count));
  }

  #address(name) {
    return this.#exports[name].value;
  }

  #view() {
    return new DataView(this.#exports.memory.buffer);
  }

  #floats(name, count) {
    return new Float32Array(this.#exports.memory.buffer, this.#address(name), count);
  }

  /** Whole pages behind all that is there; the address of the first byte. */
  #allocate(bytes) {
    return this.#exports.memory.grow(Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
  }
}

export class Stream {
  #calls;
  #onResult;

  constructor(calls, onResult) {
    this.#calls = calls;
    this.#onResult = onResult;
    calls.start();
  }

  push(samples) {
    if (this.#calls === null) {
      throw new Error("the stream is closed");
    }
    if (samples.length % channelCount !== 0) {
      throw new RangeError(
        `push whole points in time: ${samples.length} numbers are no multiple of ${channelCount} channels`,
      );
    }
    refuseNonFinite(samples);
    const points = samples.length / channelCount;
    for (let first = 0; first < points; first += pushLength) {
      const result = this.#calls.push(samples, first, Math.min(pushLength, points - first));
      if (result !== null) {
        this.#onResult(result);
        if (this.#calls === null) {
          return;
        }
      }
    }
  }

  reset() {
    if (this.#calls === null) {
      throw new Error("the stream is closed");
    }
    this.#calls.start();
  }

  close() {
    this.#calls?.close();
    this.#calls = null;
  }
}
