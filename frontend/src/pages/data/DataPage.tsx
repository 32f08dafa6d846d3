import { Alert, Button, Card, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowRight, IconBulb, IconDatabaseOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { projectQuery, summaryQuery } from "@/api/queries";
import type { SampleSummary } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { formatCount, formatDuration, formatFrequency } from "@/components/format";
import { LinkButton } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import classes from "./DataPage.module.css";
import { LabelChart } from "./LabelChart";
import { cautions, readiness } from "./readiness";
import { SplitAnew } from "./SplitAnew";
import { SampleList } from "./samples/SampleList";
import { DropZone } from "./upload/DropZone";
import type { PickedFile } from "./upload/dropped";
import { ReviewUpload } from "./upload/ReviewUpload";
import { UploadTray } from "./upload/UploadTray";
import { useUploads } from "./upload/useUploads";

/** Names of channels that take more characters than this are counted instead. */
const LONG = 14;

export default function DataPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/data" });
  const search = useSearch({ from: "/member/p/$projectId/data" });
  const navigate = useNavigate({ from: "/p/$projectId/data" });
  const project = useQuery(projectQuery(projectId)).data;
  const summary = useQuery(summaryQuery(projectId));
  const { queue, summary: uploads } = useUploads(projectId);
  const [picked, setPicked] = useState<PickedFile[]>([]);
  const [splitting, splitDialog] = useDisclosure(false);
  const canEdit = project !== undefined && project.role !== "viewer";
  const empty = summary.data?.total === 0;
  const state = summary.data && readiness(summary.data);

  const take = (files: PickedFile[]) => {
    if (files.length > 0) setPicked(files);
    else notifications.show({ message: "There was no file in what you chose.", color: "brass" });
  };

  return (
    <Page
      title="Data"
      lead="What the model learns from. Each recording has a label; a part is kept back for the test."
      action={
        state?.ready && (
          <LinkButton
            to="/p/$projectId/design"
            params={{ projectId }}
            rightSection={<IconArrowRight size={18} />}
          >
            Design the pipeline
          </LinkButton>
        )
      }
    >
      {summary.error && <Problem error={summary.error} onRetry={() => summary.refetch()} />}
      {canEdit && (!empty || uploads.total === 0) && <DropZone large={empty} onPicked={take} />}
      {canEdit && <UploadTray queue={queue} summary={uploads} />}
      {empty && project && !canEdit && (
        <EmptyState icon={<IconDatabaseOff size={28} stroke={1.6} />} title="No recordings yet">
          The editors of this project have not uploaded anything.
        </EmptyState>
      )}
      {summary.isPending && <Skeleton h={240} radius="lg" />}
      {summary.data && !empty && (
        <>
          <Card p={0}>
            <div className={classes.summary}>
              <Figures summary={summary.data} />
              <div className={classes.labels}>
                <Group justify="space-between" mb={4}>
                  <Text fw={600}>Recordings by label</Text>
                  {canEdit && (
                    <Button size="compact-sm" variant="subtle" onClick={splitDialog.open}>
                      Split anew
                    </Button>
                  )}
                </Group>
                <LabelChart
                  labels={summary.data.labels}
                  chosen={search.label}
                  onChoose={(label) => navigate({ search: { ...search, label, page: undefined } })}
                />
              </div>
            </div>
          </Card>
          <Advice summary={summary.data} onSplit={canEdit ? splitDialog.open : undefined} />
          <SampleList
            projectId={projectId}
            summary={summary.data}
            search={search}
            onSearch={(next) => navigate({ search: next, replace: true })}
            canEdit={canEdit}
          />
        </>
      )}
      <ReviewUpload
        files={picked}
        onClose={() => setPicked([])}
        onUpload={(requests) => {
          queue.add(requests);
          setPicked([]);
        }}
      />
      <SplitAnew projectId={projectId} opened={splitting} onClose={splitDialog.close} />
    </Page>
  );
}

function Figures({ summary }: { summary: SampleSummary }) {
  const training = summary.labels.reduce((sum, label) => sum + label.training, 0);
  const share = summary.total ? Math.round((training / summary.total) * 100) : 0;
  const labelled = summary.labels.filter(({ label }) => label !== "").length;
  const channels = summary.channel_sets[0]?.channels ?? [];
  const facts: [string, string][] = [
    ["Recordings", formatCount(summary.total, "recording").split(" ")[0] ?? ""],
    ["In all", formatDuration(summary.duration_ms)],
    ["Labels", String(labelled)],
    ["Training : test", `${share} : ${100 - share}`],
    ["Sample rate", summary.sample_rates_hz.map(formatFrequency).slice(0, 3).join(", ")],
    ["Channels", channels.join(", ").length > LONG ? String(channels.length) : channels.join(", ")],
  ];
  return (
    <dl className={classes.figures}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="figures">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Advice({ summary, onSplit }: { summary: SampleSummary; onSplit?: () => void }) {
  const { ready, advice } = readiness(summary);
  const notes = cautions(summary);
  if (ready && notes.length === 0) return null;
  const lopsided = summary.labels.some(
    ({ label, training, test }) => label !== "" && training + test > 1 && (training === 0 || test === 0),
  );
  return (
    <Alert
      icon={<IconBulb size={20} />}
      color={ready ? "gray" : "brass"}
      title={ready ? undefined : "Before you go on"}
    >
      <Stack gap={4}>
        {!ready && <Text size="sm">{advice}</Text>}
        {notes.map((note) => (
          <Text key={note} size="sm">
            {note}
          </Text>
        ))}
        {onSplit && lopsided && (
          <Group mt={4}>
            <Button size="xs" variant="default" onClick={onSplit}>
              Split anew, each label alike
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
