import { useCallback, useReducer } from "react";

export interface History<Value> {
  past: readonly Value[];
  present: Value;
  future: readonly Value[];
  /** Which field the last edit was of, and when: typing a number is one edit, not one for each key. */
  last: { field: string; at: number } | null;
}

export type HistoryAction<Value> =
  | { type: "edit"; value: Value; field: string; at: number }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "restart"; value: Value };

const DEPTH = 100;
const SAME_EDIT_MS = 900;

export function startHistory<Value>(value: Value): History<Value> {
  return { past: [], present: value, future: [], last: null };
}

export function historyReducer<Value>(state: History<Value>, action: HistoryAction<Value>): History<Value> {
  switch (action.type) {
    case "edit": {
      const goesOn =
        state.last !== null &&
        state.last.field === action.field &&
        action.at - state.last.at < SAME_EDIT_MS &&
        state.past.length > 0;
      const past = goesOn ? state.past : [...state.past, state.present].slice(-DEPTH);
      return { past, present: action.value, future: [], last: { field: action.field, at: action.at } };
    }
    case "undo": {
      const before = state.past.at(-1);
      if (before === undefined) return state;
      return {
        past: state.past.slice(0, -1),
        present: before,
        future: [state.present, ...state.future],
        last: null,
      };
    }
    case "redo": {
      const [after, ...future] = state.future;
      if (after === undefined) return state;
      return { past: [...state.past, state.present], present: after, future, last: null };
    }
    case "restart":
      return startHistory(action.value);
  }
}

/** A value with undo and redo. */
export function useHistory<Value>(initial: Value) {
  const [state, dispatch] = useReducer(historyReducer<Value>, initial, startHistory<Value>);
  const edit = useCallback(
    (value: Value, field: string) => dispatch({ type: "edit", value, field, at: Date.now() }),
    [],
  );
  return {
    value: state.present,
    edit,
    undo: useCallback(() => dispatch({ type: "undo" }), []),
    redo: useCallback(() => dispatch({ type: "redo" }), []),
    canUndo: state.past.length > 0,
    canRedo: state.future.length > 0,
  };
}
