// What a filter can ask for. The table of exchanges/filters/keys.py, and a test compares the two.

const BYTE_UNITS = {
  "": 1, b: 1, k: 1e3, kb: 1e3, ki: 1024, kib: 1024, m: 1e6, mb: 1e6, mi: 1024 ** 2, mib: 1024 ** 2,
  g: 1e9, gb: 1e9, gi: 1024 ** 3, gib: 1024 ** 3,
};
const TIME_UNITS = { "": 1, us: 1e-3, ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 3.6e6 };
const AGE_UNITS = { s: 1, m: 60, min: 60, h: 3600, d: 86400, ms: 1e-3 };
const COUNT_UNITS = { "": 1 };

const HAS_WORDS = [
  "body", "cookie", "error", "files", "flash", "form", "json", "log", "print", "query", "redirect",
  "session", "template",
];
const IS_WORDS = [
  "aborted", "complete", "failed", "pending", "pinned", "private", "redacted", "replay", "slow",
  "static", "streaming", "truncated",
];
const FROM_WORDS = [
  "browser", "cell", "external", "fetch", "htmx", "navigation", "replay", "subresource",
];
export const BROWSER_SOURCES = ["navigation", "fetch", "htmx", "subresource"];
export const STAGE_NAMES = [
  "accept", "session_open", "routing", "before", "view", "context_processor", "template",
  "error_handler", "after", "session_save", "stream", "teardown", "other",
];

const part = (facts, more) => ({ kind: "part", facts, ...more });
const whole = (facts, more) => ({ kind: "whole", facts, ...more });
const number = (facts, units, more) => ({ kind: "number", facts, units, ...more });
const choice = (facts, choices) => ({ kind: "choice", facts, choices });

export const FILTER_KEYS = new Map(
  Object.entries({
    status: number(["status"], COUNT_UNITS),
    method: whole(["method"]),
    path: part(["path"]),
    url: part(["url"]),
    q: whole(["query"], { isNamed: true }),
    route: whole(["route"]),
    endpoint: whole(["endpoint"]),
    blueprint: whole(["blueprint"]),
    view: part(["view"]),
    type: part(["type"]),
    size: number(["size"], BYTE_UNITS),
    dur: number(["dur"], TIME_UNITS),
    stage: number(["stages"], TIME_UNITS, { isNamed: true }),
    header: part(["headers"], { isNamed: true, isHeavy: true }),
    resp: part(["resp"], { isNamed: true, isHeavy: true }),
    cookie: whole(["cookies"]),
    body: part(["req", "res"], { isHeavy: true }),
    req: part(["req"], { isHeavy: true }),
    res: part(["res"], { isHeavy: true }),
    log: part(["log"], { isHeavy: true }),
    out: part(["out"], { isHeavy: true }),
    error: part(["errors"]),
    has: choice(["has"], HAS_WORDS),
    is: choice(["is"], IS_WORDS),
    from: choice(["from"], FROM_WORDS),
    cell: number(["cell"], COUNT_UNITS),
    replay: number(["replay"], COUNT_UNITS),
    id: number(["id"], COUNT_UNITS),
    since: { kind: "age", facts: ["at"], units: AGE_UNITS },
  }),
);

/** Give the word that was probably meant; "" for none. */
export function findCloseWord(word, words) {
  const chars = [...word.toLowerCase()];
  const limit = Math.min(2, Math.max(1, Math.floor([...word].length / 3)));
  let best = "";
  let least = limit + 1;
  for (const each of words) {
    const distance = countEdits(chars, [...each]);
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
}

/** Count the letters to put in, take out, change or swap that make one word the other. */
function countEdits(one, other) {
  const rows = [other.map((_, index) => index)];
  rows[0].push(other.length);
  one.forEach((char, i) => {
    const row = [i + 1];
    const last = rows[i];
    other.forEach((letter, j) => {
      let cost = Math.min(last[j + 1] + 1, row[j] + 1, last[j] + (char === letter ? 0 : 1));
      if (i && j && char === other[j - 1] && one[i - 1] === letter) {
        cost = Math.min(cost, rows[i - 1][j - 1] + 1);
      }
      row.push(cost);
    });
    rows.push(row);
  });
  return rows[one.length][other.length];
}
