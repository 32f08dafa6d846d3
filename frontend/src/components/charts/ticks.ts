/** Round numbers for an axis from `low` to `high`: about `wanted` of them, at steps of 1, 2, 2.5 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, wanted = 5): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  if (high <= low) return [low];
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

const POWERS = Array.from({ length: 25 }, (_, index) => 10 ** (index - 12));
const STEPS = POWERS.flatMap((power) =>
  [1, 2, 2.5, 5].map((factor) => Number((factor * power).toPrecision(2))),
);
const WHOLE_STEPS = STEPS.filter(Number.isInteger);

/** Distances that ticks may have on an axis of these values: whole ones where all values are, as there is no epoch 1.5. */
export function tickSteps(values: Iterable<number>): number[] {
  for (const value of values) if (!Number.isInteger(value)) return STEPS;
  return WHOLE_STEPS;
}

/** Places along an array at which to write a label: first, last and evenly between, at most `wanted`. */
export function evenIndices(length: number, wanted: number): number[] {
  if (length <= 0) return [];
  if (length <= wanted) return Array.from({ length }, (_, index) => index);
  const count = Math.max(2, wanted);
  const places = Array.from({ length: count }, (_, index) =>
    Math.round((index * (length - 1)) / (count - 1)),
  );
  return [...new Set(places)];
}

/** Lowest and highest finite value; `[0, 1]` where there is none. */
export function extent(values: Iterable<number>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
