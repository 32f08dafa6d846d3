import { Button, Group, Pagination, SimpleGrid, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFolderPlus, IconPlus, IconTestPipe } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { projectsQuery } from "@/api/queries";
import { Shell } from "@/app/Shell";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { CreateProject } from "./CreateProject";
import { ProjectCard } from "./ProjectCard";
import { useExampleProject } from "./useExampleProject";

const PAGE_SIZE = 24;
/** Whoever has this many projects has seen the example, or does not need it. */
const FEW = 3;

export default function ProjectsPage() {
  const [page, setPage] = useState(1);
  const [creating, dialog] = useDisclosure(false);
  const projects = useQuery(projectsQuery((page - 1) * PAGE_SIZE, PAGE_SIZE));
  const example = useExampleProject();
  const count = projects.data?.count ?? 0;
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={dialog.open}>
      New project
    </Button>
  );
  const openExample = (
    <Button
      variant="default"
      leftSection={<IconTestPipe size={18} />}
      loading={example.isPending}
      onClick={() => example.mutate()}
    >
      Open the example project
    </Button>
  );
  return (
    <Shell>
      <Page
        title="Projects"
        lead="A project holds the recordings, designs, runs and downloads of one thing that you want a device to recognise."
        action={count > 0 && create}
      >
        {example.error && <Problem error={example.error} />}
        {projects.error ? (
          <Problem error={projects.error} onRetry={() => projects.refetch()} />
        ) : projects.isPending ? (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="lg">
            {[0, 1, 2].map((index) => (
              <Skeleton key={index} h={188} radius="lg" />
            ))}
          </SimpleGrid>
        ) : count === 0 ? (
          <EmptyState
            icon={<IconFolderPlus size={28} stroke={1.6} />}
            title="Start your first project"
            action={
              <Group justify="center" gap="sm">
                {create}
                {openExample}
              </Group>
            }
          >
            Give it a name, drop a folder of recordings in, and Thimble proposes the rest: windows, features
            and a model that fits your board. Or look around first, in a project with 80 recordings from a
            smartwatch.
          </EmptyState>
        ) : (
          <>
            <SimpleGrid component="ul" cols={{ base: 1, sm: 2, lg: 3 }} spacing="lg" p={0} m={0}>
              {projects.data.results.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </SimpleGrid>
            {count < FEW && <Group>{openExample}</Group>}
            {count > PAGE_SIZE && (
              <Group justify="center">
                <Pagination total={Math.ceil(count / PAGE_SIZE)} value={page} onChange={setPage} />
              </Group>
            )}
          </>
        )}
      </Page>
      <CreateProject opened={creating} onClose={dialog.close} />
    </Shell>
  );
}
