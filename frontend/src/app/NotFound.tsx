import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";

export function NotFound() {
  return (
    <Page title="Nothing here" width={720}>
      <EmptyState
        icon={<IconMapOff size={28} />}
        title="This page does not exist"
        action={
          <Button component={Link} to="/">
            Go to your projects
          </Button>
        }
      >
        It may have been deleted, or it belongs to a project that you are not a member of.
      </EmptyState>
    </Page>
  );
}
