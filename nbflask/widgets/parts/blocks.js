/** What the panes of the details are built of: sections, facts, notices, texts. */

import { make, makeButton, makeIcon, makeTable } from "./dom.js";

/** A part with a heading that opens and closes it. */
export function makeSection(title, children, { isOpen = true, note = "" } = {}) {
  return make(
    "details",
    { class: "nbflask-section", open: isOpen },
    make("summary", {}, make("span", {}, title), note !== "" && make("span", { class: "nbflask-count" }, String(note))),
    make("div", { class: "nbflask-section-content" }, children),
  );
}

/** Names and what they stand for; those that stand for nothing are left out. */
export function makeFacts(pairs) {
  const list = make("dl", { class: "nbflask-facts" });
  for (const [name, value] of pairs) {
    const isNothing = value == null || value === "" || (Array.isArray(value) && !value.length);
    if (!isNothing) list.append(make("dt", {}, name), make("dd", {}, ...[value].flat()));
  }
  return list;
}

const NOTICE_ICONS = { bad: "error", warn: "warn", info: "info", good: "check", quiet: "info" };

/**
 * A sentence that the reader must not overlook.
 *
 * @param words - A text, an element, or a list of them.
 * @param actions - Buttons: what can be done about it.
 */
export function makeNotice(kind, words, ...actions) {
  const sentence = make("div", {}, ...[words].flat(Infinity).filter(Boolean));
  return make("div", { class: "nbflask-notice", "data-kind": kind }, makeIcon(NOTICE_ICONS[kind]), sentence, ...actions);
}

/** A sentence in the place of what is not there. */
export function makeAbsence(text) {
  return make("p", { class: "nbflask-absence" }, text);
}

/** Text as it is, which can be scrolled and copied. */
export function makeText(text, label) {
  return make("pre", { class: "nbflask-text", tabindex: "0", role: "region", "aria-label": label }, text);
}

/** A button that copies a text. */
export function makeCopier(label, text, copy, isBare = false) {
  return makeButton(label, () => copy(text, label), { icon: "copy", isBare });
}

/** Pairs of names and values, as fields or forms have them. */
export function makePairs(caption, pairs) {
  const rows = pairs.map(([name, value]) => [make("bdi", {}, name), make("bdi", { class: "nbflask-mono" }, value)]);
  const table = makeTable(caption, ["Name", "Value"], rows);
  table.classList.add("nbflask-pairs");
  return table;
}

/** A section of pairs, or nothing if there are none. */
export function makePairsSection(title, pairs, options = {}) {
  return pairs?.length ? makeSection(title, makePairs(title, pairs), { note: pairs.length, ...options }) : null;
}

/** A value of the session, or of a template, as text. */
export function writeValue(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Where code is: "cell, line 4 · def show(id):", or a file. */
export function makePlace({ cell = "", file = "", line = null }) {
  const at = line == null ? "" : `${cell || file ? ", " : ""}line ${line}`;
  if (cell) return make("span", {}, "cell ", make("code", { class: "nbflask-cellname" }, cell), at);
  return file || at ? make("span", {}, make("bdi", { class: "nbflask-mono" }, file), at) : null;
}
