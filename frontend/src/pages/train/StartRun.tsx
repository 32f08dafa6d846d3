import { Alert, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError, api } from "@/api/client";
import type { Board, Design, Run } from "@/api/types";
import { BoardPicker } from "@/components/boards/BoardPicker";
import { formatDuration } from "@/components/format";
import { sentence } from "@/components/forms";
import { placeOfCure } from "@/components/jobs/JobFailure";
import { LinkButton } from "@/components/links";
import { useOnce } from "@/components/useOnce";

interface StartRunProps {
  projectId: string;
  design: Design;
  boards: readonly Board[];
  /** The board of the last run, if there was one. */
  lastBoard: string | undefined;
}

/** Choose the board and press Train. */
export function StartRun({ projectId, design, boards, lastBoard }: StartRunProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const known = boards.some((board) => board.id === lastBoard);
  const [boardId, setBoardId] = useState(known ? lastBoard : boards[0]?.id);
  const start = useOnce({
    mutationFn: () => api.post<Run>(`projects/${projectId}/runs/`, { design: design.id, board: boardId }),
    onSuccess: async (run) => {
      await queryClient.invalidateQueries({ queryKey: ["project", projectId, "runs"] });
      await navigate({ to: "/p/$projectId/train/$runId", params: { projectId, runId: run.id } });
    },
  });
  const { input, features, learning } = design.spec;
  return (
    <Card component="section" aria-label="Start a run">
      <Stack gap="md">
        <div>
          <Title order={2}>Train your design</Title>
          <Text size="sm" c="dimmed">
            {formatDuration(input.window_ms)} windows · {features.map((feature) => feature.block).join(" + ")}{" "}
            · {learning[0]?.block}. The result is compiled and measured for this board; you can deploy to
            another later.
          </Text>
        </div>
        <BoardPicker label="Board" boards={boards} value={boardId ?? null} onChange={setBoardId} />
        {start.error ? <Refusal projectId={projectId} error={start.error} /> : null}
        <Group>
          <Button
            size="md"
            leftSection={<IconPlayerPlayFilled size={16} />}
            loading={start.isPending}
            disabled={!boardId}
            onClick={() => start.mutate()}
          >
            Train
          </Button>
          <Text size="sm" c="dimmed">
            Usually a few minutes. You may leave the page; the work goes on.
          </Text>
        </Group>
      </Stack>
    </Card>
  );
}

/** Why a run was not started, and where to mend it. */
function Refusal({ projectId, error }: { projectId: string; error: Error }) {
  const errors = error instanceof ApiError ? error.errors : [{ field: "", message: error.message }];
  // Only a refusal says that this design or these recordings cannot be trained; anything else may pass.
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  const places = [...new Set(errors.map((entry) => placeOfCure(entry.field)))];
  return (
    <Alert
      color="red"
      role="alert"
      title={refused ? "This could only fail, so it was not started" : "The run was not started"}
    >
      <Stack gap="xs">
        {errors.map((entry) => (
          <Text key={`${entry.field}${entry.message}`} size="sm">
            {sentence(entry.message)}
          </Text>
        ))}
        <Group gap="xs">
          {places.includes("data") ? (
            <LinkButton size="xs" variant="default" to="/p/$projectId/data" params={{ projectId }}>
              Go to Data
            </LinkButton>
          ) : null}
          {places.includes("design") ? (
            <LinkButton size="xs" variant="default" to="/p/$projectId/design" params={{ projectId }}>
              Go to Design
            </LinkButton>
          ) : null}
        </Group>
      </Stack>
    </Alert>
  );
}
