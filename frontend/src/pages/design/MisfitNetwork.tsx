import { Alert, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPuzzle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FieldError } from "@/api/client";
import type { PipelineSpec } from "@/api/types";
import { sentence } from "@/components/forms";
import { inWords } from "@/components/forms/schema";
import { stepOf } from "./FlowStrip";
import type { PipelineSchema } from "./pipelineSchema";
import { checkQuery } from "./queries";
import { withOtherNetworks } from "./specEdits";

interface MisfitNetworkProps {
  projectId: string;
  spec: PipelineSpec;
  schema: PipelineSchema;
  errors: readonly FieldError[];
  onEdit: (spec: PipelineSpec, field: string) => void;
}

/** Other features may need another network: say so, and find one that fits at one click. */
export function MisfitNetwork({ projectId, spec, schema, errors, onEdit }: MisfitNetworkProps) {
  const queryClient = useQueryClient();
  const kind = schema.learning.find((option) => option.id === spec.learning[0]?.block);
  const networks = (kind?.params.properties?.preset?.enum ?? []).map(String);
  const find = useMutation({
    mutationFn: async () => {
      for (const candidate of withOtherNetworks(spec, networks)) {
        const check = await queryClient.fetchQuery(checkQuery(projectId, candidate));
        if (check.errors.length === 0) return candidate;
      }
      throw new Error("None of the ready-made networks fits. Change the features, or build your own layers.");
    },
    onSuccess: (candidate) => {
      onEdit(candidate, "learning.params.preset");
      const name = inWords(String(candidate.learning[0]?.params.preset));
      notifications.show({ message: `${name} fits these features and is chosen now.` });
    },
    onError: (error) =>
      notifications.show({ color: "red", title: "No network found", message: error.message }),
  });
  const only = errors.length > 0 && errors.every((error) => stepOf(error.field) === "learning");
  if (!only || networks.length < 2) return null;
  return (
    <Alert
      color="brass"
      icon={<IconPuzzle size={20} />}
      title="The network does not fit these features"
      role="alert"
    >
      <Group justify="space-between" gap="md">
        <Text size="sm" flex="1 1 320px">
          {errors.map((error) => sentence(error.message)).join(" ")}
        </Text>
        <Button size="xs" loading={find.isPending} onClick={() => find.mutate()}>
          Choose one that fits
        </Button>
      </Group>
    </Alert>
  );
}
