import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { ApiError } from "@/api/client";
import { projectQuery } from "@/api/queries";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

/** A project's frame: the steps at the side, the page in the middle. */
export function ProjectShell() {
  const { projectId } = useParams({ from: "/member/p/$projectId" });
  const project = useQuery(projectQuery(projectId));
  const missing = project.error instanceof ApiError && project.error.status === 404;
  return (
    <Shell project={project.data} projectId={missing ? undefined : projectId}>
      {missing ? (
        <NotFound />
      ) : project.error ? (
        <Page title="Project">
          <Problem error={project.error} onRetry={() => project.refetch()} />
        </Page>
      ) : (
        <Outlet />
      )}
    </Shell>
  );
}
