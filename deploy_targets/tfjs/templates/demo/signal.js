/** The last seconds of the signal, as a picture: a line for each channel, or the extremes where samples are dense. */
import { metadata } from "../index.js";

const channelCount = metadata.channels.length;
const SHOWN_WINDOWS = 2;

export class SignalView {
  #canvas;
  #shown = new Float32Array(SHOWN_WINDOWS * metadata.windowLength * channelCount);
  #drawing = false;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  show() {
    this.#canvas.hidden = false;
    this.#shown.fill(0);
  }

  hide() {
    this.#canvas.hidden = true;
  }

  push(samples) {
    const last = samples.length > this.#shown.length ? samples.slice(-this.#shown.length) : samples;
    this.#shown.copyWithin(0, last.length);
    this.#shown.set(last, this.#shown.length - last.length);
    if (!this.#drawing) {
      this.#drawing = true;
      requestAnimationFrame(() => this.#draw());
    }
  }

  #draw() {
    this.#drawing = false;
    const canvas = this.#canvas;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * devicePixelRatio));
    if (width === 0) {
      return;
    }
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = devicePixelRatio;
    const most = this.#shown.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
    const yOf = (value) => (height / 2) * (1 - (0.9 * value) / most);
    for (let channel = 0; channel < channelCount; channel++) {
      context.globalAlpha = 1 - (0.65 * channel) / channelCount;
      context.beginPath();
      for (let x = 0; x < width; x++) {
        const [least, greatest] = this.#extremes(channel, x / width, (x + 1) / width);
        context.lineTo(x, yOf(least));
        context.lineTo(x, yOf(greatest));
      }
      context.stroke();
    }
  }

  #extremes(channel, from, to) {
    const points = this.#shown.length / channelCount;
    const first = Math.min(points - 1, Math.floor(from * points));
    let least = Infinity;
    let greatest = -Infinity;
    for (let i = first; i < Math.max(first + 1, Math.floor(to * points)); i++) {
      const value = this.#shown[i * channelCount + channel];
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return [least, greatest];
  }
}
