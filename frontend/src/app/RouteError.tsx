import type { ErrorComponentProps } from "@tanstack/react-router";
import { ApiError } from "@/api/client";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { NotFound } from "./NotFound";

export function RouteError({ error, reset }: ErrorComponentProps) {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return (
    <Page title="Something went wrong" width={720}>
      <Problem error={error} title="This page could not be shown" onRetry={reset} />
    </Page>
  );
}
