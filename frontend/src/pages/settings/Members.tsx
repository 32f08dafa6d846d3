import { ActionIcon, Badge, Button, Group, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { membersQuery, meQuery } from "@/api/queries";
import type { Member, Role } from "@/api/types";
import { Confirm } from "@/components/Confirm";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { Problem } from "@/components/Problem";
import classes from "./rows.module.css";
import { Section } from "./Section";

const ROLES: { value: Role; label: string }[] = [
  { value: "viewer", label: "Viewer: looks and downloads" },
  { value: "editor", label: "Editor: also changes and trains" },
  { value: "owner", label: "Owner: also members, keys, deletion" },
];

export function Members({ projectId, isOwner }: { projectId: string; isOwner: boolean }) {
  const members = useQuery(membersQuery(projectId));
  const me = useQuery(meQuery()).data;
  const [leaving, setLeaving] = useState<Member | null>(null);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: membersQuery(projectId).queryKey });
  const change = useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) =>
      api.patch(`projects/${projectId}/members/${member.id}/`, { role }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (member: Member) => api.delete(`projects/${projectId}/members/${member.id}/`),
    onSuccess: async () => {
      setLeaving(null);
      await refresh();
    },
  });
  return (
    <Section title="Members" lead="Who can see and change this project.">
      {members.error && <Problem error={members.error} onRetry={() => members.refetch()} />}
      {members.isPending && <Skeleton h={80} />}
      <FormError message={otherError(change.error, [])} />
      {members.data && (
        <ul className={classes.rows}>
          {members.data.results.map((member) => (
            <li key={member.id} className={classes.row}>
              <div className={classes.who}>
                <Text fw={600} truncate>
                  {member.name || member.email}
                  {member.email === me?.email && (
                    <Text span c="dimmed" fw={400}>
                      {" "}
                      (you)
                    </Text>
                  )}
                </Text>
                {member.name && (
                  <Text size="sm" c="dimmed" truncate>
                    {member.email}
                  </Text>
                )}
              </div>
              {isOwner ? (
                <Group gap="xs" wrap="nowrap">
                  <Select
                    aria-label={`Role of ${member.name || member.email}`}
                    data={ROLES.map(({ value }) => ({ value, label: titled(value) }))}
                    w={120}
                    allowDeselect={false}
                    value={member.role}
                    onChange={(role) => role && change.mutate({ member, role: role as Role })}
                  />
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    size="lg"
                    aria-label={`Remove ${member.name || member.email}`}
                    onClick={() => {
                      remove.reset();
                      setLeaving(member);
                    }}
                  >
                    <IconTrash size={18} />
                  </ActionIcon>
                </Group>
              ) : (
                <Badge color="gray">{titled(member.role)}</Badge>
              )}
            </li>
          ))}
        </ul>
      )}
      {isOwner && <Invite projectId={projectId} onAdded={refresh} />}
      <Confirm
        opened={leaving !== null}
        title="Remove this member?"
        action="Remove member"
        keep="Keep"
        pending={remove.isPending}
        error={remove.error}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && remove.mutate(leaving)}
      >
        {leaving?.name || leaving?.email} can no longer see this project. What they made stays.
      </Confirm>
    </Section>
  );
}

function Invite({ projectId, onAdded }: { projectId: string; onAdded: () => Promise<void> }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const add = useMutation({
    mutationFn: () => api.post(`projects/${projectId}/members/`, { email: email.trim(), role }),
    onSuccess: async () => {
      notifications.show({ message: `${email} is a member now.`, color: "petrol" });
      setEmail("");
      await onAdded();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError message={otherError(add.error, ["email", "role"])} />
        <div className={classes.invite}>
          <TextInput
            type="email"
            label="Add someone by email"
            placeholder="name@example.org"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={fieldError(add.error, "email")}
          />
          <Select
            label="Role"
            data={ROLES}
            allowDeselect={false}
            value={role}
            onChange={(value) => value && setRole(value as Role)}
            error={fieldError(add.error, "role")}
          />
          <Button type="submit" mt={25} loading={add.isPending} disabled={!email.trim()}>
            Add
          </Button>
        </div>
      </Stack>
    </form>
  );
}

const titled = (role: Role): string => role.charAt(0).toUpperCase() + role.slice(1);
