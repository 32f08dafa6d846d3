import { Anchor, Autocomplete, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowsExchange, IconTag, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { SampleFilter } from "@/api/queries";
import type { Split } from "@/api/types";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { formatCount } from "@/components/format";

interface Props {
  projectId: string;
  ids: string[];
  /** How many the filter finds in all, over every page. */
  total: number;
  filter: SampleFilter;
  labels: string[];
  onDone: () => void;
}

type Change = { action: "relabel"; label: string } | { action: "move"; split: Split } | { action: "delete" };

/** What can be done to the selected recordings, or to all that the filter finds. */
export function BulkBar({ projectId, ids, total, filter, labels, onDone }: Props) {
  const [everything, setEverything] = useState(false);
  const [asking, setAsking] = useState<"relabel" | "delete" | null>(null);
  const [label, setLabel] = useState("");
  const queryClient = useQueryClient();
  const count = everything ? total : ids.length;
  const target = everything ? { filter: withoutEmpty(filter) } : { ids };
  const change = useMutation({
    mutationFn: (what: Change) =>
      api.post<{ changed: number }>(`projects/${projectId}/samples/bulk/`, { ...target, ...what }),
    onSuccess: async ({ changed }, what) => {
      await queryClient.invalidateQueries({ queryKey: ["project", projectId] });
      setAsking(null);
      notifications.show({ message: done(what, changed), color: "petrol" });
      onDone();
    },
  });
  const problem = otherError(change.error, ["label"]);
  return (
    <Group gap="xs" flex={1}>
      <Text size="sm" fw={600} role="status">
        {count} selected
      </Text>
      {!everything && total > ids.length && (
        <Anchor component="button" type="button" size="sm" onClick={() => setEverything(true)}>
          Select all {total}
        </Anchor>
      )}
      <Group gap="xs" ml="auto">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTag size={15} />}
          onClick={() => {
            change.reset();
            setAsking("relabel");
          }}
        >
          Relabel
        </Button>
        <Menu>
          <Menu.Target>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowsExchange size={15} />}
              loading={change.isPending}
            >
              Move
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => change.mutate({ action: "move", split: "training" })}>
              To training
            </Menu.Item>
            <Menu.Item onClick={() => change.mutate({ action: "move", split: "test" })}>To test</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button
          size="xs"
          variant="light"
          color="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => {
            change.reset();
            setAsking("delete");
          }}
        >
          Delete
        </Button>
      </Group>
      {asking === null && <FormError message={problem} />}

      <Modal
        opened={asking === "relabel"}
        onClose={() => setAsking(null)}
        title={`Relabel ${formatCount(count, "recording")}`}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ action: "relabel", label: label.trim() });
          }}
        >
          <Stack>
            <FormError message={problem} />
            <Autocomplete
              label="New label"
              data-autofocus
              data={labels}
              maxLength={120}
              value={label}
              onChange={setLabel}
              error={fieldError(change.error, "label")}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsking(null)}>
                Cancel
              </Button>
              <Button type="submit" loading={change.isPending} disabled={!label.trim()}>
                Relabel
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>

      <Modal
        opened={asking === "delete"}
        onClose={() => setAsking(null)}
        title={`Delete ${formatCount(count, "recording")}?`}
      >
        <Stack>
          <FormError message={problem} />
          <Text>
            The files are removed from this server for good. Runs that were trained on them keep their own
            copy of the data.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={() => setAsking(null)}>
              Keep them
            </Button>
            <Button
              color="red"
              loading={change.isPending}
              onClick={() => change.mutate({ action: "delete" })}
            >
              Delete {formatCount(count, "recording")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}

const withoutEmpty = (filter: SampleFilter): SampleFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ""));

function done(what: Change, changed: number): string {
  const recordings = formatCount(changed, "recording");
  if (what.action === "relabel") return `${recordings} labelled “${what.label}”.`;
  if (what.action === "move") return `${recordings} moved to ${what.split}.`;
  return `${recordings} deleted.`;
}
