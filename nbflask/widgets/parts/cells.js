/** The columns of the list, and how a row fills them. */

import { make, makeIcon, mark, write } from "./dom.js";
import { NOTES, formatDuration, formatSize, formatTime, levelOf, statusOf } from "./words.js";

/** What stands in the list, from left to right; a column without a `sort` cannot be sorted by. */
export const COLUMNS = [
  { name: "id", title: "#", label: "Number", sort: "id" },
  { name: "time", title: "Time", sort: "started_at" },
  { name: "method", title: "Method", sort: "method" },
  { name: "path", title: "Path", sort: "path" },
  { name: "status", title: "Status", sort: "status" },
  { name: "duration", title: "Duration", sort: "duration_ms" },
  { name: "size", title: "Size", sort: "size" },
  { name: "kind", title: "Type", sort: "kind" },
  { name: "notes", title: "Notes", sort: "" },
];

/** A line of the list, still empty. */
export function makeLine() {
  const line = make("tr", { role: "row", class: "nbflask-line" });
  for (const { name } of COLUMNS) line.append(make("td", { role: "gridcell", class: `nbflask-cell-${name}` }));
  return line;
}

/** Show a row in a line. */
export function fillLine(line, row) {
  const level = levelOf(row);
  const [id, time, method, path, status, duration, size, kind, notes] = line.children;
  line.dataset.id = row.id;
  line.dataset.kind = level.kind;
  write(id, String(row.id));
  write(time, formatTime(row.started_at));
  write(method, row.method);
  fillPath(path, row);
  status.replaceChildren(makeIcon(level.icon), make("span", {}, statusOf(row)));
  if (row.status == null || level.kind !== "good") {
    status.append(make("span", { class: "nbflask-unseen" }, ` ${level.word}`));
  }
  write(duration, row.duration_ms == null ? "…" : formatDuration(row.duration_ms));
  write(size, formatSize(row.size));
  write(kind, row.kind ?? "");
  fillNotes(notes, row);
}

function fillPath(cell, row) {
  const target = make("bdi", { class: "nbflask-target" }, row.target);
  cell.replaceChildren(target);
  if (row.endpoint) cell.append(make("span", { class: "nbflask-endpoint" }, "→ ", make("bdi", {}, row.endpoint)));
  mark(cell, "title", row.endpoint ? `${row.target} → ${row.endpoint}` : row.target);
}

function fillNotes(cell, row) {
  const notes = row.notes ?? [];
  cell.replaceChildren();
  if (row.is_pinned) cell.append(makeNote("quiet", "pin", "pinned"));
  if (row.note) cell.append(makeNote("info", "note", row.note));
  for (const { kind, text } of notes) {
    const look = NOTES[kind] ?? { kind: "quiet", icon: "info" };
    cell.append(makeNote(look.kind, look.icon, text));
  }
  for (const tag of row.tags ?? []) cell.append(makeNote("quiet", "filter", tag));
  mark(cell, "title", [...cell.children].map((child) => child.textContent).join(" · ") || null);
}

function makeNote(kind, icon, text) {
  return make("span", { class: "nbflask-rownote", "data-kind": kind }, makeIcon(icon), make("bdi", {}, text));
}
