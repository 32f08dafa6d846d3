import { Button, Group, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFileUpload, IconFolderOpen, IconWaveSine } from "@tabler/icons-react";
import { type DragEvent, useRef, useState } from "react";
import classes from "./DropZone.module.css";
import { type PickedFile, pickedFrom, pickedFromDrop } from "./dropped";

interface Props {
  onPicked: (files: PickedFile[]) => void;
  /** Large with an explanation while there is nothing else on the page. */
  large?: boolean;
}

/** Where a folder or files are dropped, or picked. */
export function DropZone({ onPicked, large = false }: Props) {
  const [over, setOver] = useState(false);
  const [reading, setReading] = useState(false);
  const folderInput = useRef<HTMLInputElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);

  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setReading(true);
    try {
      onPicked(await pickedFromDrop(event.dataTransfer));
    } catch {
      // A file that was moved away meanwhile, or that this person may not read.
      notifications.show({
        color: "red",
        message: "A file in there cannot be read. Is it still in its place?",
      });
    } finally {
      setReading(false);
    }
  };
  const dragOver = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const pick = (input: HTMLInputElement) => {
    onPicked(pickedFrom(input.files ?? []));
    input.value = "";
  };

  return (
    <section
      className={classes.zone}
      data-large={large || undefined}
      data-over={over || undefined}
      aria-label="Upload recordings"
      onDragOver={dragOver}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={classes.icon} aria-hidden="true">
        <IconWaveSine size={large ? 34 : 24} stroke={1.6} />
      </div>
      <div className={classes.words}>
        {large ? (
          <Title order={2}>Drop a folder of recordings here</Title>
        ) : (
          <Text fw={600}>Drop more recordings here</Text>
        )}
        <Text c="dimmed" size={large ? "md" : "sm"} aria-live="polite">
          {reading
            ? "Reading the folder…"
            : large
              ? "WAV, CSV or data acquisition JSON. Labels are read from folder or file names, and you see them before anything is sent."
              : "WAV, CSV or data acquisition JSON; files or a whole folder."}
        </Text>
      </div>
      <Group gap="sm" className={classes.buttons} wrap="nowrap">
        <Button
          size={large ? "md" : "sm"}
          variant={large ? "filled" : "default"}
          leftSection={<IconFolderOpen size={18} />}
          onClick={() => folderInput.current?.click()}
        >
          Choose folder
        </Button>
        <Button
          size={large ? "md" : "sm"}
          variant="default"
          leftSection={<IconFileUpload size={18} />}
          onClick={() => fileInput.current?.click()}
        >
          Choose files
        </Button>
      </Group>
      <input
        ref={folderInput}
        type="file"
        multiple
        hidden
        aria-label="Folder of recordings"
        {...{ webkitdirectory: "" }}
        onChange={(event) => pick(event.currentTarget)}
      />
      <input
        ref={fileInput}
        type="file"
        multiple
        hidden
        aria-label="Recordings"
        onChange={(event) => pick(event.currentTarget)}
      />
    </section>
  );
}
