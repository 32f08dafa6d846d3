import { IconMapOff } from "@tabler/icons-react";
import { EmptyState } from "@/components/EmptyState";
import { LinkButton } from "@/components/links";
import { Page } from "@/components/Page";

export function NotFound() {
  return (
    <Page title="Nothing here" width={720}>
      <EmptyState
        icon={<IconMapOff size={28} />}
        title="This page does not exist"
        action={<LinkButton to="/">Go to your projects</LinkButton>}
      >
        It may have been deleted, or it belongs to a project that you are not a member of.
      </EmptyState>
    </Page>
  );
}
