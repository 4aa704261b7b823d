/**
 * The list: as many lines as can be seen, of as many rows as there are.
 *
 * Rule 1: new rows move neither the focus nor what the reader looks at. Only who is at the top,
 *         with the focus elsewhere, sees the newest come in.
 * Rule 2: one line can be reached by Tab; the arrows go on from there. Tab always leaves.
 * Rule 3: the line that has the focus stays in the page, also where it is scrolled away.
 */

import { COLUMNS, fillLine, makeLine } from "./cells.js";
import { focusedIn, make, makeButton, makeIcon, mark, write } from "./dom.js";

/** Heights as in inspector.css; a card has two lines of text. */
const LINE_PX = { table: 28, cards: 52 };
/** Lines above and below what is seen, so that a slow scroll finds them there. */
const SPARE = 4;

export class Grid {
  /**
   * @param label - What the list is, for those who hear it.
   * @param on.choose - Called with a row's id when its details are asked for.
   * @param on.move - Called with a row's id when a key has moved the focus to it.
   * @param on.pair - Called with two ids, which are to be compared, or with null.
   * @param on.sort - Called with a column to sort by.
   * @param on.key - Called with a key's event and a row's id; gives whether it was of use.
   */
  constructor(label, on) {
    Object.assign(this, { on, ids: [], rows: null, active: null, selected: null, pair: null, missed: 0 });
    this.previous = null;
    this.layout = "table";
    this.lines = new Map();
    this.#build(label);
    this.#listen();
  }

  #build(label) {
    this.heads = COLUMNS.map((column) => makeHead(column, () => this.on.sort(column.sort)));
    this.body = make("tbody", { role: "rowgroup", class: "nbflask-lines" });
    const head = make("tr", { role: "row", "aria-rowindex": "1", class: "nbflask-heads" }, ...this.heads);
    this.table = make(
      "table",
      { role: "grid", class: "nbflask-grid", "aria-label": label, "aria-multiselectable": "true" },
      make("thead", { role: "rowgroup" }, head),
      this.body,
    );
    this.table.setAttribute("aria-colcount", COLUMNS.length);
    this.scroller = make("div", { class: "nbflask-scroller" }, this.table);
    this.newer = makeButton("", () => this.goToTop(), { icon: "up", class: "nbflask-button nbflask-newer", hidden: true });
    this.root = make("div", { class: "nbflask-list" }, this.scroller, this.newer);
  }

  #listen() {
    this.scroller.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.body.addEventListener("click", (event) => this.#clicked(event));
    this.body.addEventListener("keydown", (event) => this.#pressed(event));
    this.heads[0].parentElement.addEventListener("keydown", (event) => this.#pressedInHeads(event));
    this.body.addEventListener("focusin", ({ target }) => {
      const id = Number(target.dataset.id);
      if (!id || id === this.active) return;
      this.previous = this.active;
      this.active = id;
      this.#draw();
    });
    this.sizes = new ResizeObserver(() => this.#draw());
    this.sizes.observe(this.scroller);
  }

  close() {
    this.sizes.disconnect();
  }

  get line_px() {
    return LINE_PX[this.layout];
  }

  /** What can be seen of the rows, without the heads. */
  get view_px() {
    return Math.max(this.line_px, this.scroller.clientHeight - this.body.offsetTop);
  }

  get hasFocus() {
    return this.body.contains(focusedIn(this.root));
  }

  /** The row that Tab comes to. */
  get reachable() {
    return this.ids.includes(this.active) ? this.active : this.ids[0];
  }

  setLayout(layout) {
    if (layout === this.layout) return;
    this.layout = layout;
    this.root.dataset.layout = layout;
    this.#draw();
  }

  setSort({ column, isDescending }) {
    for (const head of this.heads) {
      const isIt = head.dataset.sort === column;
      mark(head, "aria-sort", isIt ? (isDescending ? "descending" : "ascending") : null);
    }
  }

  /**
   * Show these rows, in this order.
   *
   * @param options.isNewest - Whether the newest row comes first.
   * @param options.isOther - Whether the reader asked for other rows, and so begins at the top.
   */
  show(ids, rows, { isNewest = true, isOther = false } = {}) {
    const anchor = isOther ? null : this.#findAnchor();
    const before = new Set(this.ids);
    const index = this.ids.indexOf(this.active);
    const hadFocus = this.hasFocus;
    Object.assign(this, { ids, rows });
    // A row that is left out may come back; only who is on it has to go somewhere.
    if (hadFocus && !ids.includes(this.active)) this.active = ids[Math.min(Math.max(index, 0), ids.length - 1)] ?? null;
    mark(this.table, "aria-rowcount", ids.length + 1);
    this.body.style.height = `${ids.length * this.line_px}px`;
    if (isOther) this.#reveal(this.active);
    else this.#hold(anchor, isNewest, before);
    this.#draw();
    if (hadFocus && !this.hasFocus) this.lines.get(this.active)?.focus({ preventScroll: true });
  }

  /** The row that is to stay where it is on the screen; null: the newest rows push the others down. */
  #findAnchor() {
    const top = this.scroller.scrollTop;
    const held = this.hasFocus ? this.ids.indexOf(this.active) : -1;
    if (held < 0 && top < 1) return null;
    const first = Math.floor(top / this.line_px);
    const isSeen = held >= first && held * this.line_px < top + this.view_px;
    const index = isSeen ? held : first;
    return { id: this.ids[index], offset: index * this.line_px - top };
  }

  #hold(anchor, isNewest, before) {
    const index = anchor ? this.ids.indexOf(anchor.id) : -1;
    if (index < 0) return;
    const top = Math.max(0, index * this.line_px - anchor.offset);
    if (Math.abs(top - this.scroller.scrollTop) >= 1) this.scroller.scrollTop = top;
    if (!isNewest) return;
    const first = Math.floor(top / this.line_px);
    this.missed += this.ids.slice(0, first).filter((id) => !before.has(id)).length;
  }

  goToTop() {
    this.scroller.scrollTop = 0;
    this.#draw();
    if (focusedIn(this.root) === this.newer || this.hasFocus) this.focus(this.ids[0]);
  }

  /** Bring a row into view, by as little scrolling as will do; null: the top. */
  #reveal(id) {
    const index = this.ids.indexOf(id);
    const top = Math.max(0, index) * this.line_px;
    const last = top + this.line_px - this.view_px;
    const { scrollTop } = this.scroller;
    if (index < 0 || top < scrollTop) this.scroller.scrollTop = index < 0 ? 0 : top;
    else if (last > scrollTop) this.scroller.scrollTop = last;
  }

  /** Give a row the focus; without an id, the one that had it last. */
  focus(id = this.reachable) {
    if (!this.ids.includes(id)) return;
    this.#reveal(id);
    this.active = id;
    this.#draw();
    this.lines.get(id)?.focus({ preventScroll: true });
    this.on.move(id);
  }

  /** Show which rows are chosen, by their ids. */
  choose(selected, pair = null) {
    Object.assign(this, { selected, pair });
    this.#draw();
  }

  #draw() {
    if (!this.rows) return;
    const top = this.scroller.scrollTop;
    if (top < 1) this.missed = 0;
    const first = Math.max(0, Math.floor(top / this.line_px) - SPARE);
    const last = Math.ceil((top + this.view_px) / this.line_px) + SPARE;
    const focused = focusedIn(this.root);
    const held = this.body.contains(focused) ? focused : null;
    const shown = new Map();
    this.ids.forEach((id, index) => {
      if ((index >= first && index < last) || (held && id === Number(held.dataset.id))) shown.set(id, index);
    });
    for (const [id, line] of this.lines) if (!shown.has(id)) this.#drop(id, line);
    const lines = [...shown].map(([id, index]) => this.#drawLine(id, index));
    this.#arrange(lines, held);
    this.newer.hidden = this.missed === 0;
    if (this.missed) write(this.newer.lastChild, `${this.missed} newer`);
  }

  #drop(id, line) {
    this.lines.delete(id);
    line.remove();
  }

  #drawLine(id, index) {
    let line = this.lines.get(id);
    if (!line) this.lines.set(id, (line = makeLine()));
    const row = this.rows.get(id);
    if (row && line.row !== row) fillLine(line, row);
    line.row = row;
    line.style.transform = `translateY(${index * this.line_px}px)`;
    const isChosen = this.pair ? this.pair.includes(id) : id === this.selected;
    mark(line, "aria-rowindex", index + 2);
    mark(line, "aria-selected", String(isChosen));
    mark(line, "tabindex", id === this.reachable ? "0" : "-1");
    return line;
  }

  /** Put the lines in their order without touching the one that has the focus: moving takes it away. */
  #arrange(lines, held) {
    let next = null;
    for (const line of lines.reverse()) {
      const isInPlace = line.parentNode === this.body && line.nextSibling === next;
      if (!isInPlace && line !== held) this.body.insertBefore(line, next);
      next = line;
    }
  }

  #clicked(event) {
    const id = Number(event.target.closest("tr")?.dataset.id);
    if (!id) return;
    // The press that became this click has moved the focus already.
    const partner = this.selected ?? this.previous;
    if ((event.ctrlKey || event.metaKey) && partner && partner !== id) this.on.pair([partner, id]);
    else this.on.choose(id);
    this.focus(id);
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const id = this.active;
    const index = this.ids.indexOf(id);
    const page = Math.max(1, Math.floor(this.view_px / this.line_px) - 1);
    const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: this.ids.length - 1, PageUp: index - page, PageDown: index + page };
    if (event.key in target) this.#step(target[event.key], event.shiftKey && event.key.startsWith("Arrow"));
    else if (event.key === "Enter") this.on.choose(id, true);
    else if (!this.on.key(event, id)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(index, isPair) {
    const from = this.pair?.[0] ?? this.active;
    const to = this.ids[Math.min(Math.max(index, 0), this.ids.length - 1)];
    if (isPair && to !== from) this.on.pair([from, to]);
    else if (this.pair) this.on.pair(null);
    if (index === 0) this.missed = 0;
    this.focus(to);
  }

  #pressedInHeads(event) {
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const index = buttons.indexOf(event.target);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "ArrowDown") this.focus();
    else if (step) moveFocus(buttons, (index + step + buttons.length) % buttons.length);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Let one of several elements be reached by Tab, and give it the focus. */
export function moveFocus(elements, index) {
  elements.forEach((element, position) => mark(element, "tabindex", position === index ? "0" : "-1"));
  elements[index].focus();
}

function makeHead({ name, title, label = title, sort }, onclick) {
  const attributes = { role: "columnheader", class: `nbflask-cell-${name}`, "data-sort": sort || null };
  if (!sort) return make("th", attributes, make("span", {}, title));
  const tabindex = name === "id" ? "0" : "-1";
  const button = make(
    "button",
    { type: "button", class: "nbflask-head", "aria-label": label, title: `Sort by ${label.toLowerCase()}`, tabindex, onclick },
    make("span", {}, title),
    makeIcon("down"),
  );
  return make("th", attributes, button);
}
