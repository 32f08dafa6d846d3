import { Alert, Card, Loader, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { samplesQuery } from "@/api/queries";
import type { DesignPreview, Picture, PipelineSpec } from "@/api/types";
import { Bars, formatWhole, HeatMap, LineChart } from "@/components/charts";
import { Problem } from "@/components/Problem";
import classes from "./OneWindow.module.css";
import type { PipelineSchema } from "./pipelineSchema";
import { previewQuery } from "./queries";
import { WindowPicker } from "./WindowPicker";

interface OneWindowProps {
  projectId: string;
  schema: PipelineSchema;
  /** As it was last when its features could be drawn. */
  spec: PipelineSpec;
  /** Whether what is edited has faults, so that the picture is of before. */
  stale: boolean;
}

/** One window of one recording, raw and as the model sees it. */
export function OneWindow({ projectId, schema, spec, stale }: OneWindowProps) {
  const samples = useQuery(samplesQuery(projectId, { limit: 200, ordering: "label" }));
  const [sampleId, setSampleId] = useState<string | null>(null);
  const [startMs, setStartMs] = useState(0);
  const usable = samples.data?.results ?? [];
  const sample = usable.find((entry) => entry.id === sampleId) ?? usable[0];
  const windowMs = spec.input.window_ms;
  const start = sample ? Math.min(startMs, Math.max(0, sample.duration_ms - windowMs)) : 0;
  const [settledStart] = useDebouncedValue(start, 120);
  const preview = useQuery({
    ...previewQuery(projectId, spec, sample?.id ?? "", settledStart),
    enabled: Boolean(sample),
  });

  return (
    <Card component="section" aria-label="One window" className={classes.card}>
      <Stack gap="md">
        <div className={classes.head}>
          <Title order={2}>One window, as the model sees it</Title>
          {preview.isFetching ? <Loader size="xs" aria-label="Computing the features" /> : null}
        </div>
        {samples.error ? <Problem error={samples.error} onRetry={() => samples.refetch()} /> : null}
        {sample ? (
          <WindowPicker
            projectId={projectId}
            samples={usable}
            sample={sample}
            onSample={(id) => {
              setSampleId(id);
              setStartMs(0);
            }}
            channels={spec.input.channels}
            windowMs={windowMs}
            startMs={start}
            onStart={setStartMs}
          />
        ) : null}
        {stale ? (
          <Alert color="brass" p="xs">
            The picture shows the pipeline as it was before the faults; mend them to see it anew.
          </Alert>
        ) : null}
        {preview.error ? <Problem error={preview.error} title="This window cannot be shown" /> : null}
        {preview.data ? (
          <Pictures preview={preview.data} channels={spec.input.channels} schema={schema} />
        ) : preview.isPending && sample ? (
          <>
            <Skeleton height={180} />
            <Skeleton height={240} />
          </>
        ) : null}
      </Stack>
    </Card>
  );
}

interface PicturesProps {
  preview: DesignPreview;
  channels: readonly string[];
  schema: PipelineSchema;
}

function Pictures({ preview, channels, schema }: PicturesProps) {
  const titleOf = (block: string) => schema.features.find((kind) => kind.id === block)?.title ?? block;
  const several = preview.features.length > 1;
  const single = channels.length === 1;
  return (
    <>
      <LineChart
        title="Raw"
        x={preview.window.t_ms}
        xLabel="Time (ms)"
        yLabel={single ? (channels[0] ?? "Value") : "Value"}
        height={170}
        series={preview.window.values.map((values, index) => ({
          label: channels[index] ?? `${index}`,
          values,
        }))}
      />
      {preview.features.map((feature) => (
        <div key={feature.name}>
          <FeaturePicture
            title={several ? `${titleOf(feature.block)}: ${feature.name}` : titleOf(feature.block)}
            picture={feature.picture}
          />
          <Text size="xs" c="dimmed">
            {formatWhole(feature.values_count)} values
          </Text>
        </div>
      ))}
    </>
  );
}

function FeaturePicture({ title, picture }: { title: string; picture: Picture }) {
  const labels = { title, xLabel: picture.x_label, yLabel: picture.y_label };
  if (picture.kind === "heatmap")
    return <HeatMap {...labels} values={picture.values} x={picture.x} y={picture.y} />;
  if (picture.kind === "bars") {
    return (
      <Bars {...labels} values={picture.values} series={picture.series} categories={picture.categories} />
    );
  }
  const x = picture.x.length > 0 ? picture.x : (picture.values[0] ?? []).map((_, index) => index);
  return (
    <LineChart
      {...labels}
      x={x}
      series={picture.values.map((values, index) => ({
        label: picture.series[index] ?? `Series ${index + 1}`,
        values,
      }))}
    />
  );
}
