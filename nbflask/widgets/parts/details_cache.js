/**
 * The details that have come, for as long as their rows are as they were.
 *
 * Rule 1: revealed details are not kept: who looks again asks again.
 */

/** As many as a reader goes back and forth between. */
const MAX_KEPT = 40;

export class DetailsCache {
  constructor() {
    this.byId = new Map();
  }

  get(id) {
    return this.byId.get(id) ?? null;
  }

  add(details) {
    if (details.is_revealed) return;
    this.byId.delete(details.id);
    this.byId.set(details.id, details);
    if (this.byId.size > MAX_KEPT) this.byId.delete(this.byId.keys().next().value);
  }

  /** Forget what is no longer as it was. */
  drop(ids) {
    for (const id of ids) this.byId.delete(id);
  }
}
