/** What stands in the place of the list while there is nothing in it. */

import { fill, make, makeButton, makeIcon } from "./dom.js";

export class EmptyState {
  constructor(onEmptyFilter) {
    this.onEmptyFilter = onEmptyFilter;
    this.root = make("div", { class: "nbflask-empty", hidden: true });
    this.reason = "";
  }

  /** @param reason - "none", "filtered", "paused", or "": there are rows. */
  show(reason) {
    if (reason === this.reason) return;
    this.reason = reason;
    this.root.hidden = !reason;
    fill(this.root, reason && BUILDERS[reason](this.onEmptyFilter));
  }
}

const BUILDERS = {
  none: () => [
    makeIcon("record"),
    make("strong", {}, "No requests yet"),
    make("span", {}, "Open the preview, or run ", make("code", {}, "%flask_get /"), " in a cell: what the app is asked and answers appears here."),
  ],
  paused: () => [makeIcon("pause"), make("strong", {}, "Recording is paused"), make("span", {}, "Press Resume, and the next requests appear here.")],
  filtered: (onEmptyFilter) => [
    makeIcon("filter"),
    make("strong", {}, "No request matches the filter"),
    makeButton("Show all requests", onEmptyFilter),
  ],
};
