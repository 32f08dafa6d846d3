import { Anchor, Card, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { apiUrl } from "@/api/client";
import type { Run, RunResult, VariantResult } from "@/api/types";
import { formatShape, formatShare, formatWhole } from "@/components/charts";
import { formatBytes, formatDuration } from "@/components/format";
import { inWords } from "@/components/forms/schema";
import classes from "./Results.module.css";
import { RUN_STEPS } from "./runFacts";

interface DetailProps {
  title: string;
  children: ReactNode;
}

function Detail({ title, children }: DetailProps) {
  return (
    <Card component="section" aria-label={title} className={`${classes.card} ${classes.detail}`}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

/** How well each label is told from the others. */
export function Labels({ variant }: { variant: VariantResult }) {
  return (
    <Detail title="Each label">
      <LabelTable variant={variant} />
    </Detail>
  );
}

/** The layers as they were compiled. */
export function Network({ variant }: { variant: VariantResult }) {
  return (
    <Detail title="The network">
      <LayerTable variant={variant} />
    </Detail>
  );
}

/** What it learned from, and how long each step took. */
export function AboutRun({ result }: { result: RunResult }) {
  return (
    <Detail title="About this run">
      <Facts result={result} />
    </Detail>
  );
}

/** What the run made, to download. */
export function Files({ projectId, run }: { projectId: string; run: Run }) {
  if (!run.artifacts || run.artifacts.length === 0) return null;
  return (
    <Detail title="Files">
      <ul className={classes.files}>
        {run.artifacts.map((file) => (
          <li key={file.name}>
            <Anchor
              href={apiUrl(
                `projects/${projectId}/runs/${run.id}/artifacts/${encodeURIComponent(file.name)}/`,
              )}
              download={file.name}
              size="sm"
            >
              {file.name}
            </Anchor>
            <span>{formatBytes(file.size_bytes)}</span>
          </li>
        ))}
      </ul>
    </Detail>
  );
}

function LabelTable({ variant }: { variant: VariantResult }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where the screen is too narrow for it, keys must scroll it
    <section className={classes.scroll} tabIndex={0} aria-label="Figures of each label">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col" title="Of the windows called so, how many are">
              Precision
            </th>
            <th scope="col" title="Of the windows that are, how many are found">
              Recall
            </th>
            <th scope="col">F1</th>
            <th scope="col">Windows</th>
          </tr>
        </thead>
        <tbody>
          {variant.evaluation.per_class.map((entry) => (
            <tr key={entry.label}>
              <th scope="row">{entry.label}</th>
              <td>{formatShare(entry.precision)}</td>
              <td>
                {formatShare(entry.recall)}
                <span className={classes.recall} aria-hidden="true">
                  <span style={{ width: `${entry.recall * 100}%` }} />
                </span>
              </td>
              <td>{formatShare(entry.f1)}</td>
              <td>{formatWhole(entry.support)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function LayerTable({ variant }: { variant: VariantResult }) {
  const { model } = variant;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where the screen is too narrow for it, keys must scroll it
    <section className={classes.scroll} tabIndex={0} aria-label="Layers">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Gives</th>
            <th scope="col">Multiply-adds</th>
          </tr>
        </thead>
        <tbody>
          {model.layers.map((layer, index) => (
            <tr key={index}>
              <th scope="row">{inWords(layer.op.toLowerCase())}</th>
              <td>{formatShape(withoutBatch(layer.output_shape))}</td>
              <td>{formatWhole(layer.macs)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td />
            <td>{formatWhole(model.macs)}</td>
          </tr>
        </tfoot>
      </table>
      <Text size="xs" c="dimmed" mt="xs">
        {formatBytes(model.weights_bytes)} of weights in flash, {formatBytes(model.arena_bytes)} of RAM for
        what passes between the layers.
      </Text>
    </section>
  );
}

/** One window at a time: the first dimension says nothing. */
function withoutBatch(shape: readonly number[]): readonly number[] {
  return shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape;
}

function Facts({ result }: { result: RunResult }) {
  const { windows, samples, seconds, cached } = result;
  return (
    <dl className={classes.facts}>
      <dt>Learned from</dt>
      <dd>
        {formatWhole(windows.training)} windows, and {formatWhole(windows.validation)} held back to watch it,
        of {formatWhole(samples.training)} recordings
      </dd>
      <dt>Judged on</dt>
      <dd>
        {formatWhole(windows.test)} windows of {formatWhole(samples.test)} other recordings
      </dd>
      {RUN_STEPS.map(([id, title]) =>
        seconds[id] === undefined ? null : (
          <FactOfStep key={id} title={title} seconds={seconds[id]} cached={cached.includes(id)} />
        ),
      )}
    </dl>
  );
}

function FactOfStep({ title, seconds, cached }: { title: string; seconds: number; cached: boolean }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{cached ? "known from before" : formatDuration(seconds * 1000)}</dd>
    </>
  );
}
