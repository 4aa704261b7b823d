/**
 * The overview: what matched, what failed, what is missing; then the way through Flask.
 *
 * It is made of what the row carries, so that it is there also while the kernel is busy.
 */

import { makeFacts, makeNotice, makePlace } from "./blocks.js";
import { make, makeButton, makePill } from "./dom.js";
import { buildTimeline, buildWay } from "./timeline.js";
import { count, formatDuration, formatMoment, formatSize, levelOf, statusOf } from "./words.js";

const SOURCES = {
  cell: "a cell",
  replay: "a replay",
  navigation: "a browser, going to a page",
  fetch: "a script of a page",
  htmx: "htmx",
  subresource: "a browser, for a page",
  external: "another program",
};

/** Everything that a row tells, and of the details the timeline. */
export function buildOverview(row, exchange, on) {
  const facts = row.overview ?? {};
  return [
    buildSummary(row, facts),
    ...listFailures(row, facts, on),
    ...listMissing(row, facts, on),
    exchange?.spans.length ? buildTimeline(exchange) : facts.stages?.length > 0 && buildWay(facts.stages),
    makeFacts(listFacts(row, facts, on)),
  ];
}

/** The answer and the view that gave it, in one line. */
function buildSummary(row, facts) {
  const level = levelOf(row);
  const line = make("p", { class: "nbflask-summary" });
  line.append(makePill(level.kind, `${statusOf(row)} ${row.reason ?? ""}`.trim(), level.icon));
  if (row.rule) {
    line.append(" from ", make("strong", {}, make("bdi", { class: "nbflask-mono" }, row.endpoint)));
    line.append(" for ", make("bdi", { class: "nbflask-mono" }, row.rule));
  }
  const place = facts.cell || facts.view ? makePlace(facts) : null;
  if (place) line.append(" · ", place);
  return line;
}

function listFailures(row, facts, on) {
  const errors = (facts.errors ?? []).map(({ kind, type, message, handled_by }) =>
    makeNotice(
      kind === "handled" || kind === "routing" ? "warn" : "bad",
      [
        make("strong", {}, make("bdi", {}, type)),
        message && ": ",
        make("bdi", {}, message),
        handled_by && make("span", { class: "nbflask-quiet" }, " (", make("bdi", {}, handled_by), " answered)"),
      ],
      makeButton("Show the error", () => on.tab("Error")),
    ),
  );
  return [...listUnmatched(facts.no_route), ...errors];
}

function listUnmatched(missed) {
  if (!missed) return [];
  const names = (list) => list.flatMap((name, index) => [index ? ", " : "", make("bdi", { class: "nbflask-mono" }, name)]);
  if (missed.allowed?.length) return [makeNotice("warn", ["The URL takes only ", names(missed.allowed), "."])];
  if (missed.nearest?.length) return [makeNotice("warn", ["No rule matches the URL. The nearest: ", names(missed.nearest), "."])];
  if (missed.status_code === 308) return [makeNotice("info", "The rule ends with a slash, and Flask redirects there.")];
  return [makeNotice("warn", "No rule matches the URL.")];
}

function listMissing(row, facts, on) {
  const missing = (facts.content ?? []).map(({ side, size, kept, is_unread }) =>
    is_unread
      ? makeNotice("quiet", `The app has not read the ${side}'s content to its end (${formatSize(size)} were read).`)
      : makeNotice("warn", `Of the ${side}'s content the first ${formatSize(kept)} of ${formatSize(size)} are kept.`),
  );
  const omitted = Object.entries(facts.omitted ?? {}).map(([name, number]) => `${number} ${name}`);
  if (omitted.length) missing.push(makeNotice("warn", `Left out, as there were too many: ${omitted.join(", ")}.`));
  if (row.notes?.some(({ kind }) => kind === "private")) missing.push(makeNotice("quiet", "The app asked that no content of it is recorded."));
  if (facts.redactions) {
    const reveal = makeButton("Reveal", () => on.reveal(), { icon: "eye" });
    missing.push(makeNotice("quiet", `${count(facts.redactions, "value")} that may be secret ${facts.redactions === 1 ? "is" : "are"} shown as REDACTED.`, reveal));
  }
  return missing;
}

function listFacts(row, facts, on) {
  const replayed = row.replay_of && makeButton(`#${row.replay_of}`, () => on.go(row.replay_of), { "aria-label": `Go to request ${row.replay_of}` });
  const seconds = row.duration_ms == null ? "still under way" : formatDuration(row.duration_ms);
  const recorder = facts.overhead_us ? ` (of it recording ${formatDuration(facts.overhead_us / 1000)})` : "";
  const cell = row.cell && make("code", { class: "nbflask-cellname" }, row.cell);
  const asked = [SOURCES[row.initiator] ?? row.initiator, row.cell_number != null ? ` [${row.cell_number}]` : "", cell ? " " : "", cell || ""];
  return [
    ["Began", formatMoment(row.started_at)],
    ["Took", seconds + recorder],
    ["First byte", facts.first_byte_us == null ? "" : `after ${formatDuration(facts.first_byte_us / 1000)}`],
    ["Asked by", [...asked, facts.client ? ` at ${facts.client}` : ""]],
    ["Replay of", replayed],
    ["Arguments", (facts.view_args ?? []).map(([name, value]) => `${name} = ${value}`).join(", ")],
    ["Content", [formatSize(row.size), row.media_type ? ` of ${row.media_type}` : ""]],
    ["Session", facts.session && describeSession(facts.session)],
    ["Templates", (facts.templates ?? []).map((name) => name ?? "a string").join(", ")],
    ["Said", [facts.logs && count(facts.logs, "log record"), facts.outputs && "printed text", facts.flashes && count(facts.flashes, "flashed message")].filter(Boolean).join(", ")],
    ["Note", row.note && make("bdi", {}, row.note)],
    ["Tags", (row.tags ?? []).join(", ")],
  ];
}

function describeSession({ added, removed, changed, cookie_bytes }) {
  const counts = [[added, "added"], [removed, "removed"], [changed, "changed"]].filter(([number]) => number);
  const text = counts.map(([number, word]) => `${count(number, "value")} ${word}`).join(", ");
  return `${text || "unchanged"}${cookie_bytes ? ` · cookie of ${formatSize(cookie_bytes)}` : ""}`;
}
