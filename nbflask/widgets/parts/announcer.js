/** What is read out to those who do not see the list change. */

import { make, write } from "./dom.js";
import { count } from "./words.js";

/** New requests are told together, so that they do not drown what the reader is doing. */
const PAUSE_MS = 5_000;

export class Announcer {
  constructor() {
    this.root = make("div", { class: "nbflask-unseen", role: "status", "aria-label": "New requests" });
    this.requests = this.errors = 0;
    this.timer = null;
  }

  /** Tell of new requests: the first at once, those of the next seconds in one sentence. */
  add(requests, errors) {
    if (!requests) return;
    this.requests += requests;
    this.errors += errors;
    this.timer ??= this.#tell();
  }

  #tell() {
    const errors = this.errors ? `, ${count(this.errors, "error")}` : "";
    write(this.root, `${count(this.requests, "new request")}${errors}`);
    this.requests = this.errors = 0;
    return setTimeout(() => {
      this.timer = this.requests ? this.#tell() : null;
    }, PAUSE_MS);
  }

  close() {
    clearTimeout(this.timer);
  }
}
