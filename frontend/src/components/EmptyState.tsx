import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

interface Props {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** Nothing here yet: what would be here, and the step that brings it. */
export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <Stack className={classes.empty} align="center" gap="md">
      <div className={classes.icon} aria-hidden="true">
        {icon}
      </div>
      <Stack gap={6} align="center">
        <Title order={2} ta="center">
          {title}
        </Title>
        <Text component="div" c="dimmed" ta="center" maw={480}>
          {children}
        </Text>
      </Stack>
      {action}
    </Stack>
  );
}
