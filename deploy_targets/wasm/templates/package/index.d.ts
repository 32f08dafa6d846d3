/** What the model tells apart. */
export type Label = $label_type;

/** What a caller must know of the model. */
export interface Metadata {
  readonly project: string;
  /** Type of the model's numbers. */
  readonly variant: "int8" | "float32";
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
  /** Windows that a stream's decision averages over. */
  readonly smoothWindows: number;
  /** Below this average, a stream's decision is null. */
  readonly threshold: number;
  /** Whether it listens: one channel at the rate of sound. */
  readonly isSound: boolean;
}

export declare const metadata: Metadata;

/** Samples, oldest first, the channels of one point in time side by side, in the units of the recordings. */
export type Samples = Float32Array | Float64Array | Int16Array | readonly number[];

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

/** Samples in, as they come; a result each time that a window is complete. */
export declare class Stream {
  private constructor();
  /**
   * Take the next samples, any number of whole points in time. Calls `onResult` before it returns; what that throws
   * ends the push, and the samples behind its window are lost.
   * @throws RangeError - a sample is no finite number, or they are no whole points in time; none was taken.
   */
  push(samples: Samples): void;
  /** Forget all samples. */
  reset(): void;
  /** Give its memory to the next stream. */
  close(): void;
}

export declare class Classifier {
  /** From an instance of the module: `load` does this for you. */
  constructor(instance: WebAssembly.Instance);
  readonly metadata: Metadata;
  /**
   * Classify one window: `windowLength` points in time of all channels.
   * @throws RangeError - there are more or fewer samples, or one is no finite number.
   */
  classify(samples: Samples): Classification;
  /** Classify a signal that goes on: a window each stride, smoothed, with a threshold. */
  stream(options: { onResult: (result: StreamResult) => void }): Stream;
}

export interface LoadOptions {
  /** The module, its bytes or its address; by default the file beside this one. */
  wasm?: WebAssembly.Module | ArrayBuffer | ArrayBufferView | URL | string;
  /** Take the file with vectors or the one without; by default the one that this machine can run. */
  simd?: boolean;
}

/** Whether this machine can run the module with vectors. */
export declare function hasSimd(): boolean;

/** Load the pipeline. Each call makes one of its own. */
export declare function load(options?: LoadOptions): Promise<Classifier>;

/**
 * The pipeline on the audio thread: connect a source to it. Sound at another rate is resampled. A sample that is no
 * finite number ends it, with a `processorerror` of the node.
 *
 *     const context = new AudioContext();
 *     const node = await createAudioNode(context, { onResult: ({ label }) => console.log(label) });
 *     context.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({ audio: true })).connect(node);
 */
export declare function createAudioNode(
  context: BaseAudioContext,
  options: {
    onResult: (result: StreamResult) => void;
    /** Address of `worklet.js`, where a bundler has moved it. */
    worklet?: URL | string;
    wasm?: ArrayBuffer | ArrayBufferView | URL | string;
    simd?: boolean;
  },
): Promise<AudioWorkletNode>;
