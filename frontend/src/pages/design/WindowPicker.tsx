import { ActionIcon, Group, Select, Slider } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type PointerEvent, useRef } from "react";
import { waveformQuery } from "@/api/queries";
import type { Sample, Waveform } from "@/api/types";
import { extent } from "@/components/charts/ticks";
import { formatDuration } from "@/components/format";
import classes from "./WindowPicker.module.css";

interface WindowPickerProps {
  projectId: string;
  samples: readonly Sample[];
  sample: Sample;
  onSample: (sampleId: string) => void;
  channels: readonly string[];
  windowMs: number;
  startMs: number;
  onStart: (startMs: number) => void;
}

const WIDTH = 1000;
const HEIGHT = 84;

/** Choose a recording and which window of it to look at: drag on its waveform, or use the slider with the arrow keys. */
export function WindowPicker({
  projectId,
  samples,
  sample,
  onSample,
  channels,
  windowMs,
  startMs,
  onStart,
}: WindowPickerProps) {
  const waveform = useQuery(waveformQuery(projectId, sample.id, { points: 500 })).data;
  const area = useRef<SVGSVGElement>(null);
  const spanMs = Math.max(sample.duration_ms, windowMs);
  const lastStart = Math.max(0, sample.duration_ms - windowMs);
  const xOf = (ms: number) => (ms / spanMs) * WIDTH;
  const place = samples.findIndex((entry) => entry.id === sample.id);
  const step = (by: number) => {
    const next = samples[(place + by + samples.length) % samples.length];
    if (next) onSample(next.id);
  };
  const drag = (event: PointerEvent<SVGSVGElement>) => {
    if (event.type === "pointermove" && !(event.buttons & 1)) return;
    const box = area.current?.getBoundingClientRect();
    if (!box || lastStart === 0) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const centre = ((event.clientX - box.left) / box.width) * spanMs;
    onStart(Math.round(Math.min(lastStart, Math.max(0, centre - windowMs / 2))));
  };

  return (
    <div className={classes.picker}>
      <Group gap={6} wrap="nowrap" align="end">
        <Select
          label="Recording"
          className={classes.grow}
          searchable
          allowDeselect={false}
          data={samples.map((entry) => ({ value: entry.id, label: `${entry.label} · ${entry.name}` }))}
          value={sample.id}
          onChange={(id) => id && onSample(id)}
        />
        <ActionIcon.Group>
          <ActionIcon variant="default" size={36} aria-label="Previous recording" onClick={() => step(-1)}>
            <IconChevronLeft size={18} />
          </ActionIcon>
          <ActionIcon variant="default" size={36} aria-label="Next recording" onClick={() => step(1)}>
            <IconChevronRight size={18} />
          </ActionIcon>
        </ActionIcon.Group>
      </Group>
      <svg
        ref={area}
        className={classes.wave}
        data-movable={lastStart > 0}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerDown={drag}
        onPointerMove={drag}
      >
        {waveform
          ? channels.map((channel, index) => (
              <path
                key={channel}
                d={envelope(waveform, waveform.channels.indexOf(channel), spanMs)}
                fill={`var(--thimble-series-${(index % 8) + 1})`}
                stroke={`var(--thimble-series-${(index % 8) + 1})`}
                strokeWidth={1}
                vectorEffect="non-scaling-stroke"
              />
            ))
          : null}
        <rect className={classes.outside} x={0} y={0} width={xOf(startMs)} height={HEIGHT} />
        <rect
          className={classes.outside}
          x={xOf(startMs + windowMs)}
          y={0}
          width={Math.max(0, WIDTH - xOf(startMs + windowMs))}
          height={HEIGHT}
        />
        <rect
          className={classes.window}
          x={xOf(startMs)}
          y={1}
          width={xOf(windowMs)}
          height={HEIGHT - 2}
          rx={4}
        />
      </svg>
      {lastStart > 0 ? (
        <Slider
          thumbLabel="Start of the window"
          size="sm"
          min={0}
          max={lastStart}
          step={Math.max(1, Math.round(lastStart / 200))}
          value={startMs}
          label={(value) => `from ${formatDuration(value)}`}
          thumbProps={{
            "aria-valuetext": `from ${formatDuration(startMs)} to ${formatDuration(startMs + windowMs)}`,
          }}
          onChange={onStart}
        />
      ) : null}
      <p className={classes.words}>
        {formatDuration(startMs)} to {formatDuration(startMs + windowMs)} of{" "}
        {formatDuration(sample.duration_ms)}
        {sample.duration_ms < windowMs ? "; the rest of the window is zeros" : ""}
      </p>
    </div>
  );
}

/** The outline of a channel, from its lowest to its highest value at each place; places without values are passed over. */
function envelope(waveform: Waveform, channel: number, spanMs: number): string {
  const known = (values: readonly (number | null)[][]) => values.flat().filter((value) => value !== null);
  const [bottom, top] = extent([...known(waveform.min), ...known(waveform.max)]);
  const y = (value: number) => ((HEIGHT - 8) * (1 - (value - bottom) / (top - bottom || 1)) + 4).toFixed(1);
  const x = (index: number) => (((waveform.t_ms[index] ?? 0) / spanMs) * WIDTH).toFixed(1);
  const points = (waveform.max[channel] ?? []).flatMap((high, index) => {
    const low = waveform.min[channel]?.[index];
    return high === null || low === null || low === undefined ? [] : [{ index, high, low }];
  });
  if (points.length === 0) return "";
  const there = points.map(({ index, high }) => `${x(index)} ${y(high)}`);
  const back = points.map(({ index, low }) => `${x(index)} ${y(low)}`).reverse();
  return `M${there.join("L")}L${back.join("L")}Z`;
}
