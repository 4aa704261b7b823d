/** A request to be changed and sent again: field by field, or as the text of an .http file. */

import { makeNotice } from "./blocks.js";
import { fill, make, makeButton, makeInput, makeTextBox, makeToggle, mark } from "./dom.js";
import { copyPairs, formatHttp, parseHttp } from "./http_text.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export class EditForm {
  /** @param on - `send(edit)` and `close()`. */
  constructor(on) {
    this.on = on;
    this.title = make("strong", {});
    this.fields = make("div", { class: "nbflask-form-fields" });
    this.fault = make("div", { role: "alert" });
    this.switcher = makeToggle("As .http text", () => this.#switch(), { icon: "code" });
    const closer = makeButton("Close the editor", () => on.close(), { icon: "close", isBare: true });
    const head = make("div", { class: "nbflask-details-head" }, this.title, make("div", { class: "nbflask-actions" }, this.switcher, closer));
    const buttons = make("div", { class: "nbflask-tools" }, makeButton("Send", () => this.#send(), { icon: "play", "data-kind": "main" }), makeButton("Cancel", () => on.close()));
    this.root = make("div", { class: "nbflask-edit", hidden: true }, head, make("div", { class: "nbflask-panel" }, this.fields, this.fault, buttons));
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Begin with a request as it was recorded; what was not kept of its content cannot be edited. */
  open(id, request) {
    const { view } = request.content;
    const isText = ["json", "text", "form", "html", "sse"].includes(view.kind) && !request.content.is_truncated;
    this.isKept = !isText && request.content.size > 0;
    this.recorded = isText ? view.text : "";
    this.edit = { method: request.method, target: request.app_target ?? request.target, headers: copyPairs(request.headers), content: this.recorded };
    this.isText = false;
    fill(this.title, `Edit and send #${id} again`);
    this.#draw();
    this.root.hidden = false;
    this.target.focus();
  }

  #draw() {
    mark(this.switcher, "aria-pressed", String(this.isText));
    fill(this.fault);
    const hint = makeNotice("quiet", "REDACTED stands for what was recorded there; left as it is, that is what is sent.");
    const kept = this.isKept && makeNotice("quiet", "The content is no text that was kept whole. It is sent as it was recorded.");
    fill(this.fields, this.isText ? this.#makeText() : this.#makeFields(), kept, hint);
  }

  #makeText() {
    this.box = makeTextBox("Request as .http text", { rows: "10" });
    this.box.value = formatHttp(this.edit);
    this.box.setSelectionRange(0, 0);
    return this.box;
  }

  #makeFields() {
    const { edit } = this;
    const others = METHODS.includes(edit.method) ? [] : [edit.method];
    const options = [...METHODS, ...others].map((method) => make("option", { value: method, selected: method === edit.method }, method));
    this.method = make("select", { class: "nbflask-input", "aria-label": "Method", onchange: () => (edit.method = this.method.value) }, ...options);
    this.target = makeInput("Path and query", { value: edit.target, class: "nbflask-input nbflask-grow" });
    this.target.addEventListener("input", () => (edit.target = this.target.value));
    this.target.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.headers = make("div", { class: "nbflask-form-headers", role: "group", "aria-label": "Headers" }, ...edit.headers.map((pair) => this.#makeHeader(pair)));
    const adder = makeButton("Add a header", () => {
      const pair = ["", ""];
      edit.headers.push(pair);
      this.headers.append(this.#makeHeader(pair));
      this.headers.lastElementChild.querySelector("input").focus();
    });
    const content = makeTextBox("Content", { rows: "5" });
    content.value = edit.content;
    content.addEventListener("input", () => (edit.content = content.value));
    return [
      make("div", { class: "nbflask-form-line" }, this.method, this.target),
      make("div", { class: "nbflask-form-label", "aria-hidden": "true" }, "Headers"),
      this.headers,
      adder,
      !this.isKept && [make("div", { class: "nbflask-form-label", "aria-hidden": "true" }, "Content"), content],
    ];
  }

  #makeHeader(pair) {
    const inputs = ["Header name", "Header value"].map((label, side) => {
      const input = makeInput(label, { value: pair[side], class: side ? "nbflask-input nbflask-grow" : "nbflask-input" });
      input.addEventListener("input", () => (pair[side] = input.value));
      return input;
    });
    const line = make("div", { class: "nbflask-form-line" }, ...inputs);
    const remover = makeButton("Remove this header", () => {
      this.edit.headers.splice(this.edit.headers.indexOf(pair), 1);
      (line.nextElementSibling ?? line.previousElementSibling)?.querySelector("button").focus();
      line.remove();
    }, { icon: "close", isBare: true });
    line.append(remover);
    return line;
  }

  /** Take over what was written as text; gives whether it can be read. */
  #read() {
    if (!this.isText) return true;
    const { edit, fault } = parseHttp(this.box.value);
    fill(this.fault, fault && makeNotice("bad", fault));
    mark(this.box, "aria-invalid", fault ? "true" : null);
    if (fault) this.box.focus();
    else this.edit = edit;
    return !fault;
  }

  #switch() {
    if (!this.#read()) return;
    this.isText = !this.isText;
    this.#draw();
    (this.isText ? this.box : this.target).focus();
  }

  #send() {
    if (!this.#read()) return;
    const { method, target, headers, content } = this.edit;
    const named = headers.filter(([name]) => name.trim());
    // What is as it was recorded is sent so, to the byte: JSON was laid out anew to be read.
    const isSame = this.isKept || content === this.recorded;
    this.on.send({ method, target: target.startsWith("/") ? target : `/${target}`, headers: copyPairs(named), content: isSame ? null : content });
  }

  #pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#send();
    else if (event.key === "Escape" && !event.isComposing) this.on.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
