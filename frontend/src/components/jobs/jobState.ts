/** What is known of a job from its events so far. */

import type { EpochMetrics, JobBrief, JobEvent, JobState } from "@/api/types";

export type StepState = "waiting" | "started" | "cached" | "finished";

export interface JobView {
  state: JobState;
  percent: number;
  message: string;
  /** In the order in which they began. */
  steps: Readonly<Record<string, StepState>>;
  epochs: readonly EpochMetrics[];
  log: readonly string[];
  error: { field: string; message: string } | null;
}

const FINAL: readonly JobState[] = ["succeeded", "failed", "cancelled"];

export const isFinal = (state: JobState): boolean => FINAL.includes(state);

export function startView(job: JobBrief): JobView {
  return {
    state: job.state,
    percent: job.percent,
    message: job.message,
    steps: {},
    epochs: [],
    log: [],
    error: null,
  };
}

/** The view after some events. An event may come twice, and a worker that took over starts a step anew. */
export function viewAfter(view: JobView, events: readonly JobEvent[]): JobView {
  if (events.length === 0) return view;
  const next = { ...view, steps: { ...view.steps }, epochs: [...view.epochs], log: [...view.log] };
  for (const event of events) {
    switch (event.type) {
      case "state":
        next.state = event.state;
        if (event.state === "succeeded") next.percent = 100;
        if (event.state === "cancelled") next.message = "Cancelled";
        break;
      case "step":
        next.steps[event.step] = event.state;
        break;
      case "progress":
        next.percent = event.percent;
        next.message = event.message;
        break;
      case "epoch": {
        const { type, ...epoch } = event;
        next.epochs = [...next.epochs.filter((known) => known.epoch < epoch.epoch), epoch];
        break;
      }
      case "log":
        next.log.push(event.line);
        break;
      case "error":
        next.error = { field: event.field, message: event.message };
        break;
      case "result":
        break;
    }
  }
  return next;
}
