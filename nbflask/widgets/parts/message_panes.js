/** The request and the response, as they were sent. */

import { makeAbsence, makeFacts, makeNotice, makePairs, makePairsSection, makeSection } from "./blocks.js";
import { buildContent, makeFiles } from "./content_view.js";
import { make, makePill } from "./dom.js";
import { count, formatDuration, formatSize, levelOf, statusOf } from "./words.js";

export function buildRequest(row, exchange, on) {
  const { request, client } = exchange;
  const isFromEnviron = request.headers_source === "environ";
  return [
    makeFacts([
      ["Request", make("bdi", { class: "nbflask-mono" }, `${request.method} ${request.url}`)],
      ["Protocol", request.http_version],
      ["Client", [client.address, client.port ? `port ${client.port}` : ""].filter(Boolean).join(", ")],
    ]),
    makePairsSection("Query", readPairs(request.query_string)),
    makeSection(
      "Headers",
      [
        isFromEnviron && makeNotice("quiet", "As WSGI gives them: repeated fields are joined, and names are not as they were sent."),
        request.headers.length ? makePairs("Request headers", request.headers) : makeAbsence("No headers."),
      ],
      { note: request.headers.length },
    ),
    makePairsSection("Cookies", readCookies(request.headers)),
    makePairsSection("Form, as the app read it", request.form),
    request.files.length > 0 && makeSection("Files, as the app read them", makeFiles("Files", request.files), { note: request.files.length }),
    buildContent(request.content, "Request", on.copy),
  ];
}

export function buildResponse(row, exchange, on) {
  const { response } = exchange;
  if (!response) return makeAbsence(row.state === "failed" ? "The app gave no response." : "There is no response yet.");
  const level = levelOf(row);
  return [
    makeFacts([
      ["Status", makePill(level.kind, `${statusOf(row)} ${response.reason}`.trim(), level.icon)],
      ["Protocol", response.http_version],
      ["Redirects to", response.location && make("bdi", { class: "nbflask-mono" }, response.location)],
    ]),
    makeSection(
      "Headers",
      response.headers.length ? makePairs("Response headers", response.headers) : makeAbsence("No headers."),
      { note: response.headers.length },
    ),
    makePairsSection("Flashed messages", exchange.flashes),
    response.chunk_count > 1 && makeChunks(response),
    buildContent(response.content, "Response", on.copy),
  ];
}

/** When the blocks of a streamed response came. */
function makeChunks({ chunks, chunk_count }) {
  const lines = chunks.map(({ at_us, size }) => [formatDuration(at_us / 1000), formatSize(size)]);
  const left = chunk_count - chunks.length;
  const more = left > 0 && makeNotice("quiet", `${count(left, "later block")} not listed.`);
  return makeSection("Blocks", [makePairs("When each block was sent, and its size", lines), more], { isOpen: false, note: chunk_count });
}

/** The names and values of a query, decoded. */
export function readPairs(query) {
  return [...new URLSearchParams(query)];
}

function readCookies(headers) {
  const lines = headers.filter(([name]) => name.toLowerCase() === "cookie").map(([, value]) => value);
  const parts = lines.join("; ").split(/;\s*/).filter(Boolean);
  return parts.map((part) => {
    const at = part.indexOf("=");
    return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
  });
}

/** Both as text, for those who want to see each character. */
export function buildRaw(row, details, on) {
  return ["request", "response"].map((side) => on.text(side === "request" ? "Request" : "Response", details.raw[side]));
}
