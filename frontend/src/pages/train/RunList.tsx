import { Progress } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Board, Run } from "@/api/types";
import { formatLatency, formatShare } from "@/components/charts";
import { formatAgo, formatBytes } from "@/components/format";
import { StateBadge } from "@/components/jobs/StateBadge";
import classes from "./RunList.module.css";
import { isActive, leadingVariant } from "./runFacts";

interface RunListProps {
  projectId: string;
  runs: readonly Run[];
  boards: readonly Board[];
}

/** The project's runs, the newest first, each with what one compares them by. */
export function RunList({ projectId, runs, boards }: RunListProps) {
  const best = Math.max(
    ...runs.map((run) => (run.metrics && leadingVariant(run.metrics)?.evaluation.accuracy) || 0),
  );
  return (
    <div className={classes.scroll}>
      <table className={classes.runs}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Result</th>
            <th scope="col" className={classes.number}>
              int8
            </th>
            <th scope="col" className={classes.number}>
              float32
            </th>
            <th scope="col" className={classes.number}>
              Flash
            </th>
            <th scope="col" className={classes.number}>
              RAM
            </th>
            <th scope="col" className={classes.number}>
              Per window
            </th>
            <th scope="col">Board</th>
            <th scope="col">
              <span className="quiet">Open</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow
              key={run.id}
              projectId={projectId}
              run={run}
              board={boards.find((board) => board.id === run.board)?.title ?? run.board}
              best={best}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunRow({
  projectId,
  run,
  board,
  best,
}: {
  projectId: string;
  run: Run;
  board: string;
  best: number;
}) {
  const result = run.metrics;
  const lead = result ? leadingVariant(result) : undefined;
  const accuracy = (variant: "int8" | "float32") => result?.variants[variant]?.evaluation.accuracy;
  return (
    <tr data-best={lead !== undefined && lead.evaluation.accuracy === best}>
      <th scope="row">
        <Link to="/p/$projectId/train/$runId" params={{ projectId, runId: run.id }} className={classes.link}>
          Run {run.number}
        </Link>
        <span className={classes.when}>{formatAgo(run.created_at)}</span>
      </th>
      <td>
        <StateBadge state={run.state} />
        {isActive(run) ? (
          <Progress value={run.job.percent} size="xs" mt={6} aria-label={`Progress of run ${run.number}`} />
        ) : null}
      </td>
      <td className={classes.number} data-label="int8">
        {accuracy("int8") === undefined ? "–" : <strong>{formatShare(accuracy("int8"))}</strong>}
      </td>
      <td className={classes.number} data-label="float32">
        {formatShare(accuracy("float32"))}
      </td>
      <td className={classes.number} data-label="Flash">
        {lead ? formatBytes(lead.profile.flash_bytes) : "–"}
      </td>
      <td className={classes.number} data-label="RAM">
        {lead ? formatBytes(lead.profile.ram_bytes) : "–"}
      </td>
      <td className={classes.number} data-label="Per window">
        {lead?.profile.latency_ms != null ? `≈ ${formatLatency(lead.profile.latency_ms)}` : "–"}
      </td>
      <td className={classes.board}>{board}</td>
      <td className={classes.open}>
        <IconChevronRight size={18} aria-hidden="true" />
      </td>
    </tr>
  );
}
