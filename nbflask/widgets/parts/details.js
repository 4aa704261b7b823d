/**
 * The details of one exchange, below the list.
 *
 * Rule 1: the Overview is there at once, from what the row carries; the rest when it has come.
 * Rule 2: what the reader is in is not built anew under their hands: newer details wait until the
 *         focus leaves the panel.
 */

import { makeAbsence, makeCopier, makeNotice, makeSection, makeText } from "./blocks.js";
import { fill, focusedIn, make, makeButton, makePill, makeToggle, mark } from "./dom.js";
import { buildErrors } from "./error_pane.js";
import { buildRaw, buildRequest, buildResponse } from "./message_panes.js";
import { buildOverview } from "./overview.js";
import { buildLogs, buildSession, buildTemplates, buildTiming } from "./story_panes.js";
import { Tabs } from "./tabs.js";
import { formatDuration, levelOf, statusOf } from "./words.js";

const PANES = {
  Overview: null,
  Request: buildRequest,
  Response: buildResponse,
  Timing: buildTiming,
  Session: buildSession,
  Templates: buildTemplates,
  "Logs & output": buildLogs,
  Error: buildErrors,
  Raw: (row, _exchange, on, details) => buildRaw(row, details, on),
};

export class Details {
  /**
   * @param menus - The menus of what can be done with the exchange.
   * @param on - `pin()`, `note()`, `reveal()`, `copy(text, label)`, `go(id)` and `close()`, and `back()` to the list.
   */
  constructor(menus, on) {
    this.row = this.details = null;
    this.on = {
      ...on,
      tab: (name) => this.showTab(name),
      text: (title, text) => makeSection(title, text ? [makeText(text, title), make("div", { class: "nbflask-tools" }, makeCopier("Copy", text, on.copy))] : makeAbsence("Nothing yet.")),
    };
    this.title = make("div", { class: "nbflask-details-title" });
    this.pinner = makeToggle("Pin", on.pin, { icon: "pin", title: "Keep it, also when the list is full or cleared" });
    this.noter = makeButton("Note", on.note, { icon: "note", title: "Write a note to it" });
    const closer = makeButton("Close the details", on.close, { icon: "close", isBare: true });
    this.actions = make("div", { class: "nbflask-actions" }, ...menus.map((menu) => menu.root), this.pinner, this.noter, closer);
    this.tabs = new Tabs("Details", Object.keys(PANES), () => this.#draw(true));
    this.tabs.panel.addEventListener("focusout", () => this.isStale && requestAnimationFrame(() => this.#draw()));
    this.root = make("div", { class: "nbflask-details", hidden: true });
    this.root.append(make("div", { class: "nbflask-details-head" }, this.title, this.actions), this.tabs.list, this.tabs.panel);
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** Show a row, and its details as far as they are known; a string says why they are not. */
  show(row, details) {
    const isSame = row === this.row && details === this.details;
    if (isSame && this.isOpen) return;
    const isOther = row.id !== this.row?.id;
    Object.assign(this, { row, details });
    this.root.hidden = false;
    this.#drawHead();
    this.#draw(isOther);
    if (isOther) this.tabs.panel.scrollTop = 0;
  }

  hide() {
    this.root.hidden = true;
    this.row = this.details = null;
    fill(this.tabs.panel);
  }

  showTab(name) {
    this.tabs.choose(name);
    this.#draw(true);
    this.tabs.focus();
  }

  focus() {
    this.tabs.focus();
  }

  #drawHead() {
    const { row } = this;
    const level = levelOf(row);
    fill(
      this.title,
      make("span", { class: "nbflask-quiet" }, `#${row.id}`),
      " ",
      make("strong", { class: "nbflask-mono" }, row.method),
      " ",
      make("bdi", { class: "nbflask-mono nbflask-details-target", title: row.target }, row.target),
      makePill(level.kind, statusOf(row), level.icon),
      make("span", { class: "nbflask-quiet nbflask-details-time" }, formatDuration(row.duration_ms)),
    );
    mark(this.pinner, "aria-pressed", String(Boolean(row.is_pinned)));
    const exchange = this.#exchange;
    const failures = exchange ? exchange.errors.length : (row.overview?.errors?.length ?? 0);
    const said = exchange ? exchange.logs.length + exchange.output.length : (row.overview?.logs ?? 0) + (row.overview?.outputs ?? 0);
    this.tabs.count("Error", failures || "");
    this.tabs.count("Logs & output", said || "");
    this.tabs.count("Templates", row.overview?.templates?.length || "");
  }

  get #exchange() {
    return this.details?.exchange ?? null;
  }

  #draw(isForced = false) {
    if (!this.row) return;
    const focused = focusedIn(this.root);
    this.isStale = !isForced && focused !== this.tabs.panel && this.tabs.panel.contains(focused);
    if (this.isStale) return;
    const { scrollTop } = this.tabs.panel;
    fill(this.tabs.panel, this.#buildRevealed(), this.#buildPane());
    this.tabs.panel.scrollTop = scrollTop;
  }

  #buildRevealed() {
    if (!this.details?.is_revealed) return null;
    const hide = makeButton("Hide them", () => this.on.reveal(false));
    return makeNotice("warn", "Secrets are shown as they are. They are kept in no file, and hidden again when you go on.", hide);
  }

  #buildPane() {
    const exchange = this.#exchange;
    const name = this.tabs.chosen;
    if (name === "Overview") return buildOverview(this.row, exchange, this.on);
    if (!exchange) return makeAbsence(this.details?.reason ?? "Fetching the details…");
    return PANES[name](this.row, exchange, this.on, this.details);
  }

  #pressed(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.on.back();
  }
}
