/** One place that talks HTTP: session cookie, CSRF header, and errors as the API words them. */

const BASE = "/api/v1/";

export interface FieldError {
  /** Name of the field, dotted for nested ones; empty when the request as a whole is at fault. */
  field: string;
  message: string;
}

/** A refused request. `errors` is what the API said, ready to be shown next to the fields. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: FieldError[];

  constructor(status: number, errors: FieldError[]) {
    super(errors.map((error) => error.message).join(" ") || `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.errors = errors;
  }

  /** The message for one field, if there is one. */
  of(field: string): string | undefined {
    return this.errors.find((error) => error.field === field)?.message;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** Path below /api/v1/ with its query; empty values are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `${BASE}${path}${text ? `?${text}` : ""}`;
}

/** The API words its errors in lower case, to stand after a field's name; on a page they stand alone. */
const asSentence = (message: string): string => message.charAt(0).toUpperCase() + message.slice(1);

/** Turn any body of a refusal into field errors. */
export function errorsOf(status: number, body: unknown): FieldError[] {
  if (typeof body === "object" && body !== null && "errors" in body && Array.isArray(body.errors)) {
    return (body.errors as FieldError[]).map(({ field, message }) => ({
      field,
      message: asSentence(message),
    }));
  }
  if (status >= 500) {
    return [
      { field: "", message: "Something broke on the server. This is our fault, not yours; try again." },
    ];
  }
  return [{ field: "", message: `The server refused the request (${status}).` }];
}

export function csrfToken(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** Make sure that the CSRF cookie is there before something is written. */
export async function ensureCsrf(): Promise<string> {
  if (!csrfToken()) await fetch(apiUrl("auth/csrf/"), { credentials: "same-origin" });
  return csrfToken();
}

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

async function send(method: string, path: string, { query, body, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = await ensureCsrf();
  let payload: BodyInit | undefined;
  if (body instanceof FormData) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(apiUrl(path, query), {
      method,
      headers,
      body: payload,
      signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, [
      { field: "", message: "Thimble cannot be reached. Check the connection and try again." },
    ]);
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    throw new ApiError(response.status, errorsOf(response.status, answer));
  }
  return response;
}

async function request<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as Answer;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as Answer;
}

export const api = {
  get: <Answer>(path: string, query?: Query, signal?: AbortSignal) =>
    request<Answer>("GET", path, { query, signal }),
  post: <Answer>(path: string, body?: unknown) => request<Answer>("POST", path, { body }),
  put: <Answer>(path: string, body?: unknown) => request<Answer>("PUT", path, { body }),
  patch: <Answer>(path: string, body?: unknown) => request<Answer>("PATCH", path, { body }),
  delete: (path: string) => request<void>("DELETE", path),
  text: async (path: string, query?: Query) => (await send("GET", path, { query })).text(),
};
