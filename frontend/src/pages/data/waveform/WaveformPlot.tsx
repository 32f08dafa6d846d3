import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Span, Waveform } from "@/api/types";
import { resolvedColour, seriesColour } from "@/components/charts/colours";
import { plotColumns, type TimeRange } from "./envelope";
import { paintSpans } from "./spans";
import classes from "./WaveformPlot.module.css";

interface Props {
  waveform: Waveform;
  /** The channels of this plot, which share a unit. */
  channels: number[];
  unit: string;
  range: TimeRange;
  valueRange: readonly [number, number];
  spans: Span[];
  height: number;
  /** Where the sound is, in seconds; null when it does not play. */
  playheadS: number | null;
  onRange: (range: TimeRange) => void;
  onSeek?: (seconds: number) => void;
}

const CLICK_PX = 4;

/** Outline of channels that share a unit. Dragging sideways chooses a stretch to look at; a click moves the sound there. */
export function WaveformPlot(props: Props) {
  const { waveform, channels, unit, range, valueRange, height, playheadS, spans } = props;
  const scheme = useComputedColorScheme("light");
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const latest = useRef(props);
  latest.current = props;

  const data = useMemo(() => plotColumns(waveform, channels) as uPlot.AlignedData, [waveform, channels]);
  const names = channels.map((channel) => waveform.channels[channel]).join("|");
  const [low, high] = valueRange;
  const startS = range.startMs / 1000;
  const endS = range.endMs / 1000;

  // biome-ignore lint/correctness/useExhaustiveDependencies: data and range have effects of their own; `scheme` stands for the colours, `names` for the channels.
  useEffect(() => {
    const target = holder.current;
    if (!target || width === 0) return;
    const ink = resolvedColour("var(--thimble-muted)");
    const axis: uPlot.Axis = {
      stroke: ink,
      grid: { stroke: resolvedColour("var(--thimble-grid)"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
      labelFont: "11px system-ui, sans-serif",
      labelSize: 16,
      labelGap: 0,
    };
    const colours = channels.map((channel) => resolvedColour(seriesColour(channel)));
    const options: uPlot.Options = {
      width,
      height,
      pxAlign: true,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, auto: false, min: startS, max: endS },
        y: { auto: false, range: () => [low, high] },
      },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => `${Number(tick.toFixed(4))} s`), size: 28 },
        { ...axis, label: unit || undefined, size: 52 },
      ],
      series: [
        {},
        ...colours.flatMap((colour) => [
          { stroke: colour, width: 1, points: { show: false } },
          { stroke: colour, width: 1, points: { show: false } },
        ]),
      ],
      bands: colours.map((colour, index) => ({
        series: [index * 2 + 2, index * 2 + 1] as [number, number],
        fill: `${colour}${channels.length > 1 ? "66" : "99"}`,
        dir: -1 as const,
      })),
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
      hooks: {
        setCursor: [(u) => setPointed(u.cursor.idx ?? null)],
        setSelect: [
          (u) => {
            if (u.select.width < CLICK_PX) return;
            const from = u.posToVal(u.select.left, "x");
            const to = u.posToVal(u.select.left + u.select.width, "x");
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            latest.current.onRange({ startMs: Math.max(0, from * 1000), endMs: to * 1000 });
          },
        ],
        drawClear: [(u) => paintSpans(u, latest.current.spans, ink)],
      },
    };
    const made = new uPlot(options, data, target);
    const playhead = document.createElement("div");
    playhead.className = classes.playhead ?? "";
    playhead.hidden = true;
    made.over.append(playhead);
    let pressedAt = 0;
    made.over.addEventListener("mousedown", (event) => {
      pressedAt = event.clientX;
    });
    made.over.addEventListener("click", (event) => {
      if (Math.abs(event.clientX - pressedAt) >= CLICK_PX) return;
      const left = event.clientX - made.over.getBoundingClientRect().left;
      latest.current.onSeek?.(made.posToVal(left, "x"));
    });
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [width, height, scheme, names, unit, low, high]);

  useEffect(() => {
    plot.current?.setData(data, false);
    setPointed(null);
    plot.current?.setScale("x", { min: startS, max: endS });
  }, [data, startS, endS]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: spans are painted from `latest`
  useEffect(() => plot.current?.redraw(), [spans]);

  useEffect(() => {
    const made = plot.current;
    const playhead = made?.over.lastElementChild as HTMLElement | null | undefined;
    if (!made || !playhead) return;
    playhead.hidden = playheadS === null || playheadS < startS || playheadS > endS;
    if (playheadS !== null) playhead.style.transform = `translateX(${made.valToPos(playheadS, "x")}px)`;
  }, [playheadS, startS, endS]);

  const pointedMs = pointed === null ? undefined : waveform.t_ms[pointed];
  return (
    <div ref={frame} className={classes.frame}>
      <div className={classes.legend} aria-hidden="true">
        {channels.map((channel) => (
          <span key={channel}>
            <i style={{ background: seriesColour(channel) }} />
            {waveform.channels[channel]}
            <b className="figures">{valueAt(waveform, channel, pointed, unit)}</b>
          </span>
        ))}
        <span className={classes.time}>
          {pointedMs === undefined ? "" : `${(pointedMs / 1000).toFixed(3)} s`}
        </span>
      </div>
      <div
        ref={holder}
        role="img"
        aria-label={`Waveform of ${names.split("|").join(", ")}, ${startS.toFixed(2)} to ${endS.toFixed(2)} seconds, values from ${short(low)} to ${short(high)} ${unit}`}
      />
    </div>
  );
}

const short = (value: number): string => Number(value.toPrecision(3)).toString();

/** What the pointer shows: one value, or the range of values that share its pixel. */
function valueAt(waveform: Waveform, channel: number, point: number | null, unit: string): string {
  if (point === null) return "";
  const min = waveform.min[channel]?.[point];
  const max = waveform.max[channel]?.[point];
  if (min === null || min === undefined || max === null || max === undefined) return "";
  const value = min === max ? short(min) : `${short(min)} … ${short(max)}`;
  return unit ? `${value} ${unit}` : value;
}
