import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EpochMetrics, JobBrief, JobEvent } from "@/api/types";
import { ConfirmButton } from "./ConfirmButton";
import { placeOfCure } from "./JobFailure";
import { JobProgress } from "./JobProgress";
import { startView, viewAfter } from "./jobState";
import { useJob } from "./useJob";

const JOB: JobBrief = { id: "j1", state: "queued", percent: 0, message: "Waiting for a worker" };
const STEPS = [
  ["features", "Features"],
  ["learn", "Training"],
] as const;

const epoch = (number: number): JobEvent => ({ type: "epoch", ...metrics(number) });
const metrics = (number: number): EpochMetrics => ({
  epoch: number,
  epochs: 10,
  loss: 1 / number,
  accuracy: 0.5,
  val_loss: 1 / number,
  val_accuracy: 0.4,
});

describe("what is known of a job", () => {
  it("follows its events", () => {
    const view = viewAfter(startView(JOB), [
      { type: "state", state: "running" },
      { type: "step", step: "features", state: "cached" },
      { type: "step", step: "learn", state: "started" },
      { type: "progress", percent: 21.5, message: "Training: epoch 1 of 10" },
      epoch(1),
      { type: "log", line: "hello" },
    ]);
    expect(view).toMatchObject({
      state: "running",
      percent: 21.5,
      steps: { features: "cached", learn: "started" },
      log: ["hello"],
    });
    expect(view.epochs).toHaveLength(1);
  });

  it("takes an epoch that comes twice as one, and starts over when another worker took over", () => {
    const view = viewAfter(startView(JOB), [epoch(1), epoch(2), epoch(2), epoch(3)]);
    expect(view.epochs.map((entry) => entry.epoch)).toEqual([1, 2, 3]);
    expect(viewAfter(view, [epoch(1)]).epochs.map((entry) => entry.epoch)).toEqual([1]);
  });

  it("keeps the reason of a failure", () => {
    const view = viewAfter(startView(JOB), [
      { type: "error", field: "dataset", message: "the test split is empty" },
      { type: "state", state: "failed" },
    ]);
    expect(view.error?.message).toBe("the test split is empty");
    expect(placeOfCure("dataset")).toBe("data");
    expect(placeOfCure("spec.input.window_ms")).toBe("design");
    expect(placeOfCure("")).toBeNull();
  });
});

describe("the progress of a job", () => {
  it("says each step's state in words", () => {
    const view = viewAfter(startView(JOB), [
      { type: "step", step: "features", state: "finished" },
      { type: "step", step: "learn", state: "started" },
      { type: "progress", percent: 47.9, message: "Training: epoch 5 of 10" },
    ]);
    render(
      <MantineProvider env="test">
        <JobProgress view={view} live steps={STEPS} />
      </MantineProvider>,
    );
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      "Featuresdone",
      "Trainingunder way",
    ]);
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "47.9");
    expect(screen.getByText("47 %")).toBeInTheDocument();
    expect(screen.getByText("Training 40 percent")).toBeInTheDocument();
  });
});

/** The browser's own EventSource, which jsdom lacks: the test speaks for the server. */
class ServerLine extends EventTarget {
  static lines: ServerLine[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    super();
    ServerLine.lines.push(this);
  }
  say(event: JobEvent) {
    this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event) }));
  }
  close() {
    this.closed = true;
  }
}

function Watcher({ job, onEnd }: { job: JobBrief; onEnd: () => void }) {
  const { view, live } = useJob("p1", job, onEnd);
  return (
    <p>
      {view.state} {view.percent} {view.epochs.length} {live ? "live" : "polled"}
    </p>
  );
}

describe("watching a job", () => {
  beforeEach(() => {
    ServerLine.lines = [];
    vi.stubGlobal("EventSource", ServerLine);
  });
  afterEach(() => vi.unstubAllGlobals());

  const watch = (job: JobBrief, onEnd: () => void) => (
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Watcher job={job} onEnd={onEnd} />
    </QueryClientProvider>
  );

  it("draws a burst of events once, and tells when it ends", async () => {
    const ended = vi.fn();
    render(watch(JOB, ended));
    const line = ServerLine.lines[0] as ServerLine;
    expect(line.url).toBe("/api/v1/projects/p1/jobs/j1/events/");
    act(() => {
      for (let number = 1; number <= 10; number += 1) line.say(epoch(number));
      line.say({ type: "state", state: "succeeded" });
    });
    expect(await screen.findByText("succeeded 100 10 live")).toBeInTheDocument();
    expect(ended).toHaveBeenCalledTimes(1);
    expect(line.closed).toBe(true);
  });

  it("asks for the state while the line is down", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () =>
        Response.json({ ...JOB, state: "running", percent: 33, message: "Training", error: null }),
      ),
    );
    render(watch({ ...JOB, state: "running" }, vi.fn()));
    act(() => ServerLine.lines[0]?.onerror?.());
    expect(await screen.findByText("running 33 0 polled")).toBeInTheDocument();
  });

  it("hangs up when nobody looks any more", () => {
    const { unmount } = render(watch(JOB, vi.fn()));
    unmount();
    expect(ServerLine.lines.every((line) => line.closed)).toBe(true);
  });
});

describe("an act that cannot be undone", () => {
  it("is done only after a second click, and the safe answer has the focus", async () => {
    const done = vi.fn();
    render(
      <MantineProvider env="test">
        <ConfirmButton
          question="Delete run 3?"
          consequence="Its files go too."
          confirm="Delete"
          onConfirm={done}
        >
          Delete run
        </ConfirmButton>
      </MantineProvider>,
    );
    await userEvent.click(screen.getByRole("button", { name: "Delete run" }));
    expect(done).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: "Keep it" })).toHaveFocus();
    await userEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect(done).toHaveBeenCalledTimes(1);
  });
});
