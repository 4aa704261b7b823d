/** The keys and values of one session, each with what can be done about it. */

import { fill, focusedIn, make, makeButton, makePill, mark, write } from "./dom.js";

/** One key. Its elements stay while its value changes, so that the focus stays, too. */
class Row {
  constructor(key, ask) {
    this.key = key;
    this.name = make("code", { class: "nbflask-session-key" }, key);
    this.meaning = make("span", { class: "nbflask-quiet nbflask-session-meaning" });
    this.type = make("span", { class: "nbflask-mono nbflask-quiet" });
    this.text = make("code", { class: "nbflask-session-text", tabindex: "-1" });
    this.revealer = makeButton(`Reveal ${key}`, () => ask("reveal", key), { icon: "eye", isBare: true, "aria-pressed": "false" });
    this.editor = makeButton(`Edit ${key}`, () => ask("edit", key), { icon: "edit", isBare: true });
    this.remover = makeButton(`Remove ${key}`, () => ask("remove", key), { icon: "trash", isBare: true });
    this.root = make(
      "tr",
      {},
      make("th", { scope: "row" }, this.name, this.meaning),
      make("td", {}, this.type),
      make("td", {}, this.text),
      make("td", { class: "nbflask-session-tools" }, make("div", {}, this.revealer, this.editor, this.remover)),
    );
  }

  show(entry, revealed, canEdit) {
    const isRevealed = revealed !== undefined;
    write(this.meaning, entry.meaning);
    write(this.type, entry.type);
    write(this.text, isRevealed ? revealed : entry.text);
    this.text.toggleAttribute("data-covered", entry.is_secret && !isRevealed);
    this.revealer.hidden = !entry.is_secret;
    mark(this.revealer, "aria-pressed", String(isRevealed));
    this.editor.hidden = !canEdit || !entry.is_editable;
    this.remover.hidden = !canEdit;
  }
}

export class Values {
  /**
   * @param ask - Called with "reveal", "edit" or "remove", and the key.
   * @param leave - Called when the focus was in the last line, and that is gone.
   */
  constructor(ask, leave) {
    Object.assign(this, { ask, leave });
    this.rows = new Map();
    this.body = make("tbody", {});
    this.empty = make("p", { class: "nbflask-quiet", hidden: true }, "There is nothing in it.");
    const heads = ["key", "type", "value"].map((text) => make("th", { scope: "col" }, text));
    this.table = make(
      "table",
      { class: "nbflask-facttable nbflask-session-values" },
      make("caption", { class: "nbflask-unseen" }, "What is in the session"),
      make("thead", {}, make("tr", {}, heads, make("th", { scope: "col" }, make("span", { class: "nbflask-unseen" }, "actions")))),
      this.body,
    );
    this.root = make("div", {}, this.table, this.empty);
  }

  /**
   * Show the entries of a session.
   *
   * @param revealed - Map of key to text, for those that the reader has asked for.
   */
  show(entries, revealed, canEdit) {
    const rows = new Map();
    for (const entry of entries) {
      const row = this.rows.get(entry.key) ?? new Row(entry.key, this.ask);
      row.show(entry, revealed.get(entry.key), canEdit);
      rows.set(entry.key, row);
    }
    const focused = focusedIn(this.root);
    const lost = [...this.rows.values()].findIndex((row) => !rows.has(row.key) && row.root.contains(focused));
    this.rows = rows;
    const wanted = [...rows.values()].map((row) => row.root);
    const isSame = wanted.length === this.body.children.length && wanted.every((row, at) => row === this.body.children[at]);
    // Moving an element would take the focus from it.
    if (!isSame) fill(this.body, wanted);
    this.table.hidden = !entries.length;
    this.empty.hidden = Boolean(entries.length);
    if (lost >= 0) this.#refocus(lost);
  }

  /** The line with the focus is gone: go on with the next one. */
  #refocus(position) {
    const rows = [...this.rows.values()];
    const next = rows[Math.min(position, rows.length - 1)]?.remover;
    if (next && !next.hidden) next.focus();
    else this.leave();
  }

  /** Give the focus to what edits a key; to the first one where the key is gone. */
  focus(key) {
    const row = this.rows.get(key);
    if (row && !row.editor.hidden) row.editor.focus();
  }
}

const CHANGES = {
  added: { kind: "good", write: ({ after }) => after },
  changed: { kind: "info", write: ({ before, after }) => `${before} → ${after}` },
  removed: { kind: "bad", write: ({ before }) => `was ${before}` },
};

/** What became of keys, one line each. */
export function makeChanges(changes) {
  return make(
    "ul",
    { class: "nbflask-session-changes" },
    changes.map((each) => {
      const { kind, write: describe } = CHANGES[each.change];
      return make("li", {}, makePill(kind, each.change), make("code", {}, each.key), make("code", { class: "nbflask-quiet" }, describe(each)));
    }),
  );
}
