import { Card, Skeleton, Stack, Title } from "@mantine/core";
import { IconCpu } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { boardsQuery, deploymentsQuery, deployTargetsQuery, projectQuery, runsQuery } from "@/api/queries";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { BuildForm } from "./BuildForm";
import { DeploymentList } from "./DeploymentList";
import { Usage } from "./Usage";

const LEAD =
  "Take the model with you: plain source that builds anywhere, yours to keep, with nothing to phone home to.";

/** Package a trained model for a device, and download what was packaged. */
export default function DeployPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/deploy" });
  const { run: askedRun } = useSearch({ from: "/member/p/$projectId/deploy" });
  const project = useQuery(projectQuery(projectId));
  const runs = useQuery(runsQuery(projectId));
  const targets = useQuery(deployTargetsQuery());
  const boards = useQuery(boardsQuery());
  const deployments = useQuery(deploymentsQuery(projectId));

  const failed = [project, runs, targets, boards, deployments].find((query) => query.error);
  if (failed) {
    return (
      <Page title="Deploy" lead={LEAD}>
        <Problem error={failed.error} onRetry={() => failed.refetch()} />
      </Page>
    );
  }
  if (!project.data || !runs.data || !targets.data || !boards.data || !deployments.data) {
    return (
      <Page title="Deploy" lead={LEAD}>
        <Stack aria-busy="true" aria-label="Loading">
          <Skeleton height={320} radius="lg" />
          <Skeleton height={160} radius="lg" />
        </Stack>
      </Page>
    );
  }
  const ready = runs.data.results.filter((run) => run.state === "succeeded" && run.metrics);
  const built = deployments.data.results;
  const canBuild = project.data.role !== "viewer";
  const newest = built.find((deployment) => deployment.state === "succeeded");
  if (ready.length === 0 && built.length === 0) {
    return (
      <Page title="Deploy" lead={LEAD}>
        <EmptyState
          icon={<IconCpu size={28} />}
          title="Train a model first"
          action={
            <LinkButton to="/p/$projectId/train" params={{ projectId }}>
              Go to Train
            </LinkButton>
          }
        >
          When a run is done, you choose here what it becomes and for which board, and download it.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title="Deploy" lead={LEAD}>
      {canBuild && ready.length > 0 ? (
        <BuildForm
          projectId={projectId}
          runs={ready}
          targets={targets.data}
          boards={boards.data}
          initialRun={ready.find((run) => run.id === askedRun) ?? ready[0]}
        />
      ) : null}
      {built.length > 0 ? (
        <Card component="section" aria-label="Deployments">
          <Title order={2} mb="sm">
            Your downloads
          </Title>
          <DeploymentList
            projectId={projectId}
            deployments={built}
            runs={runs.data.results}
            targets={targets.data}
            boards={boards.data}
            canEdit={canBuild}
          />
        </Card>
      ) : (
        <EmptyState icon={<IconCpu size={28} />} title="Nothing built yet">
          {canBuild
            ? "Press Build: the zip to download is here a moment later."
            : "When a member with the right to change this project builds a model, you can download it here."}
        </EmptyState>
      )}
      {newest ? <Usage deployment={newest} /> : null}
    </Page>
  );
}
