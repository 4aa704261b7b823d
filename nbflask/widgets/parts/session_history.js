/** What is known of a session besides its values: its cookie, and what each request did to it. */

import { fill, make, makeIcon, makePill } from "./dom.js";
import { makeChanges } from "./session_values.js";

/** The cookie's flags, each with a sentence where it is unwise. */
export function makeCookie(cookie, name) {
  if (!cookie) return make("p", { class: "nbflask-quiet" }, "No recorded response has set this client's cookie.");
  const size = { name: "Size", value: `${cookie.bytes} of ${cookie.max_bytes} bytes`, advice: "" };
  return make(
    "dl",
    { class: "nbflask-session-cookie", "aria-label": `The cookie ${name}` },
    [size, ...cookie.flags].map((flag) =>
      make(
        "div",
        {},
        make("dt", {}, flag.name),
        make("dd", {}, make("code", {}, flag.value), flag.advice && makeNotice("warn", flag.advice)),
      ),
    ),
  );
}

/** A sentence with an icon that says how bad it is. */
export function makeNotice(kind, ...children) {
  const icon = { good: "check", warn: "warn", bad: "error" }[kind] ?? "info";
  return make("p", { class: "nbflask-notice", "data-kind": kind }, makeIcon(icon), make("span", {}, ...children));
}

/** The steps, the newest first; those that changed nothing share a line. */
export function fillHistory(list, steps, omitted) {
  const items = [];
  let quiet = [];
  const tell = () => {
    if (quiet.length) items.push(makeQuiet(quiet));
    quiet = [];
  };
  for (const step of [...steps].reverse()) {
    if (step.changes.length || step.between.length || step.sets) {
      tell();
      items.push(makeStep(step));
    } else quiet.push(step);
  }
  tell();
  if (omitted) items.push(make("li", { class: "nbflask-quiet" }, `${omitted} earlier requests are left out.`));
  fill(list, items);
}

function makeStep(step) {
  const words = [...step.words, { set: "cookie set", deleted: "cookie deleted" }[step.sets]].filter(Boolean);
  return make(
    "li",
    {},
    make(
      "div",
      { class: "nbflask-session-step" },
      make("span", { class: "nbflask-quiet" }, `#${step.id}`),
      make("code", {}, step.request),
      step.status != null && make("span", { class: "nbflask-mono" }, String(step.status)),
      words.map((word) => makePill("quiet", word)),
    ),
    step.between.length > 0 && [make("div", { class: "nbflask-quiet nbflask-session-between" }, "Edited before it:"), makeChanges(step.between)],
    step.changes.length > 0 && step.between.length > 0 && make("div", { class: "nbflask-quiet nbflask-session-between" }, "By the request:"),
    step.changes.length > 0 && makeChanges(step.changes),
    step.omitted_changes > 0 && make("p", { class: "nbflask-quiet" }, `${step.omitted_changes} more changes are left out.`),
  );
}

function makeQuiet(steps) {
  const ids = steps.length === 1 ? `#${steps[0].id}` : `#${steps.at(-1).id} to #${steps[0].id}`;
  const what = steps.length === 1 ? `${steps[0].request} changed nothing.` : `${steps.length} requests changed nothing.`;
  return make("li", { class: "nbflask-quiet" }, `${ids}: ${what}`);
}
