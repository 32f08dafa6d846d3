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
  /** Something about a board, such as whether a model fits. */
  note?: (board: Board) => ReactNode;
}

/** Boards as cards with what decides whether a model runs there: core, clock, flash and RAM. */
export function BoardPicker({ label, boards, value, onChange, disabled = false, note }: BoardPickerProps) {
  return (
    <Radio.Group value={value} onChange={onChange} aria-label={label}>
      <div className={classes.boards}>
        {boards.map((board) => (
          <Radio.Card key={board.id} value={board.id} className={classes.board} disabled={disabled}>
            <span className={classes.head}>
              <Radio.Indicator size="xs" disabled={disabled} />
              <span className={classes.title}>{shortTitle(board)}</span>
            </span>
            <span className={classes.core}>
              {board.core} at {formatFrequency(board.clock_hz)}
            </span>
            <span className={classes.memory}>
              {formatBytes(board.flash_bytes)} flash · {formatBytes(board.ram_bytes)} RAM
            </span>
            {note?.(board)}
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

/** Some titles repeat the memory that stands below them anyway. */
function shortTitle(board: Board): string {
  return board.title.replace(/\s*\([^)]*flash[^)]*\)$/, "");
}
