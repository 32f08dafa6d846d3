import { useIntersection } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { waveformQuery } from "@/api/queries";
import type { Sample } from "@/api/types";
import { extent, outlinePath } from "../waveform/envelope";
import classes from "./MiniWaveform.module.css";

const POINTS = 120;
const HEIGHT = 32;
const MOST_CHANNELS = 6;

/** A recording's outline, small; fetched when it scrolls into view. */
export function MiniWaveform({ projectId, sample }: { projectId: string; sample: Sample }) {
  const { ref, entry } = useIntersection<HTMLDivElement>({ rootMargin: "200px" });
  const [seen, setSeen] = useState(false);
  if (entry?.isIntersecting && !seen) setSeen(true);
  const waveform = useQuery({
    ...waveformQuery(projectId, sample.id, { points: POINTS }),
    enabled: seen,
  }).data;
  const channels = waveform?.channels.map((_, index) => index).slice(0, MOST_CHANNELS) ?? [];
  const range = waveform ? extent(waveform, channels) : ([-1, 1] as const);
  return (
    <div ref={ref} className={classes.frame} aria-hidden="true">
      <svg viewBox={`0 0 ${POINTS} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {waveform &&
          channels.map((channel) => (
            <path
              key={channel}
              d={outlinePath(waveform.min[channel] ?? [], waveform.max[channel] ?? [], range, POINTS, HEIGHT)}
              style={{ color: `var(--thimble-series-${channel + 1})` }}
            />
          ))}
      </svg>
    </div>
  );
}
