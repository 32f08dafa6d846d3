import { Anchor, Card, Code, List, Stack, Text, Title } from "@mantine/core";
import type { Deployment, DeployTarget } from "@/api/types";

interface UsageProps {
  deployment: Deployment;
  target: DeployTarget | undefined;
}

/** What is in the zip, and how little it takes to use it. */
export function Usage({ deployment, target }: UsageProps) {
  const isC = deployment.target === "c";
  return (
    <Card component="section" aria-label="How to use it">
      <Stack gap="md">
        <Title order={2}>What is inside, and how to use it</Title>
        <List size="sm" spacing={4}>
          <List.Item>
            <Code>README.md</Code> How to add it, wire it and call it, written for this model.
          </List.Item>
          {isC ? <InsideTheLibrary /> : null}
          {deployment.run ? (
            <List.Item>
              <Code>MODEL_CARD.md</Code> <Code>DATASHEET.md</Code> What it is for, what it was made from, how
              sure its figures are, and what it takes.
            </List.Item>
          ) : null}
          <List.Item>
            <Code>thimble.json</Code> <Code>sbom.cdx.json</Code> <Code>SHA256SUMS</Code> The same for
            programs: the pipeline, what is of others, and the files' checksums.
          </List.Item>
        </List>
        {isC ? (
          <div>
            <Text size="sm" fw={600} mb={6}>
              The whole of it, on the device
            </Text>
            <Code block tabIndex={0} aria-label="Example in C">
              {snippet(nameOf(deployment))}
            </Code>
          </div>
        ) : null}
        {target?.docs ? (
          <Anchor href={target.docs} size="sm">
            {target.title} in the handbook
          </Anchor>
        ) : null}
      </Stack>
    </Card>
  );
}

function InsideTheLibrary() {
  return (
    <>
      <List.Item>
        <Code>src/</Code> C99 source, also valid C++: one header to include. No interpreter, no heap, nothing
        to install.
      </List.Item>
      <List.Item>
        <Code>selftest/</Code> Windows of your own recordings and the answers that they must give, to the last
        bit. <Code>make test</Code> runs it on your computer.
      </List.Item>
    </>
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
