/**
 * The context of a rendering: what the template was given last, and what the reader changes.
 *
 * Rule 1: a value that is not touched stays the live object that it was.
 * Rule 2: what is written is JSON; a text that is not is told at once, and keeps the last good one.
 */

import { makeAbsence } from "./blocks.js";
import { fill, make, makeButton, makeInput, makePill, makeTextBox, mark, nextId } from "./dom.js";
import { count } from "./words.js";

const GIVERS = { processor: "context processor" };
/** What Python takes for a keyword argument's name. */
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export class ContextEditor {
  /** @param onChange - Called when the rendering would be another one. */
  constructor(onChange) {
    this.onChange = onChange;
    this.changes = new Map();
    this.removed = new Set();
    this.editing = new Set();
    this.entries = [];
    this.root = make("div", { class: "nbflask-context" });
  }

  /** Show what a template was given; changes stay as long as it is the same template. */
  show(template) {
    if (template.name !== this.name) this.forget();
    this.name = template.name;
    this.context = template.context;
    this.wanted = template.variables.map((each) => each.name);
    this.isRecorded = template.is_recorded;
    // What is being written is not taken from under the reader's hands.
    if (!this.editing.size && !this.root.contains(this.root.getRootNode().activeElement)) this.draw();
  }

  forget() {
    this.changes.clear();
    this.removed.clear();
    this.editing.clear();
  }

  get message() {
    return { changes: Object.fromEntries(this.changes), removed: [...this.removed] };
  }

  get count() {
    return new Set([...this.changes.keys(), ...this.removed]).size;
  }

  draw() {
    const entries = this.#entries();
    fill(
      this.root,
      this.#makeIntroduction(),
      entries.length > 0 && make("ul", { class: "nbflask-variables", "aria-label": "Context" }, ...entries.map((entry) => this.#makeEntry(entry))),
      this.#makeAdder(),
    );
  }

  /** What was given, what was added, and what is wanted and not there. */
  #entries() {
    const given = this.context?.entries ?? [];
    const names = new Set(given.map((entry) => entry.name));
    const more = [...new Set([...this.changes.keys(), ...this.wanted])].filter((name) => !names.has(name)).sort();
    return [...given, ...more.map((name) => ({ name, type: "", text: "", json: null, giver: "", isMissing: true }))];
  }

  #makeIntroduction() {
    if (!this.context) {
      return makeAbsence(this.isRecorded ? "No recorded request has rendered it yet. Give it values, or send a request." : "Requests are not being recorded. Give it values.");
    }
    const { lender, exchange_id: id } = this.context;
    const of = lender === this.name ? "" : ` of the page ${lender}, which it was a part of`;
    return make("p", { class: "nbflask-quiet" }, id == null ? `The last context${of}; its request is no longer recorded.` : `The last context${of}, from exchange ${id}.`);
  }

  #makeEntry(entry) {
    const isChanged = this.changes.has(entry.name);
    const isRemoved = this.removed.has(entry.name);
    const text = isChanged ? JSON.stringify(this.changes.get(entry.name)) : entry.text;
    const state = isRemoved ? "taken away" : isChanged ? (entry.isMissing ? "added" : "changed") : entry.isMissing ? "not given" : GIVERS[entry.giver];
    return make(
      "li",
      { class: "nbflask-variable", "data-state": isRemoved ? "removed" : isChanged ? "changed" : null },
      make(
        "div",
        { class: "nbflask-variable-line" },
        make("bdi", { class: "nbflask-variable-name" }, entry.name),
        make("bdi", { class: "nbflask-variable-value" }, isRemoved ? "" : text),
        entry.type && !isChanged && make("bdi", { class: "nbflask-quiet nbflask-variable-type" }, entry.type),
        state && makePill(isChanged || isRemoved ? "info" : entry.isMissing ? "warn" : "quiet", state),
        make("span", { class: "nbflask-variable-tools" }, ...this.#makeTools(entry, isChanged, isRemoved)),
      ),
      this.editing.has(entry.name) && this.#makeBox(entry),
    );
  }

  #makeTools(entry, isChanged, isRemoved) {
    const { name } = entry;
    const isUndone = isChanged || isRemoved;
    const tools = [];
    if (!isRemoved) {
      const label = entry.isMissing && !isChanged ? `Give ${name} a value` : `Edit ${name}`;
      const pressed = { "aria-expanded": String(this.editing.has(name)), "data-tool": `edit ${name}` };
      tools.push(makeButton(label, () => this.#toggle(name), { icon: "edit", isBare: true, ...pressed }));
    }
    if (isUndone) tools.push(makeButton(`Undo the change of ${name}`, () => this.#undo(name), { icon: "back", isBare: true }));
    else if (!entry.isMissing) tools.push(makeButton(`Take ${name} away`, () => this.#remove(name), { icon: "trash", isBare: true }));
    return tools;
  }

  #makeBox(entry) {
    const { name } = entry;
    const now = this.changes.has(name) ? JSON.stringify(this.changes.get(name), null, 2) : (entry.json ?? "");
    const id = nextId("fault");
    const fault = make("p", { class: "nbflask-fault", id, role: "alert" });
    const box = makeTextBox(`Value of ${name} as JSON`, {
      rows: String(Math.min(12, Math.max(2, now.split("\n").length))),
      placeholder: '"text", 1, [1, 2], {"name": "Ada"}',
      "aria-describedby": id,
    });
    box.value = now;
    const check = () => {
      const value = readJson(box.value);
      mark(box, "aria-invalid", value.fault && box.value.trim() ? "true" : null);
      fill(fault, value.fault && box.value.trim() ? value.fault : "");
      return value;
    };
    box.addEventListener("input", check);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#toggle(name);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#take(name, check());
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const hint = entry.json == null && !this.changes.has(name) && !entry.isMissing && make("p", { class: "nbflask-quiet" }, `What is there (${entry.type}) cannot be written as JSON, or holds a secret. What you write replaces it.`);
    return make("div", { class: "nbflask-editor" }, hint, box, fault, make("div", { class: "nbflask-tools" }, makeButton("Use it", () => this.#take(name, check()), { "data-kind": "main" }), makeButton("Cancel", () => this.#toggle(name))));
  }

  #makeAdder() {
    const input = makeInput("Name of a variable to add", { placeholder: "name" });
    const add = (event) => {
      event.preventDefault();
      const name = input.value.trim();
      const isName = IDENTIFIER.test(name);
      mark(input, "aria-invalid", isName ? null : "true");
      if (!isName) return input.focus();
      this.removed.delete(name);
      if (!this.#entries().some((entry) => entry.name === name)) this.changes.set(name, null);
      this.#toggle(name, true);
    };
    // JupyterLab cancels line breaks typed anywhere in a cell, and with them a form's own Enter.
    input.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && add(event));
    return make("form", { class: "nbflask-adder", onsubmit: add }, input, makeButton("Add a variable", add, { type: "submit", icon: "edit" }));
  }

  #toggle(name, isOpen = !this.editing.has(name)) {
    if (isOpen) this.editing.add(name);
    else this.editing.delete(name);
    this.draw();
    const item = [...this.root.querySelectorAll(".nbflask-variable")].find((each) => each.querySelector("bdi").textContent === name);
    (isOpen ? item?.querySelector("textarea") : item?.querySelector("button"))?.focus();
  }

  #take(name, value) {
    if (value.fault) return;
    this.changes.set(name, value.value);
    this.#toggle(name, false);
    this.onChange();
  }

  #remove(name) {
    this.removed.add(name);
    this.changes.delete(name);
    this.#toggle(name, false);
    this.onChange();
  }

  #undo(name) {
    this.removed.delete(name);
    this.changes.delete(name);
    this.#toggle(name, false);
    this.onChange();
  }

  /** "2 changes", for the button that undoes all. */
  get words() {
    return count(this.count, "change");
  }
}

function readJson(text) {
  try {
    return { value: JSON.parse(text), fault: "" };
  } catch (error) {
    return { value: null, fault: `This is not JSON: ${error.message}. Texts stand in double quotes.` };
  }
}
