import { Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { ThimbleMark } from "@/components/ThimbleMark";
import classes from "./AuthLayout.module.css";
import { Thread } from "./Thread";

interface Props {
  title: string;
  lead: string;
  children: ReactNode;
  footer: ReactNode;
}

/** The two doors of the house: a form at the left, what it leads to at the right. */
export function AuthLayout({ title, lead, children, footer }: Props) {
  useEffect(() => {
    document.title = `${title} – Thimble`;
  }, [title]);
  return (
    <div className={classes.layout}>
      <main className={classes.side}>
        <div className={classes.brand}>
          <ThimbleMark size={32} />
          <span>Thimble</span>
        </div>
        <div className={classes.form}>
          <Stack gap={6} mb="xl">
            <Title order={1}>{title}</Title>
            <Text c="dimmed">{lead}</Text>
          </Stack>
          {children}
          <Text size="sm" c="dimmed" mt="xl">
            {footer}
          </Text>
        </div>
      </main>
      <aside className={classes.picture} aria-hidden="true">
        <Thread />
        <div className={classes.pitch}>
          <p className={classes.claim}>From a recording to firmware, in one sitting.</p>
          <p className={classes.detail}>
            Bring motion, sound or any sampled signal. Thimble trains a model on it and hands you plain C that
            runs on the smallest boards, with its accuracy, flash and RAM measured.
          </p>
        </div>
      </aside>
    </div>
  );
}
