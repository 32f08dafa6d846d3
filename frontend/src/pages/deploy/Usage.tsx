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
            C99 source, also valid C++: one header to include. No interpreter, no heap, nothing to install.
          </List.Item>
          <List.Item>
            A self-test with windows of your own recordings and the answers that they must give, to the last
            bit.
          </List.Item>
          <List.Item>
            A README with the build line, the figures of this run, and the licence of each file.
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

/** What the library's functions are called: a target may let one choose. */
function nameOf(deployment: Deployment): string {
  const { name } = deployment.options;
  return typeof name === "string" && name ? name : "thimble";
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
