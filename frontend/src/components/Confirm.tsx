import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { FormError } from "./FormError";

interface Props {
  opened: boolean;
  title: string;
  /** What the red button does, as a verb. */
  action: string;
  keep?: string;
  pending?: boolean;
  error?: Error | null;
  onClose: () => void;
  onConfirm: () => void;
  children: ReactNode;
}

/** Asks before something is destroyed; the harmless answer has the focus. */
export function Confirm({
  opened,
  title,
  action,
  keep = "Cancel",
  pending,
  error,
  onClose,
  onConfirm,
  children,
}: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Stack>
        <FormError message={error?.message} />
        <Text component="div">{children}</Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            {keep}
          </Button>
          <Button color="red" loading={pending} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
