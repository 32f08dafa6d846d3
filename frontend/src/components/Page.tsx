import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** One sentence: what this page is for. */
  lead?: ReactNode;
  /** The one clear next step, at the right of the title. */
  action?: ReactNode;
  children: ReactNode;
  /** Widest measure of the content in pixels. */
  width?: number;
}

/** Frame of every page in a project: document title, heading, lead, next step, content. */
export function Page({ title, lead, action, children, width = 1200 }: Props) {
  useEffect(() => {
    document.title = `${title} – Thimble`;
  }, [title]);
  return (
    <div className={classes.page} style={{ maxWidth: width }}>
      <header className={classes.header}>
        <Stack gap={4} className={classes.words}>
          <Title order={1}>{title}</Title>
          {lead && (
            <Text c="dimmed" maw={640}>
              {lead}
            </Text>
          )}
        </Stack>
        {action && <Group gap="sm">{action}</Group>}
      </header>
      {children}
    </div>
  );
}
