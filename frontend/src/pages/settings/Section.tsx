import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** One subject of the settings. */
export function Section({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <Card component="section" padding="xl">
      <Stack gap="lg">
        <div>
          <Title order={2}>{title}</Title>
          <Text c="dimmed" size="sm" mt={2}>
            {lead}
          </Text>
        </div>
        {children}
      </Stack>
    </Card>
  );
}
