/** What the model tells apart. */
export type Label = $label_type;

/** What a caller must know of the model. */
export interface Metadata {
  readonly project: string;
  /** How the weights are stored; they compute as float32. */
  readonly weights: "float32" | "float16" | "uint8";
  /** In the order of the probabilities. */
  readonly labels: readonly Label[];
  /** In the order of the samples of one point in time. */
  readonly channels: readonly string[];
  /** Of each channel, as recorded; empty where unknown. */
  readonly units: readonly string[];
  readonly sampleRateHz: number;
  /** Points in time in a window. */
  readonly windowLength: number;
  /** Points in time between the starts of two windows of a stream. */
  readonly strideLength: number;
  readonly windowMs: number;
  readonly strideMs: number;
  /** Shape of one window's features, which the network takes. */
  readonly featureShape: readonly number[];
  /** Windows that a stream's decision averages over. */
  readonly smoothWindows: number;
  /** Below this average, a stream's decision is null. */
  readonly threshold: number;
  /** Whether it listens: one channel at the rate of sound. */
  readonly isSound: boolean;
  /** Whether `loadLayersModel` has something to load. */
  readonly hasLayersModel: boolean;
}

export declare const metadata: Metadata;

/** Samples, oldest first, the channels of one point in time side by side, in the units of the recordings. */
export type Samples = Float32Array | Float64Array | Int16Array | readonly number[];

/**
 * What is used of TensorFlow.js: `import * as tf from "@tensorflow/tfjs"` has it, and so have `@tensorflow/tfjs-core`
 * and `@tensorflow/tfjs-converter` put together.
 */
export interface TensorFlow<Model extends GraphModel = GraphModel> {
  loadGraphModel(handler: any): Promise<Model>;
  tensor(values: any, shape: any, dtype: any): any;
  tidy(work: any): any;
}

export interface GraphModel {
  predict(inputs: any): any;
  dispose(): void;
}

/** The answer to one window. */
export interface Classification {
  /** The most probable class; null where no probability is a number. */
  readonly label: Label | null;
  /** Its place among the labels; -1 for none. */
  readonly answer: number;
  /** Its probability. */
  readonly confidence: number;
  /** Of each class. */
  readonly probabilities: Float32Array;
}

/** The decision after one window of a stream. */
export interface StreamResult {
  /** The class that is most probable in the average of the last windows; null where it is below the threshold. */
  readonly label: Label | null;
  /** Its place among the labels; -1 for null. */
  readonly answer: number;
  /** The highest of the averages. */
  readonly confidence: number;
  /** Of each class, in this window. */
  readonly probabilities: Float32Array;
  /** Of each class, averaged over the last windows. */
  readonly smoothed: Float32Array;
  /** How many points in time had been pushed when the window ended, and how many seconds that is. */
  readonly end: number;
  readonly seconds: number;
}

export interface StreamOptions {
  onResult: (result: StreamResult) => void;
  /** Told what went wrong with a window; without it, `settled` is rejected. */
  onError?: (error: unknown) => void;
  /** Leave windows out while the network is busy with earlier ones: for live signals. By default none is. */
  latest?: boolean;
}

/** Samples in, as they come; a result for each window, some time after it is complete. */
export interface Stream {
  /**
   * Take the next samples, any number of whole points in time.
   * @throws RangeError - a sample is no finite number, or they are no whole points in time.
   */
  push(samples: Samples): void;
  /** Resolves when every window that was pushed has its result. */
  settled(): Promise<void>;
  /** Forget all samples. */
  reset(): void;
  /** No more results come. */
  close(): void;
}

export interface Classifier {
  readonly metadata: Metadata;
  /** The graph model itself: normalised features to probabilities. */
  readonly model: GraphModel;
  /** How many features a window has. */
  readonly featureCount: number;
  /**
   * Features of one window, computed and normalised by the C of the firmware: what either model takes.
   * @throws RangeError - there are more or fewer samples than a window has, or one is no finite number.
   */
  extract(samples: Samples): Float32Array;
  /** Probabilities of any number of windows, from their features, one window after another. */
  predict(features: Float32Array | readonly number[]): Promise<Float32Array>;
  /** Classify one window: `windowLength` points in time of all channels. */
  classify(samples: Samples): Promise<Classification>;
  /** Classify a signal that goes on: a window each stride, smoothed, with a threshold. */
  stream(options: StreamOptions): Stream;
  dispose(): void;
}

export interface LoadOptions {
  /** Addresses of the files, where a bundler has moved them. */
  model?: URL | string;
  weights?: URL | string;
  features?: URL | string;
}

/** Load the pipeline onto the backend that TensorFlow.js is set to. */
export declare function load(tf: TensorFlow, options?: LoadOptions): Promise<Classifier>;

/**
 * Load the network layer by layer, to go on training it: normalised features (see `extract`) to probabilities.
 * @throws Error - the package was built without it.
 */
export declare function loadLayersModel<Model>(tf: { loadLayersModel(handler: any): Promise<Model> }): Promise<Model>;

/**
 * An audio node that hands over what it hears, at the model's rate: connect a source to it.
 *
 *     const stream = classifier.stream({ onResult: ({ label }) => console.log(label), latest: true });
 *     const node = await createAudioNode(context, { onSamples: (samples) => stream.push(samples) });
 *     context.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({ audio: true })).connect(node);
 */
export declare function createAudioNode(
  context: BaseAudioContext,
  options: {
    onSamples: (samples: Float32Array) => void;
    /** Address of `worklet.js`, where a bundler has moved it. */
    worklet?: URL | string;
  },
): Promise<AudioWorkletNode>;
