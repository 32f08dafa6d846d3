/** Query options and keys, one function for each thing that the API gives. Mutations live with their pages. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, api } from "./client";
import type {
  ApiKey,
  Board,
  Deployment,
  DeployTarget,
  Design,
  HmacKey,
  JsonSchema,
  LanguageModel,
  Member,
  Page,
  Project,
  Run,
  Sample,
  SampleSummary,
  ServerFolder,
  Suggestion,
  User,
  Waveform,
} from "./types";

const HOUR_MS = 3_600_000;

/** The signed-in person, or null. */
export const meQuery = () =>
  queryOptions({
    queryKey: ["me"],
    queryFn: async ({ signal }) => {
      try {
        return await api.get<User>("auth/me/", {}, signal);
      } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });

export const projectsQuery = (offset = 0, limit = 24) =>
  queryOptions({
    queryKey: ["projects", { offset, limit }],
    queryFn: ({ signal }) => api.get<Page<Project>>("projects/", { offset, limit }, signal),
    placeholderData: keepPreviousData,
  });

export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId],
    queryFn: ({ signal }) => api.get<Project>(`projects/${projectId}/`, {}, signal),
  });

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "members"],
    queryFn: ({ signal }) => api.get<Page<Member>>(`projects/${projectId}/members/`, { limit: 200 }, signal),
  });

export const apiKeysQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "api-keys"],
    queryFn: ({ signal }) => api.get<Page<ApiKey>>(`projects/${projectId}/api-keys/`, { limit: 200 }, signal),
  });

export const hmacKeyQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "hmac-key"],
    queryFn: ({ signal }) => api.get<HmacKey>(`projects/${projectId}/hmac-key/`, {}, signal),
  });

export interface SampleFilter {
  label?: string;
  split?: string;
  q?: string;
  ordering?: string;
  limit?: number;
  offset?: number;
}

export const samplesQuery = (projectId: string, filter: SampleFilter = {}) =>
  queryOptions({
    queryKey: ["project", projectId, "samples", "list", filter],
    queryFn: ({ signal }) => api.get<Page<Sample>>(`projects/${projectId}/samples/`, { ...filter }, signal),
    placeholderData: keepPreviousData,
  });

export const sampleQuery = (projectId: string, sampleId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "samples", "one", sampleId],
    queryFn: ({ signal }) => api.get<Sample>(`projects/${projectId}/samples/${sampleId}/`, {}, signal),
  });

export const summaryQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "samples", "summary"],
    queryFn: ({ signal }) => api.get<SampleSummary>(`projects/${projectId}/samples/summary/`, {}, signal),
  });

export interface WaveformRange {
  points?: number;
  start_ms?: number;
  end_ms?: number;
}

/** The content of a sample never changes, so neither does its waveform. */
export const waveformQuery = (projectId: string, sampleId: string, range: WaveformRange = {}) =>
  queryOptions({
    queryKey: ["waveform", projectId, sampleId, range],
    queryFn: ({ signal }) =>
      api.get<Waveform>(`projects/${projectId}/samples/${sampleId}/waveform/`, { ...range }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

export const designsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "designs"],
    queryFn: ({ signal }) => api.get<Page<Design>>(`projects/${projectId}/designs/`, { limit: 100 }, signal),
  });

export const suggestionQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "suggestion"],
    queryFn: ({ signal }) => api.get<Suggestion>(`projects/${projectId}/designs/suggestion/`, {}, signal),
  });

export const runsQuery = (projectId: string, limit = 50, offset = 0) =>
  queryOptions({
    queryKey: ["project", projectId, "runs", { limit, offset }],
    queryFn: ({ signal }) => api.get<Page<Run>>(`projects/${projectId}/runs/`, { limit, offset }, signal),
  });

export const runQuery = (projectId: string, runId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "runs", runId],
    queryFn: ({ signal }) => api.get<Run>(`projects/${projectId}/runs/${runId}/`, {}, signal),
  });

export const deploymentsQuery = (projectId: string, limit = 50, target = "") =>
  queryOptions({
    queryKey: ["project", projectId, "deployments", { limit, target }],
    queryFn: ({ signal }) =>
      api.get<Page<Deployment>>(`projects/${projectId}/deployments/`, { limit, target }, signal),
    placeholderData: keepPreviousData,
  });

export const languageModelsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "language-models"],
    queryFn: ({ signal }) =>
      api.get<Page<LanguageModel>>(`projects/${projectId}/language-models/`, { limit: 100 }, signal),
  });

/** Folders on the server that its operator offers. */
export const serverFoldersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["project", projectId, "language-models", "folders"],
    queryFn: ({ signal }) =>
      api.get<ServerFolder[]>(`projects/${projectId}/language-models/folders/`, {}, signal),
  });

export const pipelineSchemaQuery = () =>
  queryOptions({
    queryKey: ["schema", "pipeline"],
    queryFn: ({ signal }) => api.get<JsonSchema>("schema/pipeline/", {}, signal),
    staleTime: HOUR_MS,
  });

/** Some lists are short and fixed, and may come bare or as a page. */
const listOf = <Item>(answer: Item[] | Page<Item>): Item[] =>
  Array.isArray(answer) ? answer : answer.results;

export const boardsQuery = () =>
  queryOptions({
    queryKey: ["boards"],
    queryFn: async ({ signal }) => listOf(await api.get<Board[] | Page<Board>>("boards/", {}, signal)),
    staleTime: HOUR_MS,
  });

export const deployTargetsQuery = () =>
  queryOptions({
    queryKey: ["deploy-targets"],
    queryFn: async ({ signal }) =>
      listOf(await api.get<DeployTarget[] | Page<DeployTarget>>("deploy-targets/", {}, signal)),
    staleTime: HOUR_MS,
  });
