/** The editor of one value of a session: its key, what kind of value it is, and its text. */

import { make, makeButton, makeIcon, makeInput, mark, nextId, write } from "./dom.js";

/** What a value can be, as the kernel names it, with what its text then is. */
const FORMS = {
  JSON: 'JSON: "text", 1, true, null, […], {…}',
  tuple: "tuple, as a JSON list",
  bytes: "bytes, in base64",
  Markup: "Markup, as HTML",
  UUID: "UUID",
  datetime: "datetime, in ISO 8601",
};

export class Editor {
  /**
   * @param save - Called with the key, the form and the text.
   * @param leave - Called with the key when the reader leaves it as it was.
   */
  constructor(save, leave) {
    Object.assign(this, { save, leave });
    const ids = { fault: nextId("fault"), key: nextId("key"), form: nextId("form"), text: nextId("text") };
    this.title = make("strong", {});
    this.key = makeInput("Key", { id: ids.key, "aria-describedby": ids.fault });
    this.form = make("select", { class: "nbflask-input", id: ids.form }, Object.entries(FORMS).map(([value, text]) => make("option", { value }, text)));
    this.text = makeInput("Value", { id: ids.text, rows: "4", "aria-describedby": ids.fault }, "textarea");
    this.words = make("span", {});
    this.fault = make("p", { class: "nbflask-notice", "data-kind": "bad", id: ids.fault, role: "alert", hidden: true }, makeIcon("error"), this.words);
    this.saver = makeButton("Save", () => this.#submit(), { "data-kind": "main" });
    this.keyField = make("label", { for: ids.key }, "Key", this.key);
    this.root = make(
      "form",
      { class: "nbflask-session-editor", hidden: true, "aria-label": "Editor" },
      this.title,
      make("div", { class: "nbflask-session-fields" }, this.keyField, make("label", { for: ids.form }, "Kind", this.form)),
      make("label", { for: ids.text }, "Value", this.text),
      this.fault,
      make("div", { class: "nbflask-session-buttons" }, this.saver, makeButton("Cancel", () => this.#cancel())),
    );
    this.root.addEventListener("submit", (event) => event.preventDefault());
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** Open for a key that there is, or, without one, for a new one. */
  open({ key = "", form = "JSON", text = "" } = {}) {
    this.isNew = !key;
    this.root.hidden = false;
    write(this.title, this.isNew ? "New key" : `Edit ${key}`);
    mark(this.root, "aria-label", this.title.textContent);
    this.key.value = key;
    this.keyField.hidden = !this.isNew;
    this.form.value = form;
    this.text.value = text;
    this.refuse("");
    (this.isNew ? this.key : this.text).focus();
  }

  close() {
    this.root.hidden = true;
    this.text.value = "";
  }

  /** Say why it could not be saved; what was written stays. */
  refuse(text) {
    this.fault.hidden = !text;
    write(this.words, text);
    mark(this.text, "aria-invalid", text ? "true" : null);
    mark(this.saver, "aria-busy", null);
  }

  #submit() {
    if (!this.key.value) {
      this.refuse("A value needs a key. Write one such as cart.");
      return this.key.focus();
    }
    this.refuse("");
    mark(this.saver, "aria-busy", "true");
    this.save(this.key.value, this.form.value, this.text.value);
  }

  #cancel() {
    const key = this.key.value;
    this.close();
    this.leave(this.isNew ? "" : key);
  }

  #pressed(event) {
    if (event.isComposing) return;
    const isSave = event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target === this.key);
    if (isSave) this.#submit();
    else if (event.key === "Escape") this.#cancel();
    else if (event.key !== "Enter" || event.target !== this.text) return;
    // JupyterLab cancels line breaks that are typed anywhere in a cell's output.
    event.stopPropagation();
    if (isSave || event.key === "Escape") event.preventDefault();
  }
}
