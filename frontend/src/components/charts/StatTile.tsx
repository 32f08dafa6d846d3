import type { ReactNode } from "react";
import classes from "./StatTile.module.css";

export interface StatTileProps {
  label: string;
  value: ReactNode;
  /** What the number rests on: how many windows, at which clock, estimated or measured. */
  hint?: ReactNode;
  /** The figure that the reader came for. */
  leading?: boolean;
}

/** One number with its name and what it rests on. */
export function StatTile({ label, value, hint, leading = false }: StatTileProps) {
  return (
    <div className={classes.tile} data-leading={leading}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value}>{value}</dd>
      {hint ? <dd className={classes.hint}>{hint}</dd> : null}
    </div>
  );
}

/** Tiles side by side, as many in a row as there is room for. */
export function StatTiles({ children }: { children: ReactNode }) {
  return <dl className={classes.tiles}>{children}</dl>;
}
