/**
 * A template's source: lines with numbers, Jinja's tags told apart, and sentences below the
 * lines that they are about.
 *
 * Rule 1: the text is cut into spans, and never changed: what is copied is the source.
 * Rule 2: delimiters are the app's own; a tag that does not end goes to the end.
 */

import { make, makeIcon } from "./dom.js";

/** A source that is longer is shown without colours, which take a page's breath away. */
const MAX_COLOURED_CHARS = 200_000;

const TOKEN = /(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?<number>\b\d[\d_]*(?:\.\d+)?\b)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<mark>[|.]\s*)|(?<other>[\s\S])/gu;

const STATEMENTS = new Set(
  "extends include import from block endblock for endfor if elif else endif macro endmacro call endcall filter endfilter set endset with endwith autoescape endautoescape raw endraw do trans endtrans pluralize break continue debug".split(" "),
);
const KEYWORDS = new Set("and as by context else if ignore import in is loop missing not or recursive required scoped with without true false none True False None".split(" "));

/** Cut a source into `{kind, text}`: "text", "comment", "delimiter" and what stands in tags. */
export function cutSource(source, delimiters) {
  if (source.length > MAX_COLOURED_CHARS) return [{ kind: "text", text: source }];
  const kinds = ["comment", "block", "variable"].filter((kind) => delimiters[kind]);
  const spans = [];
  let at = 0;
  let isRaw = false;
  while (at < source.length) {
    const found = findTag(source, at, kinds, delimiters, isRaw);
    if (!found) break;
    if (found.start > at) spans.push({ kind: "text", text: source.slice(at, found.start) });
    at = cutTag(source, found, delimiters, spans);
    const word = found.kind === "block" ? source.slice(found.start, at).match(/\w+/)?.[0] : "";
    if (word === "raw" || word === "endraw") isRaw = word === "raw";
  }
  if (at < source.length) spans.push({ kind: "text", text: source.slice(at) });
  return spans;
}

/** The next tag; in a raw block, only its end. */
function findTag(source, from, kinds, delimiters, isRaw) {
  let best = null;
  for (const kind of isRaw ? ["block"] : kinds) {
    let start = source.indexOf(delimiters[kind][0], from);
    while (isRaw && start >= 0 && !/^.{1,4}\s*endraw\b/s.test(source.slice(start, start + 40))) {
      start = source.indexOf(delimiters[kind][0], start + 1);
    }
    if (start >= 0 && (!best || start < best.start)) best = { kind, start };
  }
  return best;
}

function cutTag(source, { kind, start }, delimiters, spans) {
  const [opening, closing] = delimiters[kind];
  const inside = start + opening.length;
  const end = findEnd(source, inside, closing, kind === "comment");
  const isEnded = end >= 0;
  const stop = isEnded ? end : source.length;
  const after = isEnded ? stop + closing.length : stop;
  if (kind === "comment") {
    spans.push({ kind: "comment", text: source.slice(start, after) });
    return after;
  }
  spans.push({ kind: "delimiter", text: opening });
  cutInside(source.slice(inside, stop), kind, spans);
  if (isEnded) spans.push({ kind: "delimiter", text: closing });
  return after;
}

/** Where a tag ends; not within a string. */
function findEnd(source, from, closing, isComment) {
  if (isComment) return source.indexOf(closing, from);
  let quote = "";
  for (let at = from; at < source.length; at += 1) {
    const char = source[at];
    if (quote) {
      if (char === "\\") at += 1;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (source.startsWith(closing, at)) return at;
  }
  return -1;
}

function cutInside(text, kind, spans) {
  let before = "";
  let isFirst = kind === "block";
  for (const { 0: found, groups } of text.matchAll(TOKEN)) {
    if (groups.word) {
      spans.push({ kind: nameWord(found, before, isFirst), text: found });
      isFirst = false;
    } else if (groups.string) spans.push({ kind: "string", text: found });
    else if (groups.number) spans.push({ kind: "number", text: found });
    else pushText(spans, found);
    if (found.trim()) before = found.trim();
  }
}

function nameWord(word, before, isFirst) {
  if (isFirst && STATEMENTS.has(word)) return "statement";
  if (before === ".") return "attribute";
  if (before === "|") return "filter";
  return KEYWORDS.has(word) ? "keyword" : "variable";
}

function pushText(spans, text) {
  const last = spans.at(-1);
  if (last?.kind === "operator") last.text += text;
  else spans.push({ kind: "operator", text });
}

/** Spans by line. */
function splitLines(spans) {
  const lines = [[]];
  for (const { kind, text } of spans) {
    text.split(/\r\n|\r|\n/).forEach((part, at) => {
      if (at) lines.push([]);
      if (part) lines.at(-1).push({ kind, text: part });
    });
  }
  if (lines.length > 1 && !lines.at(-1).length) lines.pop();
  return lines;
}

/**
 * The lines of a source.
 *
 * @param notes - `{line, lastLine, kind, text, parts}`: sentences below the last of their lines.
 */
export function makeCode(source, delimiters, label, notes = []) {
  const body = make("div", { class: "nbflask-code", role: "region", "aria-label": label, tabindex: "0" });
  splitLines(cutSource(source, delimiters)).forEach((spans, at) => {
    const number = at + 1;
    const here = notes.filter((note) => note.line <= number && number <= (note.lastLine ?? note.line));
    body.append(makeLine(number, spans, here[0]));
    for (const note of notes.filter((each) => (each.lastLine ?? each.line) === number)) body.append(makeLineNote(note));
  });
  return body;
}

function makeLine(number, spans, note) {
  return make(
    "div",
    { class: "nbflask-line", "data-line": number, "data-kind": note?.kind },
    make("span", { class: "nbflask-number", "data-number": number, "aria-hidden": "true" }),
    make("span", { class: "nbflask-line-text" }, spans.length ? spans.map(makeSpan) : "\u200b"),
  );
}

function makeSpan({ kind, text }) {
  return kind === "text" ? text : make("span", { "data-token": kind }, text);
}

function makeLineNote({ kind, text, parts = [] }) {
  const icon = kind === "bad" ? "error" : "warn";
  return make("div", { class: "nbflask-line-note", "data-kind": kind }, makeIcon(icon), make("div", {}, text, parts));
}

/** Bring a line into view, within its box only. */
export function scrollToLine(code, number) {
  const line = code.querySelector(`[data-line="${number}"]`);
  if (line) code.scrollTop = line.offsetTop - code.offsetTop - code.clientHeight / 3;
}
