import { Card, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { boardsQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { formatAgo, formatBytes, formatNumber, formatPercent } from "@/components/format";
import { LinkAnchor } from "@/components/links";
import classes from "./OverviewPage.module.css";

/** How well the newest model does and what it costs on its board: that of the int8 variant where there is one. */
export function LastRun({ projectId, run }: { projectId: string; run: Run }) {
  const board = useQuery(boardsQuery()).data?.find(({ id }) => id === run.board);
  const variants = run.metrics?.variants;
  const result = variants?.int8 ?? variants?.float32;
  if (!result) return null;
  const { evaluation, profile } = result;
  return (
    <Card>
      <Stack gap="md">
        <Group justify="space-between">
          <Text component="h2" fw={650}>
            Last run
          </Text>
          <LinkAnchor to="/p/$projectId/train/$runId" params={{ projectId, runId: run.id }} size="sm">
            Run {run.number}, {formatAgo(run.finished_at ?? run.created_at)}
          </LinkAnchor>
        </Group>
        <dl className={`${classes.metrics} figures`}>
          <div className={classes.accuracy}>
            <dt>Accuracy on the test split</dt>
            <dd>
              {formatPercent(evaluation.accuracy)}
              <small>
                {variants?.int8 ? "int8" : "float32"}, {formatNumber(evaluation.windows)} windows, on the
                compiled code
              </small>
            </dd>
          </div>
          {profile && (
            <>
              <Cost name="Flash" bytes={profile.flash_bytes} of={board?.flash_bytes} />
              <Cost name="RAM" bytes={profile.ram_bytes} of={board?.ram_bytes} />
              {profile.latency_ms !== null && (
                <div>
                  <dt>Time a window (estimate)</dt>
                  <dd>
                    {formatNumber(profile.latency_ms)} ms
                    {profile.instructions !== null && (
                      <small>{formatNumber(profile.instructions)} instructions</small>
                    )}
                  </dd>
                </div>
              )}
              <div>
                <dt>Board</dt>
                <dd>
                  {board?.title ?? run.board}
                  <small>{profile.fits ? "It fits." : "It does not fit."}</small>
                </dd>
              </div>
            </>
          )}
        </dl>
      </Stack>
    </Card>
  );
}

function Cost({ name, bytes, of }: { name: string; bytes: number; of?: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {formatBytes(bytes)}
        {of && <small>{`${formatPercent(bytes / of)} of ${formatBytes(of)}`}</small>}
      </dd>
    </div>
  );
}
