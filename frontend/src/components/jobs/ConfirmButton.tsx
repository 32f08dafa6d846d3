import { Button, type ButtonProps, Group, Modal, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

interface ConfirmButtonProps extends ButtonProps {
  children: ReactNode;
  /** What is asked: “Delete run 3?” */
  question: string;
  /** What would be lost. */
  consequence: ReactNode;
  /** What the button that does it says. */
  confirm: string;
  decline?: string;
  onConfirm: () => unknown;
}

/** A button whose act cannot be undone: it asks first, and the safe answer is the default one. */
export function ConfirmButton({
  children,
  question,
  consequence,
  confirm,
  decline = "Keep it",
  onConfirm,
  ...button
}: ConfirmButtonProps) {
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    try {
      await onConfirm();
      setAsked(false);
    } catch {
      // Whoever acts tells of its failure; the question stays open.
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button {...button} onClick={() => setAsked(true)}>
        {children}
      </Button>
      <Modal opened={asked} onClose={() => setAsked(false)} title={question}>
        <Text component="div" size="sm" mb="lg">
          {consequence}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => setAsked(false)}>
            {decline}
          </Button>
          <Button color="red" loading={busy} onClick={act}>
            {confirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
