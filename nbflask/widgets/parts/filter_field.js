/**
 * The filter: a line to write in, which completes what is written (ARIA's combobox).
 *
 * Rule 1: a filter that cannot be read changes nothing in the list; its fault is shown at its column.
 * Rule 2: Tab never completes, it leaves.
 */

import { fill, make, makeButton, makeIcon, makeInput, makeToggle, mark, nextId, write } from "./dom.js";
import { Popup } from "./popup.js";

const MAX_OFFERED = 12;

/** What can be switched on beside the filter. */
const QUICK = [
  ["errors", "Errors", "Only what failed: status codes from 400, exceptions"],
  ["slow", "Slow", "Only what took longer than 19 of 20 requests"],
  ["cell", "This cell", "Only what the cell asked that asked last"],
];

export class FilterField {
  /**
   * @param on.change - Called when the filter or a switch has changed.
   * @param on.complete - Gives the whole filters that a text could become at a column.
   * @param on.leave - Called to go back to the list.
   * @param on.help - Called for the page of keys.
   */
  constructor(on) {
    this.on = on;
    this.quick = new Set();
    this.index = -1;
    this.#build();
    this.said = {};
    this.popup = new Popup(this.offers, this.input, () => this.#forget());
    this.#listen();
  }

  #build() {
    const [listId, faultId] = [nextId("offers"), nextId("fault")];
    this.input = makeInput("Filter", {
      role: "combobox",
      type: "text",
      class: "nbflask-input nbflask-filter-input",
      placeholder: "Filter, such as status:5xx path:/api/*",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-describedby": faultId,
    });
    this.offers = make("ul", { role: "listbox", id: listId, class: "nbflask-offers", "aria-label": "Completions" });
    this.clearer = makeButton("Empty the filter", () => this.#empty(), { icon: "close", isBare: true, hidden: true });
    const box = make("div", { class: "nbflask-filter-box" }, makeIcon("filter"), this.input, this.clearer, this.offers);
    this.toggles = QUICK.map(([name, label, title]) => makeToggle(label, () => this.#switch(name), { title, "data-name": name }));
    const helper = makeButton("Keys and filter syntax", this.on.help, { isBare: true, class: "nbflask-button nbflask-bare nbflask-helper" });
    fill(helper, "?");
    this.message = make("div", { class: "nbflask-filter-message", id: faultId, hidden: true });
    const group = make("div", { class: "nbflask-quick", role: "group", "aria-label": "Show only" }, ...this.toggles);
    this.root = make("div", { class: "nbflask-filter" }, make("div", { class: "nbflask-filter-line" }, box, helper, group), this.message);
  }

  #listen() {
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => this.#pressed(event));
    this.input.addEventListener("blur", () => this.popup.close());
    // Pressed, and not clicked: a click would come after the line has lost its focus.
    this.offers.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      this.#take(option.dataset.text);
    });
  }

  get text() {
    return this.input.value;
  }

  set text(text) {
    this.input.value = text;
    this.clearer.hidden = !text;
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /** Say what is wrong with the filter, or odd; nothing yet while it is being completed. */
  explain(said) {
    this.said = said;
    const { error = null, hints = [], isAsking = false } = this.popup.isOpen ? {} : said;
    mark(this.input, "aria-invalid", error ? "true" : null);
    const [line] = error ? [this.#makeFault(error)] : [hints.join(" ") || (isAsking && "The kernel looks through what was sent…")];
    this.message.hidden = !line;
    this.message.dataset.kind = error ? "bad" : "quiet";
    if (!error) write(this.message, line || "");
    else fill(this.message, line);
  }

  /** The filter up to the fault, the fault underlined, and the sentence. */
  #makeFault({ column, message }) {
    const { text } = this;
    const begin = Math.min(column, text.length);
    const word = /^\S*/.exec(text.slice(begin))[0] || " ";
    return [
      make("span", { class: "nbflask-fault-text nbflask-mono", "aria-hidden": "true" }, text.slice(0, begin), make("mark", {}, word), text.slice(begin + word.length)),
      make("span", {}, message),
    ].reduce((box, part) => (box.append(part), box), make("div", { class: "nbflask-fault" }, makeIcon("error")));
  }

  #changed() {
    this.clearer.hidden = !this.text;
    this.#offer();
    this.on.change();
  }

  /** Leave out nothing. */
  reset() {
    this.text = "";
    this.quick.clear();
    for (const toggle of this.toggles) mark(toggle, "aria-pressed", "false");
  }

  close() {
    this.popup.close();
  }

  #empty() {
    this.text = "";
    this.on.change();
    this.input.focus();
  }

  #switch(name) {
    if (!this.quick.delete(name)) this.quick.add(name);
    for (const toggle of this.toggles) mark(toggle, "aria-pressed", String(this.quick.has(toggle.dataset.name)));
    this.on.change();
  }

  #offer() {
    const texts = this.on.complete(this.text, this.input.selectionStart ?? this.text.length);
    const offered = texts.filter((text) => text !== this.text).slice(0, MAX_OFFERED);
    if (!offered.length) return this.popup.close();
    this.index = -1;
    fill(this.offers, offered.map((text) => make("li", { role: "option", id: nextId("offer"), class: "nbflask-offer-line", "data-text": text, "aria-selected": "false" }, make("bdi", {}, text))));
    mark(this.input, "aria-expanded", "true");
    mark(this.input, "aria-activedescendant", null);
    this.popup.open();
  }

  #forget() {
    this.explain(this.said);
    this.index = -1;
    mark(this.input, "aria-expanded", "false");
    mark(this.input, "aria-activedescendant", null);
  }

  #point(index) {
    const options = [...this.offers.children];
    this.index = (index + options.length) % options.length;
    options.forEach((option, position) => mark(option, "aria-selected", String(position === this.index)));
    mark(this.input, "aria-activedescendant", options[this.index].id);
    options[this.index].scrollIntoView({ block: "nearest" });
  }

  #take(text) {
    this.text = text;
    this.input.setSelectionRange(text.length, text.length);
    this.popup.close();
    this.on.change();
  }

  #pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { isOpen } = this.popup;
    const { key } = event;
    if (key === "ArrowDown" && !isOpen) this.#offer();
    else if (key === "ArrowDown") this.#point(this.index + 1);
    else if (key === "ArrowUp" && isOpen) this.#point(this.index < 0 ? -1 : this.index - 1);
    else if (key === "Enter" && isOpen && this.index >= 0) this.#take(this.offers.children[this.index].dataset.text);
    else if (key === "Enter") this.popup.close();
    else if (key === "Escape" && isOpen) this.popup.close();
    else if (key === "Escape") this.on.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
