/**
 * The inspector: what an app was asked and answered, like a browser's network panel.
 *
 * Rule 1: what comes from the app or the kernel is text, never markup, and nothing is fetched.
 * Rule 2: messages change what is known at once, and what is shown at the next frame, so that
 *         200 requests a second are drawn as often as the screen is.
 * Rule 3: what was revealed is kept nowhere: no trait holds it, and it goes with the row.
 * Rule 4: nothing that comes in takes the focus, or moves what the reader looks at.
 */

import { Actions } from "./parts/actions.js";
import { Announcer } from "./parts/announcer.js";
import { Conversation } from "./parts/conversation.js";
import { focusedIn, make } from "./parts/dom.js";
import { EmptyState } from "./parts/empty_state.js";
import { FilterField } from "./parts/filter_field.js";
import { Filtering } from "./parts/filtering.js";
import { complete } from "./parts/filters.js";
import { Grid } from "./parts/grid.js";
import { makeGrip } from "./parts/grip.js";
import { buildHelp } from "./parts/help.js";
import { NoticeBar } from "./parts/notice_bar.js";
import { Rows, sortRows } from "./parts/rows.js";
import { Selection } from "./parts/selection.js";
import { Sheet } from "./parts/sheet.js";
import { Toolbar } from "./parts/toolbar.js";

const NEWEST_FIRST = { column: "id", isDescending: true };
/** From here on the columns no longer fit, and rows stand as cards; as in inspector.css. */
const CARDS_PX = 520;

class Inspector {
  constructor(model) {
    this.model = model;
    this.rows = new Rows();
    this.sort = NEWEST_FIRST;
    this.frame = 0;
    this.kernel = new Conversation(model, (message) => this.#hear(message), () => this.#showPhase());
    this.#buildBars();
    this.#buildPanes();
    this.#buildRoot();
    this.#listen();
    this.filtering.read();
    this.kernel.ask({ kind: "ready", seq: 0 });
    this.#schedule();
  }

  #buildBars() {
    this.sheet = new Sheet();
    this.bar = new NoticeBar();
    this.announcer = new Announcer();
    this.toolbar = new Toolbar({
      pause: () => this.pause(),
      clear: () => this.#clear(),
      listExports: () => this.#listExports(),
    });
    this.field = new FilterField({
      change: () => this.#filterChanged(),
      complete: (text, column) => complete(this.rows.all().map((row) => row.facts ?? {}), text, column),
      leave: () => this.grid.focus(),
      help: () => this.toggleHelp(),
    });
    this.filtering = new Filtering(this.field, (message) => this.kernel.ask(message));
    this.field.text = this.model.get("filter") ?? "";
    this.empty = new EmptyState(() => this.#showAll());
  }

  #buildPanes() {
    this.grid = new Grid(`Requests of ${this.model.get("app_name")}`, {
      choose: (id, isEntered) => this.selection.open(id, isEntered),
      move: (id) => this.selection.follow(id),
      pair: (ids) => this.selection.pair(ids),
      sort: (column) => this.#sortBy(column),
      key: (event, id) => this.#pressed(event, id),
    });
    this.actions = new Actions(this.kernel, this.sheet, this.bar, {
      row: () => this.selection.row,
      rowOf: (id) => this.rows.get(id) ?? this.selection.rowOf(id),
      edit: (id) => this.selection.edit(id),
    });
    this.selection = new Selection(this.kernel, this.rows, this.grid, this.actions, {
      go: (id) => this.#goTo(id),
      change: (id) => this.#setTrait("selected", id),
    });
  }

  #buildRoot() {
    this.grip = makeGrip(this.grid.scroller, (height_px) => this.#setTrait("height_px", height_px));
    this.root = make("section", {
      class: "nbflask-widget nbflask-inspector",
      "aria-label": `Inspector of ${this.model.get("app_name")}`,
      "data-lm-suppress-shortcuts": "true",
    });
    this.grid.root.append(this.empty.root);
    this.root.append(this.toolbar.root, this.field.root, this.sheet.root, this.bar.root);
    this.root.append(this.grid.root, this.grip.root, this.selection.root, this.announcer.root);
    this.grip.set(this.model.get("height_px") ?? 0);
    this.#showPhase();
  }

  #listen() {
    this.listeners = {
      "change:is_recording": () => this.#showPhase(),
      "change:height_px": () => this.grip.set(this.model.get("height_px")),
      "change:filter": () => this.#takeFilter(this.model.get("filter")),
      "change:selected": () => this.#takeSelected(this.model.get("selected")),
    };
    for (const [name, callback] of Object.entries(this.listeners)) this.model.on(name, callback);
    this.sizes = new ResizeObserver(([{ contentRect }]) => {
      this.grid.setLayout(contentRect.width <= CARDS_PX ? "cards" : "table");
      this.grip.tell();
    });
    this.sizes.observe(this.root);
  }

  // ---- What the kernel says

  #hear(message) {
    const { kind } = message;
    if (kind === "batch") this.#takeBatch(message);
    else if (kind === "filtered") this.filtering.hear(message);
    else if (kind === "replayed") this.#takeReplay(message);
    else if (kind in this.actions.answers) this.actions.answers[kind](message);
    else this.selection.hear(message);
    this.#schedule();
  }

  #takeBatch(batch) {
    const isFirst = this.rows.seq === null;
    const wasIncomplete = this.rows.isIncomplete;
    const { added, errors, updated } = this.rows.apply(batch);
    if (this.rows.isIncomplete && !wasIncomplete) this.kernel.ask({ kind: "ready", seq: this.rows.seq });
    if (batch.reset) this.filtering.askAgain();
    if (batch.matches) this.filtering.hear(batch.matches);
    // What was chosen before the page was loaded anew.
    if (isFirst) this.#takeSelected(this.model.get("selected") ?? 0);
    else this.announcer.add(added.length, errors.length);
    this.selection.forget(updated.map((row) => row.id));
    for (const details of batch.details ?? []) this.selection.hear({ kind: "details", ...details });
  }

  #takeReplay({ of, id }) {
    this.actions.tellReplayed(of, id);
    this.selection.pair([of, id]);
  }

  #showPhase() {
    this.toolbar.setPhase(this.kernel.phase, this.model.get("is_recording") ?? true);
    this.selection?.setPhase(this.kernel.phase);
    this.#schedule();
  }

  // ---- What is shown

  #schedule(isOther = false) {
    this.isOther ||= isOther;
    this.frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.frame = 0;
    const all = this.rows.all();
    const shown = sortRows(this.filtering.select(all), this.sort);
    const isNewest = this.sort.column === "id" && this.sort.isDescending;
    this.shown = shown.map((row) => row.id);
    this.grid.setSort(this.sort);
    this.grid.show(this.shown, this.rows, { isNewest, isOther: this.isOther });
    this.isOther = false;
    this.toolbar.setCounts(shown.length, all.length, this.rows.errorCount, this.rows.totals);
    this.empty.show(this.#findEmptiness(all.length, shown.length));
    this.selection.refresh();
  }

  #findEmptiness(all, shown) {
    if (shown) return "";
    if (all) return "filtered";
    return this.model.get("is_recording") === false ? "paused" : "none";
  }

  #sortBy(column) {
    const isSame = this.sort.column === column;
    // A new column begins where one looks first: the newest, the slowest, the largest.
    const isDescending = isSame ? !this.sort.isDescending : ["id", "started_at", "duration_ms", "size", "status"].includes(column);
    this.sort = { column, isDescending };
    this.#schedule(true);
  }

  // ---- The filter

  #filterChanged() {
    this.filtering.read();
    clearTimeout(this.saving);
    // The kernel need not hear of each letter.
    this.saving = setTimeout(() => this.#setTrait("filter", this.field.text), 300);
    this.#schedule(true);
  }

  #takeFilter(text) {
    if (text === this.field.text || focusedIn(this.root) === this.field.input) return;
    this.field.text = text;
    this.filtering.read();
    this.#schedule(true);
  }

  #showAll() {
    this.field.reset();
    this.#filterChanged();
    this.field.focus();
  }

  // ---- What the reader does

  #pressed(event, id) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "r" && event.shiftKey) this.selection.edit(id);
    else if (key in KEYS && !(event.shiftKey && /[a-z]/.test(key))) KEYS[key](this, id);
    else return false;
    return true;
  }

  pause() {
    this.kernel.ask({ kind: "pause", is_paused: this.model.get("is_recording") ?? true });
  }

  #clear() {
    this.kernel.ask({ kind: "clear" });
    this.selection.close();
  }

  #listExports() {
    const { row } = this.selection;
    const ask = (ids) => () => this.kernel.ask({ kind: "har", ids });
    return [
      { label: "All requests", hint: String(this.rows.byId.size), choose: ask(null) },
      { label: "Those that are shown", hint: String(this.shown.length), choose: ask([...this.shown].sort((a, b) => a - b)) },
      ...(row ? [{ label: `Request ${row.id}`, choose: ask([row.id]) }] : []),
    ];
  }

  toggleHelp() {
    if (this.sheet.isOpen && this.sheet.name === "help") this.sheet.close();
    else this.sheet.open("Keys and filter syntax", buildHelp(), { name: "help" });
  }

  /** Show a row whatever the filter says, and choose it. */
  #goTo(id) {
    if (!this.rows.get(id)) return this.bar.say("warn", `Request ${id} is no longer there.`);
    if (!this.shown.includes(id)) {
      this.field.reset();
      this.#filterChanged();
      this.#draw();
    }
    this.selection.open(id);
    this.grid.focus(id);
  }

  #takeSelected(id) {
    if (id === (this.selection.id ?? 0)) return;
    if (id && this.rows.get(id)) this.selection.open(id);
    else if (!id) this.selection.close();
  }

  #setTrait(name, value) {
    if (this.model.get(name) === value) return;
    this.model.set(name, value);
    this.model.save_changes();
  }

  close() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.saving);
    for (const [name, callback] of Object.entries(this.listeners)) this.model.off(name, callback);
    for (const part of [this.kernel, this.grid, this.announcer, this.bar, this.actions, this.field]) part.close();
    this.selection.dispose();
    this.sizes.disconnect();
    this.root.remove();
  }
}

/** What the keys do while a row has the focus; none of them needs more than one finger. */
const KEYS = {
  " ": (inspector, id) => inspector.actions.pin(id),
  "/": (inspector) => inspector.field.focus(),
  "?": (inspector) => inspector.toggleHelp(),
  c: (inspector, id) => inspector.actions.copyAs(id, "curl"),
  p: (inspector) => inspector.pause(),
  r: (inspector, id) => inspector.actions.replay(id, "current"),
  Escape: (inspector) => inspector.selection.close(),
};

export default {
  render({ model, el }) {
    const inspector = new Inspector(model);
    el.append(inspector.root);
    return () => inspector.close();
  },
};
