import { describe, expect, it } from "vitest";
import type { Board, Run } from "@/api/types";
import { fitOf } from "./fit";
import { nameOf } from "./Usage";

const board = (id: string, flash_bytes: number, ram_bytes: number): Board => ({
  id,
  title: id,
  core: "Cortex-M0+",
  clock_hz: 1,
  flash_bytes,
  ram_bytes,
  fpu: "none",
  dsp: false,
  mve: false,
  note: "",
  source: "",
});

const run = (fits: boolean) =>
  ({
    metrics: {
      variants: { int8: { profile: { board: "pico", fits, flash_bytes: 50_000, ram_bytes: 9_000 } } },
    },
  }) as unknown as Run;

describe("whether a model fits a board", () => {
  it("is what was measured on the run's own board", () => {
    expect(fitOf(run(true), "int8", board("pico", 1, 1))).toEqual({ fits: true, words: "Fits, measured" });
    expect(fitOf(run(false), "int8", board("pico", 1, 1))).toEqual({ fits: false, words: "Does not fit" });
  });

  it("is judged from the measured figures on another board, and said to be so", () => {
    expect(fitOf(run(true), "int8", board("nano", 1_000_000, 256_000))?.words).toBe("Should fit");
    expect(fitOf(run(true), "int8", board("tiny", 1_000_000, 8_000))?.fits).toBe(false);
  });

  it("is not told of a variant that the run did not make", () => {
    expect(fitOf(run(true), "float32", board("pico", 1, 1))).toBeNull();
  });
});

describe("the name of a library's functions", () => {
  const built = { target: "c", variant: "int8", file_name: "spoken_digits-int8-c.zip" } as const;

  it("is the one that was asked for", () => {
    expect(nameOf({ ...built, options: { name: "ears" } })).toBe("ears");
  });

  it("is that of the zip otherwise", () => {
    expect(nameOf({ ...built, options: { name: "" } })).toBe("spoken_digits");
    expect(nameOf({ ...built, options: {}, file_name: "other.zip" })).toBe("thimble");
  });
});
