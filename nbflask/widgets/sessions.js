/**
 * The sessions of an app's clients: what is in each, how it came there, and what it should be.
 *
 * Rule 1: what comes from the app or the kernel is text, never markup, and nothing is fetched.
 * Rule 2: what was revealed is kept nowhere: no trait holds it, and it goes when its value changes.
 * Rule 3: news never take the focus, nor what is being written.
 */

import { Conversation } from "./parts/conversation.js";
import { fill, focusedIn, make, makeButton, makePill, mark, nextId, write } from "./parts/dom.js";
import { Editor } from "./parts/session_editor.js";
import { fillHistory, makeCookie, makeNotice } from "./parts/session_history.js";
import { Values, makeChanges } from "./parts/session_values.js";
import { count } from "./parts/words.js";

const SESSION_ANSWERS = {
  ready: ["batch"],
  value: ["value", "refused"],
  edit: ["edited", "refused"],
  cancel: ["edited", "refused"],
};

const PHASES = {
  live: "",
  busy: "The kernel is busy; it answers when its cell has ended.",
  gone: "The kernel was restarted or ended. Run this cell again to see its sessions.",
};

/** One client in the list: a button that stays down while its session is on show. */
class ClientButton {
  constructor(number, choose) {
    this.name = make("span", { class: "nbflask-session-client-name" });
    this.facts = make("span", { class: "nbflask-quiet" });
    this.root = make("button", { type: "button", class: "nbflask-session-client", "aria-pressed": "false", onclick: () => choose(number) }, this.name, this.facts);
  }

  show(client, isChosen) {
    const keys = count(client.keys.length, "key");
    const word = client.pending ? "edit pending" : client.standing.word === "valid" ? keys : client.standing.word;
    write(this.name, `${client.number} ${client.name}`);
    write(this.facts, `${word}, ${count(client.request_count, "request")}`);
    mark(this.root, "aria-pressed", String(isChosen));
  }
}

/** A part of the session, under a heading that can be jumped to. */
function makePart(title, ...children) {
  const id = nextId("title");
  const heading = make("div", { class: "nbflask-session-title", id, role: "heading", "aria-level": "4" }, title);
  return make("section", { class: "nbflask-session-part", "aria-labelledby": id }, heading, ...children);
}

class Sessions {
  constructor(model) {
    this.model = model;
    this.app = { cookie_name: "session" };
    this.clients = new Map();
    this.buttons = new Map();
    this.revealed = new Map();
    this.seq = 0;
    this.#build();
    this.listeners = { "change:selected": () => this.#draw() };
    for (const [name, callback] of Object.entries(this.listeners)) model.on(name, callback);
    this.kernel = new Conversation(model, (message) => this.#hear(message), (phase) => this.#showPhase(phase), SESSION_ANSWERS);
    this.kernel.ask({ kind: "ready", seq: 0 });
  }

  #build() {
    const name = this.model.get("app_name");
    this.backend = makePill("quiet", "");
    this.about = make("span", { class: "nbflask-quiet" });
    this.advice = make("div", { class: "nbflask-session-advice", hidden: true });
    this.phase = make("p", { class: "nbflask-session-phase", role: "status", hidden: true });
    this.said = make("div", { class: "nbflask-session-said", role: "status" });
    this.list = make("div", { class: "nbflask-session-clients", role: "group", "aria-label": "Clients" });
    this.none = make("p", { class: "nbflask-quiet nbflask-session-none", hidden: true }, "No client has a session yet. Send a request that sets one.");
    this.title = make("div", { class: "nbflask-session-heading", role: "heading", "aria-level": "3" });
    this.standing = make("div", {});
    this.pending = make("div", { class: "nbflask-session-pending", hidden: true });
    this.values = new Values((what, key) => this.#asked(what, key), () => this.adder.focus());
    this.rest = make("p", { class: "nbflask-quiet", hidden: true });
    this.editor = new Editor((...given) => this.#save(...given), (key) => this.#leave(key));
    this.adder = makeButton("Add a key", () => this.editor.open(), { icon: "edit" });
    this.cookie = make("div", {});
    this.history = make("ol", { class: "nbflask-session-history" });
    this.still = make("p", { class: "nbflask-quiet" }, "No request of this client is recorded.");
    this.panel = make(
      "div",
      { class: "nbflask-session-panel" },
      this.title,
      this.standing,
      makePart("Values", this.values.root, this.rest, this.pending, this.editor.root, this.adder),
      makePart("History", this.history, this.still),
      makePart("Cookie", this.cookie),
    );
    this.root = make(
      "section",
      { class: "nbflask-widget nbflask-sessions", "aria-label": `Sessions of ${name}`, "data-lm-suppress-shortcuts": "true" },
      make("div", { class: "nbflask-session-bar" }, make("strong", {}, `Sessions of ${name}`), this.backend, this.about),
      this.advice,
      this.phase,
      make("div", { class: "nbflask-session-body" }, this.list, this.panel, this.none),
      this.said,
    );
  }

  #hear(message) {
    if (message.kind === "batch") this.#take(message);
    else if (message.kind === "value") this.#got(message);
    else if (message.kind === "edited") this.#edited(message);
    else if (message.kind === "refused") this.#refused(message);
  }

  #take(batch) {
    if (!batch.reset && batch.seq !== this.seq + 1) {
      this.kernel.ask({ kind: "ready", seq: this.seq });
      return;
    }
    this.seq = batch.seq;
    this.app = batch.app;
    if (batch.reset) this.clients.clear();
    for (const number of batch.gone) this.clients.delete(number);
    for (const client of batch.clients) {
      const before = this.clients.get(client.number);
      if (JSON.stringify(before?.keys) !== JSON.stringify(client.keys)) this.revealed.delete(client.number);
      const hasAsked = before?.pending && !client.pending && client.request_count > before.request_count;
      if (hasAsked && client.number === this.#client?.number) write(this.said, "The client has the edited session.");
      this.clients.set(client.number, client);
    }
    this.#draw();
  }

  /** The client on show: the one that was chosen, else the first with a session. */
  get #client() {
    const inOrder = [...this.clients.values()].sort((one, other) => one.number - other.number);
    return this.clients.get(this.model.get("selected")) ?? inOrder.find((client) => client.keys.length) ?? inOrder[0];
  }

  #draw() {
    const client = this.#client;
    write(this.backend, this.app.backend ?? "");
    write(this.about, this.app.text ?? "");
    this.advice.hidden = !this.app.advice;
    if (this.app.advice) fill(this.advice, makeNotice("warn", this.app.advice));
    this.#drawClients(client);
    this.none.hidden = Boolean(client);
    this.panel.hidden = !client;
    if (client) this.#drawClient(client);
  }

  #drawClients(chosen) {
    const numbers = [...this.clients.keys()].sort((one, other) => one - other);
    for (const number of this.buttons.keys()) {
      if (this.clients.has(number)) continue;
      this.buttons.get(number).root.remove();
      this.buttons.delete(number);
    }
    numbers.forEach((number, at) => {
      const button = this.buttons.get(number) ?? new ClientButton(number, (which) => this.#choose(which));
      this.buttons.set(number, button);
      button.show(this.clients.get(number), number === chosen?.number);
      if (this.list.children[at] !== button.root) this.list.insertBefore(button.root, this.list.children[at] ?? null);
    });
    this.list.hidden = !numbers.length;
  }

  #drawClient(client) {
    const isEditable = this.app.place !== "nowhere";
    const isBelieved = ["valid", "none"].includes(client.standing.word);
    write(this.title, `${client.number} ${client.name}`);
    this.#redraw(this.standing, [client.standing, client.cookie?.advice], () => this.#makeStanding(client));
    const hadFocus = this.pending.contains(focusedIn(this.root));
    this.pending.hidden = !client.pending;
    this.#redraw(this.pending, client.pending, () => this.#makePending(client));
    this.values.show(client.keys, this.revealed.get(client.number) ?? new Map(), isEditable && isBelieved);
    this.rest.hidden = !client.omitted_keys;
    write(this.rest, `${count(client.omitted_keys, "more key")} are left out.`);
    this.adder.hidden = !isEditable || this.editor.isOpen;
    if (hadFocus && !client.pending) this.adder.focus();
    this.#redraw(this.cookie, [client.cookie, this.app.cookie_name], () => [makeCookie(client.cookie, this.app.cookie_name)]);
    if (this.#isNew(this.history, [client.steps, client.omitted_steps])) fillHistory(this.history, client.steps, client.omitted_steps);
    this.history.hidden = !client.steps.length;
    this.still.hidden = Boolean(client.steps.length);
  }

  #makeStanding({ standing, cookie }) {
    return [
      makeNotice(standing.kind, make("strong", {}, standing.word), " ", standing.text),
      cookie?.advice && makeNotice("warn", cookie.advice),
    ];
  }

  #makePending(client) {
    if (!client.pending) return [];
    return [
      makeNotice("info", "Pending until this client's next request."),
      makeChanges(client.pending.changes),
      makeButton("Take it back", () => this.#ask({ kind: "cancel", client: client.number }), { icon: "back" }),
    ];
  }

  /** Fill an element anew only if what it shows has changed: a button in it may have the focus. */
  #redraw(element, data, build) {
    if (this.#isNew(element, data)) fill(element, build());
  }

  #isNew(element, data) {
    const text = JSON.stringify([this.#client?.number, data]);
    if (element.nbflaskShown === text) return false;
    element.nbflaskShown = text;
    return true;
  }

  #choose(number) {
    if (number !== this.#client?.number) this.editor.close();
    write(this.said, "");
    this.model.set("selected", number);
    this.model.save_changes();
    this.#draw();
  }

  #ask(message) {
    write(this.said, "");
    this.kernel.ask(message);
  }

  #asked(what, key) {
    const client = this.#client.number;
    const revealed = this.revealed.get(client);
    if (what === "remove") this.#ask({ kind: "edit", client, changes: {}, remove: [key] });
    else if (what === "reveal" && revealed?.has(key)) {
      revealed.delete(key);
      this.#draw();
    } else this.#ask({ kind: "value", client, key, purpose: what });
  }

  #got({ client, key, form, text, purpose }) {
    if (client !== this.#client?.number) return;
    if (purpose === "edit") this.editor.open({ key, form, text });
    else this.revealed.set(client, new Map(this.revealed.get(client)).set(key, text));
    this.#draw();
  }

  #save(key, form, text) {
    this.#ask({ kind: "edit", client: this.#client.number, changes: { [key]: { form, text } }, remove: [] });
  }

  #leave(key) {
    this.#draw();
    if (key) this.values.focus(key);
    else this.adder.focus();
  }

  #edited({ keys, text }) {
    write(this.said, text);
    if (!this.editor.isOpen || !keys.length) return;
    this.editor.close();
    this.#leave(this.values.rows.has(keys[0]) ? keys[0] : "");
  }

  #refused({ text }) {
    if (this.editor.isOpen) this.editor.refuse(text);
    else write(this.said, text);
  }

  #showPhase(phase) {
    this.phase.hidden = phase === "live";
    write(this.phase, PHASES[phase]);
  }

  close() {
    this.kernel.close();
    for (const [name, callback] of Object.entries(this.listeners)) this.model.off(name, callback);
    this.root.remove();
  }
}

export default {
  render({ model, el }) {
    const sessions = new Sessions(model);
    el.append(sessions.root);
    return () => sessions.close();
  },
};
