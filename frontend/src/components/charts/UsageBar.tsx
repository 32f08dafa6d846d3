import { useId } from "react";
import { formatBytes } from "@/components/format";
import { formatShare } from "./format";
import classes from "./UsageBar.module.css";

export interface UsageBarProps {
  label: string;
  usedBytes: number;
  totalBytes: number;
}

/** How much of a board's memory is used; red, and said in words, where it does not fit. */
export function UsageBar({ label, usedBytes, totalBytes }: UsageBarProps) {
  const labelId = useId();
  const share = totalBytes > 0 ? usedBytes / totalBytes : 0;
  const state = share > 1 ? "over" : share > 0.85 ? "tight" : "fits";
  const words = `${formatBytes(usedBytes)} of ${formatBytes(totalBytes)}`;
  return (
    <div className={classes.bar} data-state={state}>
      <div className={classes.line}>
        <span id={labelId} className={classes.label}>
          {label}
        </span>
        <span className={classes.words}>
          <strong>{formatBytes(usedBytes)}</strong> of {formatBytes(totalBytes)} · {formatShare(share)}
          {state === "over" ? " · does not fit" : ""}
        </span>
      </div>
      <meter
        className={classes.meter}
        aria-labelledby={labelId}
        min={0}
        max={Math.max(totalBytes, usedBytes)}
        value={usedBytes}
      >
        {words}
      </meter>
      <div className={classes.track} aria-hidden="true">
        <div className={classes.fill} style={{ width: `${Math.min(100, Math.max(0.75, share * 100))}%` }} />
      </div>
    </div>
  );
}
