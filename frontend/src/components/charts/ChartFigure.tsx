import { type ReactNode, useId, useState } from "react";
import classes from "./charts.module.css";

export interface ChartTable {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

interface ChartFigureProps {
  /** What the chart shows, in a few words; drawn above it. */
  title?: ReactNode;
  /** The chart in one sentence, for those who do not see it. */
  summary: string;
  /** The numbers behind the picture; asked for only when the reader opens them. */
  table?: () => ChartTable;
  aside?: ReactNode;
  children: ReactNode;
}

const MOST_ROWS = 400;

/** A chart with its caption, a sentence for screen readers and the numbers as a table on request. */
export function ChartFigure({ title, summary, table, aside, children }: ChartFigureProps) {
  const captionId = useId();
  const tableId = useId();
  const [open, setOpen] = useState(false);
  return (
    <figure className={classes.figure} aria-labelledby={captionId}>
      <figcaption className={classes.caption}>
        {title ? <span className={classes.title}>{title}</span> : null}
        <span id={captionId} className={classes.visuallyHidden}>
          {summary}
        </span>
        {aside}
      </figcaption>
      {children}
      {table ? (
        <div className={classes.tableHolder}>
          <button
            type="button"
            className={classes.tableToggle}
            aria-expanded={open}
            aria-controls={tableId}
            onClick={() => setOpen(!open)}
          >
            {open ? "Hide the numbers" : "Show the numbers"}
          </button>
          <div id={tableId} hidden={!open}>
            {open ? <NumbersTable caption={summary} table={table()} /> : null}
          </div>
        </div>
      ) : null}
    </figure>
  );
}

function NumbersTable({ caption, table }: { caption: string; table: ChartTable }) {
  const rows = table.rows.slice(0, MOST_ROWS);
  return (
    <section className={classes.tableScroll} aria-label={caption}>
      <table className={classes.numbers}>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join("|")}>
              {row.map((cell, index) =>
                index === 0 ? (
                  <th key={table.columns[index]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={table.columns[index]}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows.length > rows.length ? (
        <p className={classes.note}>
          The first {rows.length} of {table.rows.length} rows.
        </p>
      ) : null}
    </section>
  );
}
