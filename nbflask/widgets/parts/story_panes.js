/** What the app did meanwhile: its time, its session, its templates, what it said. */

import { makeAbsence, makeFacts, makeNotice, makeSection, writeValue } from "./blocks.js";
import { make, makeIcon, makePill, makeTable } from "./dom.js";
import { buildTimeline } from "./timeline.js";
import { count, formatDuration, formatSize } from "./words.js";

/** Browsers drop a cookie that is longer, name and attributes included (RFC 6265 section 6.1). */
const MAX_COOKIE_BYTES = 4093;

export function buildTiming(row, exchange) {
  return [
    exchange.spans.length ? buildTimeline(exchange) : makeAbsence("No step was timed."),
    makeFacts([
      ["In all", formatDuration(exchange.duration_ms)],
      ["First byte", exchange.first_byte_us == null ? "" : `after ${formatDuration(exchange.first_byte_us / 1000)}`],
      ["Recording", exchange.overhead_us ? `${formatDuration(exchange.overhead_us / 1000)} of it` : ""],
    ]),
  ];
}

const CHANGES = {
  added: ["good", "+ added"],
  removed: ["bad", "− removed"],
  changed: ["warn", "~ changed"],
  same: ["quiet", "= same"],
};

/** A word and a sign for how something changed. */
export function makeChange(change) {
  const [kind, text] = CHANGES[change] ?? ["quiet", change];
  return makePill(kind, text);
}

export function buildSession(row, exchange) {
  const { session } = exchange;
  if (!session) return makeAbsence("The session was not opened.");
  const rows = diffSession(session.before, session.after ?? session.before);
  const said = [
    session.is_new && "new",
    session.is_modified ? "modified" : "not modified",
    session.is_accessed ? "accessed" : "not accessed",
    session.is_permanent && "permanent",
  ];
  return [
    session.after === null && makeNotice("quiet", "It was not come to saving the session."),
    session.cookie_bytes > MAX_COOKIE_BYTES && makeNotice("warn", `The cookie has ${formatSize(session.cookie_bytes)}; browsers drop one of more than ${MAX_COOKIE_BYTES} B.`),
    rows.length ? makeSides("The session before and after", ["Key", "Before", "After", "Change"], rows) : makeAbsence("The session is empty."),
    makeFacts([
      ["State", said.filter(Boolean).join(", ")],
      ["Kept by", session.backend],
      ["Cookie", session.cookie_bytes ? `${session.cookie_name}, ${formatSize(session.cookie_bytes)}` : `${session.cookie_name}, not sent`],
      ["Attributes", session.cookie_flags.join("; ")],
    ]),
  ];
}

/** A table of two sides, whose values need some room. */
export function makeSides(caption, heads, rows) {
  const table = makeTable(caption, heads, rows);
  table.classList.add("nbflask-sides");
  return table;
}

function diffSession(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const value = (side, name) => (Object.hasOwn(side, name) ? make("bdi", { class: "nbflask-mono" }, writeValue(side[name])) : make("span", { class: "nbflask-quiet" }, "–"));
  return names.map((name) => [make("bdi", { class: "nbflask-mono" }, name), value(before, name), value(after, name), makeChange(changeOf(before, after, name))]);
}

function changeOf(before, after, name) {
  if (!Object.hasOwn(before, name)) return "added";
  if (!Object.hasOwn(after, name)) return "removed";
  return JSON.stringify(before[name]) === JSON.stringify(after[name]) ? "same" : "changed";
}

export function buildTemplates(row, exchange) {
  if (!exchange.templates.length) return makeAbsence("No template was rendered.");
  return exchange.templates.map((template) => {
    const variables = template.context.map(({ name, type, text, is_exact }) => [
      make("bdi", { class: "nbflask-mono" }, name),
      make("bdi", {}, type),
      make("span", {}, make("bdi", { class: "nbflask-mono" }, text), !is_exact && make("span", { class: "nbflask-quiet" }, " (in short)")),
    ]);
    const left = template.variable_count - variables.length;
    return makeSection(
      make("bdi", { class: "nbflask-mono" }, template.name ?? "a string"),
      [
        template.error && makeNotice("bad", make("bdi", {}, template.error)),
        template.file && make("p", { class: "nbflask-quiet" }, make("bdi", { class: "nbflask-mono" }, template.file)),
        variables.length ? makeTable("Variables", ["Variable", "Type", "Value"], variables) : makeAbsence("It was given no variables of its own."),
        left > 0 && makeNotice("quiet", `${count(left, "more variable")} not listed.`),
      ],
      { note: formatDuration(template.duration_us == null ? null : template.duration_us / 1000) },
    );
  });
}

const LOG_LOOKS = { DEBUG: ["quiet", "note"], INFO: ["info", "info"], WARNING: ["warn", "warn"], ERROR: ["bad", "error"], CRITICAL: ["bad", "error"] };

/** Log records and printed texts in the order in which they came. */
export function buildLogs(row, exchange) {
  const said = [...exchange.logs.map(makeRecord), ...exchange.output.map(makeOutput)];
  if (!said.length) return makeAbsence("Nothing was logged or printed.");
  said.sort((a, b) => a.at_us - b.at_us);
  const omitted = exchange.omitted.logs ?? 0;
  return [
    omitted > 0 && makeNotice("warn", `${count(omitted, "more log record")} left out.`),
    make("ol", { class: "nbflask-logs" }, ...said.map(({ item }) => item)),
  ];
}

function makeRecord({ at_us, level, logger, message, file, line, exception }) {
  const [kind, icon] = LOG_LOOKS[level] ?? LOG_LOOKS.INFO;
  const at = make("span", { class: "nbflask-log-at" }, formatDuration(at_us / 1000));
  const name = make("span", { class: "nbflask-log-level" }, makeIcon(icon), level);
  const from = make("span", { class: "nbflask-log-from" }, make("bdi", {}, logger), file && ` ${file.split("/").at(-1)}:${line}`);
  const text = make("div", { class: "nbflask-log-text" }, make("bdi", {}, message));
  if (exception) text.append(makeSection("Traceback", make("pre", { class: "nbflask-text", tabindex: "0" }, exception), { isOpen: false }));
  return { at_us, item: make("li", { "data-kind": kind }, at, name, text, from) };
}

function makeOutput({ at_us, stream, text }) {
  const isError = stream === "stderr";
  const at = make("span", { class: "nbflask-log-at" }, formatDuration(at_us / 1000));
  const name = make("span", { class: "nbflask-log-level" }, makeIcon(isError ? "warn" : "code"), isError ? "stderr" : "print");
  const printed = make("div", { class: "nbflask-log-text" }, make("bdi", {}, text.replace(/\n$/, "")));
  return { at_us, item: make("li", { "data-kind": isError ? "warn" : "quiet" }, at, name, printed) };
}
