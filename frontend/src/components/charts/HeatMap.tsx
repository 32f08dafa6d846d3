import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { ChartFigure } from "./ChartFigure";
import classes from "./charts.module.css";
import { valueColour, valueGradient } from "./colours";
import { formatValue } from "./format";
import { evenIndices, extent } from "./ticks";

export interface HeatMapProps {
  /** `[row][column]`; the first row is drawn at the bottom. */
  values: readonly (readonly number[])[];
  /** Position of each column, in the unit that `xLabel` names. */
  x?: readonly number[];
  /** Position of each row, in the unit that `yLabel` names. */
  y?: readonly number[];
  xLabel: string;
  yLabel: string;
  valueLabel?: string;
  title?: string;
  height?: number;
}

interface Cell {
  row: number;
  column: number;
}

const MARGIN = { top: 6, right: 62, bottom: 36, left: 54 };

/** Values over two axes as colours, with axes, a colour bar and the value under the pointer or the arrow keys. */
export function HeatMap({
  values,
  x,
  y,
  xLabel,
  yLabel,
  valueLabel = "Value",
  title,
  height = 240,
}: HeatMapProps) {
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<Cell | null>(null);

  const rows = values.length;
  const columns = values[0]?.length ?? 0;
  const [low, high] = useMemo(() => extent(values.flat()), [values]);
  const plotWidth = Math.max(0, width - MARGIN.left - MARGIN.right);
  const plotHeight = height - MARGIN.top - MARGIN.bottom;

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || rows === 0 || columns === 0) return;
    const image = context.createImageData(columns, rows);
    const span = high - low || 1;
    for (let row = 0; row < rows; row += 1) {
      const line = values[rows - 1 - row] as readonly number[];
      for (let column = 0; column < columns; column += 1) {
        const [red, green, blue] = valueColour(((line[column] as number) - low) / span);
        image.data.set([red, green, blue, 255], (row * columns + column) * 4);
      }
    }
    context.putImageData(image, 0, 0);
  }, [values, rows, columns, low, high]);

  const xAt = (column: number) => x?.[column] ?? column;
  const yAt = (row: number) => y?.[row] ?? row;
  const summary = `Heat map${title ? ` “${title}”` : ""}: ${columns} columns (${xLabel}) by ${rows} rows (${yLabel}), values from ${formatValue(low)} to ${formatValue(high)}.`;

  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const row = rows - 1 - Math.floor(((event.clientY - box.top) / box.height) * rows);
    if (column >= 0 && column < columns && row >= 0 && row < rows) setCell({ row, column });
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const from = cell ?? { row: 0, column: 0 };
    setCell({
      row: Math.min(rows - 1, Math.max(0, from.row + (step[0] as number))),
      column: Math.min(columns - 1, Math.max(0, from.column + (step[1] as number))),
    });
  };

  const cellWidth = plotWidth / Math.max(1, columns);
  const cellHeight = plotHeight / Math.max(1, rows);
  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={() => ({
        columns: [
          `${yLabel} \\ ${xLabel}`,
          ...Array.from({ length: columns }, (_, i) => formatValue(xAt(i))),
        ],
        rows: values.map((line, row) => [formatValue(yAt(row)), ...line.map((value) => formatValue(value))]),
      })}
    >
      <div ref={frame} className={classes.plot} style={{ height }}>
        <canvas
          ref={canvas}
          width={Math.max(1, columns)}
          height={Math.max(1, rows)}
          className={classes.heatCanvas}
          style={{ left: MARGIN.left, top: MARGIN.top, width: plotWidth, height: plotHeight }}
        />
        {cell ? (
          <div
            className={classes.cellMark}
            style={{
              left: MARGIN.left + cell.column * cellWidth,
              top: MARGIN.top + (rows - 1 - cell.row) * cellHeight,
              width: Math.max(4, cellWidth),
              height: Math.max(4, cellHeight),
            }}
          />
        ) : null}
        <div
          // The arrow keys walk over the cells; each value is read out below.
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read single cells
          tabIndex={0}
          aria-label={`${summary} Use the arrow keys to read single values.`}
          className={classes.heatFocus}
          style={{ left: MARGIN.left, top: MARGIN.top, width: plotWidth, height: plotHeight }}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setCell(null)}
          onKeyDown={move}
          onBlur={() => setCell(null)}
        />
        <svg
          width="100%"
          height={height}
          aria-hidden="true"
          style={{ pointerEvents: "none", position: "absolute" }}
        >
          {evenIndices(columns, Math.max(2, Math.floor(plotWidth / 70))).map((column) => (
            <text
              key={column}
              className={classes.axisText}
              x={MARGIN.left + (column + 0.5) * cellWidth}
              y={MARGIN.top + plotHeight + 14}
              textAnchor="middle"
            >
              {formatValue(xAt(column))}
            </text>
          ))}
          {evenIndices(rows, Math.max(2, Math.floor(plotHeight / 34))).map((row) => (
            <text
              key={row}
              className={classes.axisText}
              x={MARGIN.left - 6}
              y={MARGIN.top + (rows - row - 0.5) * cellHeight}
              textAnchor="end"
              dominantBaseline="central"
            >
              {formatValue(yAt(row))}
            </text>
          ))}
          <text
            className={classes.axisLabel}
            x={MARGIN.left + plotWidth / 2}
            y={height - 4}
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
          <text className={classes.axisText} x={MARGIN.left + plotWidth + 26} y={MARGIN.top + 9}>
            {formatValue(high, 2)}
          </text>
          <text className={classes.axisText} x={MARGIN.left + plotWidth + 26} y={MARGIN.top + plotHeight}>
            {formatValue(low, 2)}
          </text>
        </svg>
        <div
          className={classes.colourBar}
          style={{
            left: MARGIN.left + plotWidth + 10,
            top: MARGIN.top,
            height: plotHeight,
            background: valueGradient("to top"),
          }}
          aria-hidden="true"
        />
      </div>
      <output className={classes.readout} aria-live="polite">
        {cell ? (
          <>
            {xLabel} <strong>{formatValue(xAt(cell.column))}</strong> · {yLabel}{" "}
            <strong>{formatValue(yAt(cell.row))}</strong> · {valueLabel}{" "}
            <strong>{formatValue(values[cell.row]?.[cell.column] ?? Number.NaN)}</strong>
          </>
        ) : null}
      </output>
    </ChartFigure>
  );
}
