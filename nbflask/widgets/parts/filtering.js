/**
 * Which rows are shown: those that the filter and the switches beside it leave.
 *
 * Rule 1: of a filter that cannot be read, what stands before the fault is in force.
 * Rule 2: what a row does not carry (headers, contents, logs) the kernel looks through.
 */

import { matches, needsHeavy, parseFilter } from "./filters.js";
import { findCell, findSlow } from "./rows.js";
import { isError } from "./words.js";

export class Filtering {
  constructor(field, ask) {
    Object.assign(this, { field, ask, error: null, filter: null, text: "", ids: null, isAsking: false });
  }

  /** Read what stands in the field. */
  read() {
    const text = this.field.text.trim();
    const parsed = parseFilter(text);
    this.error = parsed.error ?? null;
    const wasHeavy = this.isHeavy;
    const [readable, filter] = this.error ? readBefore(text, this.error.column) : [text, parsed.filter];
    if (readable === this.text && this.filter) return this.#explain();
    Object.assign(this, { text: readable, filter });
    if (this.isHeavy || wasHeavy) this.#askKernel();
    this.#explain();
  }

  get isHeavy() {
    return Boolean(this.filter && needsHeavy(this.filter));
  }

  /** Whether anything is left out. */
  get isOn() {
    return Boolean(this.text) || this.field.quick.size > 0;
  }

  #askKernel() {
    this.isAsking = this.isHeavy;
    this.ids = this.isHeavy ? this.ids : null;
    this.ask({ kind: "filter", text: this.isHeavy ? this.text : "" });
  }

  /** After a gap the kernel may be another, which knows nothing of the filter. */
  askAgain() {
    if (this.isHeavy) this.#askKernel();
  }

  /** Take the kernel's word; gives whether it is on the filter that is in force. */
  hear({ text, ids, error }) {
    if (!this.isHeavy || text !== this.text) return false;
    this.isAsking = false;
    if (error) this.error = error;
    else this.ids = new Set(ids);
    this.#explain();
    return true;
  }

  #explain() {
    this.field.explain({ error: this.error, hints: this.filter?.hints ?? [], isAsking: this.isAsking });
  }

  /** The rows that are shown. Until the kernel has answered, those that it named before. */
  select(rows) {
    const setting = { now: Date.now() / 1000, slow_ms: findSlow(rows), cell: findCell(rows) };
    const { quick } = this.field;
    return rows.filter((row) => {
      if (quick.has("errors") && !isError(row)) return false;
      if (quick.has("slow") && !(row.duration_ms > setting.slow_ms)) return false;
      if (quick.has("cell") && (row.cell_number == null || row.cell_number !== setting.cell)) return false;
      if (this.isHeavy) return this.ids?.has(row.id) ?? true;
      return !this.filter || matches(this.filter, row.facts ?? {}, setting);
    });
  }
}

/** The terms before a fault, and what they mean: everything, if they are nothing on their own. */
function readBefore(text, column) {
  const readable = text.slice(0, column).replace(/\S*$/, "").trim();
  const { filter } = parseFilter(readable);
  return filter ? [readable, filter] : ["", parseFilter("").filter];
}
