import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { ChartFigure } from "./ChartFigure";
import classes from "./charts.module.css";
import { resolvedColour, seriesColour } from "./colours";
import { formatValue } from "./format";
import { tickSteps } from "./ticks";

export interface LineSeries {
  label: string;
  values: readonly (number | null)[];
  dashed?: boolean;
  /** As CSS; from the palette unless told. */
  colour?: string;
}

export interface LineChartProps {
  x: readonly number[];
  series: readonly LineSeries[];
  xLabel: string;
  yLabel: string;
  title?: string;
  height?: number;
  /** Bounds of the vertical axis; from the data unless told. */
  yRange?: readonly [number, number];
  formatX?: (value: number) => string;
  formatY?: (value: number) => string;
  /** Draw a dot at each point: for few points. */
  points?: boolean;
}

/** Lines over a common axis, drawn on a canvas (uPlot), with the values under the pointer in the legend. */
export function LineChart({
  x,
  series,
  xLabel,
  yLabel,
  title,
  height = 220,
  yRange,
  formatX = formatValue,
  formatY = formatValue,
  points = false,
}: LineChartProps) {
  const scheme = useComputedColorScheme("light");
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [place, setPlace] = useState<number | null>(null);

  const data = useMemo(
    () => [x, ...series.map((line) => line.values)] as unknown as uPlot.AlignedData,
    [x, series],
  );
  const latest = useRef({ data, formatY });
  latest.current = { data, formatY };

  const look = series
    .map((line, index) => `${line.label}|${line.dashed ? 1 : 0}|${line.colour ?? seriesColour(index)}`)
    .join("¦");
  const lowest = yRange?.[0];
  const highest = yRange?.[1];

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the scheme changes
  useEffect(() => {
    const target = holder.current;
    if (!target || width === 0) return;
    const ink = resolvedColour("var(--thimble-muted)");
    const grid = resolvedColour("var(--thimble-grid)");
    const axis: uPlot.Axis = {
      stroke: ink,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
      labelFont: "11px system-ui, sans-serif",
      labelSize: 18,
      gap: 4,
    };
    const chart = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { time: false },
          y: lowest !== undefined && highest !== undefined ? { range: [lowest, highest] } : {},
        },
        axes: [
          {
            ...axis,
            label: xLabel,
            size: 28,
            incrs: () => tickSteps(latest.current.data[0]),
          },
          {
            ...axis,
            label: yLabel,
            size: 52,
            space: 24,
            values: (_, ticks) => ticks.map((tick) => latest.current.formatY(tick)),
          },
        ],
        series: [
          {},
          ...look.split("¦").map((text) => {
            const [label, dashed, colour] = text.split("|") as [string, string, string];
            return {
              label,
              stroke: resolvedColour(colour),
              width: 2,
              ...(dashed === "1" ? { dash: [6, 4] } : {}),
              points: { show: points, size: 5 },
            };
          }),
        ],
        hooks: { setCursor: [(chart) => setPlace(chart.cursor.idx ?? null)] },
      },
      latest.current.data,
      target,
    );
    plot.current = chart;
    return () => {
      chart.destroy();
      plot.current = null;
    };
  }, [look, width, height, scheme, xLabel, yLabel, lowest, highest, points]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const last = x.length - 1;
  const shown = place !== null && place <= last ? place : null;
  const at = shown ?? last;
  const summary = `Line chart${title ? ` “${title}”` : ""}: ${yLabel} over ${xLabel}, ${x.length} points. ${series
    .map((line) => `${line.label} ends at ${formatY(line.values[last] ?? Number.NaN)}`)
    .join("; ")}.`;

  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={() => ({
        columns: [xLabel, ...series.map((line) => line.label)],
        rows: x.map((position, index) => [
          formatX(position),
          ...series.map((line) => formatY(line.values[index] ?? Number.NaN)),
        ]),
      })}
      aside={
        <ul className={classes.legend} aria-hidden="true">
          {shown !== null ? (
            <li>
              {xLabel} {formatX(x[shown] as number)}
            </li>
          ) : null}
          {series.map((line, index) => (
            <li key={line.label}>
              <span
                className={classes.swatch}
                data-dashed={line.dashed ?? false}
                style={{ borderColor: line.colour ?? seriesColour(index) }}
              />
              {line.label}
              {shown !== null ? <strong>{formatY(line.values[at] ?? Number.NaN)}</strong> : null}
            </li>
          ))}
        </ul>
      }
    >
      <div ref={frame} className={classes.plot} style={{ height }} aria-hidden="true">
        <div ref={holder} />
      </div>
    </ChartFigure>
  );
}
