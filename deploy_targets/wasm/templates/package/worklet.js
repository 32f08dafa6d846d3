/**
 * The pipeline on the audio thread: `createAudioNode` of `index.js` sets it up and hands over the module's bytes.
 *
 * Sound that comes at another rate than the model's is resampled here.
 */
import { Classifier } from "./core.js";
import { metadata } from "./metadata.js";
import { Resampler } from "./resample.js";

class PipelineProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    const module = new WebAssembly.Module(processorOptions.wasm);
    const classifier = new Classifier(new WebAssembly.Instance(module, {}));
    this.stream = classifier.stream({ onResult: (result) => this.port.postMessage({ result }) });
    this.resampler = sampleRate === metadata.sampleRateHz ? null : new Resampler(sampleRate, metadata.sampleRateHz);
    this.port.postMessage({ ready: true });
  }

  process([input]) {
    // Without a source there is no channel; with several, the node has mixed them down to one.
    if (input.length > 0) {
      this.stream.push(this.resampler === null ? input[0] : this.resampler.push(input[0]));
    }
    return true;
  }
}

registerProcessor("thimble-pipeline", PipelineProcessor);
