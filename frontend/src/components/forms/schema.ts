/** What a form needs to know of a JSON Schema (2020-12, as pydantic writes it), without drawing anything. */

import type { FieldError } from "@/api/client";

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  discriminator?: { propertyName: string; mapping?: Record<string, string> };
}

export type Kind =
  | "constant"
  | "boolean"
  | "number"
  | "integer"
  | "string"
  | "enum"
  | "strings"
  | "tuple"
  | "list"
  | "object"
  | "choice"
  | "unknown";

export interface Resolved {
  schema: Schema;
  /** Nothing at all is an answer too. */
  nullable: boolean;
}

function lookUp(reference: string, root: Schema): Schema {
  const name = reference.replace("#/$defs/", "");
  const found = root.$defs?.[name];
  if (!found) throw new Error(`The schema refers to ${reference}, which it does not define.`);
  return found;
}

/** The schema itself: references followed, `anyOf` with null unwrapped; what stands beside a reference wins. */
export function resolve(schema: Schema, root: Schema): Resolved {
  if (schema.$ref) {
    const { $ref, ...own } = schema;
    const target = resolve(lookUp($ref, root), root);
    return { ...target, schema: { ...target.schema, ...own } };
  }
  if (schema.allOf?.length === 1) {
    const { allOf, ...own } = schema;
    const target = resolve(allOf[0] as Schema, root);
    return { ...target, schema: { ...target.schema, ...own } };
  }
  const alternatives = schema.anyOf?.filter((option) => option.type !== "null");
  if (schema.anyOf && alternatives?.length === 1) {
    const { anyOf, ...own } = schema;
    const target = resolve(alternatives[0] as Schema, root);
    return { schema: { ...target.schema, ...own }, nullable: anyOf.length > 1 || target.nullable };
  }
  return { schema, nullable: false };
}

/** Which control draws it. */
export function kindOf(schema: Schema, root: Schema): Kind {
  if (schema.oneOf && schema.discriminator) return "choice";
  if ("const" in schema) return "constant";
  if (schema.enum) return schema.enum.length === 1 ? "constant" : "enum";
  switch (schema.type) {
    case "boolean":
    case "number":
    case "integer":
    case "string":
      return schema.type;
    case "object":
      return schema.properties ? "object" : "unknown";
    case "array": {
      if (schema.prefixItems) return "tuple";
      const items = schema.items ? resolve(schema.items, root).schema : {};
      return items.type === "string" ? "strings" : "list";
    }
    default:
      return "unknown";
  }
}

/** The value that a fresh form starts with: the default, or the constants and defaults of its parts. */
export function defaultOf(given: Schema, root: Schema): unknown {
  const { schema, nullable } = resolve(given, root);
  if ("default" in schema) return structuredClone(schema.default);
  switch (kindOf(schema, root)) {
    case "constant":
      return "const" in schema ? schema.const : schema.enum?.[0];
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .map(([name, part]) => [name, defaultOf(part, root)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case "choice":
      return defaultOf(schema.oneOf?.[0] as Schema, root);
    case "tuple":
      return schema.prefixItems?.map((item) => defaultOf(item, root));
    case "list":
    case "strings":
      return [];
    default:
      return nullable ? null : undefined;
  }
}

export interface Branch {
  key: string;
  schema: Schema;
}

/** The branches of a choice, one for each value of the discriminator. */
export function branchesOf(choice: Schema, root: Schema): Branch[] {
  const property = choice.discriminator?.propertyName ?? "type";
  const mapping = choice.discriminator?.mapping;
  const ofKey = (key: string, reference: Schema): Branch => ({
    key,
    schema: resolve(reference, root).schema,
  });
  if (mapping) return Object.entries(mapping).map(([key, $ref]) => ofKey(key, { $ref }));
  return (choice.oneOf ?? []).map((option) => {
    const { schema } = resolve(option, root);
    const key = schema.properties?.[property];
    return { key: String(key?.const ?? key?.enum?.[0] ?? ""), schema };
  });
}

/** A new item of one branch: its discriminator and defaults; a number without a default gets its smallest round value. */
export function branchValue(choice: Schema, branch: Branch, root: Schema): Record<string, unknown> {
  const property = choice.discriminator?.propertyName ?? "type";
  const value: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(branch.schema.properties ?? {})) {
    const { schema } = resolve(part, root);
    const preset = defaultOf(part, root);
    value[name] =
      preset ?? (schema.type === "integer" || schema.type === "number" ? likelyNumber(schema) : preset);
  }
  return { ...value, [property]: branch.key };
}

function likelyNumber(schema: Schema): number {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? 0;
  return Math.min(schema.maximum ?? 16, Math.max(low, 16));
}

/** “Window (ms)” as its words and its unit; only short, unit-like brackets count. */
export function splitUnit(title: string): { words: string; unit: string } {
  const found = /^(.*\S)\s*\(([^()]{1,12})\)$/.exec(title);
  return found ? { words: found[1] as string, unit: found[2] as string } : { words: title, unit: "" };
}

/** A name from code as words: `max_pool1d` is “Max pool 1D”. */
export function inWords(name: string): string {
  const words = name
    .replace(/[_-]+/g, " ")
    .replace(/\s*(\d)d\b/g, " $1D")
    .replace(/\bram\b/g, "RAM");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Help texts are written for code too: drop its quoting marks. */
export function plainText(description: string | undefined): string | undefined {
  return description?.replace(/``?/g, "");
}

/** Where the next “field: reason” of a message begins; a reason may hold semicolons of its own. */
const NEXT = /; (?=[A-Za-z_]\w*(?:\.\w+)*: )/;
const INNER = /^([A-Za-z_]\w*(?:\.\w+)*): (.+)$/s;

/**
 * Errors at the place where the reader can mend them: the message `params.frame_ms: too long` of
 * `features.0` belongs to `features.0.params.frame_ms`.
 */
export function placedErrors(errors: readonly FieldError[]): FieldError[] {
  return errors.flatMap((error) => {
    if (!error.field) return [error];
    const parts = error.message.split(NEXT);
    const placed = parts.map((part) => INNER.exec(part));
    if (!placed.every(Boolean)) return [error];
    return placed.map((part) => ({
      field: `${error.field}.${(part as RegExpExecArray)[1]}`,
      message: (part as RegExpExecArray)[2] as string,
    }));
  });
}

/** Errors of one part, with paths from there; the part's own error has the empty path. */
export function errorsBelow(errors: readonly FieldError[], path: string): FieldError[] {
  return errors
    .filter((error) => error.field === path || error.field.startsWith(`${path}.`))
    .map((error) => ({ ...error, field: error.field.slice(path.length + 1) }));
}

/** The messages for exactly this place, as one text. */
export function messageAt(errors: readonly FieldError[], path: string): string | undefined {
  const messages = errors.filter((error) => error.field === path).map((error) => error.message);
  return messages.length > 0 ? messages.map(sentence).join(" ") : undefined;
}

/** Messages of the API start small and end bare; on screen they are sentences. */
export function sentence(message: string): string {
  const text = message.trim();
  const capital = /^[a-z]+_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

export function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
