/**
 * Sends a language model's files one after another in pieces, and goes on where it broke off. Knows nothing of React or
 * of HTTP: it is given a way to talk to the server.
 */

import { ApiError } from "@/api/client";
import type { ModelFile } from "@/api/types";

export const PIECE_BYTES = 8_000_000;
/** After a lost connection; then it is for a person to try again. */
export const WAITS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

export interface Transport {
  /** What the server has of a file; null for nothing. */
  look(name: string, signal: AbortSignal): Promise<ModelFile | null>;
  send(
    name: string,
    piece: Blob,
    offset: number,
    size: number,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<ModelFile>;
  drop(name: string, signal: AbortSignal): Promise<void>;
  complete(signal: AbortSignal): Promise<void>;
}

export type FileState = "waiting" | "sending" | "checking" | "done" | "failed";
export type UploadState = "sending" | "waiting" | "checking" | "done" | "failed" | "stopped";

export interface UploadItem {
  readonly file: File;
  readonly state: FileState;
  readonly sentBytes: number;
  readonly reason: string;
}

export interface UploadView {
  readonly state: UploadState;
  readonly items: readonly UploadItem[];
  readonly bytes: number;
  readonly sentBytes: number;
  /** Why it failed, or why it waits. */
  readonly reason: string;
}

export class ModelUpload {
  private readonly listeners = new Set<() => void>();
  private abort = new AbortController();
  private current: UploadView;

  constructor(
    private readonly transport: Transport,
    files: readonly File[],
    private readonly onEnd: () => void = () => undefined,
    private readonly pause: (ms: number, signal: AbortSignal) => Promise<void> = wait,
  ) {
    this.current = {
      state: "stopped",
      items: files.map((file) => ({ file, state: "waiting", sentBytes: 0, reason: "" })),
      bytes: files.reduce((sum, file) => sum + file.size, 0),
      sentBytes: 0,
      reason: "",
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same object until something changes, as `useSyncExternalStore` wants it. */
  view = (): UploadView => this.current;

  get busy(): boolean {
    return ["sending", "waiting", "checking"].includes(this.current.state);
  }

  /** Stop; what has arrived stays on the server. */
  stop(): void {
    this.abort.abort();
  }

  /** Begin, or go on: only what the server lacks is sent. Resolves when it is over, however it ends. */
  async start(): Promise<void> {
    if (this.busy) return;
    this.abort = new AbortController();
    this.change({ state: "sending", reason: "" });
    try {
      for (const index of this.current.items.keys()) await this.sendFile(index);
      this.change({ state: "checking" });
      await this.transport.complete(this.abort.signal);
      this.change({ state: "done" });
    } catch (error) {
      if (this.abort.signal.aborted) this.change({ state: "stopped", reason: "" });
      else this.change({ state: "failed", reason: wordsOf(error) });
    }
    this.onEnd();
  }

  private async sendFile(index: number): Promise<void> {
    const item = this.current.items[index];
    if (!item || item.state === "done") return;
    try {
      await this.persist(() => this.sendRest(index, item.file));
      this.changeItem(index, { state: "done", sentBytes: item.file.size, reason: "" });
    } catch (error) {
      if (this.abort.signal.aborted) this.changeItem(index, { state: "waiting" });
      else this.changeItem(index, { state: "failed", reason: wordsOf(error) });
      throw error;
    }
  }

  /** Look where the server's part ends, and send from there; a file of another size is sent anew. */
  private async sendRest(index: number, file: File): Promise<void> {
    const { signal } = this.abort;
    this.change({ state: "sending", reason: "" });
    this.changeItem(index, { state: "sending", reason: "" });
    let there = await this.transport.look(file.name, signal);
    // A small file may have been edited without getting longer, and costs nothing to send again.
    const stale = there && (there.size_bytes !== file.size || (there.sha256 && file.size <= PIECE_BYTES));
    if (there && stale) {
      await this.transport.drop(file.name, signal);
      there = null;
    }
    let offset = there?.received_bytes ?? 0;
    let done = Boolean(there?.sha256);
    while (!done) {
      const start = offset;
      const piece = file.slice(start, start + PIECE_BYTES);
      const isLast = start + piece.size === file.size;
      const answer = await this.transport.send(
        file.name,
        piece,
        start,
        file.size,
        (bytes) => {
          const sentBytes = start + Math.min(bytes, piece.size);
          // The server reads the whole file once more for its hash before it answers to the last piece.
          this.changeItem(index, {
            sentBytes,
            state: isLast && sentBytes === file.size ? "checking" : "sending",
          });
        },
        signal,
      );
      offset = answer.received_bytes;
      done = Boolean(answer.sha256);
      this.changeItem(index, { sentBytes: offset });
    }
  }

  /** Try again after a lost connection, a while later each time that nothing got further. */
  private async persist(attempt: () => Promise<void>): Promise<void> {
    let failures = 0;
    let reached = this.current.sentBytes;
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (this.abort.signal.aborted || !mayPass(error)) throw error;
        if (this.current.sentBytes > reached) failures = 0;
        reached = this.current.sentBytes;
        const ms = WAITS_MS[failures];
        failures += 1;
        if (ms === undefined) throw error;
        this.change({ state: "waiting", reason: `${wordsOf(error)} Going on by itself in a moment.` });
        await this.pause(ms, this.abort.signal);
      }
    }
  }

  private changeItem(index: number, change: Partial<UploadItem>): void {
    const items = this.current.items.map((item, at) => (at === index ? { ...item, ...change } : item));
    const sentBytes = items.reduce((sum, item) => sum + item.sentBytes, 0);
    this.change({ items, sentBytes });
  }

  private change(change: Partial<UploadView>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** No connection, a server that restarts, or a piece that came twice: looking again and going on helps. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.status === 0 || error.status >= 500 || (error.status === 409 && Boolean(error.of("offset"))));

const wordsOf = (error: unknown): string =>
  error instanceof ApiError && error.errors.length > 0
    ? error.errors
        .map(({ field, message }) => (HIDDEN.has(field) ? message : `${field}: ${message}`))
        .join(" ")
    : error instanceof Error
      ? error.message
      : String(error);

/** Names of the request's own fields, which say nothing to a person. */
const HIDDEN = new Set(["", "file", "files", "name", "offset", "size", "sha256", "state"]);

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    });
  });
}
