import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, api, type FieldError } from "@/api/client";
import type { DesignCheck, DesignPreview, PipelineSpec } from "@/api/types";
import { placedErrors } from "@/components/forms";

/** What the server says of a pipeline that is being edited: faults at their fields, or shapes and cost. */
export const checkQuery = (projectId: string, spec: PipelineSpec) =>
  queryOptions({
    queryKey: ["project", projectId, "check", spec],
    queryFn: async (): Promise<DesignCheck> => {
      try {
        const check = await api.post<DesignCheck>(`projects/${projectId}/designs/check/`, { spec });
        return { ...check, errors: placedErrors(check.errors) };
      } catch (error) {
        if (error instanceof ApiError && error.status === 400) {
          return { errors: placedErrors(error.errors.map(withoutSpec)) };
        }
        throw error;
      }
    },
    placeholderData: keepPreviousData,
  });

/** The request's own field is not part of the pipeline's paths. */
export function withoutSpec(error: FieldError): FieldError {
  return { ...error, field: error.field.replace(/^spec\.?/, "") };
}

/** One window and its features as pictures. */
export const previewQuery = (projectId: string, spec: PipelineSpec, sampleId: string, startMs: number) =>
  queryOptions({
    // What the model learns does not change what the features look like.
    queryKey: ["project", projectId, "preview", spec.input, spec.features, sampleId, startMs],
    queryFn: () =>
      api.post<DesignPreview>(`projects/${projectId}/designs/preview/`, {
        spec,
        sample_id: sampleId,
        start_ms: startMs,
      }),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
