/** Numbers with their units, as people say them. */

const numberFormat = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const dateFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const formatCount = (value: number, one: string, many = `${one}s`): string =>
  `${numberFormat.format(value)} ${value === 1 ? one : many}`;

export const formatNumber = (value: number): string => numberFormat.format(value);

/** 812 ms, 3.4 s, 5 min 12 s, 2 h 5 min. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 1).replace(/\.?0+$/, "")} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** 8 kHz, 44.1 kHz, 62.5 Hz, 1.2 MHz. */
export function formatFrequency(hz: number): string {
  if (hz >= 1e6) return `${numberFormat.format(hz / 1e6)} MHz`;
  if (hz >= 1000) return `${numberFormat.format(hz / 1000)} kHz`;
  return `${numberFormat.format(hz)} Hz`;
}

/** 812 B, 12.4 KiB, 3.1 MiB: binary units, as memory is sold in. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const formatPercent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

export const formatDate = (iso: string): string => dateFormat.format(new Date(iso));

/** “5 minutes ago”, “yesterday”. */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relativeFormat.format(Math.round(seconds / length), unit);
  }
  return "just now";
}
