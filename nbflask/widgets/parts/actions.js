/**
 * What can be done with one exchange: send it again, copy it, pin it, write a note to it.
 *
 * Rule 1: a method that may change data is sent again only after a question, once per exchange.
 * Rule 2: what is copied is redacted, unless that is switched off, and it says which.
 */

import { copyText, offerText, saveText } from "./clipboard.js";
import { make, makeButton, makeInput } from "./dom.js";
import { Menu } from "./menu.js";

/** RFC 9110 section 9.2.1. */
const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

const FORMATS = [
  ["curl", "curl command"],
  ["httpie", "HTTPie command"],
  ["httpx", "httpx (Python)"],
  ["http", ".http file"],
  ["pytest", "pytest test"],
  ["client", "Notebook cell"],
  ["raw", "Raw messages"],
];

const ROLLBACK = "A session that is kept in the cookie goes back to what it was then.";

export class Actions {
  /**
   * @param kernel - The conversation.
   * @param on - `row()` gives the row that is chosen, `edit(id)` opens the editor.
   */
  constructor(kernel, sheet, bar, on) {
    Object.assign(this, { kernel, sheet, bar, on, isBypassing: false, isRedacted: true });
    this.confirmed = new Set();
    this.replays = new Menu("Replay", () => this.#listReplays(), { icon: "reload" });
    this.copies = new Menu("Copy as", () => this.#listCopies(), { icon: "copy" });
    this.answers = {
      copied: (message) => this.#copied(message),
      refused: (message) => this.#refused(message),
      har: ({ name, text }) => {
        saveText(name, text, "application/json");
        this.bar.say("good", `Saved as ${name}.`);
      },
      failed: ({ text }) => this.bar.say("bad", text),
    };
  }

  #listReplays() {
    const { id } = this.on.row();
    return [
      { label: "Send again", hint: "cookies as they are now", choose: () => this.replay(id, "current"), icon: "reload" },
      { label: "Send again exactly", hint: "cookies as recorded", choose: () => this.replay(id, "exact"), icon: "reload" },
      { label: "Edit and send…", choose: () => this.on.edit(id), icon: "edit" },
      { label: "Bypass caches", hint: "without If-… and Range", isChecked: this.isBypassing, choose: (isOn) => (this.isBypassing = isOn) },
    ];
  }

  #listCopies() {
    const { id } = this.on.row();
    const formats = FORMATS.map(([kind, label]) => ({ label, choose: () => this.copyAs(id, kind) }));
    return [...formats, { label: "With secrets", isChecked: !this.isRedacted, choose: (isOn) => (this.isRedacted = !isOn) }];
  }

  // ---- Sending again

  /** @param edit - What was edited, for the mode `edit`. */
  replay(id, mode, edit = null) {
    const row = this.on.rowOf(id);
    const method = edit?.method ?? row?.method ?? "GET";
    this.last = { id, mode, edit };
    if (!SAFE.has(method) && !this.confirmed.has(id)) return this.#confirm(`${method} ${edit?.target ?? row?.target ?? ""} may change data.`);
    this.#send(SAFE.has(method) || this.confirmed.has(id));
  }

  #send(isConfirmed) {
    const { id, mode, edit } = this.last;
    this.kernel.ask({ kind: "replay", id, mode, edit, bypass_cache: this.isBypassing, is_confirmed: isConfirmed });
    this.bar.say("info", `Sending request ${id} again…`);
  }

  #confirm(reason) {
    const { id, mode } = this.last;
    const yes = makeButton("Send it again", () => {
      this.confirmed.add(id);
      this.sheet.close();
      this.#send(true);
    }, { icon: "play", "data-kind": "main" });
    const no = makeButton("Cancel", () => this.sheet.close());
    this.sheet.open(
      `Send request ${id} again?`,
      [make("p", {}, make("bdi", {}, reason), mode === "exact" && ` ${ROLLBACK}`), make("div", { class: "nbflask-tools" }, yes, no)],
      { focus: yes },
    );
  }

  #refused({ of, reason, needs_confirmation }) {
    this.bar.clear();
    if (this.last?.id !== of) this.last = { id: of, mode: "current", edit: null };
    if (needs_confirmation) this.#confirm(reason);
    else this.bar.say("warn", reason, makeButton("Edit it", () => this.on.edit(of), { icon: "edit" }));
  }

  /** Tell that it was sent, and what that did to the session. */
  tellReplayed(of, id) {
    const isExact = this.last?.id === of && this.last.mode === "exact";
    this.bar.say("good", `Sent request ${of} again: it is request ${id}.${isExact ? ` ${ROLLBACK}` : ""}`);
  }

  // ---- Copying

  copyAs(id, kind) {
    this.kernel.ask({ kind: "copy", id, as: kind, is_redacted: this.isRedacted });
  }

  async #copied({ as: kind, text, is_redacted }) {
    const format = FORMATS.find(([name]) => name === kind)?.[1] ?? kind;
    await this.copy(text, format, is_redacted ? "Secrets in it are REDACTED." : "It holds secrets.");
  }

  /** Copy a text, and say so; where that is forbidden, show it selected. */
  async copy(text, what, hint = "") {
    if (await copyText(text)) this.bar.say("good", `Copied: ${what}. ${hint}`.trim());
    else offerText(this.sheet, what, text);
  }

  // ---- Remembering

  pin(id) {
    this.kernel.ask({ kind: "pin", id, is_pinned: !this.on.rowOf(id)?.is_pinned });
  }

  writeNote(id) {
    const input = makeInput(`Note on request ${id}`, { class: "nbflask-input nbflask-grow", value: this.on.rowOf(id)?.note ?? "" });
    const save = () => {
      this.kernel.ask({ kind: "note", id, text: input.value });
      this.sheet.close();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      save();
    });
    this.sheet.open(`Note on request ${id}`, [make("div", { class: "nbflask-form-line" }, input, makeButton("Save", save))], { focus: input });
  }

  close() {
    this.replays.close();
    this.copies.close();
  }
}
