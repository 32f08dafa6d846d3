import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { projectQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { Section } from "./Section";

export function ProjectForm({ project }: { project: Project }) {
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description);
  const queryClient = useQueryClient();
  const mayEdit = project.role !== "viewer";
  const save = useMutation({
    mutationFn: () => api.patch<Project>(`projects/${project.id}/`, { name: name.trim(), description }),
    onSuccess: async (changed) => {
      queryClient.setQueryData(projectQuery(project.id).queryKey, changed);
      await queryClient.invalidateQueries({ queryKey: ["projects"] });
      notifications.show({ message: "Saved.", color: "petrol" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const unchanged = name === project.name && description === project.description;
  return (
    <Section title="Project" lead="What people see in their list of projects.">
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError message={otherError(save.error, ["name", "description"])} />
          <TextInput
            label="Name"
            maxLength={120}
            readOnly={!mayEdit}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(save.error, "name")}
          />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            maxRows={8}
            readOnly={!mayEdit}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            error={fieldError(save.error, "description")}
          />
          {mayEdit && (
            <Group>
              <Button type="submit" loading={save.isPending} disabled={unchanged || !name.trim()}>
                Save changes
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  );
}
