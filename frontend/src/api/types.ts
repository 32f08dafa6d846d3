/** The words of the API, as TypeScript. */

export interface Page<Item> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Item[];
}

export type Role = "viewer" | "editor" | "owner";
export type Split = "training" | "test";

export interface User {
  id: string;
  email: string;
  name: string;
}

export interface Project {
  id: string;
  name: string;
  description: string;
  role: Role;
  sample_count: number;
  run_count: number;
  labels: string[];
  created_at: string;
  updated_at: string;
}

export interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
}

export type Scope = "read" | "upload" | "write";

export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  prefix: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  /** Only in the answer to the request that made it. */
  key?: string;
}

export interface Span {
  start_ms: number;
  end_ms: number;
  label: string;
}

export interface Sample {
  id: string;
  name: string;
  label: string;
  split: Split;
  duration_ms: number;
  sample_rate_hz: number;
  channels: string[];
  units: string[];
  spans: Span[];
  /** What must stay in one split, such as a volunteer; empty for none. */
  group: string;
  size_bytes: number;
  sha256: string;
  created_at: string;
  metadata: Record<string, unknown>;
}

export interface LabelSummary {
  label: string;
  training: number;
  test: number;
  duration_ms: number;
}

export interface SampleSummary {
  total: number;
  duration_ms: number;
  labels: LabelSummary[];
  sample_rates_hz: number[];
  channel_sets: { channels: string[]; count: number }[];
}

/** Min/max envelope: `min[channel][point]`; null where the recording holds no number. */
export interface Waveform {
  start_ms: number;
  end_ms: number;
  channels: string[];
  units: string[];
  t_ms: number[];
  min: (number | null)[][];
  max: (number | null)[][];
}

export interface DatasetVersion {
  id: string;
  number: number;
  sha256: string;
  sample_count: number;
  labels: string[];
  created_at: string;
  note: string;
}

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
  postprocess: { smooth_windows: number; threshold: number };
}

export interface Design {
  id: string;
  name: string;
  spec: PipelineSpec;
  updated_at: string;
}

export interface Suggestion {
  spec: PipelineSpec;
  reasons: string[];
}

export interface Cost {
  macs: number;
  scratch_bytes: number;
  table_bytes: number;
}

export interface DesignCheck {
  errors: { field: string; message: string }[];
  window?: { length: number; channels: string[] | number };
  features?: { name: string; block: string; output_shape: number[]; cost: Cost }[];
  learning?: {
    name: string;
    block: string;
    input_shape: number[];
    output_shape: number[];
    cost: Cost;
    layers: { name: string; op: string; output_shape: number[]; macs: number; weights: number }[];
  }[];
  windows_estimate?: { training: number; test: number };
}

export interface Picture {
  kind: "line" | "bars" | "heatmap";
  values: number[][];
  series: string[];
  x_label: string;
  y_label: string;
  x: number[];
  y: number[];
  categories: string[];
}

export interface DesignPreview {
  start_ms: number;
  window: { t_ms: number[]; values: number[][] };
  features: { name: string; block: string; picture: Picture; values_count: number }[];
}

export interface Board {
  id: string;
  title: string;
  core: string;
  clock_hz: number;
  flash_bytes: number;
  ram_bytes: number;
  fpu?: boolean | string;
}

export type JsonSchema = Record<string, unknown>;

export interface DeployTarget {
  id: string;
  title: string;
  pitch: string;
  icon: string;
  options_schema: JsonSchema;
  variants: Variant[];
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface JobBrief {
  id: string;
  state: JobState;
  percent: number;
  message: string;
}

export interface Job extends JobBrief {
  kind: string;
  error: { field: string; message: string } | null;
  attempt: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  run: string | null;
  deployment: string | null;
}

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
}

export interface Profile {
  board: string;
  flash_bytes: number;
  ram_bytes: number;
  /** Null where no emulator of the core is at hand. */
  instructions: number | null;
  latency_ms: number | null;
  /** What the latency rests on, in words. */
  latency_is: string;
  fits: boolean;
  /** Why it does not fit, in words. */
  problems: string[];
  toolchain: string;
  emulator: string;
  breakdown: { features_instructions: number | null; model_instructions: number | null };
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
  variants: Partial<Record<Variant, VariantResult>>;
  artifacts: Record<string, string>;
  seconds: Record<string, number>;
  cached: string[];
}

export interface Run {
  id: string;
  number: number;
  state: JobState;
  design: string | null;
  design_name: string;
  spec: PipelineSpec;
  board: string;
  dataset_version: string;
  job: JobBrief;
  metrics: RunResult | null;
  created_at: string;
  finished_at: string | null;
  /** Only of a single run, not in a list. */
  artifacts?: { name: string; size_bytes: number; sha256: string }[];
}

export interface Deployment {
  id: string;
  number: number;
  state: JobState;
  run: string;
  target: string;
  variant: Variant;
  board: string;
  options: Record<string, unknown>;
  job: JobBrief;
  size_bytes: number | null;
  sha256: string;
  file_name: string;
  created_at: string;
}

/** What `jobs/{j}/events/` streams. */
export type JobEvent =
  | { type: "state"; state: JobState }
  | { type: "step"; step: string; state: "started" | "cached" | "finished" }
  | { type: "progress"; percent: number; message: string }
  | ({ type: "epoch" } & EpochMetrics)
  | { type: "log"; line: string }
  | { type: "result"; result: RunResult }
  | { type: "error"; field: string; message: string };
