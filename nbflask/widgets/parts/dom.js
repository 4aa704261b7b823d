/**
 * Building elements: what every widget of ours is made of.
 *
 * Rule 1: what comes from the app or the kernel is text. No part ever writes markup.
 * Rule 2: an element is named for those who do not see it, or hidden from them.
 */

const DRAWINGS = {
  back: "M10 3 5 8l5 5",
  box: "M3 3h10v10H3z",
  boxed: "M3 3h10v10H3zM5.5 8l2 2 3.5-4",
  check: "m3 8.5 3.5 3.5L13 4.5",
  close: "m4 4 8 8M12 4l-8 8",
  code: "m5.5 4.5-3.5 3.5 3.5 3.5M10.5 4.5l3.5 3.5-3.5 3.5",
  compare: "M3 5h10M10 2l3 3-3 3M13 11H3M6 8l-3 3 3 3",
  copy: "M6 6h7.5v7.5H6zM10 6V2.5H2.5V10H6",
  down: "m4 6.5 4 4 4-4",
  edit: "m3 13 .6-2.8L10.9 3l2.1 2.1-7.2 7.3zM9.5 4.4l2.1 2.1",
  error: "M8 1.8 14.2 8 8 14.2 1.8 8zM8 5v3.6M8 10.6v.1",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z",
  failed: "m4 4 8 8M12 4l-8 8",
  file: "M4 1.8h5L12.2 5v9.2H4zM9 1.8V5h3.2",
  filter: "M2 3.5h12L9.5 9v4.5l-3-1.5V9z",
  info: "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM8 7.2v4M8 4.8v.1",
  note: "M3 2.5h10v7L9.5 13H3zM13 9.5H9.5V13",
  open: "M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9.5V13H3V4.5h3.5",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  pending: "M3 8h.1M8 8h.1M13 8h.1",
  pin: "M6 2h4l-.5 4.5L12 9H4l2.5-2.5zM8 9v5",
  play: "M5 3v10l8-5z",
  record: "M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  redirect: "M3 12V9a3 3 0 0 1 3-3h7M10 3l3 3-3 3",
  reload: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5V5h-2.6",
  save: "M8 2.5v7M5 7l3 3 3-3M2.5 13h11",
  trash: "M3 4.5h10M6 4.5v-2h4v2M4.2 4.5l.6 9h6.4l.6-9",
  up: "m4 9.5 4-4 4 4",
  warn: "M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1",
};

/**
 * Make an element.
 *
 * @param attributes - `onclick` and the like are listeners; `true` is an attribute without a value;
 *   `false`, `null` and `undefined` are left out.
 * @param children - Elements, or texts, which stay texts; those that are not there are left out.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...keepThere(children));
  return element;
}

/** Give an element these children, in the place of those it has. */
export function fill(element, ...children) {
  element.replaceChildren(...keepThere(children));
  return element;
}

/** The children that are there: no `null`, no `false`; lists are taken apart. */
function keepThere(children) {
  return children.flat(Infinity).filter((child) => child != null && child !== false);
}

/** Set the text only where it differs, so that nothing is laid out or read out again in vain. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set an attribute only where it differs; `null` takes it away. */
export function mark(element, name, value) {
  if (value == null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** A drawing of 16 × 16 px in the colour of the text; for the eye only, so words go with it. */
export function makeIcon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "nbflask-icon");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button with words, an icon, or both.
 *
 * @param label - The words. A button of an icon alone shows them as its tooltip.
 * @param options.icon - A drawing's name.
 * @param options.isBare - Whether only the icon is to be seen.
 */
export function makeButton(label, onclick, { icon = "", isBare = false, ...attributes } = {}) {
  const named = isBare ? { "aria-label": label, title: label } : {};
  return make(
    "button",
    { type: "button", class: isBare ? "nbflask-button nbflask-bare" : "nbflask-button", onclick, ...named, ...attributes },
    icon && makeIcon(icon),
    !isBare && make("span", {}, label),
  );
}

/** A button that stays down: a filter that is on, a pin that is set. */
export function makeToggle(label, onclick, options = {}) {
  return makeButton(label, onclick, { "aria-pressed": "false", ...options });
}

/** A line or a box to write in. JupyterLab and browsers are kept from correcting what is code. */
export function makeInput(label, attributes = {}, tag = "input") {
  return make(tag, {
    class: "nbflask-input",
    "aria-label": label,
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    ...attributes,
  });
}

/** Words for a state, with an icon, so that the colour says nothing on its own. */
export function makePill(kind, text, icon = "") {
  return make("span", { class: "nbflask-pill", "data-kind": kind }, icon && makeIcon(icon), text);
}

/**
 * A plain table of texts and elements.
 *
 * @param caption - What the table holds: read out, and not seen.
 * @param heads - The names of the columns.
 * @param rows - Lists of cells; the first of each is its row's head.
 */
export function makeTable(caption, heads, rows) {
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const lines = rows.map(([first, ...rest]) =>
    make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell))),
  );
  return make(
    "table",
    { class: "nbflask-facttable" },
    make("caption", { class: "nbflask-unseen" }, caption),
    make("thead", {}, head),
    make("tbody", {}, ...lines),
  );
}

/**
 * A box for several lines.
 *
 * JupyterLab cancels line breaks typed anywhere in a cell, so they are put in by hand, as one
 * step that can be undone.
 */
export function makeTextBox(label, attributes = {}) {
  const box = makeInput(label, attributes, "textarea");
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (document.execCommand("insertText", false, "\n")) return;
    box.setRangeText("\n", box.selectionStart, box.selectionEnd, "end");
  });
  return box;
}

// Two widgets of a page have each their own copy of this module.
const COPY = Math.random().toString(36).slice(2, 8);
let idCount = 0;

/** An id that no other element of the page has. */
export function nextId(name = "part") {
  idCount += 1;
  return `nbflask-${name}-${COPY}-${idCount}`;
}

/** The element that has the focus, also inside a shadow root, as some front ends have it. */
export function focusedIn(root) {
  return root.getRootNode().activeElement;
}
