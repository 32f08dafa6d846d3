import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import type { Project } from "@/api/types";
import { useOnce } from "@/components/useOnce";

/** Makes the person a project with recordings and a design in it, and goes there. */
export function useExampleProject() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useOnce({
    mutationFn: () => api.post<Project>("example-project/"),
    onSuccess: async (project) => {
      await queryClient.invalidateQueries({ queryKey: ["projects"] });
      await navigate({ to: "/p/$projectId", params: { projectId: project.id } });
    },
  });
}
