import { Card, Code, List, Stack, Text, Title } from "@mantine/core";
import type { Deployment } from "@/api/types";

/** Targets whose zip is C source: they share one header, so one short program shows them all. */
const C_TARGETS = ["c"];

/** What is in the zip, and how little it takes to use it. */
export function Usage({ deployment }: { deployment: Deployment }) {
  if (!C_TARGETS.includes(deployment.target)) return null;
  return (
    <Card component="section" aria-label="How to use it">
      <Stack gap="md">
        <Title order={2}>What is inside, and how to use it</Title>
        <List size="sm" spacing={4}>
          <List.Item>
            <Code>src/</Code> C99 source, also valid C++: one header to include. No interpreter, no heap,
            nothing to install.
          </List.Item>
          <List.Item>
            <Code>selftest/</Code> Windows of your own recordings and the answers that they must give, to the
            last bit. <Code>make test</Code> runs it on your computer.
          </List.Item>
          <List.Item>
            <Code>README.md</Code> How to wire it to your sensor, and the figures of this run.
          </List.Item>
        </List>
        <div>
          <Text size="sm" fw={600} mb={6}>
            The whole of it, on the device
          </Text>
          <Code block tabIndex={0} aria-label="Example in C">
            {snippet(nameOf(deployment))}
          </Code>
        </div>
      </Stack>
    </Card>
  );
}

/** What the library's functions are called: as was asked for, or after the project, as the zip is. */
export function nameOf(deployment: Pick<Deployment, "options" | "file_name" | "variant" | "target">): string {
  const { name } = deployment.options;
  if (typeof name === "string" && name) return name;
  const ending = `-${deployment.variant}-${deployment.target}.zip`;
  return deployment.file_name.endsWith(ending) ? deployment.file_name.slice(0, -ending.length) : "thimble";
}

function snippet(name: string): string {
  const upper = name.toUpperCase();
  return `#include "${name}.h"

static ${name}_workspace workspace;
static ${name}_decision decision;
static float samples[${upper}_WINDOW_LENGTH * ${upper}_CHANNELS];

void start(void) { ${name}_decision_start(&decision); }

/* Call it whenever samples[] holds a new window. */
const char *answer(void) {
    float probabilities[${upper}_CLASSES];
    ${name}_classify(&workspace, samples, probabilities);
    int label = ${name}_decide(&decision, probabilities, NULL);
    return label == ${upper}_UNCERTAIN ? "uncertain" : ${name}_labels[label];
}`;
}
