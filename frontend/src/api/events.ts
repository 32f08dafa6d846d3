import { apiUrl } from "./client";
import type { JobEvent } from "./types";

const TYPES: JobEvent["type"][] = ["state", "step", "progress", "epoch", "log", "result", "error"];
const FINAL = new Set(["succeeded", "failed", "cancelled"]);

/**
 * Follow a job live. Everything that happened before is replayed first; a lost connection resumes by itself
 * where it broke off. Returns a function that stops listening.
 *
 * `onConnection(false)` says that the line is down and being re-established.
 */
export function followJob(
  projectId: string,
  jobId: string,
  onEvent: (event: JobEvent) => void,
  onConnection: (connected: boolean) => void = () => undefined,
): () => void {
  const source = new EventSource(apiUrl(`projects/${projectId}/jobs/${jobId}/events/`));
  source.onopen = () => onConnection(true);
  source.onerror = () => onConnection(false);
  for (const type of TYPES) {
    source.addEventListener(type, (message) => {
      // EventSource's own connection error is an event of the same name, without data.
      if (!(message instanceof MessageEvent) || typeof message.data !== "string") return;
      const event = { ...JSON.parse(message.data), type } as JobEvent;
      onEvent(event);
      if (event.type === "state" && FINAL.has(event.state)) source.close();
    });
  }
  return () => source.close();
}
