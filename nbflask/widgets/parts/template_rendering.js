/** A template as it renders: as a page in a frame that can do nothing, or as text. */

import { makeNotice, makeText } from "./blocks.js";
import { fill, make, makeButton, makeToggle, mark } from "./dom.js";
import { makePageFrame } from "./page_frame.js";
import { ContextEditor } from "./template_context.js";
import { makeFault } from "./template_fault.js";
import { count } from "./words.js";

export class Rendering {
  /**
   * @param ask - Asks the kernel to render: `ask({name, turn, changes, removed})`.
   * @param go - Shows a template, and a line of it.
   */
  constructor(ask, go) {
    Object.assign(this, { ask, go, turn: 0, answer: null, view: "" });
    this.context = new ContextEditor(() => this.render());
    this.undo = makeButton("Undo all", () => this.#undoAll(), { icon: "back" });
    this.again = makeButton("Render", () => this.render(), { icon: "reload", "data-kind": "main" });
    this.page = makeToggle("Page", () => this.#choose("page"), { icon: "eye" });
    this.text = makeToggle("Text", () => this.#choose("text"), { icon: "code" });
    this.views = make("div", { class: "nbflask-choices", role: "group", "aria-label": "Show the rendering as" }, this.page, this.text);
    this.result = make("div", { class: "nbflask-result" });
    this.said = make("div", { class: "nbflask-unseen", role: "status", "aria-label": "Rendering" });
    this.root = make(
      "div",
      { class: "nbflask-rendering" },
      make("section", { class: "nbflask-half", "aria-label": "Context of the rendering" }, make("h3", {}, "Context"), this.context.root),
      make("section", { class: "nbflask-half", "aria-label": "Rendering" }, make("div", { class: "nbflask-bar" }, make("h3", {}, "Rendering"), this.views, this.undo, this.again), this.result),
      this.said,
    );
  }

  /** Show a template that is another one, or has changed: it is rendered anew. */
  show(template) {
    const isOther = template.name !== this.name;
    this.name = template.name;
    if (isOther) {
      this.answer = null;
      this.view = "";
      fill(this.result);
    }
    this.context.show(template);
    this.render();
  }

  render() {
    this.turn += 1;
    this.undo.hidden = !this.context.count;
    mark(this.result, "aria-busy", "true");
    this.ask({ name: this.name, turn: this.turn, ...this.context.message });
  }

  hear(answer) {
    if (answer.name !== this.name || answer.turn !== this.turn) return;
    const isSame = JSON.stringify({ ...answer, turn: 0 }) === JSON.stringify({ ...this.answer, turn: 0 });
    this.answer = answer;
    mark(this.result, "aria-busy", null);
    // The same page again would lose the reader's place in it.
    if (!isSame) this.#draw();
  }

  #draw() {
    const { answer } = this;
    const view = this.view || (answer.is_markup ? "page" : "text");
    mark(this.page, "aria-pressed", String(view === "page"));
    mark(this.text, "aria-pressed", String(view === "text"));
    const isEmpty = !answer.text.trim();
    fill(
      this.result,
      answer.fault && makeFault(answer.fault, this.go),
      answer.missing.length > 0 && this.#makeMissing(),
      answer.is_truncated && makeNotice("warn", `Only the first ${count(answer.text.length, "character")} are shown.`),
      isEmpty && !answer.fault && makeNotice("quiet", "It renders to nothing."),
      answer.fault && !isEmpty && make("p", { class: "nbflask-quiet" }, "Until then it had rendered this:"),
      !isEmpty && (view === "page" ? this.#makePage() : makeText(answer.text, `Rendering of ${this.name} as text`)),
    );
    this.said.textContent = answer.fault ? `${this.name} has a fault. ${answer.fault.sentence}` : `${this.name} is rendered.`;
  }

  #makePage() {
    const frame = makePageFrame(this.answer.text, `Rendering of ${this.name}`);
    const hint = "Without scripts and links, and without what it would fetch: style sheets, pictures, fonts.";
    return [frame, make("p", { class: "nbflask-quiet" }, hint)];
  }

  #makeMissing() {
    const places = this.answer.missing.map(({ text, template, line }) =>
      make("li", {}, make("bdi", {}, text), " · ", makeButton(`${template}, line ${line}`, () => this.go(template, line), { class: "nbflask-link" })),
    );
    return makeNotice("warn", ["Used without a value, so nothing stands there:", make("ul", { class: "nbflask-plain" }, ...places)]);
  }

  #choose(view) {
    this.view = view;
    if (this.answer) this.#draw();
  }

  #undoAll() {
    this.context.forget();
    this.context.draw();
    this.again.focus();
    this.render();
  }
}
