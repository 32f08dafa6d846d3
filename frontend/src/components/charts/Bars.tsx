import { useElementSize } from "@mantine/hooks";
import { useState } from "react";
import { ChartFigure } from "./ChartFigure";
import classes from "./charts.module.css";
import { seriesColour } from "./colours";
import { formatValue } from "./format";
import { evenIndices, extent, niceTicks } from "./ticks";

export interface BarsProps {
  /** `[series][n]`: one bar a value, the bars of one place side by side. */
  values: readonly (readonly number[])[];
  series?: readonly string[];
  /** A name for each place along the axis. */
  categories?: readonly string[];
  xLabel: string;
  yLabel: string;
  title?: string;
  height?: number;
}

const MARGIN = { top: 8, right: 8, bottom: 40, left: 54 };

/** One bar a value, from zero, with the name and value under the pointer. */
export function Bars({
  values,
  series = [],
  categories = [],
  xLabel,
  yLabel,
  title,
  height = 220,
}: BarsProps) {
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const [hovered, setHovered] = useState<{ line: number; place: number } | null>(null);

  const places = Math.max(0, ...values.map((line) => line.length));
  const [low, high] = extent([0, ...values.flat()]);
  const span = high - low || 1;
  const plotWidth = Math.max(0, width - MARGIN.left - MARGIN.right);
  const plotHeight = height - MARGIN.top - MARGIN.bottom;
  const yOf = (value: number) => MARGIN.top + plotHeight * (1 - (value - low) / span);
  const slot = plotWidth / Math.max(1, places);
  const barWidth = Math.max(1, (slot * 0.8) / Math.max(1, values.length));
  const nameOf = (place: number) => categories[place] ?? `${place + 1}`;
  const seriesOf = (line: number) => series[line] ?? (values.length > 1 ? `${line + 1}` : yLabel);
  const longest = Math.max(1, ...Array.from({ length: places }, (_, place) => nameOf(place).length));
  const labelled = evenIndices(places, Math.max(2, Math.floor(plotWidth / (longest * 6.5 + 10))));
  const summary = `Bar chart${title ? ` “${title}”` : ""}: ${places} values of ${yLabel}, from ${formatValue(low)} to ${formatValue(high)}.`;

  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={() => ({
        columns: [xLabel, ...values.map((_, line) => seriesOf(line))],
        rows: Array.from({ length: places }, (_, place) => [
          nameOf(place),
          ...values.map((line) => formatValue(line[place] ?? Number.NaN)),
        ]),
      })}
      aside={
        series.length > 1 ? (
          <ul className={classes.legend} aria-hidden="true">
            {series.map((name, line) => (
              <li key={name}>
                <span className={classes.swatch} style={{ borderColor: seriesColour(line) }} />
                {name}
              </li>
            ))}
          </ul>
        ) : null
      }
    >
      <div ref={frame} className={classes.plot} style={{ height }}>
        <svg width="100%" height={height} aria-hidden="true">
          {niceTicks(low, high, 4).map((tick) => (
            <g key={tick}>
              <line
                className={classes.axisLine}
                x1={MARGIN.left}
                x2={MARGIN.left + plotWidth}
                y1={yOf(tick)}
                y2={yOf(tick)}
              />
              <text
                className={classes.axisText}
                x={MARGIN.left - 6}
                y={yOf(tick)}
                textAnchor="end"
                dominantBaseline="central"
              >
                {formatValue(tick)}
              </text>
            </g>
          ))}
          {values.map((line, lineIndex) =>
            line.map((value, place) => (
              <rect
                key={`${lineIndex}-${place}`}
                className={classes.bar}
                x={MARGIN.left + place * slot + slot * 0.1 + lineIndex * barWidth}
                y={Math.min(yOf(value), yOf(0))}
                width={barWidth}
                height={Math.max(0.5, Math.abs(yOf(value) - yOf(0)))}
                fill={seriesColour(lineIndex)}
                onPointerEnter={() => setHovered({ line: lineIndex, place })}
                onPointerLeave={() => setHovered(null)}
              />
            )),
          )}
          {labelled.map((place) => (
            <text
              key={place}
              className={classes.axisText}
              x={MARGIN.left + (place + 0.5) * slot}
              y={MARGIN.top + plotHeight + 15}
              textAnchor="middle"
            >
              {nameOf(place)}
            </text>
          ))}
          <text
            className={classes.axisLabel}
            x={MARGIN.left + plotWidth / 2}
            y={height - 5}
            textAnchor="middle"
          >
            {xLabel}
          </text>
          <text
            className={classes.axisLabel}
            transform={`translate(11 ${MARGIN.top + plotHeight / 2}) rotate(-90)`}
            textAnchor="middle"
          >
            {yLabel}
          </text>
        </svg>
      </div>
      <span className={classes.readout}>
        {hovered ? (
          <>
            {nameOf(hovered.place)}
            {values.length > 1 ? ` · ${seriesOf(hovered.line)}` : ""}{" "}
            <strong>{formatValue(values[hovered.line]?.[hovered.place] ?? Number.NaN)}</strong>
          </>
        ) : null}
      </span>
    </ChartFigure>
  );
}
