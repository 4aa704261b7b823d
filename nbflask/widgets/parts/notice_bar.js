/** How something ended that the reader asked for: a line that is read out, and takes no focus. */

import { makeNotice } from "./blocks.js";
import { fill, make, makeButton } from "./dom.js";

/** What went well is read in that time; what failed stays until it is closed. */
const GOOD_MS = 6_000;

export class NoticeBar {
  constructor() {
    this.root = make("div", { class: "nbflask-noticebar", role: "status" });
    this.timer = null;
  }

  say(kind, text, ...actions) {
    clearTimeout(this.timer);
    const closer = makeButton("Close this message", () => this.clear(), { icon: "close", isBare: true });
    fill(this.root, makeNotice(kind, make("bdi", {}, text), ...actions), closer);
    this.timer = kind === "good" ? setTimeout(() => this.clear(), GOOD_MS) : null;
  }

  clear() {
    clearTimeout(this.timer);
    fill(this.root);
  }

  close() {
    clearTimeout(this.timer);
  }
}
