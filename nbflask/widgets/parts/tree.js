/**
 * JSON as a tree (WAI-ARIA's tree view): the arrows open, close and move.
 *
 * Rule 1: branches are built when they are opened, and of a long one the next 100 when asked for.
 * Rule 2: numbers are shown as they were written, also those that JavaScript rounds.
 */

import { fill, make, mark } from "./dom.js";

const PAGE = 100;
const MAX_TEXT = 400;
/** Of a small value all is open at once. */
const OPEN_LINES = 60;

/** A number as it was written. */
class Digits {
  constructor(text) {
    this.text = text;
  }
}

/** Read JSON; throws SyntaxError. */
export function parseJson(text) {
  return JSON.parse(text, (_key, value, context) => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    return new Digits(source);
  });
}

/** A tree of what JSON holds. */
export function buildTree(value, label) {
  const root = make("ul", { class: "nbflask-tree", role: "tree", "aria-label": label });
  const isOpen = countLines(value, OPEN_LINES) < OPEN_LINES;
  root.append(makeBranch("", value, 1, isOpen));
  if (!isOpen) setOpen(root.firstElementChild, true);
  root.firstElementChild.setAttribute("tabindex", "0");
  root.addEventListener("keydown", (event) => pressedInTree(root, event));
  root.addEventListener("click", (event) => {
    const item = event.target.closest("[role=treeitem]");
    if (!item || root.ownerDocument.getSelection().toString()) return;
    activateItem(root, item);
    focusItem(root, item);
  });
  return root;
}

function isBranch(value) {
  return typeof value === "object" && value !== null && !(value instanceof Digits);
}

function countLines(value, limit) {
  if (!isBranch(value)) return 1;
  let lines = 1;
  for (const child of Object.values(value)) {
    lines += countLines(child, limit - lines);
    if (lines >= limit) return limit;
  }
  return lines;
}

function makeBranch(name, value, level, isOpen) {
  const line = make("div", { class: "nbflask-node" });
  const item = make("li", { role: "treeitem", "aria-level": level, tabindex: "-1" }, line);
  if (name !== "") line.append(make("bdi", { class: "nbflask-key" }, String(name)), ": ");
  if (!isBranch(value)) {
    line.append(makeLeaf(value));
    return item;
  }
  const size = Object.keys(value).length;
  line.append(make("span", { class: "nbflask-shape" }, describeShape(value, size)));
  if (!size) return item;
  item.branch = { value, level };
  setOpen(item, isOpen, isOpen);
  return item;
}

function describeShape(value, size) {
  if (Array.isArray(value)) return size ? `[ ${size} ]` : "[ ]";
  const names = Object.keys(value).slice(0, 3).join(", ");
  const text = names.length > 60 ? `${names.slice(0, 60)}…` : names;
  return size ? `{ ${text}${size > 3 ? ", …" : ""} }` : "{ }";
}

function makeLeaf(value) {
  const type = value instanceof Digits ? "number" : value === null ? "null" : typeof value;
  const text = value instanceof Digits ? value.text : JSON.stringify(value);
  const leaf = make("bdi", { class: "nbflask-leaf", "data-type": type });
  leaf.textContent = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  if (text.length > MAX_TEXT) leaf.title = `${text.length.toLocaleString("en")} characters. Enter shows all.`;
  leaf.whole = text.length > MAX_TEXT ? text : null;
  return leaf;
}

function setOpen(item, isOpen, isDeep = false) {
  mark(item, "aria-expanded", String(isOpen));
  item.querySelector(":scope > ul")?.remove();
  if (!isOpen) return;
  const group = make("ul", { role: "group" });
  item.append(group);
  addPage(group, item.branch, 0, isDeep);
}

function addPage(group, { value, level }, start, isDeep = false) {
  const names = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const name of names.slice(start, start + PAGE)) {
    group.append(makeBranch(String(name), value[name], level + 1, isDeep));
  }
  const left = names.length - start - PAGE;
  if (left <= 0) return;
  const line = make("div", { class: "nbflask-node nbflask-more" }, `… ${left.toLocaleString("en")} more`);
  const more = make("li", { role: "treeitem", "aria-level": level + 1, tabindex: "-1" }, line);
  more.onMore = () => {
    const previous = more.previousElementSibling;
    more.remove();
    addPage(group, { value, level }, start + PAGE);
    return previous.nextElementSibling;
  };
  group.append(more);
}

/** Open or close a branch, show a long text whole, or the next of many. */
function activateItem(root, item) {
  const leaf = item.querySelector(":scope > .nbflask-node > .nbflask-leaf");
  if (item.onMore) focusItem(root, item.onMore());
  else if (item.branch) setOpen(item, item.getAttribute("aria-expanded") !== "true");
  else if (leaf?.whole) fill(leaf, leaf.whole);
}

function focusItem(root, item) {
  if (!item?.isConnected) return;
  for (const other of root.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  item.setAttribute("tabindex", "0");
  item.focus();
}

function pressedInTree(root, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const items = [...root.querySelectorAll("[role=treeitem]")];
  const item = event.target.closest("[role=treeitem]");
  const index = items.indexOf(item);
  const isOpen = item.getAttribute("aria-expanded");
  const moves = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) focusItem(root, items[Math.max(0, moves[event.key])]);
  else if (event.key === "ArrowRight" && isOpen === "true") focusItem(root, items[index + 1]);
  else if (event.key === "ArrowLeft" && isOpen !== "true") focusItem(root, item.parentElement.closest("[role=treeitem]"));
  else if (["Enter", " "].includes(event.key) || (["ArrowLeft", "ArrowRight"].includes(event.key) && isOpen)) activateItem(root, item);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
