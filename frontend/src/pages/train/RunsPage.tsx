import { Card, Skeleton, Stack, Title } from "@mantine/core";
import { IconTopologyStar3, IconTrendingUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { boardsQuery, designsQuery, projectQuery, runsQuery } from "@/api/queries";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { RunList } from "./RunList";
import { isActive } from "./runFacts";
import { StartRun } from "./StartRun";

const POLL_MS = 3000;
const LEAD =
  "Teach the model, then see how well it does on recordings that it has never met, and what it costs.";

/** Start a run, and compare those that were. */
export default function RunsPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/train" });
  const project = useQuery(projectQuery(projectId));
  const designs = useQuery(designsQuery(projectId));
  const boards = useQuery(boardsQuery());
  const runs = useQuery({
    ...runsQuery(projectId),
    refetchInterval: (query) => (query.state.data?.results.some(isActive) ? POLL_MS : false),
  });

  const failed = [project, designs, boards, runs].find((query) => query.error);
  if (failed) {
    return (
      <Page title="Train" lead={LEAD}>
        <Problem error={failed.error} onRetry={() => failed.refetch()} />
      </Page>
    );
  }
  if (!project.data || !designs.data || !boards.data || !runs.data) {
    return (
      <Page title="Train" lead={LEAD}>
        <Stack aria-busy="true" aria-label="Loading the runs">
          <Skeleton height={260} radius="lg" />
          <Skeleton height={180} radius="lg" />
        </Stack>
      </Page>
    );
  }
  const design = designs.data.results[0];
  const list = runs.data.results;
  const canStart = project.data.role !== "viewer";
  return (
    <Page title="Train" lead={LEAD}>
      {!design ? (
        <EmptyState
          icon={<IconTopologyStar3 size={28} />}
          title="Design the pipeline first"
          action={
            <LinkButton to="/p/$projectId/design" params={{ projectId }}>
              Go to Design
            </LinkButton>
          }
        >
          A suggestion for your recordings is waiting there: look at it, save it, and come back to train it.
        </EmptyState>
      ) : canStart ? (
        <StartRun projectId={projectId} design={design} boards={boards.data} lastBoard={list[0]?.board} />
      ) : null}
      {list.length > 0 ? (
        <Card component="section" aria-label="Runs">
          <Title order={2} mb="sm">
            Runs
          </Title>
          <RunList projectId={projectId} runs={list} boards={boards.data} />
        </Card>
      ) : design ? (
        <EmptyState icon={<IconTrendingUp size={28} />} title="No runs yet">
          {canStart
            ? "Press Train: the learning curves grow here while the model learns."
            : "When a member with the right to change this project trains the design, its results are here."}
        </EmptyState>
      ) : null}
    </Page>
  );
}
