/** Two exchanges side by side. */

import { makeAbsence, makeSection } from "./blocks.js";
import { fill, make, makeButton, makeToggle, mark } from "./dom.js";
import { makeChange, makeSides } from "./story_panes.js";
import { count } from "./words.js";

/** What differs; what is the same, or differs each time, comes on demand. */
export class ComparisonPane {
  /** @param on - `close()`, `swap()` and `go(id)`. */
  constructor(on) {
    this.on = on;
    this.isAll = false;
    this.title = make("strong", {});
    this.content = make("div", { class: "nbflask-panel", tabindex: "0", role: "region", "aria-label": "Differences" });
    this.toggle = makeToggle("Also what is the same", () => {
      this.isAll = !this.isAll;
      this.#draw();
    }, { icon: "eye", title: "Show also what is the same in both" });
    const tools = make("div", { class: "nbflask-actions" }, this.toggle, makeButton("Swap", () => on.swap(), { icon: "compare" }), makeButton("Close the comparison", () => on.close(), { icon: "close", isBare: true }));
    this.root = make("div", { class: "nbflask-differing", hidden: true }, make("div", { class: "nbflask-details-head" }, this.title, tools), this.content);
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      on.close();
    });
  }

  /** Show that two are being compared, until {@link show} tells the outcome. */
  await([left, right], text) {
    Object.assign(this, { ids: [left, right], parts: null });
    fill(this.title, "Comparing ", this.#makeLink(left), " with ", this.#makeLink(right));
    fill(this.content, makeAbsence(text));
    this.root.hidden = false;
  }

  show(parts) {
    this.parts = parts;
    this.#draw();
  }

  #makeLink(id) {
    return makeButton(`#${id}`, () => this.on.go(id), { "aria-label": `Go to request ${id}` });
  }

  #draw() {
    mark(this.toggle, "aria-pressed", String(this.isAll));
    if (!this.parts) return;
    const isShown = (row) => this.isAll || (row.change !== "same" && !row.is_volatile);
    const sections = this.parts.flatMap(({ name, rows }) => {
      const shown = rows.filter(isShown);
      return shown.length ? [this.#makePart(name, shown)] : [];
    });
    fill(this.content, sections.length ? sections : makeAbsence("Both are the same: the app was asked, did and answered alike."));
  }

  #makePart(name, rows) {
    const [left, right] = this.ids;
    const cells = rows.map((row) => [
      make("bdi", { class: "nbflask-mono" }, row.path),
      make("bdi", { class: "nbflask-mono" }, row.left),
      make("bdi", { class: "nbflask-mono" }, row.right),
      row.is_volatile ? make("span", { class: "nbflask-quiet" }, "differs each time") : makeChange(row.change),
    ]);
    const table = makeSides(`Differences: ${name}`, ["Where", `#${left}`, `#${right}`, "Change"], cells);
    return makeSection(name[0].toUpperCase() + name.slice(1), table, { note: count(rows.length, "line") });
  }
}
