/** Sound from the audio thread at the model's rate, in pieces that are worth a message: `createAudioNode` sets it up. */
import { metadata } from "./metadata.js";
import { Resampler } from "./resample.js";

const PIECE = Math.max(1, Math.min(metadata.strideLength, Math.round(metadata.sampleRateHz / 20)));

class SamplesProcessor extends AudioWorkletProcessor {
  resampler = sampleRate === metadata.sampleRateHz ? null : new Resampler(sampleRate, metadata.sampleRateHz);
  piece = new Float32Array(PIECE);
  filled = 0;

  process([input]) {
    // Without a source there is no channel; with several, the node has mixed them down to one.
    if (input.length > 0) {
      for (const value of this.resampler === null ? input[0] : this.resampler.push(input[0])) {
        this.piece[this.filled++] = value;
        if (this.filled === PIECE) {
          this.port.postMessage(this.piece);
          this.filled = 0;
        }
      }
    }
    return true;
  }
}

registerProcessor("thimble-samples", SamplesProcessor);
