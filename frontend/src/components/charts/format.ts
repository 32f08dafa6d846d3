/** What the shared formats do not know: values of any size, shares, short counts, shapes. */

import { formatDuration } from "@/components/format";

const LOCALE = "en";

function rounded(value: number, significant: number): string {
  return value.toLocaleString(LOCALE, { maximumSignificantDigits: significant, useGrouping: true });
}

/** A value of any size with at most `significant` digits: 12,300 or 0.0123 or 1.2e-7. */
export function formatValue(value: number | null | undefined, significant = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toLocaleString(LOCALE);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(significant - 1);
  return rounded(value, significant);
}

/** A whole number in full: 12,345. */
export function formatWhole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString(LOCALE) : "–";
}

/** A count made short: 12.3 k, 4.56 M. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < 10_000) return Math.round(value).toLocaleString(LOCALE);
  if (size < 999_500) return `${rounded(value / 1e3, 3)} k`;
  if (size < 999_500_000) return `${rounded(value / 1e6, 3)} M`;
  return `${rounded(value / 1e9, 3)} G`;
}

/** A share of one as a percentage: 97.3 %. Never 100 % unless it is. */
export function formatShare(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const percent = share * 100;
  const step = 10 ** -digits;
  const shown = percent < 100 && percent > 100 - step / 2 ? 100 - step : percent;
  return `${shown.toLocaleString(LOCALE, { maximumFractionDigits: digits })} %`;
}

/** How long a computation takes: also below a millisecond. */
export function formatLatency(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "–";
  if (milliseconds > 0 && milliseconds < 1) return `${rounded(milliseconds * 1000, 3)} µs`;
  if (milliseconds < 100) return `${rounded(milliseconds, 3)} ms`;
  return formatDuration(milliseconds);
}

/** A shape: 49 × 32. */
export function formatShape(shape: readonly number[]): string {
  return shape.map((size) => size.toLocaleString(LOCALE)).join(" × ");
}
