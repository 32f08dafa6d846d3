import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { LanguageModel } from "@/api/types";
import { formatCount } from "@/components/format";
import { ConfirmButton } from "@/components/jobs/ConfirmButton";
import { forgetUpload } from "./useModelUpload";

/** Asks, and deletes a language model with everything that was built of it. */
export function DeleteModel({ projectId, model }: { projectId: string; model: LanguageModel }) {
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`projects/${projectId}/language-models/${model.id}/`),
    onSuccess: () => forgetUpload(model.id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["project", projectId] }),
    onError: (error) => notifications.show({ color: "red", title: "Not deleted", message: error.message }),
  });
  const count = model.deployment_count;
  const files = model.server_folder
    ? `The folder ${model.server_folder} on the server stays.`
    : "Its files are deleted from the server.";
  const built =
    count > 0 ? ` So ${count === 1 ? "is" : "are"} ${formatCount(count, "deployment")} of it.` : "";
  return (
    <ConfirmButton
      variant="subtle"
      color="gray"
      px={6}
      aria-label={`Delete ${model.name}`}
      question={`Delete ${model.name}?`}
      consequence={
        model.server_folder && count > 0
          ? `${formatCount(count, "deployment")} of it ${count === 1 ? "is" : "are"} deleted. ${files}`
          : `${files}${model.server_folder ? "" : built}`
      }
      confirm="Delete it"
      onConfirm={() => remove.mutateAsync()}
    >
      <IconTrash size={17} />
    </ConfirmButton>
  );
}
