// Regular expressions that mean the same here and in Python, each read once. Their rules stand in
// exchanges/filters/patterns.py; this file is that one in JavaScript, and a table holds them together.
//
// All of it works on code points, as Python does: texts are spread, `[...text]`, before they are read.

const MAX_PATTERN_CHARS = 200;
const MAX_REPEAT = 100;
const MAX_STATES = 400;
const MAX_KEPT_SETS = 1000;
const MAX_CHAR = 0x10ffff;

/** Give a text in which upper and lower case are the same. */
export function foldCase(text) {
  return text.toLowerCase().replaceAll("\u03c2", "\u03c3");
}

/** A filter, or a pattern in it, that cannot be read; `at` counts code points. */
export class FilterFault extends Error {
  constructor(at, fault, remedy) {
    super(`${fault} ${remedy}`);
    this.at = at;
    this.fault = fault;
    this.remedy = remedy;
  }
}

const DIGIT_RANGES = [[48, 57]];
const WORD_RANGES = [[48, 57], [95, 95], [97, 122]];
const SPACE_RANGES = [[9, 13], [32, 32]];
const CLASS_RANGES = new Map([
  ["d", DIGIT_RANGES],
  ["w", WORD_RANGES],
  ["s", SPACE_RANGES],
  ["D", complementOf(DIGIT_RANGES)],
  ["W", complementOf(WORD_RANGES)],
  ["S", complementOf(SPACE_RANGES)],
  ["n", [[10, 10]]],
  ["r", [[13, 13]]],
  ["t", [[9, 9]]],
]);
const ANY_RANGES = complementOf([[10, 10]]);
const QUANTIFIERS = new Map([["*", [0, null]], ["+", [1, null]], ["?", [0, 1]]]);

function complementOf(ranges) {
  const found = [];
  let start = 0;
  for (const [low, high] of [...ranges].sort((one, other) => one[0] - other[0])) {
    if (low > start) found.push([start, low - 1]);
    start = Math.max(start, high + 1);
  }
  if (start <= MAX_CHAR) found.push([start, MAX_CHAR]);
  return found;
}

function isInRanges(code, ranges) {
  return ranges.some(([low, high]) => low <= code && code <= high);
}

function literalNode(char) {
  const parts = [...foldCase(char)].map((each) => {
    const code = each.codePointAt(0);
    return { kind: "char", ranges: [[code, code]] };
  });
  return parts.length === 1 ? parts[0] : { kind: "cat", parts };
}

class PatternReader {
  constructor(text) {
    this.chars = [...text];
    this.at = 0;
  }

  read() {
    if (this.chars.length > MAX_PATTERN_CHARS) {
      throw new FilterFault(
        MAX_PATTERN_CHARS,
        `The pattern is longer than ${MAX_PATTERN_CHARS} characters.`,
        "Write a shorter one.",
      );
    }
    const node = this.alternatives();
    if (this.at < this.chars.length) {
      throw new FilterFault(this.at, "A ')' closes nothing.", "Write \\) for the character.");
    }
    return node;
  }

  peek(offset = 0) {
    return this.chars[this.at + offset] ?? "";
  }

  take() {
    const char = this.peek();
    this.at += 1;
    return char;
  }

  alternatives() {
    const parts = [this.sequence()];
    while (this.peek() === "|") {
      this.at += 1;
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0] : { kind: "alt", parts };
  }

  sequence() {
    const parts = [];
    while (!["", "|", ")"].includes(this.peek())) parts.push(this.repeated(this.atom()));
    return { kind: "cat", parts };
  }

  atom() {
    const start = this.at;
    const char = this.take();
    switch (char) {
      case "(":
        return this.group(start);
      case "[":
        return { kind: "char", ranges: this.charClass(start) };
      case ".":
        return { kind: "char", ranges: ANY_RANGES };
      case "^":
        return { kind: "assert", name: "start" };
      case "$":
        return { kind: "assert", name: "end" };
      case "\\":
        return this.escape(start);
      case "*":
      case "+":
      case "?":
      case "{":
        throw new FilterFault(
          start,
          `Nothing before '${char}' can repeat.`,
          `Write \\${char} for the character.`,
        );
      default:
        return literalNode(char);
    }
  }

  group(start) {
    if (this.peek() === "?") {
      if (this.peek(1) !== ":") {
        throw new FilterFault(start, "Groups with '(?' are not known here.", "Write (...).");
      }
      this.at += 2;
    }
    const node = this.alternatives();
    if (this.take() !== ")") {
      throw new FilterFault(start, "A '(' is not closed.", "Write \\( for the character.");
    }
    return node;
  }

  escape(start) {
    const char = this.take();
    if (char === "b" || char === "B") return { kind: "assert", name: char };
    if (CLASS_RANGES.has(char)) return { kind: "char", ranges: CLASS_RANGES.get(char) };
    return literalNode(this.escaped(start, char));
  }

  escaped(start, char) {
    if (char === "" || /[A-Za-z0-9]/.test(char)) {
      throw new FilterFault(
        start,
        `'\\${char}' is not known here.`,
        "Known are \\d, \\w, \\s, \\D, \\W, \\S, \\b, \\B, \\n, \\r, \\t.",
      );
    }
    return char;
  }

  charClass(start) {
    const isNegated = this.peek() === "^";
    if (isNegated) this.at += 1;
    const found = [];
    for (;;) {
      const first = this.classItem(start, found);
      if (first === null) break;
      found.push(...this.range(first));
    }
    return isNegated ? complementOf(found) : found;
  }

  range(first) {
    const start = this.at;
    const chars = [...first].map((char) => char.codePointAt(0));
    if (!chars.length || this.peek() !== "-" || ["]", ""].includes(this.peek(1))) {
      return chars.map((code) => [code, code]);
    }
    this.at += 1;
    const last = [...(this.classItem(start, []) ?? "")].map((char) => char.codePointAt(0));
    if (chars.length !== 1 || last.length !== 1 || chars[0] > last[0]) {
      throw new FilterFault(start, "The range in '[...]' is empty.", "Write it as a-z.");
    }
    return [[chars[0], last[0]]];
  }

  classItem(start, found) {
    const at = this.at;
    let char = this.take();
    if (char === "") {
      throw new FilterFault(start, "A '[' is not closed.", "Write \\[ for the character.");
    }
    if (char === "]") return null;
    if (char === "\\") {
      char = this.take();
      if (CLASS_RANGES.has(char)) {
        found.push(...CLASS_RANGES.get(char));
        return "";
      }
      char = this.escaped(at, char);
    }
    return foldCase(char);
  }

  repeated(node) {
    const start = this.at;
    const char = this.peek();
    let bounds;
    if (QUANTIFIERS.has(char)) {
      this.at += 1;
      bounds = QUANTIFIERS.get(char);
    } else if (char === "{") {
      bounds = this.bounds(start);
    } else {
      return node;
    }
    // Whether something is found is the same with a lazy one.
    if (this.peek() === "?") this.at += 1;
    if (["*", "+", "?", "{"].includes(this.peek())) {
      throw new FilterFault(this.at, "A repeat cannot repeat.", "Write (...)* around it.");
    }
    return { kind: "repeat", part: node, low: bounds[0], high: bounds[1] };
  }

  bounds(start) {
    const end = this.chars.indexOf("}", start);
    const inner = end > 0 ? this.chars.slice(start + 1, end).join("") : "";
    const found = /^([0-9]{1,3})(?:(,)([0-9]{1,3})?)?$/.exec(inner);
    if (!found) {
      throw new FilterFault(start, "A '{' does not count.", "Write {2}, {2,} or {2,5}.");
    }
    this.at = end + 1;
    const low = Number(found[1]);
    const high = found[2] ? (found[3] ? Number(found[3]) : null) : low;
    if (Math.max(low, high ?? 0) > MAX_REPEAT || (high ?? MAX_REPEAT) < low) {
      throw new FilterFault(
        start,
        `The counts are not 0 to ${MAX_REPEAT}, in order.`,
        "Write {2,5}.",
      );
    }
    return [low, high];
  }
}

/** Give what finds a pattern in texts; throws a FilterFault for what is not understood. */
export function buildPattern(text) {
  const states = [];
  const finalState = addState(states, { kind: "final", following: [] });
  const first = addNode(states, new PatternReader(text).read(), finalState);
  return { text, states, finalState, first, sets: new Map() };
}

function addState(states, state) {
  if (states.length >= MAX_STATES) {
    throw new FilterFault(0, "The pattern repeats too much.", "Write smaller counts.");
  }
  states.push(state);
  return states.length - 1;
}

/** Add the states of a piece before those that follow it, and give the first. */
function addNode(states, node, following) {
  switch (node.kind) {
    case "char":
      return addState(states, { kind: "char", ranges: node.ranges, following: [following] });
    case "assert":
      return addState(states, { kind: "assert", name: node.name, following: [following] });
    case "cat":
      return node.parts.reduceRight((next, part) => addNode(states, part, next), following);
    case "alt": {
      const branches = node.parts.map((part) => addNode(states, part, following));
      return addState(states, { kind: "split", following: branches });
    }
    default:
      return addRepeat(states, node, following);
  }
}

function addRepeat(states, node, end) {
  let following = end;
  if (node.high === null) {
    const loop = addState(states, { kind: "split", following: [] });
    states[loop].following = [addNode(states, node.part, loop), end];
    following = loop;
  } else {
    for (let count = node.low; count < node.high; count += 1) {
      const once = addNode(states, node.part, following);
      following = addState(states, { kind: "split", following: [once, end] });
    }
  }
  for (let count = 0; count < node.low; count += 1) {
    following = addNode(states, node.part, following);
  }
  return following;
}

/** Whether the text holds a match of the pattern anywhere. */
export function isPatternIn(pattern, text) {
  let reached = reachSet(pattern, [pattern.first], "start");
  for (const char of foldCase(text)) {
    let following = reached.moves.get(char);
    if (following === undefined) {
      following = moveOn(pattern, reached, char);
      reached.moves.set(char, following);
    }
    if (following === null) return true;
    reached = following;
  }
  return closeOver(pattern, reached, "end").has(pattern.finalState);
}

function reachSet(pattern, members, before) {
  const sorted = [...new Set(members)].sort((one, other) => one - other);
  const key = `${before} ${sorted.join(" ")}`;
  if (pattern.sets.size > MAX_KEPT_SETS) pattern.sets.clear();
  if (!pattern.sets.has(key)) pattern.sets.set(key, { members: sorted, before, moves: new Map() });
  return pattern.sets.get(key);
}

/** Give where a character leads to; null once the pattern was found. */
function moveOn(pattern, reached, char) {
  const code = char.codePointAt(0);
  const after = isInRanges(code, WORD_RANGES) ? "word" : "other";
  const closed = closeOver(pattern, reached, after);
  if (closed.has(pattern.finalState)) return null;
  const members = [pattern.first];
  for (const index of closed) {
    const state = pattern.states[index];
    if (state.kind === "char" && isInRanges(code, state.ranges)) members.push(state.following[0]);
  }
  return reachSet(pattern, members, after);
}

function closeOver(pattern, reached, after) {
  const closed = new Set();
  const waiting = [...reached.members];
  while (waiting.length) {
    const index = waiting.pop();
    if (closed.has(index)) continue;
    closed.add(index);
    const state = pattern.states[index];
    const isOpen =
      state.kind === "split" ||
      (state.kind === "assert" && assertionHolds(state.name, reached.before, after));
    if (isOpen) waiting.push(...state.following);
  }
  return closed;
}

function assertionHolds(name, before, after) {
  if (name === "start") return before === "start";
  if (name === "end") return after === "end";
  return ((before === "word") !== (after === "word")) === (name === "b");
}
