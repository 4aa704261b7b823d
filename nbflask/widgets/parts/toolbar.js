/** The bar above the list: whether it records, what can be done with all, how much there is. */

import { make, makeButton, makeIcon, mark, write } from "./dom.js";
import { Menu } from "./menu.js";
import { count, formatSize } from "./words.js";

const PHASES = {
  recording: { kind: "quiet", icon: "record", word: "Recording", hint: "Every request to the app is recorded." },
  paused: { kind: "quiet", icon: "pause", word: "Paused", hint: "Requests are answered, and not recorded." },
  busy: { kind: "warn", icon: "pending", word: "Kernel busy", hint: "The kernel runs a cell, and answers when it has ended. New requests are shown meanwhile." },
  gone: { kind: "bad", icon: "failed", word: "Kernel gone", hint: "The kernel was restarted or ended. What was there stays on show; run the cell again for a new list." },
};

export class Toolbar {
  /** @param on - `pause()`, `clear()`, `listExports()` and `help()`. */
  constructor(on) {
    this.state = make("span", { class: "nbflask-pill nbflask-state" });
    this.pauser = makeButton("Pause", on.pause, { icon: "pause", title: "Pause or resume recording" });
    this.clearer = makeButton("Clear", on.clear, { icon: "trash", title: "Forget all requests but the pinned ones" });
    this.exports = new Menu("Export HAR", on.listExports, { icon: "save", title: "Save as an HTTP archive" });
    this.counts = make("span", { class: "nbflask-counts" });
    const title = make("strong", { class: "nbflask-title" }, "Requests");
    this.root = make("div", { class: "nbflask-toolbar" }, title, this.state, this.pauser, this.clearer, this.exports.root, this.counts);
  }

  /** Show a phase of the table above; `gone` can only be read. */
  setPhase(phase, isRecording) {
    const { kind, icon, word, hint } = PHASES[phase === "live" ? (isRecording ? "recording" : "paused") : phase];
    if (this.state.dataset.word !== word) {
      this.state.replaceChildren(makeIcon(icon), word);
      Object.assign(this.state.dataset, { kind, word });
      mark(this.state, "title", hint);
    }
    const isGone = phase === "gone";
    for (const button of [this.pauser, this.clearer, this.exports.button]) button.disabled = isGone;
    write(this.pauser.lastChild, isRecording ? "Pause" : "Resume");
    const drawing = makeIcon(isRecording ? "pause" : "play");
    this.pauser.firstChild.replaceWith(drawing);
  }

  setCounts(shown, all, errors, totals) {
    const parts = [`${shown.toLocaleString("en")}/${all.toLocaleString("en")} shown`];
    if (errors) parts.push(count(errors, "error"));
    if (totals.max_bytes) parts.push(`${formatSize(totals.bytes)} of ${formatSize(totals.max_bytes)}`);
    write(this.counts, parts.join(" · "));
  }
}
