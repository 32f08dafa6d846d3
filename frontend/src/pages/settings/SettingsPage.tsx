import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { projectQuery } from "@/api/queries";
import { Page } from "@/components/Page";
import { ApiKeys } from "./ApiKeys";
import { DangerZone } from "./DangerZone";
import { Members } from "./Members";
import { ProjectForm } from "./ProjectForm";
import { SigningKey } from "./SigningKey";

export default function SettingsPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/settings" });
  const project = useQuery(projectQuery(projectId)).data;
  const isOwner = project?.role === "owner";
  return (
    <Page title="Settings" lead="The project's name, who works on it, and the keys of machines." width={860}>
      {project ? (
        <>
          <ProjectForm key={project.id} project={project} />
          <Members projectId={projectId} isOwner={isOwner} />
          {isOwner && <ApiKeys projectId={projectId} />}
          {isOwner && <SigningKey projectId={projectId} />}
          {isOwner && <DangerZone project={project} />}
        </>
      ) : (
        <Skeleton h={240} radius="lg" />
      )}
    </Page>
  );
}
