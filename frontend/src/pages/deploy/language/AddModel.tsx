import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFolderOpen, IconServer } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { api } from "@/api/client";
import { serverFoldersQuery } from "@/api/queries";
import type { LanguageModel } from "@/api/types";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { formatBytes, formatCount } from "@/components/format";
import { type PickedFile, pickedFrom, pickedFromDrop } from "../../data/upload/dropped";
import { type PickedModel, pickedModel } from "./files";
import classes from "./LanguageModels.module.css";
import { uploadModel } from "./useModelUpload";

interface AddModelProps {
  projectId: string;
  models: readonly LanguageModel[];
  onAdded: (modelId: string) => void;
}

/** Bring a language model: drop its folder, or take one that lies on the server. */
export function AddModel({ projectId, models, onAdded }: AddModelProps) {
  const [over, setOver] = useState(false);
  const [picked, setPicked] = useState<PickedModel | null>(null);
  const [choosing, setChoosing] = useState(false);
  const folderInput = useRef<HTMLInputElement>(null);
  const folders = useQuery(serverFoldersQuery(projectId)).data ?? [];

  const take = (files: PickedFile[]) => {
    const model = pickedModel(files);
    const begun = models.find((entry) => entry.name === model.name && entry.state === "uploading");
    if (model.files.length === 0) {
      notifications.show({ color: "brass", message: "There is no file of a language model in there." });
    } else if (begun) {
      uploadModel(projectId, begun.id, model.files);
    } else {
      setPicked(model);
    }
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    try {
      take(await pickedFromDrop(event.dataTransfer));
    } catch {
      notifications.show({
        color: "red",
        message: "A file in there cannot be read. Is it still in its place?",
      });
    }
  };
  return (
    <section
      className={classes.zone}
      data-over={over || undefined}
      aria-label="Add a language model"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={classes.zoneWords}>
        <Text fw={600}>Drop the folder of a language model here</Text>
        <Text size="sm" c="dimmed">
          As Hugging Face has it: config.json, weights as .safetensors, tokenizer.json. Llama, Qwen, SmolLM or
          Gemma. A large upload can be stopped and resumed.
        </Text>
      </div>
      <Group gap="sm">
        <Button
          variant={models.length > 0 ? "default" : "filled"}
          leftSection={<IconFolderOpen size={18} />}
          onClick={() => folderInput.current?.click()}
        >
          Choose folder
        </Button>
        {folders.length > 0 ? (
          <Button variant="default" leftSection={<IconServer size={18} />} onClick={() => setChoosing(true)}>
            From the server
          </Button>
        ) : null}
      </Group>
      <input
        ref={folderInput}
        type="file"
        multiple
        hidden
        aria-label="Folder of a language model"
        {...{ webkitdirectory: "" }}
        onChange={(event) => {
          const files = pickedFrom(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
          take(files);
        }}
      />
      {picked ? (
        <SendModel
          key={picked.name}
          projectId={projectId}
          picked={picked}
          onClose={() => setPicked(null)}
          onAdded={onAdded}
        />
      ) : null}
      {choosing ? (
        <TakeFromServer
          projectId={projectId}
          folders={folders}
          onClose={() => setChoosing(false)}
          onAdded={onAdded}
        />
      ) : null}
    </section>
  );
}

function useCreate(projectId: string, onCreated: (model: LanguageModel) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; server_folder?: string }) =>
      api.post<LanguageModel>(`projects/${projectId}/language-models/`, body),
    onSuccess: async (model) => {
      await queryClient.invalidateQueries({ queryKey: ["project", projectId, "language-models"] });
      onCreated(model);
    },
  });
}

interface SendModelProps {
  projectId: string;
  picked: PickedModel;
  onClose: () => void;
  onAdded: (modelId: string) => void;
}

/** What is about to be sent, before it is. */
function SendModel({ projectId, picked, onClose, onAdded }: SendModelProps) {
  const [name, setName] = useState(picked.name);
  const create = useCreate(projectId, (model) => {
    uploadModel(projectId, model.id, picked.files);
    onAdded(model.id);
    onClose();
  });
  const bytes = picked.files.reduce((sum, file) => sum + file.size, 0);
  return (
    <Modal opened onClose={onClose} title="Add this language model?">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name: name.trim() });
        }}
      >
        <Stack>
          <FormError message={otherError(create.error, ["name"])} />
          <TextInput
            label="Name"
            required
            maxLength={120}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(create.error, "name")}
          />
          <Text size="sm">
            {formatCount(picked.files.length, "file")}, {formatBytes(bytes)}.
            {picked.leftOut.length > 0 ? ` Left out, as they are not needed: ${some(picked.leftOut)}.` : ""}
          </Text>
          {picked.lacks ? <Alert color="brass">{picked.lacks}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
              Upload
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface TakeFromServerProps {
  projectId: string;
  folders: readonly { name: string; size_bytes: number }[];
  onClose: () => void;
  onAdded: (modelId: string) => void;
}

function TakeFromServer({ projectId, folders, onClose, onAdded }: TakeFromServerProps) {
  const [folder, setFolder] = useState<string | null>(folders[0]?.name ?? null);
  const create = useCreate(projectId, (model) => {
    onAdded(model.id);
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title="Take a model from the server">
      <Stack>
        <FormError message={otherError(create.error, [])} />
        <Select
          label="Folder"
          description="What the operator of this studio offers. Nothing is copied."
          allowDeselect={false}
          searchable
          data={folders.map(({ name, size_bytes }) => ({
            value: name,
            label: `${name} (${formatBytes(size_bytes)})`,
          }))}
          value={folder}
          onChange={setFolder}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={create.isPending}
            disabled={!folder}
            onClick={() => folder && create.mutate({ name: folder.slice(0, 120), server_folder: folder })}
          >
            Use it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const SHOWN = 4;

function some(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
