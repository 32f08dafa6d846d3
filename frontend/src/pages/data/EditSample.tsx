import { Autocomplete, Button, Group, Input, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { sampleQuery, summaryQuery } from "@/api/queries";
import type { Sample, Split } from "@/api/types";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";

/** Name, label, split and group of a recording. */
export function EditSample({ projectId, sample }: { projectId: string; sample: Sample }) {
  const [name, setName] = useState(sample.name);
  const [label, setLabel] = useState(sample.label);
  const [split, setSplit] = useState<Split>(sample.split);
  const [group, setGroup] = useState(sample.group);
  const labels = useQuery(summaryQuery(projectId)).data?.labels ?? [];
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      api.patch<Sample>(`projects/${projectId}/samples/${sample.id}/`, {
        name: name.trim(),
        label: label.trim(),
        split,
        group: group.trim(),
      }),
    onSuccess: async (changed) => {
      queryClient.setQueryData(sampleQuery(projectId, sample.id).queryKey, changed);
      await queryClient.invalidateQueries({ queryKey: ["project", projectId] });
      notifications.show({ message: "Saved.", color: "petrol" });
    },
  });
  const unchanged =
    name === sample.name && label === sample.label && split === sample.split && group === sample.group;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text component="h2" fw={650}>
          Label and split
        </Text>
        <FormError message={otherError(save.error, ["name", "label", "split", "group"])} />
        <Autocomplete
          label="Label"
          description="What the recording is an example of."
          data={labels.map((row) => row.label).filter(Boolean)}
          maxLength={120}
          value={label}
          onChange={setLabel}
          error={fieldError(save.error, "label")}
        />
        <div>
          <Input.Label labelElement="div" id="split-label" mb={6}>
            Split
          </Input.Label>
          <SegmentedControl
            aria-labelledby="split-label"
            value={split}
            onChange={(value) => setSplit(value as Split)}
            data={[
              { value: "training", label: "Training" },
              { value: "test", label: "Test" },
            ]}
          />
        </div>
        <TextInput
          label="Name"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(save.error, "name")}
        />
        <TextInput
          label="Group"
          description="Optional: who or what was recorded. Recordings of one group can be kept in one split."
          maxLength={120}
          value={group}
          onChange={(event) => setGroup(event.currentTarget.value)}
          error={fieldError(save.error, "group")}
        />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={unchanged || !name.trim()}>
            Save changes
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
