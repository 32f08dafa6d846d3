import { Card, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { deploymentsQuery, designsQuery, projectQuery, runsQuery, summaryQuery } from "@/api/queries";
import type { SampleSummary } from "@/api/types";
import { formatCount, formatDuration, formatFrequency } from "@/components/format";
import { LinkAnchor } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { LabelChart } from "../data/LabelChart";
import { LastRun } from "./LastRun";
import classes from "./OverviewPage.module.css";
import { projectSteps } from "./progress";
import { Way } from "./Way";

export default function OverviewPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/" });
  const project = useQuery(projectQuery(projectId)).data;
  const summary = useQuery(summaryQuery(projectId));
  const designs = useQuery(designsQuery(projectId));
  const runs = useQuery(runsQuery(projectId));
  const deployments = useQuery(deploymentsQuery(projectId));
  const all = [summary, designs, runs, deployments];
  const failed = all.find(({ error }) => error);
  const last = runs.data?.results.find(({ state }) => state === "succeeded");

  return (
    <Page
      title={project?.name ?? "Overview"}
      lead={project?.description || "From recordings to a device, in four steps."}
    >
      {failed && <Problem error={failed.error} onRetry={() => all.map((query) => query.refetch())} />}
      {summary.data && designs.data && runs.data && deployments.data ? (
        <Way
          projectId={projectId}
          canEdit={project?.role !== "viewer"}
          steps={projectSteps({
            summary: summary.data,
            designs: designs.data.results,
            runs: runs.data.results,
            deployments: deployments.data.results,
          })}
        />
      ) : (
        !failed && <Skeleton h={180} radius="lg" />
      )}
      <div className={classes.columns}>
        {last && <LastRun projectId={projectId} run={last} />}
        {summary.data && summary.data.total > 0 && <DataCard projectId={projectId} summary={summary.data} />}
      </div>
    </Page>
  );
}

function DataCard({ projectId, summary }: { projectId: string; summary: SampleSummary }) {
  const facts = [
    formatCount(summary.total, "recording"),
    formatDuration(summary.duration_ms),
    summary.sample_rates_hz.slice(0, 3).map(formatFrequency).join(", "),
  ];
  return (
    <Card>
      <Stack gap="md">
        <Group justify="space-between">
          <Text component="h2" fw={650}>
            Data
          </Text>
          <LinkAnchor to="/p/$projectId/data" params={{ projectId }} size="sm">
            All recordings
          </LinkAnchor>
        </Group>
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
        <div className={classes.chart}>
          <LabelChart labels={summary.labels} />
        </div>
      </Stack>
    </Card>
  );
}
