import { Skeleton, Stack } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import {
  designsQuery,
  pipelineSchemaQuery,
  projectQuery,
  suggestionQuery,
  summaryQuery,
} from "@/api/queries";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/links";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { DesignEditor } from "./DesignEditor";
import { readPipelineSchema } from "./pipelineSchema";

/** Loads what the editor starts from: the stored design, or the suggestion for the project's own data. */
export default function DesignPage() {
  const { projectId } = useParams({ from: "/member/p/$projectId/design" });
  const project = useQuery(projectQuery(projectId));
  const summary = useQuery(summaryQuery(projectId));
  const designs = useQuery({ ...designsQuery(projectId), staleTime: Number.POSITIVE_INFINITY });
  const schema = useQuery(pipelineSchemaQuery());
  const parts = useMemo(() => (schema.data ? readPipelineSchema(schema.data) : null), [schema.data]);
  const design = designs.data?.results[0] ?? null;
  const hasData = (summary.data?.total ?? 0) > 0;
  const suggestion = useQuery({
    ...suggestionQuery(projectId),
    enabled: designs.isSuccess && !design && hasData,
  });

  const failed = [project, summary, designs, schema, suggestion].find((query) => query.error);
  if (failed) {
    return (
      <Page title="Design">
        <Problem
          error={failed.error}
          onRetry={() => failed.refetch()}
          title="The design could not be loaded"
        />
      </Page>
    );
  }
  if (summary.data && !hasData) {
    return (
      <Page title="Design" lead="From a recording to a decision, in four steps.">
        <EmptyState
          icon={<IconDatabase size={28} />}
          title="Bring recordings first"
          action={
            <LinkButton to="/p/$projectId/data" params={{ projectId }}>
              Go to Data
            </LinkButton>
          }
        >
          The design starts from a suggestion that is made from your own recordings: their length, their
          sample rate and their labels.
        </EmptyState>
      </Page>
    );
  }
  const initial = design?.spec ?? suggestion.data?.spec;
  if (!project.data || !summary.data || !parts || !initial) {
    return (
      <Page title="Design">
        <Stack aria-busy="true" aria-label="Loading the design">
          <Skeleton height={96} radius="lg" />
          <Skeleton height={420} radius="lg" />
        </Stack>
      </Page>
    );
  }
  return (
    <DesignEditor
      projectId={projectId}
      design={design}
      initial={initial}
      reasons={suggestion.data?.reasons ?? []}
      schema={parts}
      summary={summary.data}
      labels={project.data.labels}
      readOnly={project.data.role === "viewer"}
    />
  );
}
