import { useEffect, useSyncExternalStore } from "react";
import { queryClient } from "@/app/queryClient";
import { transportTo } from "./transport";
import { ModelUpload, type UploadView } from "./upload";

/** One upload a model, kept while the person looks at other pages. */
const uploads = new Map<string, ModelUpload>();
const listeners = new Set<() => void>();

const changed = () => {
  for (const listener of listeners) listener();
};

/** Send these files of a model, or go on with them. */
export function uploadModel(projectId: string, modelId: string, files: readonly File[]): void {
  uploads.get(modelId)?.stop();
  const upload = new ModelUpload(transportTo(projectId, modelId), files, () => {
    if (upload.view().state === "done") forgetUpload(modelId);
    void queryClient.invalidateQueries({ queryKey: ["project", projectId, "language-models"] });
  });
  uploads.set(modelId, upload);
  changed();
  void upload.start();
}

export function forgetUpload(modelId: string): void {
  uploads.get(modelId)?.stop();
  uploads.delete(modelId);
  changed();
}

const subscribeToAll = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const nothing = () => () => undefined;

/** The upload of a model, if this browser has begun one since the page was loaded. */
export function useModelUpload(modelId: string): { upload: ModelUpload | undefined; view?: UploadView } {
  const upload = useSyncExternalStore(subscribeToAll, () => uploads.get(modelId));
  const view = useSyncExternalStore(upload?.subscribe ?? nothing, upload?.view ?? (() => undefined));
  const busy = upload?.busy ?? false;
  useEffect(() => {
    if (!busy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [busy]);
  return { upload, view };
}
