import { ActionIcon, Button, Group, NumberInput, Progress, ScrollArea, Text } from "@mantine/core";
import {
  IconAlertCircle,
  IconCircleCheck,
  IconCircleMinus,
  IconClock,
  IconLoader2,
  IconX,
} from "@tabler/icons-react";
import { useState } from "react";
import { formatBytes, formatCount } from "@/components/format";
import type { UploadItem, UploadQueue, UploadState, UploadSummary } from "./queue";
import classes from "./UploadTray.module.css";

const SHOWN = 80;

/** What needs a person first, then what moves, then the rest. */
const ORDER: Record<UploadState, number> = {
  failed: 0,
  sending: 1,
  cancelled: 2,
  waiting: 3,
  known: 4,
  done: 5,
};

const WORDS: Record<UploadState, string> = {
  waiting: "Waiting",
  sending: "Sending",
  done: "Uploaded",
  known: "Already in the project",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** The uploads: all together, and each file with its progress or the reason why it was refused. */
export function UploadTray({ queue, summary }: { queue: UploadQueue; summary: UploadSummary }) {
  const [sampleRateHz, setSampleRateHz] = useState<number | string>("");
  if (summary.total === 0) return null;
  // When everything is over, only what did not arrive is worth a line.
  const told = summary.busy ? queue.items : queue.items.filter(({ state }) => state !== "done");
  const items = [...told].sort((a, b) => ORDER[a.state] - ORDER[b.state] || a.id - b.id);
  const percent = summary.bytes ? (summary.sentBytes / summary.bytes) * 100 : 0;
  const again = summary.failed + summary.cancelled;
  const rate = typeof sampleRateHz === "number" && sampleRateHz > 0 ? sampleRateHz : undefined;
  return (
    <section className={classes.tray} aria-label="Uploads">
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div className={classes.words}>
          <Text fw={600} role="status">
            {headline(summary)}
          </Text>
          <Text size="sm" c="dimmed" className="figures">
            {details(summary)}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          {again > 0 && !summary.busy && (
            <Button size="xs" onClick={() => queue.retryFailed(rate)}>
              Retry {again}
            </Button>
          )}
          {summary.busy ? (
            <Button size="xs" variant="default" onClick={() => queue.cancel()}>
              Cancel
            </Button>
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Close the list of uploads"
              onClick={() => queue.clear()}
            >
              <IconX size={18} />
            </ActionIcon>
          )}
        </Group>
      </Group>
      <Progress.Root size="sm" mt="sm">
        <Progress.Section
          value={summary.busy ? percent : 100}
          color={summary.busy ? "petrol" : summary.failed ? "red" : "teal"}
          aria-label="All uploads"
        />
      </Progress.Root>
      {summary.lackRate > 0 && !summary.busy && (
        <NumberInput
          mt="md"
          label="Sample rate"
          description={`${formatCount(summary.lackRate, "file")} ${
            summary.lackRate === 1
              ? "does not say at which rate it was"
              : "do not say at which rate they were"
          } recorded. Give it here, then retry.`}
          placeholder="for example 100"
          suffix=" Hz"
          min={0}
          max={1_000_000}
          hideControls
          maw={480}
          value={sampleRateHz}
          onChange={setSampleRateHz}
        />
      )}
      {(summary.busy || again > 0 || summary.known > 0) && (
        <ScrollArea.Autosize mah={244} mt="sm" tabIndex={0} aria-label="Files">
          <ul className={classes.list}>
            {items.slice(0, SHOWN).map((item) => (
              <Row key={item.id} item={item} />
            ))}
          </ul>
          {items.length > SHOWN && (
            <Text size="sm" c="dimmed" p="xs">
              and {formatCount(items.length - SHOWN, "more file", "more files")}
            </Text>
          )}
        </ScrollArea.Autosize>
      )}
    </section>
  );
}

function Row({ item }: { item: UploadItem }) {
  const percent = item.file.size ? (item.sentBytes / item.file.size) * 100 : 100;
  return (
    <li className={classes.row} data-state={item.state}>
      <Mark state={item.state} />
      <div className={classes.name}>
        <span className={classes.path} title={item.path}>
          {item.path}
        </span>
        {item.reason && item.state !== "cancelled" && <span className={classes.reason}>{item.reason}</span>}
      </div>
      <span className={classes.label}>{item.label}</span>
      <span className={`${classes.state} figures`}>
        {item.state === "sending"
          ? percent < 100
            ? `${Math.floor(percent)} %`
            : "Reading…"
          : WORDS[item.state]}
      </span>
      {item.state === "sending" && (
        <span className={classes.bar} aria-hidden="true">
          <span style={{ width: `${percent}%` }} />
        </span>
      )}
    </li>
  );
}

function Mark({ state }: { state: UploadState }) {
  const props = { size: 18, stroke: 1.8, "aria-hidden": true, className: classes.mark };
  if (state === "done") return <IconCircleCheck {...props} />;
  if (state === "failed") return <IconAlertCircle {...props} />;
  if (state === "known" || state === "cancelled") return <IconCircleMinus {...props} />;
  return state === "sending" ? <IconLoader2 {...props} /> : <IconClock {...props} />;
}

function headline(summary: UploadSummary): string {
  const arrived = summary.done + summary.known;
  if (summary.busy) return `Uploading: ${arrived} of ${summary.total}`;
  if (summary.failed) return `${formatCount(summary.failed, "file")} could not be taken`;
  if (summary.cancelled) return `Stopped after ${formatCount(arrived, "file")}`;
  return `${formatCount(summary.done, "recording")} uploaded`;
}

function details(summary: UploadSummary): string {
  const parts = summary.busy
    ? [`${formatBytes(summary.sentBytes)} of ${formatBytes(summary.bytes)}`]
    : summary.failed || summary.cancelled
      ? [`${summary.done} uploaded`]
      : [formatBytes(summary.bytes)];
  if (summary.known) parts.push(`${summary.known} already in the project`);
  if (summary.busy && summary.failed) parts.push(`${summary.failed} failed`);
  return parts.join(" · ");
}
