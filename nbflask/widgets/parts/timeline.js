/** A request's way through Flask: Flask's own steps, and the user's code within them. */

import { makePlace } from "./blocks.js";
import { make, mark } from "./dom.js";
import { formatDuration } from "./words.js";

const STEPS = {
  accept: "Accept",
  session_open: "Open session",
  routing: "Match URL",
  before: "Before request",
  view: "View",
  context_processor: "Context processor",
  template: "Template",
  error_handler: "Error handler",
  after: "After request",
  session_save: "Save session",
  stream: "Send content",
  teardown: "Teardown",
  other: "Other code",
};

/** What is Flask's own, and not code that the reader wrote. */
const FLASKS = new Set(["accept", "session_open", "routing", "session_save", "stream"]);
const MAX_SPANS = 300;

/** The name of a step. */
export function nameStep(stage) {
  return STEPS[stage] ?? stage;
}

/** The spans on one scale, the outer ones before those inside of them. */
export function buildTimeline(exchange) {
  const spans = [...exchange.spans].sort((a, b) => a.start_us - b.start_us || a.depth - b.depth || b.duration_us - a.duration_us);
  const ends = spans.map((span) => span.start_us + span.duration_us);
  const total_us = Math.max((exchange.duration_ms ?? 0) * 1000, exchange.first_byte_us ?? 0, ...ends, 1);
  const table = make("table", { class: "nbflask-timeline", role: "table" });
  table.append(
    make("caption", { class: "nbflask-unseen" }, "The request's way through Flask"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Step"), makeScale(total_us), make("th", { scope: "col", class: "nbflask-span-time" }, "Time"))),
    make("tbody", {}, ...spans.slice(0, MAX_SPANS).map((span) => makeSpan(span, total_us))),
  );
  const hasFirstByte = exchange.first_byte_us != null;
  if (hasFirstByte) markFirstByte(table, exchange.first_byte_us / total_us);
  return make("div", {}, table, makeKey(hasFirstByte));
}

/** What the colours stand for. */
function makeKey(hasFirstByte) {
  const sample = (attributes, text) => make("li", {}, make("span", { "aria-hidden": "true", ...attributes }), text);
  return make(
    "ul",
    { class: "nbflask-legend" },
    sample({ class: "nbflask-bar", "data-own": "true" }, "your code"),
    sample({ class: "nbflask-bar", "data-own": "false" }, "Flask's own steps"),
    hasFirstByte ? sample({ class: "nbflask-first-byte" }, "first byte") : "",
  );
}

function makeScale(total_us) {
  const ticks = [0, 0.25, 0.5, 0.75].map((part) => {
    const tick = make("span", { class: "nbflask-tick" }, part ? formatDuration((total_us * part) / 1000) : "0");
    tick.style.left = `${part * 100}%`;
    return tick;
  });
  const head = make("th", { scope: "col", class: "nbflask-span-bar" }, make("span", { class: "nbflask-unseen" }, "When"));
  head.append(make("div", { class: "nbflask-scale", "aria-hidden": "true" }, ...ticks));
  return head;
}

function makeSpan(span, total_us) {
  const name = make("th", { scope: "row", class: "nbflask-span-name" });
  name.style.paddingInlineStart = `${8 + Math.min(span.depth, 8) * 14}px`;
  const isNamed = span.name && span.name !== span.stage;
  name.append(make("span", { class: isNamed ? "nbflask-step" : "" }, nameStep(span.stage)));
  if (isNamed) name.append(" ", make("bdi", { class: "nbflask-mono" }, span.name));
  if (span.error) name.append(make("span", { class: "nbflask-span-error" }, " ✖ ", make("bdi", {}, span.error)));
  const place = span.cell ? makePlace(span) : null;
  mark(name, "title", [nameStep(span.stage), isNamed ? span.name : "", place?.textContent].filter(Boolean).join(" · "));
  const start = (span.start_us / total_us) * 100;
  const width = (span.duration_us / total_us) * 100;
  const bar = make("div", { class: "nbflask-bar", "data-own": String(!FLASKS.has(span.stage)), "data-failed": span.error ? "" : null });
  bar.style.left = `${Math.min(start, 99.5)}%`;
  bar.style.width = `max(2px, ${Math.min(width, 100 - start)}%)`;
  const from = make("span", { class: "nbflask-unseen" }, `from ${formatDuration(span.start_us / 1000)}`);
  return make(
    "tr",
    {},
    name,
    make("td", { class: "nbflask-span-bar" }, make("div", { class: "nbflask-track", "aria-hidden": "true" }, bar), from),
    make("td", { class: "nbflask-span-time" }, formatDuration(span.duration_us / 1000)),
  );
}

/** A line through all bars where the response began. */
function markFirstByte(table, part) {
  table.style.setProperty("--nbflask-first-byte", `${part * 100}%`);
  mark(table, "data-first-byte", "");
}

/** What runs within another step, most often the view, and is part of its time. */
const NESTED = new Set(["template", "context_processor", "other"]);

/** The way in short: a bar of all steps one after the other, and their names below. */
export function buildWay(stages) {
  const strip = make("div", { class: "nbflask-way", "aria-hidden": "true" });
  const legend = make("ul", { class: "nbflask-legend" });
  for (const { stage, duration_us, count } of stages) {
    const part = make("span", { class: "nbflask-bar", "data-own": String(!FLASKS.has(stage)) });
    part.style.flexGrow = String(duration_us);
    if (!NESTED.has(stage)) strip.append(part);
    const times = count > 1 ? ` ×${count}` : "";
    legend.append(make("li", { "data-own": String(!FLASKS.has(stage)) }, `${nameStep(stage)}${times} `, make("span", {}, formatDuration(duration_us / 1000))));
  }
  return make("div", {}, strip, legend);
}
