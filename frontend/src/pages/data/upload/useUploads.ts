import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { queryClient } from "@/app/queryClient";
import { UploadQueue } from "./queue";
import { sendTo } from "./transport";

/** One queue a project, kept while the person looks at other pages. */
const queues = new Map<string, UploadQueue>();

function queueOf(projectId: string): UploadQueue {
  let queue = queues.get(projectId);
  if (!queue) {
    queue = new UploadQueue(sendTo(projectId), () => void refresh(projectId));
    queues.set(projectId, queue);
  }
  return queue;
}

const refresh = (projectId: string) => queryClient.invalidateQueries({ queryKey: ["project", projectId] });

const REFRESH_MS = 3000;

/** The project's uploads; the lists on the page follow while they arrive. */
export function useUploads(projectId: string) {
  const queue = queueOf(projectId);
  const summary = useSyncExternalStore(queue.subscribe, queue.summary);
  const client = useQueryClient();
  useEffect(() => {
    if (!summary.busy) return;
    const timer = setInterval(
      () => void client.invalidateQueries({ queryKey: ["project", projectId, "samples"] }),
      REFRESH_MS,
    );
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => {
      clearInterval(timer);
      window.removeEventListener("beforeunload", warn);
    };
  }, [summary.busy, client, projectId]);
  return { queue, summary };
}
