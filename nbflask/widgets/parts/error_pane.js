/** Exceptions: what they say, and where they came from. */

import { makeAbsence, makeCopier, makeSection, makeText } from "./blocks.js";
import { make, makePill } from "./dom.js";
import { count } from "./words.js";

const FATES = {
  routing: ["warn", "no view matched"],
  handled: ["warn", "handled"],
  unhandled: ["bad", "not handled"],
  stream: ["bad", "broke the content off"],
  teardown: ["bad", "in a teardown"],
};

export function buildErrors(row, exchange, on) {
  if (!exchange.errors.length) return makeAbsence("No exception was raised.");
  const hint = make("p", { class: "nbflask-hint" }, "To look around where it was raised, run ", make("code", {}, `%flask_debug ${row.id}`), " in a cell. If another request has failed since, send this one again first.");
  return [...exchange.errors.map((error) => buildError(error, on)), hint];
}

function buildError(error, on) {
  const [kind, word] = FATES[error.kind] ?? ["bad", error.kind];
  const title = make("p", { class: "nbflask-error-title", "data-kind": kind });
  title.append(make("strong", {}, make("bdi", {}, error.type)), error.message ? ": " : "", make("bdi", {}, error.message));
  const by = error.handled_by && make("span", { class: "nbflask-quiet" }, "by ", make("bdi", { class: "nbflask-mono" }, error.handled_by));
  return make(
    "div",
    { class: "nbflask-error" },
    title,
    make("p", { class: "nbflask-tools" }, makePill(kind, word), by, error.text && makeCopier("Copy text", error.text, on.copy)),
    make("ol", { class: "nbflask-frames" }, ...groupFrames(error.frames)),
    error.text && makeSection("Traceback as text", makeText(error.text, `Traceback of ${error.type}`), { isOpen: false }),
  );
}

/** The user's own frames stand open; those of libraries are counted, and open when asked for. */
function groupFrames(frames) {
  const items = [];
  let hidden = [];
  const flush = () => {
    if (hidden.length) items.push(make("li", {}, makeSection(`${count(hidden.length, "frame")} of libraries`, make("ol", { class: "nbflask-frames" }, ...hidden), { isOpen: false })));
    hidden = [];
  };
  for (const frame of frames) {
    if (frame.is_library) {
      hidden.push(makeFrame(frame));
      continue;
    }
    flush();
    items.push(makeFrame(frame));
  }
  flush();
  return items;
}

function makeFrame({ file, line, function: name, code, cell, is_library }) {
  const at = line == null ? "" : `line ${line}`;
  const place = cell ? ["cell ", make("code", { class: "nbflask-cellname" }, cell), ", ", at] : [make("bdi", { class: "nbflask-mono" }, file), at && `, ${at}`];
  return make(
    "li",
    { class: "nbflask-frame", "data-own": String(!is_library) },
    make("div", { class: "nbflask-frame-place" }, cell && makePill("info", "your cell", "code"), make("bdi", { class: "nbflask-mono" }, name), make("span", { class: "nbflask-quiet" }, ...place)),
    code && make("pre", { class: "nbflask-frame-code" }, code.trim()),
  );
}
