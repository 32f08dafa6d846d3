import { Button, CopyButton, Group, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconCopy, IconDownload, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, apiUrl } from "@/api/client";
import type { Board, Deployment, DeployTarget, LanguageModel, Run } from "@/api/types";
import { formatAgo, formatBytes } from "@/components/format";
import { ConfirmButton } from "@/components/jobs/ConfirmButton";
import { JobFailure } from "@/components/jobs/JobFailure";
import { JobLog } from "@/components/jobs/JobLog";
import { JobProgress } from "@/components/jobs/JobProgress";
import { isFinal } from "@/components/jobs/jobState";
import { StateBadge } from "@/components/jobs/StateBadge";
import { useJob } from "@/components/jobs/useJob";
import classes from "./DeploymentList.module.css";
import { TargetIcon } from "./TargetIcon";

/** Where the names stand of what a deployment refers to. */
export interface Named {
  runs: readonly Run[];
  targets: readonly DeployTarget[];
  boards: readonly Board[];
  languageModels: readonly LanguageModel[];
}

interface DeploymentListProps extends Named {
  projectId: string;
  deployments: readonly Deployment[];
  canEdit: boolean;
  startedId: string | null;
}

/** What was built, the newest first: download it, check it, delete it. */
export function DeploymentList({
  projectId,
  deployments,
  canEdit,
  startedId,
  ...named
}: DeploymentListProps) {
  return (
    <ul className={classes.list}>
      {deployments.map((deployment) => (
        <DeploymentItem
          key={deployment.id}
          projectId={projectId}
          deployment={deployment}
          target={named.targets.find((target) => target.id === deployment.target)}
          of={nameOfModel(deployment, named)}
          canEdit={canEdit}
          isNew={deployment.id === startedId}
        />
      ))}
    </ul>
  );
}

/** What was packaged, and for which board: “Run 3 · int8 · Nano 33 BLE”. */
export function nameOfModel(deployment: Deployment, named: Named): string {
  const model = named.languageModels.find(({ id }) => id === deployment.language_model);
  const run = named.runs.find(({ id }) => id === deployment.run);
  const board = named.boards.find(({ id }) => id === deployment.board)?.title ?? deployment.board;
  return [model?.name, run && `Run ${run.number}`, deployment.variant, board].filter(Boolean).join(" · ");
}

interface DeploymentItemProps {
  projectId: string;
  deployment: Deployment;
  target: DeployTarget | undefined;
  of: string;
  canEdit: boolean;
  isNew: boolean;
}

function DeploymentItem({ projectId, deployment, target, of, canEdit, isNew }: DeploymentItemProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isNew) return;
    item.current?.scrollIntoView({ block: "center" });
    item.current?.focus({ preventScroll: true });
  }, [isNew]);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["project", projectId, "deployments"] });
  const tell = (words: string) => (error: Error) =>
    notifications.show({ color: "red", title: words, message: error.message });
  const retry = useMutation({
    mutationFn: () => api.post(`projects/${projectId}/jobs/${deployment.job.id}/retry/`),
    onSettled: refresh,
    onError: tell("Not started again"),
  });
  const remove = useMutation({
    mutationFn: () => api.delete(`projects/${projectId}/deployments/${deployment.id}/`),
    onSettled: refresh,
    onError: tell("Not deleted"),
  });
  const done = deployment.state === "succeeded";
  return (
    <li ref={item} tabIndex={-1} className={classes.item}>
      <div className={classes.head}>
        <span className={classes.icon}>
          <TargetIcon name={target?.icon ?? ""} />
        </span>
        <div className={classes.words}>
          <Group gap="xs">
            <Text fw={600}>{target?.title ?? deployment.target}</Text>
            {done ? null : <StateBadge state={deployment.state} />}
          </Group>
          <Text size="sm" c="dimmed">
            {of} · {formatAgo(deployment.created_at)}
          </Text>
        </div>
        {done ? (
          <>
            <Fingerprint deployment={deployment} />
            <Button
              component="a"
              href={apiUrl(`projects/${projectId}/deployments/${deployment.id}/download/`)}
              download={deployment.file_name}
              leftSection={<IconDownload size={16} />}
            >
              Download{deployment.size_bytes === null ? "" : ` · ${formatBytes(deployment.size_bytes)}`}
            </Button>
          </>
        ) : null}
        {canEdit && isFinal(deployment.state) ? (
          <>
            {deployment.state === "cancelled" ? (
              <Button
                variant="default"
                size="xs"
                leftSection={<IconRefresh size={14} />}
                loading={retry.isPending}
                onClick={() => retry.mutate()}
              >
                Build again
              </Button>
            ) : null}
            <ConfirmButton
              variant="subtle"
              color="gray"
              px="xs"
              aria-label={`Delete deployment ${deployment.number}`}
              question={`Delete deployment ${deployment.number}?`}
              consequence="The zip is deleted. You can build it again at any time; what you have downloaded stays yours."
              confirm="Delete it"
              onConfirm={() => remove.mutateAsync()}
            >
              <IconTrash size={17} />
            </ConfirmButton>
          </>
        ) : null}
      </div>
      {done ? null : (
        <Building
          projectId={projectId}
          deployment={deployment}
          canEdit={canEdit}
          onEnd={refresh}
          onRetry={() => retry.mutate()}
          retrying={retry.isPending}
        />
      )}
    </li>
  );
}

/** Name and checksum of the zip: whoever has it can tell that it is this one. */
function Fingerprint({ deployment }: { deployment: Deployment }) {
  return (
    <CopyButton value={deployment.sha256} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `SHA-256 ${deployment.sha256}`} multiline maw={360}>
          <UnstyledButton className={classes.hash} onClick={copy}>
            <span className="quiet">Copy the SHA-256 of the zip:</span>
            <span>{deployment.file_name}</span>
            <span>
              sha256 {deployment.sha256.slice(0, 10)}…{" "}
              {copied ? (
                <IconCheck size={13} aria-hidden="true" />
              ) : (
                <IconCopy size={13} aria-hidden="true" />
              )}
            </span>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}

interface BuildingProps {
  projectId: string;
  deployment: Deployment;
  canEdit: boolean;
  onEnd: () => void;
  onRetry: () => void;
  retrying: boolean;
}

function Building({ projectId, deployment, canEdit, onEnd, onRetry, retrying }: BuildingProps) {
  const { view, live } = useJob(projectId, deployment.job, onEnd);
  const cancel = useMutation({
    mutationFn: () => api.post(`projects/${projectId}/jobs/${deployment.job.id}/cancel/`),
    onSettled: onEnd,
    onError: (error) => notifications.show({ color: "red", title: "Not cancelled", message: error.message }),
  });
  return (
    <div className={classes.building}>
      {view.state === "failed" ? (
        <JobFailure
          projectId={projectId}
          title="The build failed"
          error={view.error ?? { field: "", message: view.message }}
          onRetry={canEdit ? onRetry : undefined}
          retrying={retrying}
        />
      ) : (
        <JobProgress view={view} live={live} />
      )}
      <Group gap="xs">
        <JobLog projectId={projectId} jobId={deployment.job.id} view={view} />
        {canEdit && !isFinal(view.state) ? (
          <ConfirmButton
            variant="subtle"
            color="gray"
            size="compact-sm"
            question="Cancel this build?"
            consequence="Nothing is built. You can build again at any time."
            confirm="Cancel the build"
            decline="Let it work"
            onConfirm={() => cancel.mutateAsync()}
          >
            Cancel
          </ConfirmButton>
        ) : null}
      </Group>
    </div>
  );
}
