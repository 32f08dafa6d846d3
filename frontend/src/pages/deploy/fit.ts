import type { Board, Run } from "@/api/types";

export interface Fit {
  fits: boolean;
  words: string;
}

/**
 * Whether a variant fits a board. On the run's own board this was measured; on another one, the measured flash and
 * RAM are held against that board's, and the words say so.
 */
export function fitOf(run: Run, variant: string, board: Board): Fit | null {
  const profile = run.metrics?.variants[variant]?.profile;
  if (!profile) return null;
  if (profile.board === board.id) {
    return { fits: profile.fits, words: profile.fits ? "Fits, measured" : "Does not fit" };
  }
  const fits = profile.flash_bytes <= board.flash_bytes && profile.ram_bytes <= board.ram_bytes;
  return { fits, words: fits ? "Should fit" : "Too small" };
}
