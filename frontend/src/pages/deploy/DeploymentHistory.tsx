import { Button, Card, Group, Select, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deploymentsQuery } from "@/api/queries";
import { Problem } from "@/components/Problem";
import { DeploymentList, type Named } from "./DeploymentList";

const AT_FIRST = 50;
const MOST = 1000;

interface DeploymentHistoryProps extends Named {
  projectId: string;
  canEdit: boolean;
  /** What has just been asked for: shown whatever the filter says, and brought into sight. */
  startedId: string | null;
}

/** Everything that was built, the newest first; all of it, or what is of one target. */
export function DeploymentHistory({ projectId, canEdit, startedId, ...named }: DeploymentHistoryProps) {
  const [target, setTarget] = useState("");
  const [limit, setLimit] = useState(AT_FIRST);
  const [seen, setSeen] = useState(startedId);
  if (startedId !== seen) {
    setSeen(startedId);
    setTarget("");
  }
  const found = useQuery(deploymentsQuery(projectId, limit, target));
  const deployments = found.data?.results ?? [];
  const older = (found.data?.count ?? 0) - deployments.length;
  return (
    <Card component="section" aria-label="Deployments">
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>Your downloads</Title>
        <Select
          aria-label="Show"
          w={220}
          size="sm"
          allowDeselect={false}
          data={[
            { value: "", label: "All targets" },
            ...named.targets.map(({ id, title }) => ({ value: id, label: title })),
          ]}
          value={target}
          onChange={(value) => setTarget(value ?? "")}
        />
      </Group>
      {found.error ? <Problem error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data && deployments.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was built for this target yet.
        </Text>
      ) : null}
      <DeploymentList
        projectId={projectId}
        deployments={deployments}
        canEdit={canEdit}
        startedId={startedId}
        {...named}
      />
      {older > 0 && limit < MOST ? (
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => setLimit(MOST)}>
          Show {older} older
        </Button>
      ) : null}
    </Card>
  );
}
