import { Anchor, Card, Title } from "@mantine/core";
import { apiUrl } from "@/api/client";
import type { Run, RunResult, VariantResult } from "@/api/types";
import { formatShape, formatShare, formatWhole } from "@/components/charts";
import { formatBytes, formatDuration } from "@/components/format";
import classes from "./Results.module.css";
import { RUN_STEPS } from "./runFacts";

interface RunDetailsProps {
  projectId: string;
  run: Run;
  result: RunResult;
  variant: VariantResult;
}

/** For those who want to know more: each label, each layer, each file. */
export function RunDetails({ projectId, run, result, variant }: RunDetailsProps) {
  return (
    <div className={classes.columns}>
      <Card component="section" aria-label="Each label" className={classes.card}>
        <Title order={2} mb="sm">
          Each label
        </Title>
        <LabelTable variant={variant} />
      </Card>
      <Card component="section" aria-label="The network" className={classes.card}>
        <Title order={2} mb="sm">
          The network
        </Title>
        <LayerTable variant={variant} />
      </Card>
      <Card component="section" aria-label="About this run" className={classes.card}>
        <Title order={2} mb="sm">
          About this run
        </Title>
        <Facts result={result} />
      </Card>
      {run.artifacts && run.artifacts.length > 0 ? (
        <Card component="section" aria-label="Files" className={classes.card}>
          <Title order={2} mb="sm">
            Files
          </Title>
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
        </Card>
      ) : null}
    </div>
  );
}

function LabelTable({ variant }: { variant: VariantResult }) {
  return (
    <div className={classes.scroll}>
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
    </div>
  );
}

function LayerTable({ variant }: { variant: VariantResult }) {
  const { model } = variant;
  return (
    <div className={classes.scroll}>
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
              <th scope="row">{layer.op}</th>
              <td>{formatShape(layer.output_shape)}</td>
              <td>{formatWhole(layer.macs)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td>
              {formatBytes(model.weights_bytes)} weights, {formatBytes(model.arena_bytes)} arena
            </td>
            <td>{formatWhole(model.macs)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
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
