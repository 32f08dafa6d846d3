import { Badge, Button, Card, Group, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChevronLeft, IconDownload, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCanGoBack, useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { ApiError, api, apiUrl } from "@/api/client";
import { projectQuery, sampleQuery } from "@/api/queries";
import type { Sample } from "@/api/types";
import { NotFound } from "@/app/NotFound";
import { Confirm } from "@/components/Confirm";
import { formatBytes, formatDate, formatDuration, formatFrequency } from "@/components/format";
import { LinkAnchor } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { EditSample } from "./EditSample";
import classes from "./SamplePage.module.css";
import { WaveformViewer } from "./waveform/WaveformViewer";

export default function SamplePage() {
  const { projectId, sampleId } = useParams({ from: "/member/p/$projectId/data/$sampleId" });
  const project = useQuery(projectQuery(projectId)).data;
  const sample = useQuery(sampleQuery(projectId, sampleId));
  const [deleting, dialog] = useDisclosure(false);
  const canEdit = project !== undefined && project.role !== "viewer";

  if (sample.error instanceof ApiError && sample.error.status === 404) return <NotFound />;
  if (sample.error) {
    return (
      <Page title="Recording">
        <Problem error={sample.error} onRetry={() => sample.refetch()} />
      </Page>
    );
  }
  if (!sample.data) {
    return (
      <Page title="Recording">
        <Skeleton h={380} radius="lg" />
      </Page>
    );
  }
  return (
    <Page
      title={sample.data.name}
      lead={<Way projectId={projectId} sample={sample.data} />}
      action={
        <>
          <Button
            component="a"
            variant="default"
            href={apiUrl(`projects/${projectId}/samples/${sampleId}/original/`)}
            download
            leftSection={<IconDownload size={17} />}
          >
            Download
          </Button>
          {canEdit && (
            <Button variant="light" color="red" leftSection={<IconTrash size={17} />} onClick={dialog.open}>
              Delete
            </Button>
          )}
        </>
      }
    >
      <Card>
        <WaveformViewer key={sampleId} projectId={projectId} sample={sample.data} />
      </Card>
      <div className={classes.columns}>
        {canEdit && (
          <Card>
            <EditSample key={sampleId} projectId={projectId} sample={sample.data} />
          </Card>
        )}
        <Card>
          <Facts sample={sample.data} />
        </Card>
      </div>
      <DeleteSample projectId={projectId} sample={sample.data} opened={deleting} onClose={dialog.close} />
    </Page>
  );
}

function Way({ projectId, sample }: { projectId: string; sample: Sample }) {
  const router = useRouter();
  const canGoBack = useCanGoBack();
  return (
    <Group gap="md" component="span">
      <LinkAnchor
        to="/p/$projectId/data"
        params={{ projectId }}
        size="sm"
        className={classes.back}
        onClick={(event) => {
          if (!canGoBack) return;
          // Back to the very list that the person came from, with its filters and its place.
          event.preventDefault();
          router.history.back();
        }}
      >
        <IconChevronLeft size={15} aria-hidden="true" /> All recordings
      </LinkAnchor>
      <Badge component="span" color={sample.split === "training" ? "petrol" : "brass"}>
        {sample.split === "training" ? "Training" : "Test"}
      </Badge>
      <Text span size="sm" fw={600}>
        {sample.label ? `Label: ${sample.label}` : "No label"}
      </Text>
    </Group>
  );
}

function Facts({ sample }: { sample: Sample }) {
  const units = sample.channels.map((channel, index) =>
    sample.units[index] ? `${channel} (${sample.units[index]})` : channel,
  );
  const facts: [string, string][] = [
    ["Duration", formatDuration(sample.duration_ms)],
    ["Sample rate", formatFrequency(sample.sample_rate_hz)],
    [sample.channels.length === 1 ? "Channel" : "Channels", units.join(", ")],
    ["Size", formatBytes(sample.size_bytes)],
    ["Uploaded", formatDate(sample.created_at)],
    ...Object.entries(sample.metadata).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ];
  return (
    <Stack gap="sm">
      <Text component="h2" fw={650}>
        About this recording
      </Text>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{value}</dd>
          </div>
        ))}
        <div>
          <dt>SHA-256</dt>
          <dd>
            <Tooltip label={sample.sha256}>
              <code>{sample.sha256.slice(0, 16)}…</code>
            </Tooltip>
          </dd>
        </div>
      </dl>
    </Stack>
  );
}

interface DeleteProps {
  projectId: string;
  sample: Sample;
  opened: boolean;
  onClose: () => void;
}

function DeleteSample({ projectId, sample, opened, onClose }: DeleteProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.delete(`projects/${projectId}/samples/${sample.id}/`),
    onSuccess: async () => {
      await navigate({ to: "/p/$projectId/data", params: { projectId }, replace: true });
      queryClient.removeQueries({ queryKey: sampleQuery(projectId, sample.id).queryKey });
      await queryClient.invalidateQueries({ queryKey: ["project", projectId] });
      notifications.show({ message: `“${sample.name}” deleted.`, color: "petrol" });
    },
  });
  return (
    <Confirm
      opened={opened}
      title="Delete this recording?"
      action="Delete recording"
      keep="Keep it"
      pending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    >
      “{sample.name}” is removed from this server for good.
    </Confirm>
  );
}
