/** Uploads, four at a time. Knows nothing of React or of HTTP: it is given a way to send one file. */

import { ApiError } from "@/api/client";
import type { Split } from "@/api/types";

export type UploadState = "waiting" | "sending" | "done" | "known" | "failed" | "cancelled";

export interface UploadRequest {
  file: File;
  path: string;
  label: string;
  split: Split | "auto";
  sampleRateHz?: number;
}

export interface UploadItem extends UploadRequest {
  readonly id: number;
  state: UploadState;
  sentBytes: number;
  /** Why it failed, or why it was left out. */
  reason: string;
  /** Whether it failed because it does not tell its own sample rate. */
  lacksRate: boolean;
}

export type Send = (
  request: UploadRequest,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
) => Promise<unknown>;

export interface UploadSummary {
  total: number;
  waiting: number;
  sending: number;
  done: number;
  /** Already in the project: nothing to do. */
  known: number;
  failed: number;
  /** Those of the failed that could be taken if their sample rate were given. */
  lackRate: number;
  cancelled: number;
  bytes: number;
  sentBytes: number;
  /** Whether something is still to come. */
  busy: boolean;
}

export const AT_ONCE = 4;

const CONFLICT = 409;
const UNSENT = { sentBytes: 0, reason: "", lacksRate: false };

export class UploadQueue {
  readonly items: UploadItem[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly aborts = new Map<number, AbortController>();
  private nextId = 1;
  private cursor = 0;
  private cached: UploadSummary | null = null;

  constructor(
    private readonly send: Send,
    private readonly onFinished: () => void = () => undefined,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same object until something changes, as `useSyncExternalStore` wants it. */
  summary = (): UploadSummary => {
    this.cached ??= summarise(this.items);
    return this.cached;
  };

  add(requests: UploadRequest[]): void {
    for (const request of requests) {
      this.items.push({ ...request, id: this.nextId++, state: "waiting", ...UNSENT });
    }
    this.changed();
    this.pump();
  }

  /** Send again what did not arrive; files that lack a sample rate go with the one given here. */
  retryFailed(sampleRateHz?: number): void {
    for (const item of this.items) {
      if (item.state === "failed" || item.state === "cancelled") {
        if (item.lacksRate && sampleRateHz) item.sampleRateHz = sampleRateHz;
        Object.assign(item, UNSENT, { state: "waiting" });
      }
    }
    this.cursor = 0;
    this.changed();
    this.pump();
  }

  /** Stop everything that is not finished; what has arrived stays. */
  cancel(): void {
    for (const item of this.items) {
      if (item.state === "waiting" || item.state === "sending") {
        item.state = "cancelled";
        item.reason = "Cancelled";
      }
    }
    for (const abort of this.aborts.values()) abort.abort();
    this.changed();
  }

  /** Forget the list; only when nothing is under way. */
  clear(): void {
    if (this.summary().busy) return;
    this.items.length = 0;
    this.cursor = 0;
    this.changed();
  }

  private changed(): void {
    this.cached = null;
    for (const listener of this.listeners) listener();
  }

  private pump(): void {
    while (this.aborts.size < AT_ONCE) {
      const item = this.nextWaiting();
      if (!item) break;
      void this.run(item);
    }
  }

  private nextWaiting(): UploadItem | undefined {
    while (this.cursor < this.items.length) {
      const item = this.items[this.cursor++];
      if (item?.state === "waiting") return item;
    }
    return undefined;
  }

  private async run(item: UploadItem): Promise<void> {
    const abort = new AbortController();
    this.aborts.set(item.id, abort);
    item.state = "sending";
    this.changed();
    const progress = (sentBytes: number) => {
      item.sentBytes = Math.min(sentBytes, item.file.size);
      this.changed();
    };
    try {
      await this.send(item, progress, abort.signal);
      item.state = "done";
      item.sentBytes = item.file.size;
    } catch (error) {
      this.settle(item, error, abort.signal.aborted);
    } finally {
      this.aborts.delete(item.id);
    }
    this.changed();
    this.pump();
    if (!this.summary().busy) this.onFinished();
  }

  private settle(item: UploadItem, error: unknown, aborted: boolean): void {
    if (aborted) {
      item.state = "cancelled";
      item.reason = "Cancelled";
      return;
    }
    item.state = error instanceof ApiError && error.status === CONFLICT ? "known" : "failed";
    item.reason = error instanceof Error ? error.message : String(error);
    item.lacksRate = error instanceof ApiError && error.of("sample_rate_hz") !== undefined;
  }
}

function summarise(items: UploadItem[]): UploadSummary {
  const summary: UploadSummary = {
    total: items.length,
    waiting: 0,
    sending: 0,
    done: 0,
    known: 0,
    failed: 0,
    lackRate: 0,
    cancelled: 0,
    bytes: 0,
    sentBytes: 0,
    busy: false,
  };
  for (const item of items) {
    summary[item.state] += 1;
    if (item.lacksRate) summary.lackRate += 1;
    summary.bytes += item.file.size;
    const over = item.state !== "waiting" && item.state !== "sending";
    summary.sentBytes += over ? item.file.size : item.sentBytes;
  }
  summary.busy = summary.waiting + summary.sending > 0;
  return summary;
}
