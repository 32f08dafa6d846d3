import { MantineProvider } from "@mantine/core";
import { render as renderBare, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";
import { Bars } from "./Bars";
import { ConfusionMatrix, worstPair } from "./ConfusionMatrix";
import { valueColour } from "./colours";
import { formatLatency, formatShape, formatShare, formatShort, formatValue, formatWhole } from "./format";
import { HeatMap } from "./HeatMap";
import { LineChart } from "./LineChart";
import { evenIndices, extent, niceTicks, tickSteps } from "./ticks";
import { UsageBar } from "./UsageBar";

const render = (node: ReactNode) => renderBare(<MantineProvider>{node}</MantineProvider>);

describe("numbers", () => {
  it("carry their unit in the size that people read", () => {
    expect(formatLatency(0.42)).toBe("420 µs");
    expect(formatLatency(12.345)).toBe("12.3 ms");
    expect(formatShape([49, 32])).toBe("49 × 32");
    expect(formatShort(1_234_567)).toBe("1.23 M");
  });

  it("never round a miss up to 100 %", () => {
    expect(formatShare(0.99996)).toBe("99.9 %");
    expect(formatShare(1)).toBe("100 %");
  });

  it("show a dash for what is no number", () => {
    expect(formatValue(Number.NaN)).toBe("–");
    expect(formatWhole(Number.NaN)).toBe("–");
  });
});

describe("axes", () => {
  it("have round numbers within their range", () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(-0.13, 0.41, 4)).toEqual([0, 0.2, 0.4]);
    expect(niceTicks(3, 3)).toEqual([3]);
    expect(tickSteps([1, 2, 3]).every(Number.isInteger)).toBe(true);
    expect(tickSteps([0, 0.01])).toEqual(expect.arrayContaining([0.002, 0.5, 20]));
  });

  it("label first and last and evenly between", () => {
    expect(evenIndices(49, 4)).toEqual([0, 16, 32, 48]);
    expect(evenIndices(2, 5)).toEqual([0, 1]);
    expect(evenIndices(0, 5)).toEqual([]);
  });

  it("ignore what is not finite", () => {
    expect(extent([Number.NaN, 2, -1, Number.POSITIVE_INFINITY])).toEqual([-1, 2]);
    expect(extent([])).toEqual([0, 1]);
  });
});

describe("the colours of values", () => {
  it("grow lighter from lowest to highest", () => {
    const luminance = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const [red, green, blue] = valueColour(share);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect([...luminance].sort((a, b) => a - b)).toEqual(luminance);
  });
});

describe("ConfusionMatrix", () => {
  const labels = ["one", "two", "three"];
  const counts = [
    [18, 2, 0],
    [5, 14, 1],
    [0, 0, 20],
  ];

  it("tells the most frequent confusion in words at once", () => {
    render(<ConfusionMatrix labels={labels} counts={counts} />);
    expect(screen.getByText(/windows of “two” are taken for “one” \(25 %\)/)).toBeInTheDocument();
  });

  it("explains the cell that is chosen", async () => {
    render(<ConfusionMatrix labels={labels} counts={counts} />);
    await userEvent.click(screen.getByRole("button", { name: "one taken for one: 18 windows, 90 %" }));
    expect(screen.getByText(/windows of “one” are recognised \(90 %\)/)).toBeInTheDocument();
  });

  it("is walked with the arrow keys and has one tab stop", async () => {
    render(<ConfusionMatrix labels={labels} counts={counts} />);
    await userEvent.tab();
    expect(screen.getByRole("button", { name: /^one taken for one/ })).toHaveFocus();
    await userEvent.keyboard("{ArrowRight}{ArrowDown}");
    expect(screen.getByRole("button", { name: /^two taken for two/ })).toHaveFocus();
    expect(screen.getAllByRole("button").filter((cell) => cell.tabIndex === 0)).toHaveLength(1);
  });

  it("has a row and a column for each of forty labels", () => {
    const many = Array.from({ length: 40 }, (_, index) => `label ${index}`);
    const diagonal = many.map((_, row) => many.map((__, column) => (row === column ? 3 : 0)));
    render(<ConfusionMatrix labels={many} counts={diagonal} />);
    expect(screen.getAllByRole("columnheader")).toHaveLength(40);
    expect(screen.getAllByRole("rowheader")).toHaveLength(40);
    expect(worstPair(diagonal)).toBeNull();
    expect(screen.getByText("No window is confused.")).toBeInTheDocument();
  });

  it("counts a label without test windows as nothing, not as an error", () => {
    render(
      <ConfusionMatrix
        labels={["a", "b"]}
        counts={[
          [0, 0],
          [0, 4],
        ]}
      />,
    );
    expect(screen.getByRole("button", { name: "a taken for a: 0 windows, 0 %" })).toBeInTheDocument();
  });
});

describe("a chart", () => {
  it("gives its numbers as a table on request", async () => {
    render(
      <LineChart
        x={[1, 2]}
        xLabel="Epoch"
        yLabel="Loss"
        series={[{ label: "Training", values: [0.9, 0.5] }]}
      />,
    );
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Show the numbers" }));
    const rows = within(screen.getByRole("table")).getAllByRole("row");
    expect(rows.map((row) => row.textContent)).toEqual(["EpochTraining", "10.9", "20.5"]);
  });

  it("says in a sentence what it shows", () => {
    render(<Bars values={[[1, -2, 4]]} categories={["ax", "ay", "az"]} xLabel="Axis" yLabel="RMS (g)" />);
    expect(screen.getByRole("figure")).toHaveAccessibleName("Bar chart: 3 values of RMS (g), from -2 to 4.");
  });

  it("reads single values of a heat map to the arrow keys", async () => {
    render(
      <HeatMap
        values={[
          [1, 2],
          [3, 4],
        ]}
        x={[0, 20]}
        y={[100, 200]}
        xLabel="Time (ms)"
        yLabel="Frequency (Hz)"
      />,
    );
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}{ArrowUp}");
    expect(screen.getByRole("status")).toHaveTextContent("Time (ms) 20 · Frequency (Hz) 200 · Value 4");
  });
});

describe("UsageBar", () => {
  it("says how much of the board is used", () => {
    render(<UsageBar label="Flash" usedBytes={65_536} totalBytes={262_144} />);
    expect(screen.getByText(/of 256 KiB · 25 %/)).toBeInTheDocument();
    expect(screen.getByRole("meter", { name: "Flash" })).toHaveAttribute("value", "65536");
  });

  it("says so where it does not fit", () => {
    render(<UsageBar label="RAM" usedBytes={40_000} totalBytes={32_768} />);
    expect(screen.getByText(/does not fit/)).toBeInTheDocument();
  });
});
