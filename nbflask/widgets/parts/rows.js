/**
 * What the page knows of the exchanges: a row for each, as the kernel's batches tell.
 *
 * Rule 1: batches come in sequence. A gap means that something was missed, so everything is
 *         asked for again; what is there stays on show until it comes.
 */

import { isError } from "./words.js";

export class Rows {
  constructor() {
    this.byId = new Map();
    this.totals = { count: 0, bytes: 0, max_bytes: 0, errors: 0 };
    this.seq = null;
    this.isIncomplete = false;
  }

  /** Take a batch; gives what is new in it, or null: it was of no use, and all must be asked for. */
  apply({ seq, reset = false, rows = [], evicted = [], totals }) {
    const isGap = !reset && this.seq !== null && seq !== this.seq + 1;
    const isStale = this.seq === null && !reset;
    if (isGap || isStale) this.isIncomplete = true;
    if (reset) this.isIncomplete = false;
    const known = this.byId;
    if (reset) this.byId = new Map();
    this.seq = seq;
    const added = rows.filter((row) => !known.has(row.id));
    for (const row of rows) this.byId.set(row.id, row);
    for (const id of evicted) this.byId.delete(id);
    if (totals) this.totals = totals;
    return { added, errors: added.filter(isError), updated: rows };
  }

  get(id) {
    return this.byId.get(id) ?? null;
  }

  /** All of them, in no order that counts. */
  all() {
    return [...this.byId.values()];
  }

  get errorCount() {
    return this.all().filter(isError).length;
  }
}

const BY_COLUMN = {
  id: (row) => row.id,
  started_at: (row) => row.started_at ?? 0,
  method: (row) => row.method,
  path: (row) => row.target,
  status: (row) => row.status ?? 0,
  duration_ms: (row) => row.duration_ms ?? Infinity,
  size: (row) => row.size ?? 0,
  kind: (row) => row.kind ?? "",
};

/** Rows in the order of a column; what is equal there is in the order it came, the newest first. */
export function sortRows(rows, { column, isDescending }) {
  const key = BY_COLUMN[column];
  const sign = isDescending ? -1 : 1;
  const compare = (a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return b.id - a.id;
    return left < right ? -sign : sign;
  };
  return rows.sort(compare);
}

/** The duration that 19 of 20 finished requests stay below; infinite while there are too few. */
export function findSlow(rows) {
  const durations = rows.map((row) => row.duration_ms).filter((ms) => ms != null);
  if (durations.length < 20) return Infinity;
  durations.sort((a, b) => a - b);
  return durations[Math.floor(durations.length * 0.95)];
}

/** The number of the cell that asked last; null: none did. */
export function findCell(rows) {
  const numbers = rows.map((row) => row.cell_number).filter((cell) => cell != null);
  return numbers.length ? Math.max(...numbers) : null;
}
