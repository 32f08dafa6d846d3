/**
 * The words of the API. What the OpenAPI schema says comes from it (`npm run api`); what it calls an object without
 * saying more (the pipeline, a run's result, the events of a job) is written out here.
 */

import type { components } from "./schema";

type Schemas = components["schemas"];

export interface Page<Item> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Item[];
}

export type Role = Schemas["Role"];
export type Split = Schemas["Split"];
export type Scope = Schemas["ScopesEnum"];
export type JobState = Schemas["StateEnum"];

export type User = Schemas["User"];
export type Project = Required<Schemas["Project"]>;
export type Member = Schemas["Member"];

/** `key` is only in the answer to the request that made it. */
export type ApiKey = Required<Schemas["ApiKey"]> & { key?: string };

export type HmacKey = Schemas["HmacKey"];

/** `key` is the one that was made; null where one was given. */
export type NewHmacKey = Schemas["NewHmacKey"];

export type Span = Schemas["Span"];
export type Sample = Required<Schemas["Sample"]>;
export type LabelSummary = Schemas["LabelSummary"];
export type SampleSummary = Schemas["Summary"];

/** Envelope: `min[channel][point]` and `max[channel][point]`; null where the recording holds no number. */
export type Waveform = Schemas["Waveform"];

export type DatasetVersion = Schemas["DatasetVersion"];

export interface InputSpec {
  kind: "signal";
  channels: string[];
  sample_rate_hz: number;
  window_ms: number;
  stride_ms: number;
  zero_pad: boolean;
  label_rule: "majority" | "centre" | "last";
}

export interface FeatureSpec {
  block: string;
  name: string;
  channels: string[];
  params: Record<string, unknown>;
}

export interface LearningSpec {
  block: string;
  name: string;
  inputs: string[];
  params: Record<string, unknown>;
}

export interface PipelineSpec {
  version: 1;
  input: InputSpec;
  features: FeatureSpec[];
  learning: LearningSpec[];
  compress: { method: "ptq_int8" }[];
  compile: {
    optimize: "speed" | "balanced" | "size";
    weights_in: "flash" | "ram";
    ram_limit_bytes: number | null;
  };
  postprocess: { smooth_windows: number; threshold: number };
}

export type Design = Omit<Schemas["Design"], "spec"> & { spec: PipelineSpec };
export type Suggestion = Omit<Schemas["Suggestion"], "spec"> & { spec: PipelineSpec };
export type Cost = Schemas["Cost"];
export type DesignCheck = Schemas["Check"];
export type Picture = Schemas["Picture"];
export type DesignPreview = Schemas["Preview"];

export type Board = Schemas["Board"];
export type JsonSchema = Record<string, unknown>;

export type DeployTarget = Omit<Schemas["Target"], "options_schema"> & { options_schema: JsonSchema };

export type LanguageModel = Schemas["LanguageModel"];
export type ModelFile = Schemas["ModelFile"];
export type ServerFolder = Schemas["ServerFolder"];

export type JobBrief = Schemas["JobSummary"];
export type Job = Schemas["Job"];

export interface EpochMetrics {
  epoch: number;
  epochs: number;
  loss: number;
  accuracy: number;
  val_loss: number;
  val_accuracy: number;
  seconds?: number;
}

export interface ClassMetrics {
  label: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

export interface Evaluation {
  accuracy: number;
  per_class: ClassMetrics[];
  /** `confusion[true][predicted]`, in the order of the run's labels. */
  confusion: number[][];
  windows: number;
  /** The whole test split, each class, each group; runs of earlier versions have none. */
  slices?: EvaluationSlice[];
}

/** A part of the test split; `low` and `high` are the 95 % interval of its accuracy, counting recordings. */
export interface EvaluationSlice {
  by: "all" | "label" | "group";
  name: string;
  windows: number;
  recordings: number;
  accuracy: number;
  low: number;
  high: number;
}

export interface Profile {
  board: string;
  flash_bytes: number;
  ram_bytes: number;
  /** Null where no emulator of the core is at hand. */
  instructions: number | null;
  /** An estimate; runs of earlier versions have no band. */
  latency_ms: number | null;
  latency_low_ms?: number | null;
  latency_high_ms?: number | null;
  /** What the latency rests on, in words. */
  latency_is: string;
  fits: boolean;
  /** Why it does not fit, in words. */
  problems: string[];
  toolchain: string;
  emulator: string;
  breakdown: {
    features_instructions: number | null;
    model_instructions: number | null;
    /** What the shares of the time rest on; runs of earlier versions have only instructions. */
    features_cycles?: number | null;
    model_cycles?: number | null;
  };
}

export interface ModelFacts {
  macs: number;
  arena_bytes: number;
  weights_bytes: number;
  layers: { name: string; op: string; macs: number; output_shape: number[] }[];
}

export type Variant = "float32" | "int8";

export interface VariantResult {
  evaluation: Evaluation;
  profile: Profile;
  model: ModelFacts;
}

export interface RunResult {
  labels: string[];
  windows: { training: number; validation: number; test: number };
  samples: { training: number; test: number };
  history: EpochMetrics[];
  variants: Partial<Record<string, VariantResult>>;
  artifacts: Record<string, string>;
  seconds: Record<string, number>;
  cached: string[];
}

export type Run = Omit<Schemas["Run"], "state" | "spec" | "metrics"> & {
  state: JobState;
  spec: PipelineSpec;
  metrics: RunResult | null;
  /** Only of a single run, not in a list. */
  artifacts?: Schemas["Artifact"][];
};

export type Deployment = Omit<Schemas["Deployment"], "state"> & { state: JobState };

/** What `jobs/{j}/events/` streams. */
export type JobEvent =
  | { type: "state"; state: JobState }
  | { type: "step"; step: string; state: "started" | "cached" | "finished" }
  | { type: "progress"; percent: number; message: string }
  | ({ type: "epoch" } & EpochMetrics)
  | { type: "log"; line: string }
  | { type: "result"; result: RunResult }
  | { type: "error"; field: string; message: string };
