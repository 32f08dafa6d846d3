import { type KeyboardEvent, useRef, useState } from "react";
import classes from "./ConfusionMatrix.module.css";
import { formatShare, formatWhole } from "./format";

export interface ConfusionMatrixProps {
  labels: readonly string[];
  /** `[true][predicted]`: how many windows. */
  counts: readonly (readonly number[])[];
}

interface Pair {
  actual: number;
  predicted: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The pair of different labels that is confused most often, or null where there is none. */
export function worstPair(counts: readonly (readonly number[])[]): Pair | null {
  let worst: Pair | null = null;
  let most = 0;
  counts.forEach((row, actual) => {
    row.forEach((count, predicted) => {
      if (actual !== predicted && count > most) {
        most = count;
        worst = { actual, predicted };
      }
    });
  });
  return worst;
}

/**
 * What each window is (rows) against what the model takes it for (columns), coloured by the share of its row.
 * The arrow keys walk over the cells; a cell chosen by click or Enter is told in words below.
 */
export function ConfusionMatrix({ labels, counts }: ConfusionMatrixProps) {
  const [chosen, setChosen] = useState<Pair | null>(() => worstPair(counts));
  const [reachable, setReachable] = useState<Pair>({ actual: 0, predicted: 0 });
  const table = useRef<HTMLTableElement>(null);
  const size = labels.length;
  const density = size <= 8 ? "roomy" : size <= 16 ? "close" : "dense";

  const walk = (event: KeyboardEvent, from: Pair) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const actual = Math.min(size - 1, Math.max(0, from.actual + (step[0] as number)));
    const predicted = Math.min(size - 1, Math.max(0, from.predicted + (step[1] as number)));
    setReachable({ actual, predicted });
    table.current?.querySelector<HTMLElement>(`[data-cell="${actual}-${predicted}"]`)?.focus();
  };

  return (
    <div className={classes.holder}>
      <div className={classes.scroll}>
        <table ref={table} className={classes.matrix} data-density={density}>
          <caption className={classes.caption}>
            Rows: what the window is. Columns: what the model says. Each cell: windows, and their share of the
            row.
          </caption>
          <thead>
            <tr>
              <td className={classes.corner}>
                <span>is ↓ · taken for →</span>
              </td>
              {labels.map((label) => (
                <th key={label} scope="col" className={classes.columnHead} title={label}>
                  <span>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, actual) => {
              const row = counts[actual] ?? [];
              const total = sum(row);
              return (
                <tr key={label}>
                  <th scope="row" className={classes.rowHead} title={label}>
                    {label}
                  </th>
                  {labels.map((other, predicted) => {
                    const count = row[predicted] ?? 0;
                    const share = total > 0 ? count / total : 0;
                    const here = chosen?.actual === actual && chosen.predicted === predicted;
                    return (
                      <td key={other} className={classes.cell}>
                        <button
                          type="button"
                          data-cell={`${actual}-${predicted}`}
                          data-right={actual === predicted}
                          data-strong={share > 0.5}
                          data-empty={count === 0}
                          aria-pressed={here}
                          aria-label={`${label} taken for ${other}: ${formatWhole(count)} windows, ${formatShare(share)}`}
                          tabIndex={reachable.actual === actual && reachable.predicted === predicted ? 0 : -1}
                          style={{ "--share": `${Math.round(8 + share * 92)}%` } as React.CSSProperties}
                          onClick={() => {
                            setReachable({ actual, predicted });
                            setChosen({ actual, predicted });
                          }}
                          onKeyDown={(event) => walk(event, { actual, predicted })}
                        >
                          <span className={classes.count}>{count === 0 ? "·" : formatWhole(count)}</span>
                          {count > 0 ? <span className={classes.share}>{formatShare(share, 0)}</span> : null}
                        </button>
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className={classes.details} aria-live="polite">
        {chosen ? <PairInWords labels={labels} counts={counts} pair={chosen} /> : "No window is confused."}
      </p>
    </div>
  );
}

function PairInWords({ labels, counts, pair }: ConfusionMatrixProps & { pair: Pair }) {
  const { actual, predicted } = pair;
  const count = counts[actual]?.[predicted] ?? 0;
  const total = sum(counts[actual] ?? []);
  const taken = sum(counts.map((row) => row[predicted] ?? 0));
  const [is, says] = [labels[actual], labels[predicted]];
  const share = total > 0 ? formatShare(count / total) : "–";
  if (actual === predicted) {
    return (
      <>
        <strong>
          {formatWhole(count)} of {formatWhole(total)}
        </strong>{" "}
        windows of “{is}” are recognised ({share}). Of the {formatWhole(taken)} windows called “{is}”,{" "}
        {taken > 0 ? formatShare(count / taken) : "–"} are.
      </>
    );
  }
  const back = counts[predicted]?.[actual] ?? 0;
  return (
    <>
      <strong>
        {formatWhole(count)} of {formatWhole(total)}
      </strong>{" "}
      windows of “{is}” are taken for “{says}” ({share}). The other way round, {formatWhole(back)} of{" "}
      {formatWhole(sum(counts[predicted] ?? []))}.
      {count > 0 ? ` More training recordings of “${is}” and “${says}” help most here.` : ""}
    </>
  );
}
