/** What a template builds on and who builds on it; its blocks, macros and variables. */

import { makeAbsence, makeFacts, makeSection } from "./blocks.js";
import { make, makeButton, makePill, makeTable } from "./dom.js";
import { NameTree } from "./template_tree.js";
import { count } from "./words.js";

const WORDS = {
  down: { extends: "extends", include: "includes", import: "imports" },
  up: { extends: "extends it", include: "includes it", import: "imports it" },
};

/** All of it, in sections. */
export function buildRelations(template, go) {
  return [
    makeOrigin(template),
    makeSection("Builds on", makeRelatives(template.parents, "down", go), { note: template.parents.length || "" }),
    makeSection("Used by", makeRelatives(template.children, "up", go), { note: template.children.length || "" }),
    template.blocks.length > 0 && makeSection("Blocks", makeBlocks(template.blocks, go), { note: template.blocks.length }),
    template.macros.length > 0 && makeSection("Macros", makeMacros(template.macros), { note: template.macros.length }),
    template.variables.length > 0 && makeSection("Variables", makeVariables(template), { note: template.variables.length }),
    makeSection("Rendered by", makeVisits(template)),
  ];
}

function makeOrigin({ origin, shadowed }) {
  const words = { cell: "A cell", folder: "The app's folder", blueprint: "The blueprint", extension: "The extension", loader: "The loader" };
  const isKept = origin.kind === "cell" && !origin.owner;
  const where = [isKept ? "The app itself: it was put there by no cell" : (words[origin.kind] ?? origin.kind), origin.owner && " ", origin.owner && make("code", {}, make("bdi", {}, origin.owner))];
  const hidden = shadowed.map((each) => make("div", {}, make("bdi", {}, each.label), each.file && make("div", { class: "nbflask-quiet" }, make("bdi", {}, each.file))));
  return makeSection("Comes from", [
    makeFacts([
      ["From", [make("span", {}, ...where.filter(Boolean))]],
      ["File", origin.file && make("bdi", { class: "nbflask-mono" }, origin.file)],
      ["Hides", hidden],
    ]),
    hidden.length > 0 && make("p", { class: "nbflask-quiet" }, "Flask takes the first of a name, so those it hides are never shown."),
  ]);
}

function makeRelatives(relatives, way, go) {
  if (!relatives.length) return makeAbsence(way === "down" ? "It extends, includes and imports no other." : "No other template names it.");
  const tree = new NameTree(way === "down" ? "Builds on" : "Used by");
  tree.show(relatives.map((each, at) => makeRelative(each, way, go, String(at))));
  return tree.root;
}

function makeRelative(relative, way, go, key) {
  const { name, kind, text, line } = relative;
  const canGo = name != null && relative.is_found;
  return {
    key,
    text: name ?? (text || "a name that only a render knows"),
    choose: canGo ? () => go(name) : null,
    children: relative.relatives.map((each, at) => makeRelative(each, way, go, `${key}.${at}`)),
    parts: [
      make("span", { class: "nbflask-quiet" }, `${WORDS[way][kind]}, line ${line}`),
      name == null && makePill("info", "known at render", "info"),
      name != null && !relative.is_found && makePill(relative.is_optional ? "quiet" : "bad", relative.is_optional ? "not there, may be missing" : "not there", relative.is_optional ? "info" : "error"),
      relative.is_optional && relative.is_found && makePill("quiet", "one of several"),
      relative.is_again && makePill("warn", "a circle", "warn"),
    ],
  };
}

function makeBlocks(blocks, go) {
  const rows = blocks.map((block) => [
    [make("bdi", {}, block.name), block.is_required && " (required)"].filter(Boolean),
    String(block.line),
    block.overrides ? makeGo(block.overrides, go) : "",
    block.overridden_in.map((name) => makeGo(name, go)),
  ]);
  return makeTable("Blocks", ["Block", "Line", "Overrides that of", "Overridden in"], rows.map(wrapCells));
}

function wrapCells([first, ...rest]) {
  return [make("span", {}, ...[first].flat()), ...rest.map((cell) => make("span", { class: "nbflask-cells" }, ...[cell].flat()))];
}

function makeGo(name, go) {
  return makeButton(name, () => go(name), { class: "nbflask-link" });
}

function makeMacros(macros) {
  return makeTable("Macros", ["Macro", "Line"], macros.map((macro) => [make("bdi", { class: "nbflask-mono" }, macro.signature), String(macro.line)]));
}

function makeVariables({ name, variables, context }) {
  const given = new Map((context?.entries ?? []).map((entry) => [entry.name, entry.giver]));
  const givers = { view: "the view", processor: "a context processor" };
  const rows = variables.map((each) => [
    make("bdi", { class: "nbflask-mono" }, each.name),
    givers[given.get(each.name)] ?? (context ? "nobody, in the last request" : "not known yet"),
    make("bdi", {}, each.wanted_by.map((by) => (by === name ? "this template" : by)).join(", ")),
  ]);
  return makeTable("Variables", ["Variable", "Given by", "Wanted by"], rows);
}

function makeVisits({ visits, is_recorded: isRecorded }) {
  if (!visits.by_view.length) {
    return makeAbsence(isRecorded ? "No recorded request has rendered it as a page of its own." : "Requests are not being recorded.");
  }
  const rows = visits.by_view.map(([endpoint, times]) => [make("bdi", {}, endpoint || "no endpoint"), count(times, "time")]);
  return makeTable("Rendered by", ["Endpoint", "How often"], rows);
}
