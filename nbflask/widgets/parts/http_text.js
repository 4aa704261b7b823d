/** A request as the text of an .http file: its line, its headers, an empty line, its content. */

/** A copy of pairs that can be changed on its own. */
export function copyPairs(pairs) {
  return pairs.map(([name, value]) => [name, value]);
}

export function formatHttp({ method, target, headers, content }) {
  const head = [`${method} ${target}`, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
  return content ? `${head}\n\n${content}` : `${head}\n`;
}

/** Read such a text; gives `{ edit }`, or `{ fault }`, a sentence. */
export function parseHttp(text) {
  const [head, ...rest] = text.replaceAll("\r\n", "\n").replace(/^\s+/, "").split("\n\n");
  const [first, ...lines] = head.split("\n").filter((line) => !/^\s*(?:#|\/\/)/.test(line));
  const request = /^([!#$%&'*+.^_`|~\w-]+)\s+(\S+)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(first ?? "");
  if (!request) return { fault: `The first line is ${JSON.stringify(first ?? "")}. Write a method and a path, as in "GET /users?page=2".` };
  const [, method, url] = request;
  const headers = [];
  for (const line of lines.filter((each) => each.trim())) {
    const field = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (!field) return { fault: `The line ${JSON.stringify(line)} is no header. Write a name, a colon and a value.` };
    headers.push([field[1], field[2]]);
  }
  const target = url.replace(/^https?:\/\/[^/?#]*/i, "") || "/";
  return { edit: { method: method.toUpperCase(), target, headers, content: rest.join("\n\n") } };
}
