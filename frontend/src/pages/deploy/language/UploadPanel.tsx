import { Button, Group, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFolderOpen, IconPlayerPause, IconRefresh } from "@tabler/icons-react";
import { useRef } from "react";
import type { LanguageModel } from "@/api/types";
import { formatBytes } from "@/components/format";
import { pickedFrom } from "../../data/upload/dropped";
import { DeleteModel } from "./DeleteModel";
import { pickedModel } from "./files";
import classes from "./LanguageModels.module.css";
import type { FileState, UploadItem, UploadView } from "./upload";
import { uploadModel, useModelUpload } from "./useModelUpload";

const FILE_WORDS: Record<FileState, string> = {
  waiting: "Waiting",
  sending: "Sending",
  checking: "Checking…",
  done: "There",
  failed: "Failed",
};

/** A model whose files are not all there yet: how far each is, and how to go on. */
export function UploadPanel({ projectId, model }: { projectId: string; model: LanguageModel }) {
  const { upload, view } = useModelUpload(model.id);
  const folderInput = useRef<HTMLInputElement>(null);
  const resume = (input: HTMLInputElement) => {
    const picked = pickedModel(pickedFrom(input.files ?? []));
    input.value = "";
    if (picked.files.length > 0) uploadModel(projectId, model.id, picked.files);
    else notifications.show({ color: "brass", message: "There is no file of a language model in there." });
  };
  const busy = upload?.busy ?? false;
  const sent = view?.sentBytes ?? model.received_bytes;
  const bytes = view?.bytes ?? model.size_bytes;
  const percent = bytes > 0 ? (100 * sent) / bytes : 0;
  return (
    <section className={classes.upload} data-state={view?.state} aria-label={`Upload of ${model.name}`}>
      <div className={classes.top}>
        <div>
          <Text fw={600}>{model.name}</Text>
          <Text size="sm" c={view?.state === "failed" ? "red" : "dimmed"} role="status">
            {headline(view, model)}
          </Text>
        </div>
        <Group gap="xs">
          {busy ? (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlayerPause size={14} />}
              onClick={() => upload?.stop()}
            >
              Stop
            </Button>
          ) : (
            <>
              {upload ? (
                <Button size="xs" leftSection={<IconRefresh size={14} />} onClick={() => void upload.start()}>
                  Go on
                </Button>
              ) : null}
              {upload && view?.state !== "failed" ? null : (
                <Button
                  size="xs"
                  variant={upload ? "default" : "filled"}
                  leftSection={<IconFolderOpen size={14} />}
                  onClick={() => folderInput.current?.click()}
                >
                  Choose the folder again
                </Button>
              )}
            </>
          )}
          {busy ? null : <DeleteModel projectId={projectId} model={model} />}
        </Group>
      </div>
      <input
        ref={folderInput}
        type="file"
        multiple
        hidden
        aria-label={`Folder of ${model.name}`}
        {...{ webkitdirectory: "" }}
        onChange={(event) => resume(event.currentTarget)}
      />
      <Progress.Root size="sm" mt="sm">
        <Progress.Section
          value={percent}
          color={view?.state === "failed" ? "red" : "petrol"}
          aria-label={`Upload of ${model.name}`}
        />
      </Progress.Root>
      {view ? (
        <ul className={classes.files} aria-label="Files">
          {view.items.map((item) => (
            <FileRow key={item.file.name} item={item} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function FileRow({ item }: { item: UploadItem }) {
  const percent = item.file.size ? (100 * item.sentBytes) / item.file.size : 0;
  return (
    <li className={classes.file} data-state={item.state}>
      <span className={classes.fileName} title={item.file.name}>
        {item.file.name}
      </span>
      <span className={classes.fileState}>
        {item.state === "sending"
          ? `${Math.floor(percent)} % of ${formatBytes(item.file.size)}`
          : item.state === "waiting"
            ? formatBytes(item.file.size)
            : FILE_WORDS[item.state]}
      </span>
      {item.state === "sending" ? (
        <span className={classes.bar} aria-hidden="true">
          <span style={{ width: `${percent}%` }} />
        </span>
      ) : null}
    </li>
  );
}

function headline(view: UploadView | undefined, model: LanguageModel): string {
  if (!view) {
    return model.size_bytes > 0
      ? `${formatBytes(model.received_bytes)} of ${formatBytes(model.size_bytes)} are here. Choose the same folder, and only the rest is sent.`
      : "Nothing has arrived yet.";
  }
  switch (view.state) {
    case "sending":
      return `${formatBytes(view.sentBytes)} of ${formatBytes(view.bytes)}`;
    case "checking":
      return "Everything is here. Checking the model…";
    case "stopped":
      return `Stopped at ${formatBytes(view.sentBytes)} of ${formatBytes(view.bytes)}; what has arrived stays.`;
    case "done":
      return "Ready";
    case "waiting":
    case "failed":
      return view.reason;
  }
}
