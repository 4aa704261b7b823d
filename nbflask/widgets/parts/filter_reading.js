// Reads filters, as exchanges/filters/reading.py does; the grammar stands there.

import { FILTER_KEYS, STAGE_NAMES, findCloseWord } from "./filter_keys.js";
import { FilterFault, buildPattern, foldCase } from "./filter_patterns.js";

const FILTER_SPACES = " \t\n\r\f\v\u00a0";
const MAX_FILTER_CHARS = 2000;
const MAX_FILTER_DEPTH = 50;
const LOGIC_WORDS = new Map([
  ["OR", "or"], ["|", "or"], ["||", "or"], ["AND", "and"], ["&", "and"], ["&&", "and"], ["NOT", "not"],
]);
const TEST_OPERATORS = [">=", "<=", ">", "<", "=", "~"];
const KEY_AT = /^([A-Za-z][A-Za-z0-9_]*)(?:\.([^ \t\n\r\f\v\u00a0:()",]+))?:/;
const NUMBER_AND_UNIT = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/;
const STATUS_CLASS = /^([1-5])xx$/i;

export const isFilterSpace = (char) => char !== "" && FILTER_SPACES.includes(char);

/** Give what a filter means, {root, hints}; throws a FilterFault. */
export class FilterReader {
  constructor(text) {
    this.chars = [...text];
    this.at = 0;
    this.depth = 0;
    this.hints = [];
  }

  read() {
    if (this.chars.length > MAX_FILTER_CHARS) {
      this.fail(MAX_FILTER_CHARS, `It is longer than ${MAX_FILTER_CHARS} characters.`, "Shorten it.");
    }
    this.skipSpaces();
    if (this.peek() === "") return { root: { kind: "every", parts: [] }, hints: [] };
    const root = this.either();
    if (this.peek() !== "") this.fail(this.at, "A ')' closes nothing.", 'Put it in quotes, as ")".');
    return { root, hints: [...new Set(this.hints)] };
  }

  fail(at, fault, remedy) {
    throw new FilterFault(at, fault, remedy);
  }

  peek() {
    return this.chars[this.at] ?? "";
  }

  peekWord() {
    let end = this.at;
    while (end < this.chars.length && !isFilterSpace(this.chars[end]) && !"()".includes(this.chars[end])) {
      end += 1;
    }
    return this.chars.slice(this.at, end).join("");
  }

  skipSpaces() {
    while (isFilterSpace(this.peek())) this.at += 1;
  }

  operator() {
    return LOGIC_WORDS.get(this.peekWord()) ?? "";
  }

  takeOperator() {
    this.at += [...this.peekWord()].length;
    this.skipSpaces();
  }

  either() {
    const parts = [this.every()];
    while (this.operator() === "or") {
      this.takeOperator();
      parts.push(this.every());
    }
    return parts.length === 1 ? parts[0] : { kind: "either", parts };
  }

  every() {
    const parts = [this.unary()];
    for (;;) {
      if (this.operator() === "and") this.takeOperator();
      else if (this.operator() === "or" || ["", ")"].includes(this.peek())) break;
      parts.push(this.unary());
    }
    return parts.length === 1 ? parts[0] : { kind: "every", parts };
  }

  unary() {
    this.depth += 1;
    if (this.depth > MAX_FILTER_DEPTH) {
      this.fail(this.at, "It is nested too deeply.", "Write fewer parentheses.");
    }
    const node = this.negated() ?? this.group() ?? this.term();
    this.depth -= 1;
    this.skipSpaces();
    return node;
  }

  negated() {
    const start = this.at;
    const sign = this.peek();
    if (this.operator() === "not") {
      this.takeOperator();
    } else if (sign === "-" || sign === "!") {
      this.at += 1;
      if (this.peek() === "" || isFilterSpace(this.peek())) {
        this.fail(start, `Nothing follows '${sign}'.`, `Write it as ${sign}is:static.`);
      }
    } else {
      return null;
    }
    return { kind: "not", part: this.unary() };
  }

  group() {
    const start = this.at;
    if (this.peek() !== "(") return null;
    this.at += 1;
    this.skipSpaces();
    const node = this.either();
    if (this.peek() !== ")") this.fail(start, "A '(' is not closed.", "Write a ')' behind it.");
    this.at += 1;
    return node;
  }

  term() {
    const start = this.at;
    if (["", ")"].includes(this.peek()) || this.operator()) {
      const what = this.peek() ? `'${this.peekWord() || this.peek()}'` : "the end";
      this.fail(start, `A word is missing before ${what}.`, "Write it as status:5xx.");
    }
    if (this.peek() === '"') return wordTerm({ kind: "part", text: foldCase(this.takeQuoted()) });
    const found = KEY_AT.exec(this.chars.slice(start).join(""));
    if (found) {
      const key = FILTER_KEYS.get(found[1].toLowerCase());
      if (key) return this.keyed(key, found, start);
      this.hint(found[1]);
    }
    return this.word(start);
  }

  hint(key) {
    const close = findCloseWord(key, [...FILTER_KEYS.keys()]);
    const remedy = close ? ` Did you mean '${close}:'?` : "";
    this.hints.push(`'${key}:' is no key, and is looked for as a word.${remedy}`);
  }

  word(start) {
    const chars = this.takeBare();
    const text = chars.join("");
    if (chars.length > 2 && chars[0] === "/" && chars.at(-1) === "/") {
      return wordTerm(this.pattern(chars.slice(1, -1).join(""), start + 1));
    }
    return wordTerm({ kind: "part", text: foldCase(text) });
  }

  pattern(text, start) {
    try {
      return { kind: "pattern", pattern: buildPattern(text) };
    } catch (error) {
      if (error instanceof FilterFault) error.at += start;
      throw error;
    }
  }

  keyed(key, found, start) {
    const word = found[1].toLowerCase();
    let name = found[2] ?? "";
    if (key.isNamed && !name) {
      this.fail(start, `'${word}:' wants a name.`, `Write it as ${word}.name:value.`);
    }
    if (name && !key.isNamed) this.fail(start, `'${word}:' takes no name.`, `Write it as ${word}:value.`);
    if (word === "stage") {
      name = name.toLowerCase();
      this.checkStage(name, start + found[1].length + 1);
    }
    this.at = start + [...found[0]].length;
    const tests = [this.item(word, key)];
    while (this.peek() === ",") {
      this.at += 1;
      tests.push(this.item(word, key));
    }
    return { kind: "term", key: word, name, tests };
  }

  checkStage(name, at) {
    if (STAGE_NAMES.includes(name)) return;
    const close = findCloseWord(name, STAGE_NAMES);
    const remedy = close ? `Did you mean '${close}'?` : `There are ${STAGE_NAMES.join(", ")}.`;
    this.fail(at, `No stage is called '${name}'.`, remedy);
  }

  takeBare(isList = false) {
    const start = this.at;
    let depth = 0;
    while (this.at < this.chars.length) {
      const char = this.peek();
      depth += Number(char === "(") - Number(char === ")");
      if (isFilterSpace(char) || depth < 0 || (isList && char === ",")) break;
      this.at += 1;
    }
    return this.chars.slice(start, this.at);
  }

  takeQuoted() {
    const start = this.at;
    this.at += 1;
    let found = "";
    while (this.at < this.chars.length) {
      let char = this.peek();
      this.at += 1;
      if (char === '"') return found;
      if (char === "\\" && ['"', "\\"].includes(this.peek())) {
        char = this.peek();
        this.at += 1;
      }
      found += char;
    }
    return this.fail(start, "A quote is not closed.", 'Write a " behind it.');
  }

  item(word, key) {
    const operator =
      TEST_OPERATORS.find((each) => this.chars.slice(this.at, this.at + each.length).join("") === each) ?? "";
    this.at += operator.length;
    const start = this.at;
    const isQuoted = this.peek() === '"';
    const value = isQuoted ? this.takeQuoted() : this.takeBare(operator !== "~").join("");
    if (!value && !isQuoted) {
      this.fail(start, `A value is missing behind '${word}'.`, 'Write one, or "" for none.');
    }
    const item = { word, key, operator, start, isQuoted, value, first: start + Number(isQuoted) };
    if (key.kind === "number") return this.numberItem(item);
    if (key.kind === "choice") return this.choiceItem(item);
    if (key.kind === "age") return this.ageItem(item);
    return this.textItem(item);
  }

  refuseOperator({ word, operator, start }, what, remedy) {
    this.fail(start - operator.length, `'${word}:' ${what}, and has no '${operator}'.`, remedy);
  }

  textItem(item) {
    const { word, key, operator, value } = item;
    if (operator === "~") return this.pattern(value, item.first);
    if (operator && operator !== "=") {
      this.refuseOperator(item, "is a text", `Write it as ${word}:text or ${word}:~pattern.`);
    }
    const text = foldCase(value);
    if (operator === "=") return { kind: "whole", text };
    if (value.includes("*") && !item.isQuoted) return { kind: "glob", pieces: text.split("*") };
    return { kind: key.kind, text };
  }

  choiceItem(item) {
    const { word, key, operator } = item;
    if (operator && operator !== "=") {
      this.refuseOperator(item, "is a word", `Write it as ${word}:${key.choices[0]}.`);
    }
    const value = item.value.toLowerCase();
    if (!key.choices.includes(value)) {
      const close = findCloseWord(value, key.choices);
      const remedy = close ? `Did you mean '${close}'?` : `There are ${key.choices.join(", ")}.`;
      this.fail(item.start, `'${word}:' knows no '${value}'.`, remedy);
    }
    return { kind: "choice", text: value };
  }

  ageItem(item) {
    if (item.operator) this.refuseOperator(item, "is an age", "Write it as since:5m.");
    return rangeTest({ low: this.quantity(item, item.value, 0) });
  }

  numberItem(item) {
    const { word, operator, value } = item;
    if (operator === "~") this.refuseOperator(item, "is a number", `Write it as ${word}:>100.`);
    const special = operator ? null : this.specialNumber(item);
    if (special) return special;
    const number = this.quantity(item, value, 0);
    if (operator.startsWith(">")) return rangeTest({ low: number, isAbove: operator === ">" });
    if (operator.startsWith("<")) return rangeTest({ high: number, isBelow: operator === "<" });
    return rangeTest({ low: number, high: number });
  }

  specialNumber(item) {
    const { word, value } = item;
    if (value === "*") return rangeTest({});
    if (word === "cell" && value.toLowerCase() === "this") return { kind: "this" };
    const found = word === "status" ? STATUS_CLASS.exec(value) : null;
    if (found) return rangeTest({ low: found[1] * 100, high: found[1] * 100 + 99 });
    const dots = value.indexOf("..");
    if (dots < 0 || value.length === 2) return null;
    const [low, high] = [value.slice(0, dots), value.slice(dots + 2)];
    const bounds = {};
    if (low) bounds.low = this.quantity(item, low, 0);
    if (high) bounds.high = this.quantity(item, high, [...low].length + 2);
    return rangeTest(bounds);
  }

  quantity({ word, key, first }, text, offset) {
    const at = first + offset;
    const found = NUMBER_AND_UNIT.exec(text);
    if (!found) {
      const example = key.kind === "age" ? "since:5m" : `${word}:100`;
      this.fail(at, `'${text}' is not a number.`, `Write it as ${example}.`);
    }
    const unit = found[2].toLowerCase();
    if (!Object.hasOwn(key.units, unit)) {
      const known = Object.keys(key.units).filter(Boolean).join(", ");
      const what = unit ? `'${found[2]}' is no unit of '${word}:'.` : `'${text}' has no unit.`;
      this.fail(at + found[1].length, what, known ? `There are ${known}.` : "It has none.");
    }
    return Number(found[1]) * key.units[unit];
  }
}

function wordTerm(test) {
  return { kind: "term", key: "", name: "", tests: [test] };
}

function rangeTest({ low = -Infinity, high = Infinity, isAbove = false, isBelow = false }) {
  return { kind: "range", low, high, isAbove, isBelow };
}
