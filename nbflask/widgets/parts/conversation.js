/**
 * The conversation with the kernel, as messages of the widget's model.
 *
 * Rule 1: the kernel answers when its cell has ended, so nothing here waits for it: a question
 *         that has no answer yet is a state that is shown.
 * Rule 2: who hears from the kernel knows that it lives.
 */

/** A kernel that runs no cell answers within a few milliseconds. */
const PATIENCE_MS = 1_000;

/**
 * The messages that answer each kind of question of the inspector's.
 *
 * Not those of a replay: how long that takes is the app's affair, and says nothing of the kernel.
 */
const ANSWERS = {
  ready: ["batch"],
  get: ["details", "gone"],
  filter: ["filtered"],
  copy: ["copied"],
  compare: ["comparison"],
  har: ["har"],
};

export class Conversation {
  /**
   * @param hear - Called with each message from the kernel.
   * @param onChange - Called when `phase` has changed: "live", "busy" or "gone".
   * @param answers - The kinds of messages that answer each kind of question.
   */
  constructor(model, hear, onChange, answers = ANSWERS) {
    Object.assign(this, { model, hear, onChange, answers, phase: "live" });
    this.open = new Map();
    this.listeners = {
      "msg:custom": (message) => this.#heard(message),
      comm_live_update: () => this.#enter("gone"),
    };
    for (const [name, callback] of Object.entries(this.listeners)) model.on(name, callback);
  }

  /** Send a message; one that wants an answer is remembered until it comes. */
  ask(message) {
    if (this.phase === "gone") return;
    this.model.send(message);
    if (!(message.kind in this.answers)) return;
    clearTimeout(this.open.get(message.kind));
    this.open.set(message.kind, setTimeout(() => this.#enter("busy"), PATIENCE_MS));
  }

  #heard(message) {
    const isAnswer = ([kind]) => this.answers[kind].includes(message.kind) || message.kind === "failed";
    for (const [kind, timer] of [...this.open].filter(isAnswer)) {
      if (kind === "ready" && !message.reset) continue;
      clearTimeout(timer);
      this.open.delete(kind);
    }
    if (this.phase === "gone" || !this.open.size) this.#enter("live");
    this.hear(message);
  }

  #enter(phase) {
    if (phase === "gone") this.#forget();
    if (phase === this.phase) return;
    this.phase = phase;
    this.onChange(phase);
  }

  #forget() {
    for (const timer of this.open.values()) clearTimeout(timer);
    this.open.clear();
  }

  close() {
    this.#forget();
    for (const [name, callback] of Object.entries(this.listeners)) this.model.off(name, callback);
  }
}
