import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { followJob } from "@/api/events";
import type { Job, JobBrief, JobEvent } from "@/api/types";
import { isFinal, type JobView, startView, viewAfter } from "./jobState";

/** Events come in bursts when a job is replayed; the screen is drawn once for each burst. */
const BURST_MS = 80;
const POLL_MS = 2000;

/**
 * A job, live. Where the line to the server breaks, its state is asked for every two seconds until it is back.
 * `onEnd` is called once when the job ends while it is watched.
 */
export function useJob(
  projectId: string,
  job: JobBrief,
  onEnd: () => void,
): { view: JobView; live: boolean } {
  const [view, setView] = useState(() => startView(job));
  const [connected, setConnected] = useState(true);
  const end = useRef(onEnd);
  end.current = onEnd;
  const active = !isFinal(job.state);
  const first = useRef(job);
  first.current = job;

  // A retry makes a finished job active again: its story starts anew. That it ends is no new story.
  const [story, setStory] = useState(0);
  const before = useRef(active);
  useEffect(() => {
    if (active && !before.current) setStory((number) => number + 1);
    before.current = active;
  }, [active]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new story is listened to from its start
  useEffect(() => {
    const watched = !isFinal(first.current.state);
    setView(startView(first.current));
    const waiting: JobEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const burst = waiting.splice(0);
      setView((known) => viewAfter(known, burst));
      if (watched && burst.some((event) => event.type === "state" && isFinal(event.state))) end.current();
    };
    const stop = followJob(
      projectId,
      job.id,
      (event) => {
        waiting.push(event);
        timer ??= setTimeout(flush, BURST_MS);
      },
      setConnected,
    );
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [projectId, job.id, story]);

  const polled = useQuery({
    queryKey: ["project", projectId, "jobs", job.id],
    queryFn: ({ signal }) => api.get<Job>(`projects/${projectId}/jobs/${job.id}/`, {}, signal),
    enabled: (!connected && !isFinal(view.state)) || view.state === "failed",
    refetchInterval: (query) => (query.state.data && isFinal(query.state.data.state) ? false : POLL_MS),
    staleTime: 0,
  }).data;
  useEffect(() => {
    if (!polled) return;
    setView((known) =>
      isFinal(known.state) && known.state !== polled.state
        ? known
        : {
            ...known,
            state: polled.state,
            percent: Math.max(known.percent, polled.percent),
            message: polled.message,
            error: polled.error ?? known.error,
          },
    );
    if (before.current && isFinal(polled.state)) end.current();
  }, [polled]);

  return { view, live: connected };
}
