/** A signal that goes on: a window each stride, smoothed and decided as in the run. */
import { checkFinite } from "./features.js";
import { metadata } from "./metadata.js";

const channelCount = metadata.channels.length;
const windowFloats = metadata.windowLength * channelCount;
const strideFloats = metadata.strideLength * channelCount;

export class Stream {
  #classifier;
  #features;
  #options;
  #window = new Float32Array(windowFloats);
  /** Numbers of the window that are there; below 0: how many are left out before the next one begins. */
  #filled = 0;
  #pushed = 0;
  #waiting = 0;
  #turn = 0;
  #work = Promise.resolve();

  constructor(classifier, features, options) {
    this.#classifier = classifier;
    this.#features = features;
    this.#options = options;
  }

  push(samples) {
    if (this.#features === null) {
      throw new Error("the stream is closed");
    }
    if (samples.length % channelCount !== 0) {
      throw new RangeError(
        `push whole points in time: ${samples.length} numbers are no multiple of ${channelCount} channels`,
      );
    }
    checkFinite(samples);
    for (let next = 0; next < samples.length; ) {
      const wanted = this.#filled < 0 ? -this.#filled : windowFloats - this.#filled;
      const count = Math.min(wanted, samples.length - next);
      for (let i = 0; i < count && this.#filled >= 0; i++) {
        this.#window[this.#filled + i] = samples[next + i];
      }
      this.#filled += count;
      this.#pushed += count;
      next += count;
      if (this.#filled === windowFloats) {
        this.#enqueue(this.#window.slice(), this.#pushed / channelCount);
        this.#window.copyWithin(0, strideFloats);
        this.#filled = windowFloats - strideFloats;
      }
    }
  }

  settled() {
    return this.#work;
  }

  reset() {
    if (this.#features === null) {
      throw new Error("the stream is closed");
    }
    this.#turn++;
    this.#filled = 0;
    this.#pushed = 0;
    // Behind the windows that are being classified: those count no more, and leave nothing behind.
    this.#work = this.#work.then(() => this.#features?.restart());
  }

  close() {
    this.#turn++;
    this.#features = null;
  }

  #enqueue(window, end) {
    if (this.#options.latest && this.#waiting > 1) {
      return;
    }
    const turn = this.#turn;
    this.#waiting++;
    this.#work = this.#work
      .then(() => (turn === this.#turn ? this.#classify(window, end, turn) : undefined))
      .finally(() => this.#waiting--);
    if (this.#options.onError) {
      this.#work = this.#work.catch(this.#options.onError);
    }
  }

  async #classify(window, end, turn) {
    const probabilities = await this.#classifier.predict(this.#features.extract(window));
    if (turn !== this.#turn) {
      return;
    }
    const { answer, smoothed } = this.#features.decide(probabilities);
    this.#options.onResult({
      label: answer < 0 ? null : metadata.labels[answer],
      answer,
      confidence: Math.max(...smoothed),
      probabilities,
      smoothed,
      end,
      seconds: end / metadata.sampleRateHz,
    });
  }
}
