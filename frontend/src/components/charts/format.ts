/** Numbers as people read them: always with their unit, never with more digits than they carry. */

const LOCALE = "en";

function rounded(value: number, significant: number): string {
  return value.toLocaleString(LOCALE, { maximumSignificantDigits: significant, useGrouping: true });
}

/** A plain number with at most `significant` significant digits: 12,300 or 0.0123. */
export function formatNumber(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toLocaleString(LOCALE);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(significant - 1);
  return rounded(value, significant);
}

/** A count, whole: 12,345. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString(LOCALE) : "–";
}

/** A count made short: 12.3 k, 4.56 M. */
export function formatShortCount(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < 10_000) return Math.round(value).toLocaleString(LOCALE);
  if (size < 999_500) return `${rounded(value / 1e3, 3)} k`;
  if (size < 999_500_000) return `${rounded(value / 1e6, 3)} M`;
  return `${rounded(value / 1e9, 3)} G`;
}

/** Bytes in powers of 1024, as chip vendors count them: 512 B, 12.3 KiB, 1.5 MiB. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "–";
  if (Math.abs(bytes) < 1024) return `${Math.round(bytes)} B`;
  if (Math.abs(bytes) < 1024 * 1023.5) return `${rounded(bytes / 1024, 3)} KiB`;
  return `${rounded(bytes / 1024 / 1024, 3)} MiB`;
}

/** A share of one as a percentage: 97.3 %. Never 100 % unless it is. */
export function formatPercent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return "–";
  const percent = share * 100;
  const step = 10 ** -digits;
  const shown = percent < 100 && percent > 100 - step / 2 ? 100 - step : percent;
  return `${shown.toLocaleString(LOCALE, { maximumFractionDigits: digits })} %`;
}

/** A time span from milliseconds: 0.42 ms, 1.2 s, 3 min 5 s. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "–";
  if (milliseconds < 1 && milliseconds > 0) return `${rounded(milliseconds * 1000, 3)} µs`;
  if (milliseconds < 1000) return `${rounded(milliseconds, 3)} ms`;
  if (milliseconds < 60_000) return `${rounded(milliseconds / 1000, 3)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** A frequency: 62.5 Hz, 16 kHz, 64 MHz. */
export function formatFrequency(hertz: number): string {
  if (!Number.isFinite(hertz)) return "–";
  if (hertz < 1e3) return `${rounded(hertz, 4)} Hz`;
  if (hertz < 1e6) return `${rounded(hertz / 1e3, 4)} kHz`;
  return `${rounded(hertz / 1e6, 4)} MHz`;
}

/** A shape: 49 × 32. */
export function formatShape(shape: readonly number[]): string {
  return shape.map((size) => size.toLocaleString(LOCALE)).join(" × ");
}

/** A point in time as a short local date and time. */
export function formatDate(iso: string | null | undefined): string {
  if (!iso) return "–";
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
