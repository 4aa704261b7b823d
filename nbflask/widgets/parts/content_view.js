/** What is shown of a request's or response's content, whatever it is. */

import { makeCopier, makeNotice, makePairs, makeSection, makeText } from "./blocks.js";
import { fill, make, makeButton, makeTable } from "./dom.js";
import { makePageFrame } from "./page_frame.js";
import { buildTree, parseJson } from "./tree.js";
import { count, formatSize } from "./words.js";

/** A tree of more takes the page's breath away; its text does not. */
const MAX_TREE_CHARS = 1_000_000;
const MAX_LINES_CHARS = 200_000;

const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon);base64,/;

/** A content's section: what it is, what is missing of it, and what can be seen. */
export function buildContent(content, side, copy) {
  const { view } = content;
  const label = `${side} content`;
  const about = [content.media_type, formatSize(content.size), content.encoding].filter(Boolean).join(" · ");
  const build = VIEWS[view.kind] ?? showText;
  const isEmpty = view.kind === "empty" && !view.note;
  return makeSection(
    "Content",
    [
      view.note && makeNotice(content.is_truncated || content.is_evicted ? "warn" : "quiet", view.note),
      isEmpty ? make("p", { class: "nbflask-absence" }, "No content.") : build(view, label, copy),
      content.sha256 && content.size > 0 && make("p", { class: "nbflask-digest" }, `SHA-256 ${content.sha256}`),
    ],
    { note: isEmpty ? "" : about },
  );
}

const VIEWS = {
  empty: () => null,
  "too-large": () => null,
  json: showJson,
  form: (view, label, copy) => [makePairs(label, view.pairs), showSource(view, label, copy)],
  multipart: showMultipart,
  image: showPicture,
  sse: showEvents,
  html: showPage,
  hex: (view, label, copy) => showText(view, `${label} in hexadecimal`, copy),
};

function showText(view, label, copy) {
  const text = view.text ?? "";
  if (text.length <= MAX_LINES_CHARS) return [makeText(text, label), makeTools(makeCopier("Copy", text, copy))];
  const box = makeText(`${text.slice(0, MAX_LINES_CHARS)}…`, label);
  const more = makeButton(`Show all ${count(text.length, "character")}`, () => {
    fill(box, text);
    more.remove();
  });
  return [box, makeTools(makeCopier("Copy", text, copy), more)];
}

function makeTools(...buttons) {
  return make("div", { class: "nbflask-tools" }, ...buttons);
}

/** The text that a form or a list of events was read from. */
function showSource(view, label, copy) {
  return view.text ? makeSection("As text", showText(view, label, copy), { isOpen: false }) : null;
}

function showJson(view, label, copy) {
  const box = make("div", { class: "nbflask-json" });
  const tools = makeTools();
  const showTree = () => {
    try {
      fill(box, buildTree(parseJson(view.text), label));
      fill(tools, makeCopier("Copy", view.text, copy), makeButton("Show as text", showLines));
    } catch (fault) {
      showLines();
      box.prepend(makeNotice("warn", `It cannot be read as JSON: ${fault.message}`));
    }
  };
  const showLines = () => {
    fill(box, showText(view, label, copy)[0]);
    fill(tools, makeCopier("Copy", view.text, copy), makeButton("Parse", showTree));
  };
  if (view.text.length > MAX_TREE_CHARS) showLines();
  else showTree();
  return [box, tools];
}

function showMultipart(view, label, copy) {
  return [
    view.pairs.length > 0 && makePairs(label, view.pairs),
    view.files.length > 0 && makeFiles(`Files of ${label}`, view.files),
    showSource(view, label, copy),
  ];
}

/** The files that a form sent. */
export function makeFiles(caption, files) {
  const rows = files.map((file) => [
    make("bdi", {}, file.name),
    make("bdi", {}, file.filename),
    make("bdi", {}, file.content_type),
    formatSize(file.size),
  ]);
  return makeTable(caption, ["Field", "File", "Type", "Size"], rows);
}

function showPicture(view, label, copy) {
  if (!PICTURE.test(view.data_url)) return makeNotice("warn", "This is no picture that can be shown.");
  const picture = make("img", { class: "nbflask-picture", alt: label, src: view.data_url });
  const size = make("span", { class: "nbflask-quiet" });
  picture.addEventListener("load", () => fill(size, `${picture.naturalWidth} × ${picture.naturalHeight} px`));
  picture.addEventListener("error", () => fill(size, "The browser cannot draw it."));
  return [make("div", { class: "nbflask-picturebox" }, picture), size, showSource(view, label, copy)];
}

function showEvents(view, label, copy) {
  const rows = view.events.map((event, index) => [
    String(index + 1),
    make("bdi", {}, event.event),
    make("bdi", {}, event.id),
    make("bdi", { class: "nbflask-mono nbflask-lines-kept" }, event.data),
  ]);
  return [makeTable(label, ["#", "Event", "Id", "Data"], rows), showSource(view, label, copy)];
}

function showPage(view, label, copy) {
  const box = make("div", {});
  const tools = makeTools();
  const showPlain = () => {
    fill(box, showText(view, label, copy)[0]);
    fill(tools, makeCopier("Copy", view.text, copy), makeButton("Show as page", showFrame, { icon: "eye" }));
  };
  const showFrame = () => {
    const hint = make("p", { class: "nbflask-quiet" }, "Without scripts, links and whatever else it would fetch.");
    fill(box, makePageFrame(view.text, `${label} as a page`), hint);
    fill(tools, makeCopier("Copy", view.text, copy), makeButton("Show as text", showPlain, { icon: "code" }));
  };
  showPlain();
  return [box, tools];
}
