/**
 * The inspector: what an app was asked and answered, like a browser's network panel.
 *
 * Rule 1: what comes from the app or the kernel is text, never markup, and nothing is fetched.
 * Rule 2: messages change what is known at once, and what is shown at the next frame, so that
 *         200 requests a second are drawn as often as the screen is.
 * Rule 3: what was revealed is kept nowhere: no trait holds it, and it goes with the row.
 */

import { Announcer } from "./parts/announcer.js";
import { Conversation } from "./parts/conversation.js";
import { make } from "./parts/dom.js";
import { Grid } from "./parts/grid.js";
import { Rows, sortRows } from "./parts/rows.js";

const NEWEST_FIRST = { column: "id", isDescending: true };

class Inspector {
  constructor(model) {
    this.model = model;
    this.rows = new Rows();
    this.sort = NEWEST_FIRST;
    this.frame = 0;
    this.grid = new Grid(`Requests of ${model.get("app_name")}`, {
      choose: () => {},
      move: () => {},
      pair: () => {},
      sort: (column) => this.#sortBy(column),
      key: () => false,
    });
    this.announcer = new Announcer();
    this.root = make(
      "section",
      { class: "nbflask-widget nbflask-inspector", "aria-label": `Inspector of ${model.get("app_name")}`, "data-lm-suppress-shortcuts": "true" },
      this.grid.root,
      this.announcer.root,
    );
    this.kernel = new Conversation(model, (message) => this.#hear(message), () => {});
    this.kernel.ask({ kind: "ready", seq: 0 });
  }

  #hear(message) {
    if (message.kind !== "batch") return;
    const { added, errors } = this.rows.apply(message);
    if (!message.reset) this.announcer.add(added.length, errors.length);
    this.#schedule();
  }

  #schedule(isOther = false) {
    this.isOther ||= isOther;
    this.frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.frame = 0;
    const rows = sortRows(this.rows.all(), this.sort);
    const isNewest = this.sort.column === "id" && this.sort.isDescending;
    this.grid.setSort(this.sort);
    this.grid.show(rows.map((row) => row.id), this.rows, { isNewest, isOther: this.isOther });
    this.isOther = false;
  }

  #sortBy(column) {
    this.sort = { column, isDescending: this.sort.column === column ? !this.sort.isDescending : column === "id" };
    this.#schedule(true);
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.kernel.close();
    this.grid.close();
    this.announcer.close();
    this.root.remove();
  }
}

export default {
  render({ model, el }) {
    const inspector = new Inspector(model);
    el.append(inspector.root);
    return () => inspector.close();
  },
};
