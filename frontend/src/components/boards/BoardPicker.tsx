import { Radio } from "@mantine/core";
import type { ReactNode } from "react";
import type { Board } from "@/api/types";
import { formatBytes, formatFrequency } from "@/components/format";
import classes from "./BoardPicker.module.css";

interface BoardPickerProps {
  label: string;
  boards: readonly Board[];
  value: string | null;
  onChange: (boardId: string) => void;
  disabled?: boolean;
  /** Boards that cannot be chosen, by id, each with the reason. */
  refused?: Readonly<Record<string, string>>;
  /** Something about a board, such as whether a model fits. */
  note?: (board: Board) => ReactNode;
}

const NONE: Readonly<Record<string, string>> = {};

/** Boards as cards with what decides whether a model runs there: core, clock, flash and RAM. */
export function BoardPicker({
  label,
  boards,
  value,
  onChange,
  disabled = false,
  refused = NONE,
  note,
}: BoardPickerProps) {
  // What cannot be chosen stands at the end, out of the way.
  const shown = [...boards].sort((a, b) => Number(a.id in refused) - Number(b.id in refused));
  return (
    <Radio.Group value={value} onChange={onChange} label={label} labelProps={{ className: "quiet" }}>
      <div className={classes.boards}>
        {shown.map((board) => {
          const reason = refused[board.id];
          const off = disabled || reason !== undefined;
          return (
            <Radio.Card key={board.id} value={board.id} className={classes.board} disabled={off}>
              <span className={classes.head}>
                <Radio.Indicator size="xs" disabled={off} />
                <span className={classes.title}>{shortTitle(board)}</span>
              </span>
              <span className={classes.core}>
                {board.core} at {formatFrequency(board.clock_hz)}
              </span>
              <span className={classes.memory}>
                {formatBytes(board.flash_bytes)} flash · {formatBytes(board.ram_bytes)} RAM
              </span>
              {reason === undefined ? note?.(board) : <span className={classes.reason}>{reason}</span>}
            </Radio.Card>
          );
        })}
      </div>
    </Radio.Group>
  );
}

/** Some titles repeat the memory that stands below them anyway. */
function shortTitle(board: Board): string {
  return board.title.replace(/\s*\([^)]*flash[^)]*\)$/, "");
}
