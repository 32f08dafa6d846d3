import { Button, Group, Skeleton, Stack } from "@mantine/core";
import { IconCpu } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import {
  boardsQuery,
  deploymentsQuery,
  deployTargetsQuery,
  languageModelsQuery,
  projectQuery,
  runsQuery,
} from "@/api/queries";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { BuildForm } from "./BuildForm";
import { DeploymentHistory } from "./DeploymentHistory";
import { Usage } from "./Usage";

const LEAD =
  "Take the model with you: to a board, into a web page, onto a computer. Yours to keep, with nothing to phone home to.";

/** Package a model for the place where it is to run, and download what was packaged. */
export default function DeployPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/deploy" });
  const { run: askedRun } = useSearch({ from: "/member/p/$projectId/deploy" });
  const project = useQuery(projectQuery(projectId));
  const runs = useQuery(runsQuery(projectId));
  const targets = useQuery(deployTargetsQuery());
  const boards = useQuery(boardsQuery());
  const deployments = useQuery(deploymentsQuery(projectId));
  const languageModels = useQuery(languageModelsQuery(projectId));
  const [withoutRun, setWithoutRun] = useState(false);
  const [startedId, setStartedId] = useState<string | null>(null);

  const queries = [project, runs, targets, boards, deployments, languageModels];
  const failed = queries.find((query) => query.error);
  if (failed) {
    return (
      <Page title="Deploy" lead={LEAD}>
        <Problem error={failed.error} onRetry={() => failed.refetch()} />
      </Page>
    );
  }
  if (
    !project.data ||
    !runs.data ||
    !targets.data ||
    !boards.data ||
    !deployments.data ||
    !languageModels.data
  ) {
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
  const models = languageModels.data.results;
  const canBuild = project.data.role !== "viewer";
  const takesLanguageModel = targets.data.some((target) => target.takes === "language-model");
  const canStart = canBuild && (ready.length > 0 || models.length > 0 || withoutRun);
  const newest = built.find((deployment) => deployment.state === "succeeded");
  return (
    <Page title="Deploy" lead={LEAD}>
      {canStart ? (
        <BuildForm
          projectId={projectId}
          runs={ready}
          targets={targets.data}
          boards={boards.data}
          languageModels={models}
          built={built}
          initialRun={ready.find((run) => run.id === askedRun) ?? ready[0]}
          onStarted={(deployment) => setStartedId(deployment.id)}
        />
      ) : built.length === 0 ? (
        <EmptyState
          icon={<IconCpu size={28} />}
          title="Train a model first"
          action={
            <Group gap="sm" justify="center">
              <LinkButton to="/p/$projectId/train" params={{ projectId }}>
                Go to Train
              </LinkButton>
              {canBuild && takesLanguageModel ? (
                <Button variant="default" onClick={() => setWithoutRun(true)}>
                  Bring a language model instead
                </Button>
              ) : null}
            </Group>
          }
        >
          When a run is done, you choose here where its model is to run, and download it.
        </EmptyState>
      ) : null}
      {built.length > 0 ? (
        <DeploymentHistory
          projectId={projectId}
          runs={runs.data.results}
          targets={targets.data}
          boards={boards.data}
          languageModels={models}
          canEdit={canBuild}
          startedId={startedId}
        />
      ) : canStart || ready.length > 0 ? (
        <EmptyState icon={<IconCpu size={28} />} title="Nothing built yet">
          {canBuild
            ? "Press Build: the zip to download is here a moment later."
            : "When a member with the right to change this project builds a model, you can download it here."}
        </EmptyState>
      ) : null}
      {newest ? (
        <Usage deployment={newest} target={targets.data.find((target) => target.id === newest.target)} />
      ) : null}
    </Page>
  );
}
