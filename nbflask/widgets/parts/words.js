/** Quantities and states in words, the same in every part. */

/** A duration, to three digits: "0.06 ms", "18.3 ms", "3.1 s". */
export function formatDuration(ms) {
  if (ms == null) return "";
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** A size; k stands for 1000, as in the filter. */
export function formatSize(bytes) {
  if (bytes == null) return "";
  if (bytes < 1000) return `${bytes} B`;
  const [unit, divisor] = bytes < 999_500 ? ["kB", 1e3] : bytes < 999_500_000 ? ["MB", 1e6] : ["GB", 1e9];
  const value = bytes / divisor;
  return `${value.toFixed(value < 99.5 ? 1 : 0)} ${unit}`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const CALENDAR = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** The time of day where the reader is. */
export function formatTime(seconds) {
  return CLOCK.format(seconds * 1000);
}

/** Day and time, to the millisecond. */
export function formatMoment(seconds) {
  const ms = String(Math.floor((seconds % 1) * 1000)).padStart(3, "0");
  return `${CALENDAR.format(seconds * 1000)}, ${formatTime(seconds)}.${ms}`;
}

/** "1 error", "2 errors". */
export function count(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/** How each level of a response looks and is called. */
export const LEVELS = {
  ok: { kind: "good", icon: "check", word: "succeeded" },
  redirect: { kind: "info", icon: "redirect", word: "redirected" },
  "client-error": { kind: "warn", icon: "warn", word: "client error" },
  "server-error": { kind: "bad", icon: "error", word: "server error" },
  failed: { kind: "bad", icon: "failed", word: "failed" },
  pending: { kind: "quiet", icon: "pending", word: "under way" },
};

/** How each note of a row looks. */
export const NOTES = {
  error: { kind: "bad", icon: "error" },
  answer: { kind: "warn", icon: "warn" },
  logs: { kind: "quiet", icon: "note" },
  template: { kind: "quiet", icon: "code" },
  replay: { kind: "odd", icon: "reload" },
  session: { kind: "info", icon: "edit" },
  flash: { kind: "info", icon: "info" },
  truncated: { kind: "warn", icon: "warn" },
  private: { kind: "quiet", icon: "eye" },
  streaming: { kind: "info", icon: "pending" },
};

/** The level of a row; a newer kernel may name one that is not known here. */
export function levelOf(row) {
  return LEVELS[row.level] ?? LEVELS.pending;
}

/** "500", or the state where there is no status code. */
export function statusOf(row) {
  return row.status == null ? (row.state ?? "pending") : String(row.status);
}

/** Whether a row is counted as an error. */
export function isError(row) {
  return ["client-error", "server-error", "failed"].includes(row.level) || Boolean(row.error);
}

/** One line that says what a row is. */
export function describe(row) {
  return `Request ${row.id}: ${row.method} ${row.target}, ${statusOf(row)} ${row.reason ?? ""}`.trim();
}
