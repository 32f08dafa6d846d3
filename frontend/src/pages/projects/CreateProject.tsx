import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { Project } from "@/api/types";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { useOnce } from "@/components/useOnce";

/** Asks for a name and goes straight to where the data is brought in. */
export function CreateProject({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const create = useOnce({
    mutationFn: () => api.post<Project>("projects/", { name: name.trim(), description: description.trim() }),
    onSuccess: async (project) => {
      await queryClient.invalidateQueries({ queryKey: ["projects"] });
      onClose();
      setName("");
      setDescription("");
      await navigate({ to: "/p/$projectId/data", params: { projectId: project.id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="New project" size="md">
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError message={otherError(create.error, ["name", "description"])} />
          <TextInput
            data-autofocus
            label="Name"
            placeholder="Spoken digits"
            required
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(create.error, "name")}
          />
          <Textarea
            label="What should the device recognise?"
            description="Optional; for the people you share the project with."
            autosize
            minRows={2}
            maxRows={6}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            error={fieldError(create.error, "description")}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
              Create project
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
