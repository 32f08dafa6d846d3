import { ApiError } from "@/api/client";

/** What the API said about one field of a form. */
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof ApiError ? error.of(field) : undefined;
}

/** What is left to say when the fields of the form have said theirs; undefined when that is everything. */
export function otherError(error: unknown, fields: string[]): string | undefined {
  if (!error) return undefined;
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const rest = error.errors.filter((fault) => !fields.includes(fault.field));
  if (rest.length === 0) return error.errors.length === 0 ? error.message : undefined;
  return rest.map((fault) => (fault.field ? `${fault.field}: ${fault.message}` : fault.message)).join(" ");
}
