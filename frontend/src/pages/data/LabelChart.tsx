import { Anchor, Text, UnstyledButton } from "@mantine/core";
import { type CSSProperties, useState } from "react";
import type { LabelSummary } from "@/api/types";
import { formatDuration } from "@/components/format";
import classes from "./LabelChart.module.css";

interface Props {
  labels: LabelSummary[];
  /** The label that the list below is narrowed to. */
  chosen?: string;
  onChoose?: (label: string | undefined) => void;
}

const FOLDED = 12;

/** One bar a label, training and test behind one another: shows at a glance what is missing. */
export function LabelChart({ labels, chosen, onChoose }: Props) {
  const [open, setOpen] = useState(false);
  const most = Math.max(1, ...labels.map(({ training, test }) => training + test));
  const longest = Math.max(...labels.map(({ label }) => (label || "no label").length));
  const shown = open ? labels : labels.slice(0, FOLDED);
  return (
    <div>
      <div className={classes.legend}>
        <span>
          <i data-split="training" /> Training
        </span>
        <span>
          <i data-split="test" /> Test
        </span>
      </div>
      <ul
        className={classes.chart}
        data-columns={labels.length > 5 || undefined}
        style={{ "--label-width": `${Math.min(16, longest + 2)}ch` } as CSSProperties}
      >
        {shown.map((row) => (
          <li key={row.label}>
            <UnstyledButton
              className={classes.row}
              disabled={!onChoose || row.label === ""}
              data-chosen={(chosen !== undefined && chosen === row.label) || undefined}
              aria-pressed={onChoose ? chosen === row.label : undefined}
              aria-label={`${row.label || "No label"}: ${row.training} training, ${row.test} test, ${formatDuration(row.duration_ms)}`}
              onClick={() => onChoose?.(chosen === row.label ? undefined : row.label)}
            >
              <span className={classes.name}>{row.label || <em>no label</em>}</span>
              <span className={classes.track}>
                {row.training > 0 && (
                  <span data-split="training" style={{ width: `${(row.training / most) * 100}%` }} />
                )}
                {row.test > 0 && <span data-split="test" style={{ width: `${(row.test / most) * 100}%` }} />}
              </span>
              <span className={`${classes.count} figures`}>
                {row.training} <span>+ {row.test}</span>
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {labels.length > FOLDED && (
        <Anchor component="button" type="button" size="sm" mt={6} onClick={() => setOpen(!open)}>
          {open ? "Show fewer" : `Show all ${labels.length} labels`}
        </Anchor>
      )}
      {onChoose && chosen !== undefined && (
        <Text size="sm" c="dimmed" mt={6}>
          The list below shows “{chosen}” only.
        </Text>
      )}
    </div>
  );
}
