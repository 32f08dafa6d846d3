/** Features and decisions, computed by the C of the firmware as WebAssembly. */
import { metadata } from "./metadata.js";

const windowFloats = metadata.windowLength * metadata.channels.length;
const featureFloats = metadata.featureShape.reduce((product, size) => product * size, 1);
const classCount = metadata.labels.length;

export class Features {
  #exports;

  /** @param {WebAssembly.Module} module `features.wasm`; each instance keeps the windows of one stream. */
  constructor(module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
    this.restart();
  }

  /** Features of one window, normalised: what the network takes. @throws RangeError */
  extract(samples) {
    if (samples.length !== windowFloats) {
      throw new RangeError(
        `one window is ${metadata.windowLength} points in time of ${metadata.channels.length} channels, ` +
          `${windowFloats} numbers; these are ${samples.length}`,
      );
    }
    checkFinite(samples);
    this.#floats("samples", windowFloats).set(samples);
    this.#exports.extract();
    return this.#floats("features", featureFloats).slice();
  }

  restart() {
    this.#exports.decision_start();
  }

  /** The decision after one more window: `answer` is -1 where it is uncertain. */
  decide(probabilities) {
    this.#floats("probabilities", classCount).set(probabilities);
    const answer = this.#exports.decide();
    return { answer, smoothed: this.#floats("smoothed", classCount).slice() };
  }

  #floats(name, count) {
    return new Float32Array(this.#exports.memory.buffer, this.#exports[name].value, count);
  }
}

export function checkFinite(samples) {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) {
      throw new RangeError(`sample ${i} is ${samples[i]}: every sample must be a finite number`);
    }
  }
}
