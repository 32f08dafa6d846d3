import {
  Alert,
  Badge,
  Button,
  CopyButton,
  Group,
  Modal,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconCopy, IconSignature } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { hmacKeyQuery } from "@/api/queries";
import type { NewHmacKey } from "@/api/types";
import { Confirm } from "@/components/Confirm";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { formatAgo } from "@/components/format";
import { Problem } from "@/components/Problem";
import classes from "./rows.module.css";
import { Section } from "./Section";

const SHORTEST = 16;
const LONGEST = 200;

/** The HMAC key with which devices sign their recordings. */
export function SigningKey({ projectId }: { projectId: string }) {
  const state = useQuery(hmacKeyQuery(projectId));
  const [setting, dialog] = useDisclosure(false);
  const [removing, removal] = useDisclosure(false);
  const [made, setMade] = useState<string | null>(null);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: hmacKeyQuery(projectId).queryKey });
  const remove = useMutation({
    mutationFn: () => api.delete(`projects/${projectId}/hmac-key/`),
    onSuccess: async () => {
      removal.close();
      setMade(null);
      await refresh();
    },
  });
  const isSet = state.data?.is_set ?? false;
  return (
    <Section
      title="Signed recordings"
      lead="With an HMAC key, data acquisition JSON is taken only if it is signed with that key. WAV and CSV bear no signature and are always taken."
    >
      {state.error && <Problem error={state.error} onRetry={() => state.refetch()} />}
      {state.isPending && <Skeleton h={60} />}
      {made && <NewKey value={made} />}
      {state.data && (
        <>
          <Group gap="xs">
            <Badge color={isSet ? "petrol" : "gray"}>{isSet ? "Key set" : "No key"}</Badge>
            <Text size="sm" c="dimmed">
              {isSet && state.data.set_at ? formatAgo(state.data.set_at) : "Signatures are not checked."}
            </Text>
          </Group>
          <Group>
            <Button variant="default" leftSection={<IconSignature size={17} />} onClick={dialog.open}>
              {isSet ? "Replace key" : "Set key"}
            </Button>
            {isSet && (
              <Button
                variant="subtle"
                color="red"
                onClick={() => {
                  remove.reset();
                  removal.open();
                }}
              >
                Remove key
              </Button>
            )}
          </Group>
        </>
      )}
      <SetKey
        projectId={projectId}
        replacing={isSet}
        opened={setting}
        onClose={dialog.close}
        onSet={async (key) => {
          setMade(key);
          dialog.close();
          if (key === null) notifications.show({ message: "The key is set.", color: "petrol" });
          await refresh();
        }}
      />
      <Confirm
        opened={removing}
        title="Remove the HMAC key?"
        action="Remove key"
        keep="Keep it"
        pending={remove.isPending}
        error={remove.error}
        onClose={removal.close}
        onConfirm={() => remove.mutate()}
      >
        Recordings are then taken whether they are signed or not.
      </Confirm>
    </Section>
  );
}

function NewKey({ value }: { value: string }) {
  return (
    <Alert
      color="brass"
      icon={<IconSignature size={20} />}
      title="Copy the HMAC key now: it is shown only this once"
      role="status"
    >
      <div className={classes.key}>
        <code>{value}</code>
        <CopyButton value={value} timeout={2000}>
          {({ copied, copy }) => (
            <Button leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </div>
    </Alert>
  );
}

interface SetProps {
  projectId: string;
  replacing: boolean;
  opened: boolean;
  onClose: () => void;
  onSet: (made: string | null) => Promise<void>;
}

function SetKey({ projectId, replacing, opened, onClose, onSet }: SetProps) {
  const [key, setKey] = useState("");
  const set = useMutation({
    mutationFn: () => api.put<NewHmacKey>(`projects/${projectId}/hmac-key/`, key ? { key } : {}),
    onSuccess: async (answer) => {
      setKey("");
      await onSet(answer.key);
    },
  });
  const close = () => {
    setKey("");
    set.reset();
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate();
  };
  return (
    <Modal opened={opened} onClose={close} title={replacing ? "Replace the HMAC key?" : "Set an HMAC key"}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError message={otherError(set.error, ["key"])} />
          {replacing && (
            <Text>What devices sign with the present key is refused as soon as you replace it.</Text>
          )}
          <TextInput
            label="Key"
            description={`${SHORTEST} to ${LONGEST} letters, digits and signs. Leave it empty and one is made for you.`}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            maxLength={LONGEST}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value.trim())}
            error={fieldError(set.error, "key")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={replacing ? "red" : undefined}
              loading={set.isPending}
              disabled={key.length > 0 && key.length < SHORTEST}
            >
              {replacing ? "Replace key" : key ? "Set key" : "Make key"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
