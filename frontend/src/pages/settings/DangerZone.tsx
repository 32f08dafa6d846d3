import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { Project } from "@/api/types";
import { FormError } from "@/components/FormError";
import { formatCount } from "@/components/format";
import { Section } from "./Section";

/** Deleting the project, with its name typed as proof of intent. */
export function DangerZone({ project }: { project: Project }) {
  const [opened, dialog] = useDisclosure(false);
  const [typed, setTyped] = useState("");
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.delete(`projects/${project.id}/`),
    onSuccess: async () => {
      await navigate({ to: "/", replace: true });
      queryClient.removeQueries({ queryKey: ["project", project.id] });
      await queryClient.invalidateQueries({ queryKey: ["projects"] });
      notifications.show({ message: `“${project.name}” is deleted.`, color: "petrol" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate();
  };
  return (
    <Section
      title="Delete this project"
      lead="Recordings, designs, runs and downloads go with it, for everyone."
    >
      <Group>
        <Button color="red" variant="light" onClick={dialog.open}>
          Delete project
        </Button>
      </Group>
      <Modal opened={opened} onClose={dialog.close} title="Delete this project?">
        <form onSubmit={submit}>
          <Stack>
            <FormError message={remove.error?.message} />
            <Text>
              {formatCount(project.sample_count, "recording")} and {formatCount(project.run_count, "run")} are
              removed from this server for good.
            </Text>
            <TextInput
              label={`Type “${project.name}” to go ahead`}
              data-autofocus
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={dialog.close}>
                Keep it
              </Button>
              <Button
                type="submit"
                color="red"
                disabled={typed.trim() !== project.name.trim()}
                loading={remove.isPending}
              >
                Delete project
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </Section>
  );
}
