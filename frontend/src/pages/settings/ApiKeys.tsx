import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Checkbox,
  CopyButton,
  Group,
  Modal,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconCopy, IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { apiKeysQuery } from "@/api/queries";
import type { ApiKey, Scope } from "@/api/types";
import { Confirm } from "@/components/Confirm";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { formatAgo, formatDate } from "@/components/format";
import { Problem } from "@/components/Problem";
import { useOnce } from "@/components/useOnce";
import classes from "./rows.module.css";
import { Section } from "./Section";

const SCOPES: { value: Scope; label: string; description: string }[] = [
  { value: "upload", label: "Upload", description: "Send recordings: for devices in the field." },
  { value: "read", label: "Read", description: "See everything and download." },
  { value: "write", label: "Write", description: "Change everything an editor may, and train: for CI." },
];

const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "No end" },
];

const DAY_MS = 86_400_000;

export function ApiKeys({ projectId }: { projectId: string }) {
  const keys = useQuery(apiKeysQuery(projectId));
  const [making, dialog] = useDisclosure(false);
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const [made, setMade] = useState<ApiKey | null>(null);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: apiKeysQuery(projectId).queryKey });
  const remove = useMutation({
    mutationFn: (key: ApiKey) => api.delete(`projects/${projectId}/api-keys/${key.id}/`),
    onSuccess: async (_, key) => {
      setEnding(null);
      if (made?.id === key.id) setMade(null);
      await refresh();
    },
  });
  return (
    <Section
      title="API keys"
      lead="For machines: devices that send recordings, and CI that trains and downloads."
    >
      {keys.error && <Problem error={keys.error} onRetry={() => keys.refetch()} />}
      {keys.isPending && <Skeleton h={60} />}
      {made?.key && <NewKey apiKey={made.key} />}
      {keys.data && keys.data.results.length > 0 && (
        <ul className={classes.rows}>
          {keys.data.results.map((key) => (
            <li key={key.id} className={classes.row}>
              <div className={classes.who}>
                <Group gap="xs">
                  <Text fw={600}>{key.name}</Text>
                  {key.scopes.map((scope) => (
                    <Badge key={scope} color="gray">
                      {scope}
                    </Badge>
                  ))}
                </Group>
                <Text size="sm" c="dimmed">
                  <code>{key.prefix}…</code> ·{" "}
                  {key.last_used_at ? `used ${formatAgo(key.last_used_at)}` : "never used"} ·{" "}
                  {key.expires_at ? `ends ${formatDate(key.expires_at)}` : "no end"}
                </Text>
              </div>
              <ActionIcon
                variant="subtle"
                color="red"
                size="lg"
                aria-label={`Revoke ${key.name}`}
                onClick={() => {
                  remove.reset();
                  setEnding(key);
                }}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      {keys.data?.results.length === 0 && (
        <Text size="sm" c="dimmed">
          No machine has a key to this project.
        </Text>
      )}
      <Group>
        <Button variant="default" leftSection={<IconPlus size={17} />} onClick={dialog.open}>
          New key
        </Button>
      </Group>
      <MakeKey
        projectId={projectId}
        opened={making}
        onClose={dialog.close}
        onMade={async (key) => {
          setMade(key);
          dialog.close();
          await refresh();
        }}
      />
      <Confirm
        opened={ending !== null}
        title={`Revoke “${ending?.name}”?`}
        action="Revoke key"
        keep="Keep it"
        pending={remove.isPending}
        error={remove.error}
        onClose={() => setEnding(null)}
        onConfirm={() => ending && remove.mutate(ending)}
      >
        Whatever uses this key is refused from then on.
      </Confirm>
    </Section>
  );
}

function NewKey({ apiKey }: { apiKey: string }) {
  return (
    <Alert
      color="brass"
      icon={<IconKey size={20} />}
      title="Copy the key now: it is shown only this once"
      role="status"
    >
      <div className={classes.key}>
        <code>{apiKey}</code>
        <CopyButton value={apiKey} timeout={2000}>
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

interface MakeProps {
  projectId: string;
  opened: boolean;
  onClose: () => void;
  onMade: (key: ApiKey) => Promise<void>;
}

function MakeKey({ projectId, opened, onClose, onMade }: MakeProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["upload"]);
  const [days, setDays] = useState("90");
  const make = useOnce({
    mutationFn: () =>
      api.post<ApiKey>(`projects/${projectId}/api-keys/`, {
        name: name.trim(),
        scopes,
        expires_at: days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null,
      }),
    onSuccess: async (key) => {
      setName("");
      await onMade(key);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="New API key">
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError message={otherError(make.error, ["name", "scopes", "expires_at"])} />
          <TextInput
            label="Name"
            placeholder="Sensor in hall 3"
            data-autofocus
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(make.error, "name")}
          />
          <Checkbox.Group
            label="May"
            value={scopes}
            onChange={setScopes}
            error={fieldError(make.error, "scopes")}
          >
            <Stack gap="sm" mt={8}>
              {SCOPES.map((scope) => (
                <Checkbox key={scope.value} {...scope} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Select
            label="Valid for"
            data={LIFETIMES}
            allowDeselect={false}
            value={days}
            onChange={(value) => setDays(value ?? "")}
            error={fieldError(make.error, "expires_at")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending} disabled={!name.trim() || scopes.length === 0}>
              Make key
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
