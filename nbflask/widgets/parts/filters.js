// The language in which exchanges are looked for, for the browser; no page and no kernel in it.
//
// Rule 1: it means what exchanges/filters/ means in Python. tests/exchanges/filters.json holds both.
// Rule 2: columns are JavaScript's own: they count as the text's length does.

import { BROWSER_SOURCES, FILTER_KEYS, STAGE_NAMES } from "./filter_keys.js";
import { FilterFault, foldCase, isPatternIn } from "./filter_patterns.js";
import { FilterReader, isFilterSpace } from "./filter_reading.js";

const MAX_COMPLETIONS = 20;
const MAX_COMPLETION_CHARS = 80;
const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx"];
const STARTED_TERM = /^([A-Za-z][A-Za-z0-9_]*)(?:(\.)([^ \t\n\r\f\v\u00a0:()",]*))?(:)?/;
const NEEDS_QUOTES = /[ \t\n\r\f\v\u00a0(),"*]|^$|^[<>=~]/;
const UNCOUNTED_KEYS = ["size", "dur", "stage"];

/** Read a filter: {filter: {text, root, hints}} or {error: {column, fault, remedy, message}}. */
export function parseFilter(text) {
  try {
    return { filter: { text, ...new FilterReader(text).read() } };
  } catch (error) {
    if (!(error instanceof FilterFault)) throw error;
    const { at, fault, remedy, message } = error;
    return { error: { column: [...text].slice(0, at).join("").length, fault, remedy, message } };
  }
}

/**
 * Whether an exchange is meant.
 * @param facts what build_facts made of it.
 * @param setting {now: seconds since 1970, slow_ms, cell}; the last two may be null.
 */
export function matches(filter, facts, setting) {
  return nodeMatches(filter.root, facts, setting);
}

/** Whether it looks at what a row of the list does not carry. */
export function needsHeavy(filter) {
  return nodeIsHeavy(filter.root);
}

/** Give the filters that a text can become by what is written at a column, the likeliest first. */
export function complete(factsList, text, column) {
  const before = [...text.slice(0, column)];
  let start = before.length;
  while (start && !isFilterSpace(before[start - 1]) && before[start - 1] !== "(") start -= 1;
  const head = before.slice(0, start).join("");
  const word = before.slice(start).join("");
  return completeWord(factsList, word).map((each) => head + each + text.slice(column));
}

function nodeIsHeavy(node) {
  if (node.kind === "term") return FILTER_KEYS.get(node.key)?.isHeavy ?? false;
  return (node.parts ?? [node.part]).some(nodeIsHeavy);
}

function nodeMatches(node, facts, setting) {
  switch (node.kind) {
    case "every":
      return node.parts.every((part) => nodeMatches(part, facts, setting));
    case "either":
      return node.parts.some((part) => nodeMatches(part, facts, setting));
    case "not":
      return !nodeMatches(node.part, facts, setting);
    default:
      return node.tests.some((test) => termPasses(node, test, facts, setting));
  }
}

function termPasses(term, test, facts, setting) {
  const key = FILTER_KEYS.get(term.key);
  if (!key) return textPasses(test, facts.line ?? "");
  switch (key.kind) {
    case "choice":
      return choicePasses(term.key, test.text, facts, setting);
    case "age":
      return (facts.at ?? 0) >= setting.now - test.low;
    case "number": {
      const fact = facts[key.facts[0]];
      const number = key.isNamed ? fact?.[term.name] : fact;
      if (number === null || number === undefined) return false;
      return test.kind === "this" ? number === setting.cell : numberPasses(test, number);
    }
    default:
      return factTexts(key, term.name, facts).some((text) => textPasses(test, text));
  }
}

function factTexts(key, name, facts) {
  return key.facts.flatMap((fact) => {
    const value = facts[fact];
    if (typeof value === "string") return [value];
    if (!key.isNamed) return value ?? [];
    const wanted = foldCase(name);
    return (value ?? []).filter(([each]) => foldCase(each) === wanted).map(([, text]) => text);
  });
}

function textPasses(test, text) {
  if (test.kind === "pattern") return isPatternIn(test.pattern, text);
  const folded = foldCase(text);
  if (test.kind === "part") return folded.includes(test.text);
  return test.kind === "glob" ? globPasses(test.pieces, folded) : folded === test.text;
}

function globPasses(pieces, text) {
  const [first, last] = [pieces[0], pieces.at(-1)];
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let position = first.length;
  return pieces.slice(1, -1).every((piece) => {
    const found = text.indexOf(piece, position);
    position = found + piece.length;
    return found >= 0 && position <= end;
  });
}

function numberPasses({ low, high, isAbove, isBelow }, number) {
  return (isAbove ? number > low : number >= low) && (isBelow ? number < high : number <= high);
}

function choicePasses(key, wanted, facts, setting) {
  if (key === "is" && wanted === "slow") {
    const [duration, limit] = [facts.dur ?? null, setting.slow_ms ?? null];
    return duration !== null && limit !== null && duration > limit;
  }
  if (key === "from") {
    return (wanted === "browser" ? BROWSER_SOURCES : [wanted]).includes(facts.from);
  }
  return (facts[key] ?? []).includes(wanted);
}

function completeWord(factsList, word) {
  const sign = ["-", "!"].includes(word[0]) ? word[0] : "";
  const rest = word.slice(sign.length);
  const found = STARTED_TERM.exec(rest);
  if (!found && rest) return [];
  const [matched = "", given = "", dot, name, colon] = found ?? [];
  if (!colon && !dot) {
    const keys = [...FILTER_KEYS].map(([key, { isNamed }]) => key + (isNamed ? "." : ":"));
    const begun = matched.toLowerCase();
    return keys.filter((key) => key.startsWith(begun)).map((key) => sign + key).slice(0, MAX_COMPLETIONS);
  }
  const key = FILTER_KEYS.get(given.toLowerCase());
  if (!key || Boolean(key.isNamed) !== Boolean(dot)) return [];
  const what = { word: given.toLowerCase(), key, name };
  if (!colon) return chooseCompletions(`${sign}${given}.`, name, seenNames(what, factsList), ":");
  const comma = rest.lastIndexOf(",") + 1;
  const done = Math.max(comma, matched.length);
  return chooseCompletions(sign + rest.slice(0, done), rest.slice(done), seenValues(what, factsList), "");
}

function chooseCompletions(head, begun, values, tail) {
  const wanted = foldCase(begun.replace(/^"+/, ""));
  const counted = new Map();
  for (const value of values) {
    if ([...value].length <= MAX_COMPLETION_CHARS) counted.set(value, (counted.get(value) ?? 0) + 1);
  }
  return [...counted]
    .filter(([value]) => foldCase(value).startsWith(wanted))
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, MAX_COMPLETIONS)
    .map(([value]) => head + (tail ? value : quoteValue(value)) + tail);
}

function quoteValue(value) {
  if (!NEEDS_QUOTES.test(value)) return value;
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function seenNames({ word, key }, factsList) {
  if (word === "stage") return STAGE_NAMES;
  const names = factsList.flatMap((facts) => (facts[key.facts[0]] ?? []).map(([name]) => name));
  return names.filter((name) => !NEEDS_QUOTES.test(name));
}

function seenValues({ word, key, name }, factsList) {
  if (key.kind === "choice") return key.choices;
  const classes = word === "status" ? STATUS_CLASSES : [];
  if (key.kind === "age" || UNCOUNTED_KEYS.includes(word) || (key.isHeavy && !key.isNamed)) return classes;
  return [...classes, ...factsList.flatMap((facts) => seenInFact(facts[key.facts[0]], name))];
}

function seenInFact(value, name) {
  if (Array.isArray(value)) {
    return value.flatMap((each) => {
      if (typeof each === "string") return [each];
      return name !== undefined && foldCase(each[0]) === foldCase(name) ? [each[1]] : [];
    });
  }
  return value === null || value === undefined || value === "" ? [] : [String(value)];
}
