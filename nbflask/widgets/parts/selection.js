/**
 * What is chosen in the list, and what is shown of it below: details, two side by side, or the
 * editor.
 *
 * Rule 1: details are asked for when the reader has stopped moving, and again when their row has
 *         changed, at most once a second.
 */

import { ComparisonPane } from "./comparison_pane.js";
import { Details } from "./details.js";
import { DetailsCache } from "./details_cache.js";
import { focusedIn, make } from "./dom.js";
import { EditForm } from "./edit_form.js";

const SETTLE_MS = 80;
const REFRESH_MS = 1_000;

const REASONS = {
  live: "Fetching the details…",
  busy: "The kernel is busy; the details come when its cell has ended.",
  gone: "The kernel is gone, and with it the details.",
};

export class Selection {
  /** @param on - `go(id)` chooses a row in the list, `change(id)` hears of what is chosen. */
  constructor(kernel, rows, grid, actions, on) {
    Object.assign(this, { kernel, rows, grid, actions, on, id: null, ids: null, known: null, asked: null });
    this.cache = new DetailsCache();
    this.timer = null;
    this.askedAt = 0;
    this.details = new Details([actions.replays, actions.copies], {
      pin: () => actions.pin(this.id),
      note: () => actions.writeNote(this.id),
      reveal: (isRevealed = true) => this.#reveal(isRevealed),
      copy: (text, label) => actions.copy(text, label),
      go: on.go,
      close: () => this.close(),
      back: () => grid.focus(this.id),
    });
    this.comparison = new ComparisonPane({ close: () => this.pair(null), swap: () => this.pair([...this.ids].reverse()), go: on.go });
    this.editor = new EditForm({ send: (edit) => this.#sendEdit(edit), close: () => this.#closeEditor() });
    this.root = make("div", { class: "nbflask-below" }, this.details.root, this.comparison.root, this.editor.root);
  }

  get row() {
    return this.id === null ? null : this.rowOf(this.id);
  }

  /** A row of the list, or the one on show though it was dropped since. */
  rowOf(id) {
    return this.rows.get(id) ?? (this.details.row?.id === id ? this.details.row : null);
  }

  /** @param isEntered - Whether the focus goes to the details. */
  open(id, isEntered = false) {
    this.#leave();
    const isOther = id !== this.id;
    this.id = id;
    if (isOther) Object.assign(this, { known: this.cache.get(id), asked: null });
    this.grid.choose(id);
    this.on.change(id);
    this.refresh();
    if (!this.known) this.#askSoon(id, SETTLE_MS);
    if (isEntered) this.details.focus();
  }

  /** The focus came to a row: details that are open show that one. */
  follow(id) {
    if (this.id !== null && this.id !== id && this.details.isOpen) this.open(id);
  }

  close() {
    const hadFocus = this.root.contains(focusedIn(this.root));
    const { id } = this;
    this.#leave();
    this.details.hide();
    Object.assign(this, { id: null, known: null, asked: null });
    clearTimeout(this.timer);
    this.grid.choose(null);
    this.on.change(0);
    if (hadFocus) this.grid.focus(id ?? undefined);
  }

  /** Put the comparison and the editor away. */
  #leave() {
    this.ids = this.toEdit = null;
    this.comparison.root.hidden = this.editor.root.hidden = true;
  }

  /** Show what is known of the chosen row by now. */
  refresh() {
    const { row } = this;
    if (!row || this.ids || !this.editor.root.hidden) return;
    const reason = REASONS[this.kernel.phase];
    if (!this.known) this.waiting = this.waiting?.reason === reason ? this.waiting : { reason };
    this.details.show(row, this.known ?? this.waiting);
  }

  setPhase(phase) {
    for (const button of [this.actions.replays.button, this.actions.copies.button, this.details.pinner, this.details.noter]) button.disabled = phase === "gone";
  }

  // ---- Asking for details

  /** Rows have changed: what is known of them is of before. */
  forget(ids) {
    this.cache.drop(ids);
    if (this.id === null || !ids.includes(this.id) || this.known?.is_revealed) return;
    this.#askSoon(this.id, Math.max(SETTLE_MS, this.askedAt + REFRESH_MS - performance.now()));
  }

  #askSoon(id, wait_ms) {
    if (this.asked === id) return;
    clearTimeout(this.timer);
    this.asked = id;
    this.timer = setTimeout(() => this.#ask(id), wait_ms);
  }

  #ask(id, isRevealed = false) {
    this.asked = null;
    if (id !== this.id && id !== this.toEdit) return;
    this.askedAt = performance.now();
    this.kernel.ask({ kind: "get", id, reveal: isRevealed });
  }

  #reveal(isRevealed) {
    clearTimeout(this.timer);
    this.#ask(this.id, isRevealed);
  }

  hear(message) {
    if (message.kind === "details") this.#take(message);
    else if (message.kind === "comparison") this.#showComparison(message);
    else if (message.kind === "gone" && message.id === this.id && !this.known) {
      this.known = { reason: "This request is no longer recorded." };
      this.refresh();
    }
  }

  #take(details) {
    this.cache.add(details);
    if (this.toEdit === details.id && !details.is_revealed) this.#openEditor(details);
    if (details.id !== this.id) return;
    if (this.asked === this.id) clearTimeout(this.timer);
    this.asked = null;
    this.known = details;
    this.refresh();
  }

  // ---- Two side by side

  pair(ids) {
    this.#leave();
    this.ids = ids;
    this.grid.choose(this.id, ids);
    if (ids) {
      this.details.root.hidden = true;
      this.comparison.await(ids, this.kernel.phase === "busy" ? REASONS.busy : "Comparing…");
      this.kernel.ask({ kind: "compare", ids });
      return;
    }
    if (this.id !== null) this.open(this.id);
    this.grid.focus(this.id ?? undefined);
  }

  #showComparison({ ids, parts }) {
    if (this.ids && String(this.ids) === String(ids)) this.comparison.show(parts);
  }

  // ---- The editor

  edit(id) {
    this.open(id);
    this.toEdit = id;
    if (this.known?.exchange && !this.known.is_revealed) return this.#openEditor(this.known);
    clearTimeout(this.timer);
    this.#ask(id);
  }

  #openEditor({ id, exchange }) {
    this.toEdit = null;
    this.details.root.hidden = true;
    this.editor.open(id, exchange.request);
  }

  #sendEdit(edit) {
    this.actions.replay(this.id, "edit", edit);
  }

  #closeEditor() {
    this.editor.root.hidden = true;
    this.refresh();
    this.grid.focus(this.id ?? undefined);
  }

  /** The widget goes. */
  dispose() {
    clearTimeout(this.timer);
  }
}
