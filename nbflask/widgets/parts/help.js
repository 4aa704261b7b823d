/** The keys and the filter's language, on one page. */

import { make, makeTable } from "./dom.js";

const KEY_LINES = [
  ["↑ ↓ Home End PgUp PgDn", "go to another request"],
  ["Enter", "show its details; Esc goes back to the list"],
  ["← →", "in the tabs: the next one"],
  ["Space", "pin it: pinned requests stay"],
  ["Shift+↑ Shift+↓ Ctrl+click ⌘+click", "compare two"],
  ["/", "go to the filter; Esc goes back"],
  ["r", "send it again; Shift+R edits it first"],
  ["c", "copy it as a curl command"],
  ["p", "pause and resume"],
  ["?", "this page"],
  ["Tab", "the next part, and out of the inspector"],
];

const TERM_LINES = [
  ["users", "in method, path or query"],
  ["status:5xx,429", "of any of these; also 200..299, >=400"],
  ["method:POST path:/api/*", "both; * stands for anything"],
  ["route:/users/<int:id>", "also endpoint:, blueprint:, view:"],
  ["dur:>100ms size:>10k", "k is 1000, Ki is 1024; also stage.view:>50ms"],
  ["q.page:2 header.accept:~json", "a query's or a header's value; ~ is a regular expression; also resp.NAME:, cookie:"],
  ["body:text log:~timeout", "also req:, res:, out:, error:"],
  ["has:error", "also form, files, json, session, flash, template, log, print, redirect, cookie"],
  ["is:slow", "also pending, streaming, failed, replay, pinned, truncated, redacted"],
  ["cell:12 since:5m", "also from:, replay:, id:"],
  ["-is:static", "not; also OR, ( ), \"quoted words\", /regex/"],
];

/** What a help sheet holds. */
export function buildHelp() {
  const keys = makeTable("Keys", ["Key, in the list", "What it does"], KEY_LINES.map(([keys, text]) => [make("span", {}, ...keys.split(" ").flatMap((key) => [make("kbd", {}, key), " "])), text]));
  const terms = makeTable("The filter's language", ["Filter", "Finds"], TERM_LINES.map(([term, text]) => [make("code", {}, term), text]));
  return [make("div", { class: "nbflask-help" }, keys, terms)];
}
