import { describe, expect, it } from "vitest";
import type { Waveform } from "@/api/types";
import { extent, groupByUnit, outlinePath, panned, plotColumns, zoomed } from "./envelope";

const waveform: Waveform = {
  start_ms: 0,
  end_ms: 3000,
  channels: ["ax", "temp", "ay"],
  units: ["g", "°C", "g"],
  t_ms: [0, 1000, 2000],
  min: [
    [-1, -2, null],
    [20, 20, 20],
    [0, 0, 0],
  ],
  max: [
    [1, 0, null],
    [20, 20, 20],
    [3, 0, 0],
  ],
};

describe("the envelope", () => {
  it("spans the smallest minimum and the largest maximum of the asked channels", () => {
    expect(extent(waveform, [0, 2])).toEqual([-2, 3]);
  });

  it("gives a flat signal room", () => {
    expect(extent(waveform, [1])).toEqual([19, 21]);
    expect(extent({ ...waveform, min: [], max: [] }, [0])).toEqual([-1, 1]);
  });

  it("goes along the maxima and back along the minima", () => {
    expect(outlinePath([-1, -1], [1, 0], [-1, 1], 10, 4)).toBe("M0.0 0.0L10.0 2.0L10.0 4.0L0.0 4.0Z");
  });

  it("leaves a gap where the recording holds no number", () => {
    const path = outlinePath([0, null, 0], [1, null, 1], [0, 1], 10, 10);
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it("puts channels of one unit on one axis", () => {
    expect(groupByUnit(waveform)).toEqual([
      { unit: "g", channels: [0, 2] },
      { unit: "°C", channels: [1] },
    ]);
  });

  it("gives uPlot seconds, then minimum and maximum of each channel", () => {
    expect(plotColumns(waveform, [2])).toEqual([
      [0, 1, 2],
      [0, 0, 0],
      [3, 0, 0],
    ]);
  });
});

describe("zooming", () => {
  it("comes closer about the middle", () => {
    expect(zoomed({ startMs: 0, endMs: 1000 }, 0.5, 1000, 10)).toEqual({ startMs: 250, endMs: 750 });
  });

  it("never leaves the recording, nor goes below the least range", () => {
    expect(zoomed({ startMs: 800, endMs: 1000 }, 4, 1000, 10)).toEqual({ startMs: 200, endMs: 1000 });
    expect(zoomed({ startMs: 500, endMs: 504 }, 0.5, 1000, 4)).toEqual({ startMs: 500, endMs: 504 });
  });

  it("moves sideways up to the end", () => {
    expect(panned({ startMs: 0, endMs: 400 }, 0.5, 1000)).toEqual({ startMs: 200, endMs: 600 });
    expect(panned({ startMs: 500, endMs: 900 }, 0.5, 1000)).toEqual({ startMs: 600, endMs: 1000 });
  });
});
