/**
 * Load the pipeline in a browser or in Node, with the TensorFlow.js that you hand over. What each function takes and
 * gives is in `index.d.ts`.
 */
import { Features } from "./features.js";
import { metadata } from "./metadata.js";
import { Stream } from "./stream.js";

export { metadata };

export async function load(tf, options = {}) {
  const [model, wasm] = await Promise.all([
    tf.loadGraphModel(graphModel(options)),
    bytesOf(options.features ?? new URL("./features.wasm", import.meta.url)),
  ]);
  const classifier = new Classifier(tf, model, await WebAssembly.compile(wasm));
  // The first call compiles the backend's programs: nobody should wait for that later.
  await classifier.predict(new Float32Array(classifier.featureCount));
  return classifier;
}

export class Classifier {
  #tf;
  #module;
  #features;

  constructor(tf, model, module) {
    this.#tf = tf;
    this.model = model;
    this.metadata = metadata;
    this.featureCount = metadata.featureShape.reduce((product, size) => product * size, 1);
    this.#module = module;
    this.#features = new Features(module);
  }

  extract(samples) {
    return this.#features.extract(samples);
  }

  async predict(features) {
    const windows = features.length / this.featureCount;
    if (!Number.isInteger(windows) || windows === 0) {
      throw new RangeError(`${features.length} numbers are no multiple of ${this.featureCount} features`);
    }
    const tf = this.#tf;
    const answers = tf.tidy(() => {
      const input = tf.tensor(Float32Array.from(features), [windows, ...metadata.featureShape], "float32");
      return this.model.predict(input);
    });
    try {
      return Float32Array.from(await answers.data());
    } finally {
      answers.dispose();
    }
  }

  async classify(samples) {
    const probabilities = await this.predict(this.extract(samples));
    const answer = probabilities.reduce((best, value, i) => (value > (probabilities[best] ?? -1) ? i : best), -1);
    return {
      label: metadata.labels[answer] ?? null,
      answer,
      confidence: probabilities[answer] ?? Number.NaN,
      probabilities,
    };
  }

  stream(options) {
    return new Stream(this, new Features(this.#module), options);
  }

  dispose() {
    this.model.dispose();
  }
}

export async function loadLayersModel(tf) {
  if (!metadata.hasLayersModel) {
    throw new Error("this package was built without the layers model");
  }
  return tf.loadLayersModel(
    fromFiles(
      new URL("./model/layers/model.json", import.meta.url),
      new URL("./model/layers/weights.bin", import.meta.url),
    ),
  );
}

export async function createAudioNode(context, { onSamples, worklet }) {
  if (!metadata.isSound) {
    throw new Error(`this pipeline does not read sound, but ${metadata.channels.join(", ")}`);
  }
  await context.audioWorklet.addModule(worklet ?? new URL("./worklet.js", import.meta.url));
  const node = new AudioWorkletNode(context, "thimble-samples", {
    numberOfInputs: 1,
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.onmessage = ({ data }) => onSamples(data);
  return node;
}

function graphModel({ model, weights }) {
  return fromFiles(
    model ?? new URL("./model/graph/model.json", import.meta.url),
    weights ?? new URL("./model/graph/weights.bin", import.meta.url),
  );
}

/** An `IOHandler` of TensorFlow.js; it reads files in Node too, which TensorFlow.js by itself does not. */
function fromFiles(modelAddress, weightsAddress) {
  return {
    load: async () => {
      const [json, weightData] = await Promise.all([bytesOf(modelAddress), bytesOf(weightsAddress)]);
      const { weightsManifest, ...artifacts } = JSON.parse(new TextDecoder().decode(json));
      return { ...artifacts, weightSpecs: weightsManifest.flatMap((group) => group.weights), weightData };
    },
  };
}

/** @returns {Promise<ArrayBuffer>} */
async function bytesOf(place) {
  const address = new URL(place, import.meta.url);
  if (address.protocol === "file:") {
    const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:fs/promises");
    return Uint8Array.from(await readFile(address)).buffer;
  }
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address} answered ${response.status} ${response.statusText}`);
  }
  return response.arrayBuffer();
}
