/**
 * A tree of names (WAI-ARIA's tree view): the arrows move, open and close, Enter chooses.
 *
 * All items stand in one list, each with its level, so that a line is a line for the eye and for
 * who listens. What is open, and where the focus is, stay when the tree is drawn anew.
 */

import { fill, focusedIn, make, mark } from "./dom.js";

const TYPING_PAUSE_MS = 600;

export class NameTree {
  /**
   * @param label - What the tree is of.
   * @param onChoose - Called with the node that the reader chooses.
   */
  constructor(label, onChoose) {
    this.onChoose = onChoose;
    this.nodes = [];
    this.closed = new Set();
    this.active = null;
    this.typed = "";
    this.root = make("div", { class: "nbflask-names", role: "tree", "aria-label": label });
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /**
   * Draw the tree.
   *
   * @param nodes - `{key, text, parts, children, isChosen, choose}`: a key that is the same in the
   *   next drawing, the words, and elements behind them. A node without `choose` only opens and closes.
   */
  show(nodes) {
    const hadFocus = this.root.contains(focusedIn(this.root));
    this.nodes = nodes;
    this.lines = [];
    this.#collect(nodes, 1, null);
    fill(this.root, this.lines.map((line) => line.item));
    const isThere = this.lines.some((line) => line.node.key === this.active);
    if (!isThere) this.active = (this.lines.find((line) => line.node.isChosen) ?? this.lines[0])?.node.key ?? null;
    this.#rove(hadFocus);
  }

  #collect(nodes, level, parent) {
    nodes.forEach((node, at) => {
      const isOpen = node.children?.length ? !this.closed.has(node.key) : null;
      const item = make(
        "div",
        {
          role: "treeitem",
          class: "nbflask-name",
          "aria-level": level,
          "aria-posinset": at + 1,
          "aria-setsize": nodes.length,
          "aria-expanded": isOpen == null ? null : String(isOpen),
          "aria-selected": node.choose ? String(Boolean(node.isChosen)) : null,
          style: `--level: ${level}`,
          tabindex: "-1",
        },
        make("span", { class: "nbflask-twist", "aria-hidden": "true" }),
        make("bdi", { class: "nbflask-name-text" }, node.text),
        node.parts,
      );
      const line = { node, item, parent };
      item.addEventListener("click", () => this.#clicked(line));
      this.lines.push(line);
      if (isOpen) this.#collect(node.children, level + 1, line);
    });
  }

  #clicked(line) {
    this.active = line.node.key;
    if (line.node.choose) this.#choose(line);
    else this.#toggle(line);
    this.#rove(true);
  }

  #choose(line) {
    line.node.choose();
    this.onChoose?.(line.node);
  }

  #toggle({ node }, isOpen = this.closed.has(node.key)) {
    if (isOpen) this.closed.delete(node.key);
    else this.closed.add(node.key);
    this.show(this.nodes);
  }

  #rove(isFocused) {
    for (const { node, item } of this.lines) {
      mark(item, "tabindex", node.key === this.active ? "0" : "-1");
      if (isFocused && node.key === this.active) {
        item.focus({ preventScroll: true });
        item.scrollIntoView({ block: "nearest" });
      }
    }
  }

  #go(line) {
    if (!line) return;
    this.active = line.node.key;
    this.#rove(true);
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.lines.findIndex((line) => line.node.key === this.active);
    const line = this.lines[at];
    if (!line) return;
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.lines.length - 1 };
    if (event.key in moves) this.#go(this.lines[moves[event.key]]);
    else if (event.key === "ArrowRight") this.#right(line, this.lines[at + 1]);
    else if (event.key === "ArrowLeft") this.#left(line);
    else if (event.key === "Enter" || event.key === " ") this.#enter(line);
    else if (event.key.length === 1) this.#type(event.key, at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #right(line, next) {
    const isOpen = line.item.getAttribute("aria-expanded");
    if (isOpen === "false") this.#toggle(line, true);
    else if (isOpen === "true") this.#go(next);
  }

  #left(line) {
    if (line.item.getAttribute("aria-expanded") === "true") this.#toggle(line, false);
    else this.#go(line.parent);
  }

  #enter(line) {
    if (line.node.choose) this.#choose(line);
    else this.#toggle(line);
  }

  /** Go to the next name that begins with what was typed. */
  #type(key, at) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.typed = ""), TYPING_PAUSE_MS);
    this.typed += key.toLowerCase();
    const start = this.typed.length > 1 ? at : at + 1;
    const turned = [...this.lines.slice(start), ...this.lines.slice(0, start)];
    this.#go(turned.find((line) => line.node.text.toLowerCase().startsWith(this.typed)));
  }

  close() {
    clearTimeout(this.timer);
  }
}
