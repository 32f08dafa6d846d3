/** Changes to a pipeline that keep its parts in step: names stay unique, inputs follow their features. */

import type { FeatureSpec, PipelineSpec } from "@/api/types";

/** A name that no other feature has: `mfe`, then `mfe_2`. */
export function freshName(wanted: string, taken: readonly string[]): string {
  const base = wanted.replace(/\W+/g, "_").replace(/^(\d)/, "_$1") || "features";
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}

function withInputs(spec: PipelineSpec, change: (inputs: string[]) => string[]): PipelineSpec {
  return { ...spec, learning: spec.learning.map((part) => ({ ...part, inputs: change(part.inputs) })) };
}

export function addFeature(spec: PipelineSpec, block: string, params: Record<string, unknown>): PipelineSpec {
  const name = freshName(
    block,
    spec.features.map((feature) => feature.name),
  );
  const next = { ...spec, features: [...spec.features, { block, name, channels: [], params }] };
  return withInputs(next, (inputs) => [...inputs, name]);
}

export function removeFeature(spec: PipelineSpec, place: number): PipelineSpec {
  const gone = spec.features[place]?.name;
  const features = spec.features.filter((_, index) => index !== place);
  return withInputs({ ...spec, features }, (inputs) => {
    const left = inputs.filter((name) => name !== gone);
    return left.length > 0 ? left : features.slice(0, 1).map((feature) => feature.name);
  });
}

/** Replace one feature; what learns from it follows a new name. */
export function changeFeature(spec: PipelineSpec, place: number, feature: FeatureSpec): PipelineSpec {
  const before = spec.features[place]?.name;
  const features = spec.features.map((old, index) => (index === place ? feature : old));
  return withInputs({ ...spec, features }, (inputs) =>
    inputs.map((name) => (name === before ? feature.name : name)),
  );
}

/** Another block in the place of a feature, with that block's defaults; a name that was the block's own changes too. */
export function swapFeatureBlock(
  spec: PipelineSpec,
  place: number,
  block: string,
  params: Record<string, unknown>,
): PipelineSpec {
  const old = spec.features[place];
  if (!old || old.block === block) return spec;
  const others = spec.features.filter((_, index) => index !== place).map((feature) => feature.name);
  const named = old.name.startsWith(old.block) ? freshName(block, others) : old.name;
  return changeFeature(spec, place, { ...old, block, name: named, params });
}

/** Another set or order of channels; a feature that read one that is gone reads all. */
export function changeInput(spec: PipelineSpec, input: PipelineSpec["input"]): PipelineSpec {
  const features = spec.features.map((feature) =>
    feature.channels.every((channel) => input.channels.includes(channel))
      ? feature
      : { ...feature, channels: feature.channels.filter((channel) => input.channels.includes(channel)) },
  );
  return { ...spec, input, features };
}

/**
 * A pipeline whose features can be drawn: the window and the features as they are edited, the rest as it last was
 * without faults. What is learned from the features does not change what they look like.
 */
export function drawable(edited: PipelineSpec, good: PipelineSpec): PipelineSpec {
  const names = edited.features.map((feature) => feature.name);
  return {
    ...good,
    input: edited.input,
    features: edited.features,
    learning: good.learning.map((part) => ({ ...part, inputs: names })),
  };
}

/** The pipeline with each of the other networks that its learning block offers ready-made. */
export function withOtherNetworks(spec: PipelineSpec, networks: readonly string[]): PipelineSpec[] {
  const present = spec.learning[0]?.params.preset;
  return networks
    .filter((preset) => preset !== present)
    .map((preset) => ({
      ...spec,
      learning: spec.learning.map((part) => ({ ...part, params: { ...part.params, preset } })),
    }));
}
