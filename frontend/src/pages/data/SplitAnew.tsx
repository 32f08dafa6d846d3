import { Button, Group, Modal, NumberInput, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";

interface Result {
  changed: number;
  training: number;
  test: number;
}

/** Divide all recordings between training and test anew. */
export function SplitAnew({
  projectId,
  opened,
  onClose,
}: {
  projectId: string;
  opened: boolean;
  onClose: () => void;
}) {
  const [percent, setPercent] = useState<number | string>(20);
  const [byGroup, setByGroup] = useState(false);
  const queryClient = useQueryClient();
  const split = useMutation({
    mutationFn: () =>
      api.post<Result>(`projects/${projectId}/samples/split/`, {
        test_percent: percent,
        by: byGroup ? "group" : "sample",
      }),
    onSuccess: async (result) => {
      await queryClient.invalidateQueries({ queryKey: ["project", projectId] });
      notifications.show({ message: `${result.training} training, ${result.test} test.`, color: "petrol" });
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Split the data anew">
      <Stack>
        <FormError message={otherError(split.error, ["test_percent"])} />
        <Text size="sm" c="dimmed">
          Every label is divided in the same proportion. What is in training and test now is replaced.
        </Text>
        <NumberInput
          label="Test recordings"
          suffix=" %"
          min={1}
          max={90}
          allowDecimal={false}
          value={percent}
          onChange={setPercent}
          error={fieldError(split.error, "test_percent")}
        />
        <Switch
          label="Keep groups together"
          description="Recordings of one group, such as one volunteer, are then never in both."
          checked={byGroup}
          onChange={(event) => setByGroup(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={split.isPending} disabled={percent === ""} onClick={() => split.mutate()}>
            Split anew
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
