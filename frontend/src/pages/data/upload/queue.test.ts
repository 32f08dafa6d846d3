import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/client";
import { AT_ONCE, type Send, UploadQueue, type UploadRequest } from "./queue";

interface Call {
  request: UploadRequest;
  progress: (bytes: number) => void;
  finish: () => void;
  fail: (error: Error) => void;
}

/** A sender whose every upload is settled by the test. */
function controlled() {
  const calls: Call[] = [];
  const send: Send = (request, progress, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      calls.push({ request, progress, finish: () => resolve(undefined), fail: reject });
    });
  return { calls, send };
}

const request = (name: string): UploadRequest => ({
  file: new File(["0123456789"], name),
  path: name,
  label: "yes",
  split: "auto",
});

const requests = (count: number) => Array.from({ length: count }, (_, index) => request(`${index}.wav`));
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("the upload queue", () => {
  it("sends four files at a time and the next when one is done", async () => {
    const { calls, send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(6));
    expect(calls).toHaveLength(AT_ONCE);
    expect(queue.summary()).toMatchObject({ sending: 4, waiting: 2, busy: true });
    calls[1]?.finish();
    await settled();
    expect(calls).toHaveLength(5);
    expect(queue.summary()).toMatchObject({ done: 1, sending: 4, waiting: 1 });
  });

  it("counts the bytes of files under way", () => {
    const { calls, send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(2));
    calls[0]?.progress(4);
    calls[1]?.progress(400);
    expect(queue.summary()).toMatchObject({ sentBytes: 14, bytes: 20 });
  });

  it("keeps the reason of a failure and sends the file again on request", async () => {
    const { calls, send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(2));
    calls[0]?.fail(new ApiError(400, [{ field: "file", message: "This is no recording." }]));
    calls[1]?.finish();
    await settled();
    expect(queue.items[0]).toMatchObject({ state: "failed", reason: "This is no recording." });
    queue.retryFailed();
    expect(calls).toHaveLength(3);
    calls[2]?.finish();
    await settled();
    expect(queue.summary()).toMatchObject({ done: 2, failed: 0, busy: false });
  });

  it("sends files that lack a sample rate again with the one that is given", async () => {
    const { calls, send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(2));
    calls[0]?.fail(new ApiError(400, [{ field: "sample_rate_hz", message: "Give the sample rate." }]));
    calls[1]?.fail(new ApiError(400, [{ field: "file", message: "This is no recording." }]));
    await settled();
    expect(queue.summary()).toMatchObject({ failed: 2, lackRate: 1 });
    queue.retryFailed(32);
    expect(queue.summary()).toMatchObject({ failed: 0, lackRate: 0, sending: 2 });
    expect(calls.slice(2).map(({ request }) => request.sampleRateHz)).toEqual([32, undefined]);
  });

  it("takes a file that the project already has as no failure", async () => {
    const { calls, send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(1));
    calls[0]?.fail(new ApiError(409, [{ field: "file", message: "Already here." }]));
    await settled();
    expect(queue.summary()).toMatchObject({ known: 1, failed: 0, busy: false });
  });

  it("stops what is under way and what waits when it is cancelled", async () => {
    const { calls, send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(6));
    calls[0]?.finish();
    await settled();
    queue.cancel();
    await settled();
    expect(queue.summary()).toMatchObject({ done: 1, cancelled: 5, busy: false });
    expect(calls).toHaveLength(5);
  });

  it("says once that everything is finished", async () => {
    const { calls, send } = controlled();
    let finished = 0;
    const queue = new UploadQueue(send, () => {
      finished += 1;
    });
    queue.add(requests(2));
    calls[0]?.finish();
    calls[1]?.finish();
    await settled();
    expect(finished).toBe(1);
  });

  it("gives the same summary until something changes", () => {
    const { send } = controlled();
    const queue = new UploadQueue(send);
    queue.add(requests(1));
    expect(queue.summary()).toBe(queue.summary());
  });
});
