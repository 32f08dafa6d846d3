/** One file over XMLHttpRequest, which tells how much has been sent; fetch cannot. */

import { ApiError, apiUrl, ensureCsrf, errorsOf } from "@/api/client";
import type { Send } from "./queue";

export const sendTo =
  (projectId: string): Send =>
  async (request, onProgress, signal) => {
    const form = new FormData();
    // The fields come first: the server knows what a file is before it reads it.
    form.set("path", request.path);
    form.set("label", request.label);
    form.set("split", request.split);
    if (request.sampleRateHz) form.set("sample_rate_hz", String(request.sampleRateHz));
    form.set("file", request.file, request.file.name);
    const token = await ensureCsrf();
    return new Promise((resolve, reject) => {
      const http = new XMLHttpRequest();
      http.open("POST", apiUrl(`projects/${projectId}/samples/`));
      http.setRequestHeader("X-CSRFToken", token);
      http.setRequestHeader("Accept", "application/json");
      http.upload.onprogress = (event) => onProgress(event.loaded);
      http.onload = () => {
        const body = parsed(http.responseText);
        if (http.status >= 200 && http.status < 300) resolve(body);
        else reject(new ApiError(http.status, errorsOf(http.status, body)));
      };
      http.onerror = () =>
        reject(
          new ApiError(0, [{ field: "file", message: "The connection broke off; try this file again." }]),
        );
      http.onabort = () => reject(new DOMException("aborted", "AbortError"));
      signal.addEventListener("abort", () => http.abort());
      http.send(form);
    });
  };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
