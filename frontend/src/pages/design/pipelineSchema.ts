/** The parts of the pipeline's JSON Schema that the panels draw. */

import type { JsonSchema } from "@/api/types";
import { defaultOf, resolve, type Schema } from "@/components/forms/schema";

export interface BlockKind {
  id: string;
  title: string;
  summary: string;
  params: Schema;
}

export interface PipelineSchema {
  root: Schema;
  input: Schema;
  compile: Schema;
  postprocess: Schema;
  features: BlockKind[];
  learning: BlockKind[];
}

function blockKinds(list: Schema | undefined, root: Schema): BlockKind[] {
  const item = resolve(list?.items ?? {}, root).schema;
  return (item.oneOf ?? []).map((option) => {
    const { schema } = resolve(option, root);
    const id = String(schema.properties?.block?.const ?? "");
    return {
      id,
      title: schema.title ?? id,
      summary: schema.description ?? "",
      params: resolve(schema.properties?.params ?? {}, root).schema,
    };
  });
}

export function readPipelineSchema(document: JsonSchema): PipelineSchema {
  const root = document as Schema;
  const part = (name: string) => resolve(root.properties?.[name] ?? {}, root).schema;
  return {
    root,
    input: part("input"),
    compile: part("compile"),
    postprocess: part("postprocess"),
    features: blockKinds(root.properties?.features, root),
    learning: blockKinds(root.properties?.learning, root),
  };
}

/** A block's settings as they come: every default written out. */
export function defaultParams(kind: BlockKind, root: Schema): Record<string, unknown> {
  return (defaultOf(kind.params, root) ?? {}) as Record<string, unknown>;
}
