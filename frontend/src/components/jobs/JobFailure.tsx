import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { sentence } from "@/components/forms";
import { LinkButton } from "@/components/links";

interface JobFailureProps {
  projectId: string;
  title: string;
  error: { field: string; message: string };
  onRetry?: () => void;
  retrying?: boolean;
}

const DATA_FIELDS = ["dataset", "dataset_version", "samples", "labels", "split"];
const DESIGN_FIELDS = ["spec", "input", "features", "learning", "compress", "postprocess"];

/** The page where a fault's cause can be mended, if it lies with the person's own choices. */
export function placeOfCure(field: string): "data" | "design" | null {
  const first = field.split(".")[0] ?? "";
  if (DATA_FIELDS.includes(first)) return "data";
  if (DESIGN_FIELDS.includes(first)) return "design";
  return null;
}

/** Why a job failed, in words, and where to go to mend it. */
export function JobFailure({ projectId, title, error, onRetry, retrying }: JobFailureProps) {
  const place = placeOfCure(error.field);
  return (
    <Alert color="red" icon={<IconAlertTriangle size={20} />} title={title} role="alert">
      <Text size="sm" mb="sm">
        {sentence(error.message)}
      </Text>
      <Group gap="sm">
        {place ? (
          <LinkButton
            size="xs"
            to={place === "data" ? "/p/$projectId/data" : "/p/$projectId/design"}
            params={{ projectId }}
          >
            {place === "data" ? "Go to Data" : "Go to Design"}
          </LinkButton>
        ) : null}
        {onRetry ? (
          <Button size="xs" variant="default" loading={retrying} onClick={onRetry}>
            Try again
          </Button>
        ) : null}
      </Group>
    </Alert>
  );
}
