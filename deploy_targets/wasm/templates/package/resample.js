/**
 * Sound at one rate -> sound at another, piece by piece, by a windowed sinc.
 *
 * A value of the output is a weighted sum of the inputs around its time: sinc, cut off at the lower of the two Nyquist
 * frequencies, under a Hann window of `2 * ZERO_CROSSINGS` zero crossings (J. O. Smith, "Digital Audio Resampling").
 */
const ZERO_CROSSINGS = 16;

export class Resampler {
  /** Rates in Hz. The output lags by `delay` inputs. */
  constructor(inputRate, outputRate) {
    this.step = inputRate / outputRate;
    this.cutoff = Math.min(1, 1 / this.step);
    this.delay = Math.ceil(ZERO_CROSSINGS / this.cutoff);
    /** Time of the next output, in inputs, counted from the start of `kept`. */
    this.time = this.delay;
    this.kept = new Float32Array(this.delay);
  }

  /** @param {Float32Array} input any number of values. @returns {Float32Array} those that can be computed by now. */
  push(input) {
    const known = new Float32Array(this.kept.length + input.length);
    known.set(this.kept);
    known.set(input, this.kept.length);
    const output = [];
    for (; this.time + this.delay < known.length; this.time += this.step) {
      output.push(this.#at(known, this.time));
    }
    const done = Math.min(known.length, Math.max(0, Math.floor(this.time) - this.delay));
    this.kept = known.slice(done);
    this.time -= done;
    return Float32Array.from(output);
  }

  #at(known, time) {
    const reach = ZERO_CROSSINGS / this.cutoff;
    let sum = 0;
    for (let i = Math.max(0, Math.ceil(time - reach)); i <= time + reach; i++) {
      const distance = (i - time) * this.cutoff;
      const sinc = distance === 0 ? 1 : Math.sin(Math.PI * distance) / (Math.PI * distance);
      sum += known[i] * sinc * 0.5 * (1 + Math.cos((Math.PI * distance) / ZERO_CROSSINGS));
    }
    return sum * this.cutoff;
  }
}
