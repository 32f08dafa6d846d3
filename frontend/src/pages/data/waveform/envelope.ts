/** Arithmetic of waveforms: envelopes to drawings. */

import type { Waveform } from "@/api/types";

type Values = readonly (number | null)[];

/** Smallest and largest value over some channels; a flat or empty signal gets room around it. */
export function extent(waveform: Waveform, channels: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const channel of channels) {
    for (const value of waveform.min[channel] ?? []) if (value !== null && value < low) low = value;
    for (const value of waveform.max[channel] ?? []) if (value !== null && value > high) high = value;
  }
  if (low > high) return [-1, 1];
  if (low === high) return [low - 1, high + 1];
  return [low, high];
}

/**
 * An outline as the `d` of an SVG path, `width` by `height`: along the maxima and back along the minima.
 * A stretch without numbers leaves a gap.
 */
export function outlinePath(
  min: Values,
  max: Values,
  [low, high]: readonly [number, number],
  width: number,
  height: number,
): string {
  const points = max.length;
  const x = (index: number) => ((points > 1 ? index / (points - 1) : 0.5) * width).toFixed(1);
  const y = (value: number) => (height - ((value - low) / (high - low)) * height).toFixed(1);
  const pieces: string[] = [];
  let start = 0;
  while (start < points) {
    while (start < points && max[start] === null) start += 1;
    let end = start;
    while (end < points && max[end] !== null) end += 1;
    if (end > start) {
      const indices = Array.from({ length: end - start }, (_, offset) => start + offset);
      const there = indices.map((index) => `${x(index)} ${y(max[index] ?? 0)}`);
      const back = indices.reverse().map((index) => `${x(index)} ${y(min[index] ?? 0)}`);
      pieces.push(`M${there.join("L")}L${back.join("L")}Z`);
    }
    start = end;
  }
  return pieces.join("");
}

export interface ChannelGroup {
  unit: string;
  channels: number[];
}

/** Channels that share a unit share an axis; in the order in which the units appear. */
export function groupByUnit(waveform: Pick<Waveform, "channels" | "units">): ChannelGroup[] {
  const groups = new Map<string, ChannelGroup>();
  waveform.channels.forEach((_, channel) => {
    const unit = waveform.units[channel] ?? "";
    const group = groups.get(unit);
    if (group) group.channels.push(channel);
    else groups.set(unit, { unit, channels: [channel] });
  });
  return [...groups.values()];
}

/** Columns for uPlot: time in seconds, then minimum and maximum of each channel. */
export function plotColumns(waveform: Waveform, channels: readonly number[]): (number | null)[][] {
  const columns: (number | null)[][] = [waveform.t_ms.map((t) => t / 1000)];
  for (const channel of channels) columns.push(waveform.min[channel] ?? [], waveform.max[channel] ?? []);
  return columns;
}

export interface TimeRange {
  startMs: number;
  endMs: number;
}

/** A range zoomed about its middle by a factor (below 1: closer), kept inside the recording. */
export function zoomed(range: TimeRange, factor: number, durationMs: number, leastMs: number): TimeRange {
  const span = Math.min(durationMs, Math.max(leastMs, (range.endMs - range.startMs) * factor));
  const middle = (range.startMs + range.endMs) / 2;
  return inside({ startMs: middle - span / 2, endMs: middle + span / 2 }, durationMs);
}

/** A range moved by a share of its own length, kept inside the recording. */
export function panned(range: TimeRange, share: number, durationMs: number): TimeRange {
  const step = (range.endMs - range.startMs) * share;
  return inside({ startMs: range.startMs + step, endMs: range.endMs + step }, durationMs);
}

function inside({ startMs, endMs }: TimeRange, durationMs: number): TimeRange {
  const span = Math.min(endMs - startMs, durationMs);
  const start = Math.min(Math.max(0, startMs), durationMs - span);
  return { startMs: start, endMs: start + span };
}
