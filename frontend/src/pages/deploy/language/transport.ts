/** The pieces of a language model over XMLHttpRequest, which tells how much has been sent; fetch cannot. */

import { ApiError, api, apiUrl, ensureCsrf, errorsOf } from "@/api/client";
import type { LanguageModel, ModelFile } from "@/api/types";
import type { Transport } from "./upload";

export function transportTo(projectId: string, modelId: string): Transport {
  const model = `projects/${projectId}/language-models/${modelId}/`;
  const fileUrl = (name: string) => `${model}files/${encodeURIComponent(name)}/`;
  return {
    // Of the whole model: asking for one file that is not there is an error in the browser's console.
    look: async (name, signal) => {
      const { files } = await api.get<LanguageModel>(model, {}, signal);
      return files.find((file) => file.name === name) ?? null;
    },
    send: async (name, piece, offset, size, onProgress, signal) => {
      const token = await ensureCsrf();
      return new Promise((resolve, reject) => {
        const http = new XMLHttpRequest();
        http.open("PUT", apiUrl(fileUrl(name), { offset, size }));
        http.setRequestHeader("X-CSRFToken", token);
        http.setRequestHeader("Accept", "application/json");
        http.setRequestHeader("Content-Type", "application/octet-stream");
        http.upload.onprogress = (event) => onProgress(event.loaded);
        http.onload = () => {
          const body = parsed(http.responseText);
          if (http.status >= 200 && http.status < 300) resolve(body as ModelFile);
          else reject(new ApiError(http.status, errorsOf(http.status, body)));
        };
        http.onerror = () => reject(new ApiError(0, [{ field: "", message: "The connection broke off." }]));
        http.onabort = () => reject(new DOMException("aborted", "AbortError"));
        signal.addEventListener("abort", () => http.abort());
        http.send(piece);
      });
    },
    drop: (name) => api.delete(fileUrl(name)),
    complete: async () => {
      await api.post(`${model}complete/`);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
