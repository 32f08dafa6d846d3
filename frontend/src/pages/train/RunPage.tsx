import { Button, Card, Skeleton, Stack, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowRight, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { boardsQuery, projectQuery, runQuery } from "@/api/queries";
import type { Board, Run } from "@/api/types";
import { LearningCurves } from "@/components/charts";
import { formatAgo } from "@/components/format";
import { ConfirmButton } from "@/components/jobs/ConfirmButton";
import { JobFailure } from "@/components/jobs/JobFailure";
import { JobLog } from "@/components/jobs/JobLog";
import { JobProgress } from "@/components/jobs/JobProgress";
import { isFinal } from "@/components/jobs/jobState";
import { StateBadge } from "@/components/jobs/StateBadge";
import { useJob } from "@/components/jobs/useJob";
import { LinkAnchor, LinkButton } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Results } from "./Results";
import classes from "./RunPage.module.css";
import { RUN_STEPS } from "./runFacts";

/** One run: live while it works, then what came out. */
export default function RunPage() {
  const { projectId, runId } = useParams({ from: "/member/p/$projectId/train/$runId" });
  const run = useQuery(runQuery(projectId, runId));
  const boards = useQuery(boardsQuery());
  const project = useQuery(projectQuery(projectId));
  const failed = [run, boards, project].find((query) => query.error);
  if (failed) {
    return (
      <Page title="Run">
        <Problem error={failed.error} onRetry={() => failed.refetch()} title="This run could not be shown" />
      </Page>
    );
  }
  if (!run.data || !boards.data || !project.data) {
    return (
      <Page title="Run">
        <Skeleton height={320} radius="lg" aria-busy="true" />
      </Page>
    );
  }
  return (
    <RunView
      key={run.data.id}
      projectId={projectId}
      run={run.data}
      board={boards.data.find((board) => board.id === run.data.board)}
      canEdit={project.data.role !== "viewer"}
    />
  );
}

interface RunViewProps {
  projectId: string;
  run: Run;
  board: Board | undefined;
  canEdit: boolean;
}

function RunView({ projectId, run, board, canEdit }: RunViewProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["project", projectId, "runs"] });
  const { view, live } = useJob(projectId, run.job, refresh);
  const tell = (title: string) => (error: Error) =>
    notifications.show({ color: "red", title, message: error.message });
  const cancel = useMutation({
    mutationFn: () => api.post(`projects/${projectId}/jobs/${run.job.id}/cancel/`),
    onSettled: refresh,
    onError: tell("Not cancelled"),
  });
  const retry = useMutation({
    mutationFn: () => api.post(`projects/${projectId}/jobs/${run.job.id}/retry/`),
    onSettled: refresh,
    onError: tell("Not started again"),
  });
  const remove = useMutation({
    mutationFn: () => api.delete(`projects/${projectId}/runs/${run.id}/`),
    onSuccess: async () => {
      await navigate({ to: "/p/$projectId/train", params: { projectId } });
      await refresh();
    },
    onError: tell("Not deleted"),
  });
  const over = isFinal(view.state);
  const history = run.metrics?.history ?? view.epochs;

  return (
    <Page
      title={`Run ${run.number}`}
      lead={
        <span className={classes.lead}>
          <StateBadge state={view.state} />
          <span>
            {run.design_name} for {board?.title ?? run.board}, {formatAgo(run.created_at)}.
          </span>
          <LinkAnchor to="/p/$projectId/train" params={{ projectId }} size="sm">
            All runs
          </LinkAnchor>
        </span>
      }
      action={
        <>
          {canEdit && !over ? (
            <ConfirmButton
              variant="default"
              question={`Cancel run ${run.number}?`}
              consequence="The training stops. The steps that are done are kept, so starting again goes on from there."
              confirm="Cancel the run"
              decline="Let it work"
              onConfirm={() => cancel.mutateAsync()}
            >
              Cancel
            </ConfirmButton>
          ) : null}
          {canEdit && over ? (
            <ConfirmButton
              variant="subtle"
              color="gray"
              leftSection={<IconTrash size={16} />}
              question={`Delete run ${run.number}?`}
              consequence="Its model, its results and the deployments built from it are deleted too. This cannot be undone."
              confirm="Delete the run"
              onConfirm={() => remove.mutateAsync()}
            >
              Delete
            </ConfirmButton>
          ) : null}
          {canEdit && view.state === "cancelled" ? (
            <Button
              leftSection={<IconRefresh size={16} />}
              loading={retry.isPending}
              onClick={() => retry.mutate()}
            >
              Start again
            </Button>
          ) : null}
          {view.state === "succeeded" && run.metrics ? (
            <LinkButton
              to="/p/$projectId/deploy"
              params={{ projectId }}
              search={{ run: run.id }}
              rightSection={<IconArrowRight size={18} />}
            >
              Deploy it
            </LinkButton>
          ) : null}
        </>
      }
    >
      {view.state === "failed" ? (
        <JobFailure
          projectId={projectId}
          title="The run failed"
          error={view.error ?? { field: "", message: view.message }}
          onRetry={canEdit ? () => retry.mutate() : undefined}
          retrying={retry.isPending}
        />
      ) : null}
      {view.state !== "succeeded" ? (
        <Card component="section" aria-label="Progress">
          <JobProgress view={view} live={live} steps={RUN_STEPS} />
        </Card>
      ) : null}
      {run.metrics && board ? (
        <Results projectId={projectId} run={run} result={run.metrics} board={board} />
      ) : view.state === "succeeded" ? (
        <Stack>
          <Skeleton height={110} radius="lg" />
          <Skeleton height={360} radius="lg" />
        </Stack>
      ) : null}
      {history.length > 0 ? (
        <Card component="section" aria-label="Learning curves">
          <Title order={2} mb="md">
            {over ? "How it learned" : "Learning, live"}
          </Title>
          <LearningCurves history={history} />
        </Card>
      ) : null}
      <JobLog projectId={projectId} jobId={run.job.id} view={view} />
    </Page>
  );
}
