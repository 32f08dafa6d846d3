import { ActionIcon, Group, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconMaximize, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { waveformQuery } from "@/api/queries";
import type { Sample } from "@/api/types";
import { formatDuration } from "@/components/format";
import { Problem } from "@/components/Problem";
import { extent, groupByUnit, panned, type TimeRange, zoomed } from "./envelope";
import { PlayButton } from "./PlayButton";
import { usePlayer } from "./usePlayer";
import { WaveformPlot } from "./WaveformPlot";

/** About two points a pixel on a wide screen. */
const POINTS = 1600;
const LEAST_SAMPLES = 16;
/** Below this rate the server makes no sound of a recording. */
const LOWEST_AUDIBLE_HZ = 4000;

/** A recording to look at closely, and to hear where it is sound. */
export function WaveformViewer({ projectId, sample }: { projectId: string; sample: Sample }) {
  const durationMs = sample.duration_ms;
  const whole: TimeRange = { startMs: 0, endMs: durationMs };
  const [range, setRange] = useState<TimeRange>(whole);
  const isWhole = range.startMs <= 0 && range.endMs >= durationMs;
  const overview = useQuery(waveformQuery(projectId, sample.id, { points: POINTS }));
  const closeUp = useQuery({
    ...waveformQuery(projectId, sample.id, {
      points: POINTS,
      start_ms: Math.floor(range.startMs),
      end_ms: Math.ceil(range.endMs),
    }),
    enabled: !isWhole,
  });
  const audible = sample.sample_rate_hz >= LOWEST_AUDIBLE_HZ;
  const player = usePlayer(audible ? `/api/v1/projects/${projectId}/samples/${sample.id}/audio.wav` : null);
  const groups = useMemo(() => groupByUnit(sample), [sample]);
  const leastMs = (LEAST_SAMPLES / sample.sample_rate_hz) * 1000;
  const closer = (next: TimeRange) => setRange(zoomed(next, 1, durationMs, Math.min(durationMs, leastMs)));

  if (overview.error) return <Problem error={overview.error} onRetry={() => overview.refetch()} />;
  if (!overview.data) return <Skeleton h={300} />;
  const shown = isWhole ? overview.data : (closeUp.data ?? overview.data);

  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        {audible ? (
          <PlayButton player={player} />
        ) : (
          <Text size="sm" c="dimmed" visibleFrom="sm">
            Drag across the waveform to look closer.
          </Text>
        )}
        <Group gap={4} ml="auto" wrap="nowrap">
          <Text size="sm" c="dimmed" mr="xs" className="figures" aria-live="polite">
            {isWhole
              ? `All ${formatDuration(durationMs)}`
              : `${(range.startMs / 1000).toFixed(2)} – ${(range.endMs / 1000).toFixed(2)} s`}
          </Text>
          <Tool label="Earlier" disabled={isWhole} onClick={() => setRange(panned(range, -0.5, durationMs))}>
            <IconArrowLeft size={18} />
          </Tool>
          <Tool label="Later" disabled={isWhole} onClick={() => setRange(panned(range, 0.5, durationMs))}>
            <IconArrowRight size={18} />
          </Tool>
          <Tool label="Closer" onClick={() => setRange(zoomed(range, 0.5, durationMs, leastMs))}>
            <IconZoomIn size={18} />
          </Tool>
          <Tool
            label="Wider"
            disabled={isWhole}
            onClick={() => setRange(zoomed(range, 2, durationMs, leastMs))}
          >
            <IconZoomOut size={18} />
          </Tool>
          <Tool label="Whole recording" disabled={isWhole} onClick={() => setRange(whole)}>
            <IconMaximize size={18} />
          </Tool>
        </Group>
      </Group>
      {groups.map((group) => (
        <WaveformPlot
          key={group.unit}
          waveform={shown}
          channels={group.channels}
          unit={group.unit}
          range={range}
          valueRange={extent(overview.data, group.channels)}
          spans={sample.spans}
          height={groups.length > 1 ? 190 : 300}
          playheadS={player.positionS}
          onRange={closer}
          onSeek={audible ? player.seek : undefined}
        />
      ))}
    </Stack>
  );
}

interface ToolProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Tool({ label, disabled, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
