import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/client";
import type { ModelFile } from "@/api/types";
import { ModelUpload, PIECE_BYTES, type Transport, WAITS_MS } from "./upload";

/** A server that keeps what arrives, and fails when it is told to. */
class Server implements Transport {
  readonly files = new Map<string, ModelFile>();
  readonly calls: string[] = [];
  failures: Error[] = [];
  incomplete: Error | null = null;
  /** Bytes of the next piece that still arrive before the connection breaks. */
  partial = 0;
  hold: Promise<void> | null = null;

  async look(name: string): Promise<ModelFile | null> {
    this.calls.push(`look ${name}`);
    return this.files.get(name) ?? null;
  }

  async send(
    name: string,
    piece: Blob,
    offset: number,
    size: number,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<ModelFile> {
    this.calls.push(`send ${name} ${offset}`);
    onProgress(piece.size);
    await this.hold;
    if (signal.aborted) throw new DOMException("aborted", "AbortError");
    const failure = this.failures.shift();
    const before = this.files.get(name)?.received_bytes ?? 0;
    if (before !== offset) throw new ApiError(409, [{ field: "offset", message: "Go on elsewhere." }]);
    const received = failure ? offset + this.partial : offset + piece.size;
    const file = { name, size_bytes: size, received_bytes: received, sha256: received === size ? "abc" : "" };
    if (received > 0) this.files.set(name, file);
    if (failure) throw failure;
    return file;
  }

  async drop(name: string): Promise<void> {
    this.calls.push(`drop ${name}`);
    this.files.delete(name);
  }

  async complete(): Promise<void> {
    this.calls.push("complete");
    if (this.incomplete) throw this.incomplete;
  }
}

const file = (name: string, size: number) => new File([new Uint8Array(size)], name);
const broken = () => new ApiError(0, [{ field: "", message: "The connection broke off." }]);
const BIG = PIECE_BYTES + 1000;

function upload(server: Server, files: File[]) {
  const pauses: number[] = [];
  const made = new ModelUpload(server, files, undefined, async (ms) => {
    pauses.push(ms);
  });
  return { made, pauses };
}

describe("the upload of a language model", () => {
  it("sends its files in pieces, then completes it", async () => {
    const server = new Server();
    const { made } = upload(server, [file("config.json", 10), file("model.safetensors", BIG)]);
    await made.start();
    expect(server.calls).toEqual([
      "look config.json",
      "send config.json 0",
      "look model.safetensors",
      "send model.safetensors 0",
      `send model.safetensors ${PIECE_BYTES}`,
      "complete",
    ]);
    expect(made.view()).toMatchObject({ state: "done", sentBytes: BIG + 10, bytes: BIG + 10 });
  });

  it("goes on by itself where a connection broke off, a little later each time", async () => {
    const server = new Server();
    server.partial = 500;
    server.failures = [broken()];
    const { made, pauses } = upload(server, [file("model.safetensors", BIG)]);
    await made.start();
    expect(server.calls).toContain("send model.safetensors 500");
    expect(pauses).toEqual([WAITS_MS[0]]);
    expect(made.view().state).toBe("done");
  });

  it("gives up after a while, and goes on when it is told to", async () => {
    const server = new Server();
    server.failures = Array.from({ length: WAITS_MS.length + 1 }, broken);
    const { made, pauses } = upload(server, [file("config.json", 10)]);
    await made.start();
    expect(pauses).toEqual(WAITS_MS);
    expect(made.view()).toMatchObject({ state: "failed", reason: "The connection broke off." });
    await made.start();
    expect(made.view().state).toBe("done");
  });

  it("sends only the rest of what is there already", async () => {
    const server = new Server();
    const there = { size_bytes: BIG, received_bytes: 1000, sha256: "" };
    server.files.set("model.safetensors", { name: "model.safetensors", ...there });
    server.files.set("model-2.safetensors", {
      name: "model-2.safetensors",
      size_bytes: BIG,
      received_bytes: BIG,
      sha256: "abc",
    });
    const { made } = upload(server, [file("model.safetensors", BIG), file("model-2.safetensors", BIG)]);
    await made.start();
    expect(server.calls.filter((call) => call.startsWith("send"))).toEqual(["send model.safetensors 1000"]);
  });

  it("sends a small file anew, which may have been edited, and one of another size", async () => {
    const server = new Server();
    server.files.set("config.json", {
      name: "config.json",
      size_bytes: 10,
      received_bytes: 10,
      sha256: "abc",
    });
    server.files.set("a.safetensors", {
      name: "a.safetensors",
      size_bytes: 9,
      received_bytes: 9,
      sha256: "",
    });
    const { made } = upload(server, [file("config.json", 10), file("a.safetensors", 12)]);
    await made.start();
    expect(server.calls.filter((call) => call.startsWith("drop"))).toEqual([
      "drop config.json",
      "drop a.safetensors",
    ]);
    expect(made.view().state).toBe("done");
  });

  it("stops at once, and what has arrived stays", async () => {
    const server = new Server();
    let release = () => {};
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    const { made } = upload(server, [file("config.json", 10)]);
    const over = made.start();
    made.stop();
    release();
    await over;
    expect(made.view().state).toBe("stopped");
    expect(server.calls).not.toContain("complete");
  });

  it("says what is wrong with the files by their names", async () => {
    const server = new Server();
    server.incomplete = new ApiError(400, [{ field: "config.json", message: "Has no vocab_size" }]);
    const { made } = upload(server, [file("config.json", 10)]);
    await made.start();
    expect(made.view()).toMatchObject({ state: "failed", reason: "config.json: Has no vocab_size" });
  });

  it("does not try again what the server refuses", async () => {
    const server = new Server();
    server.failures = [new ApiError(413, [{ field: "size", message: "The disk is full." }])];
    const { made, pauses } = upload(server, [file("config.json", 10)]);
    await made.start();
    expect(pauses).toEqual([]);
    expect(made.view().items[0]).toMatchObject({ state: "failed", reason: "The disk is full." });
  });
});
