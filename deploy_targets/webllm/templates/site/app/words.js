/** Sizes and times as people read them. */

const UNITS = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
];

/** 1234567 -> "1.2 MB". */
export function bytesInWords(bytes) {
  for (const [size, unit] of UNITS) {
    if (bytes >= size) {
      const value = bytes / size;
      return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
    }
  }
  return `${bytes} bytes`;
}

/** 75 -> "1 min 15 s". */
export function secondsInWords(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** What went wrong, as a person can read it. */
export function wordsOf(error) {
  if (error instanceof Error && error.message) return error.message;
  return typeof error === "string" ? error : "Something went wrong that says no more about itself.";
}

/** An element with a class and a text. */
export function element(tag, { className = "", text = "" } = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
