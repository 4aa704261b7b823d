/**
 * The templates of an app: a tree of names, and beside it the source, the relations and the
 * rendering of the chosen one.
 *
 * Rule 1: what comes from the app or the kernel is text, never markup, and nothing is fetched.
 * Rule 2: what is shown follows the app, and never takes the focus or what is being written.
 * Rule 3: the page asks; the kernel only says that something is stale.
 */

import { makeAbsence, makeNotice } from "./parts/blocks.js";
import { Conversation } from "./parts/conversation.js";
import { fill, make, makeIcon, makeInput, makePill, mark, write } from "./parts/dom.js";
import { Tabs } from "./parts/tabs.js";
import { makeCode, scrollToLine } from "./parts/template_code.js";
import { makeFault } from "./parts/template_fault.js";
import { buildRelations } from "./parts/template_relations.js";
import { Rendering } from "./parts/template_rendering.js";
import { NameTree } from "./parts/template_tree.js";
import { count } from "./parts/words.js";

/** What answers which question. */
const REPLIES = { list: ["list"], get: ["template", "gone"], render: ["rendered", "gone"] };
/** Requests come many at a time; twice a second looks immediate. */
const REFRESH_MS = 500;
/** A list that is seen at a glance needs no filter. */
const FILTER_FROM = 8;
const [SOURCE, RELATIONS, RENDERING] = ["Source", "Relations", "Rendering"];

class TemplatesView {
  constructor(model) {
    this.model = model;
    this.list = null;
    this.template = null;
    this.line = null;
    this.#build();
    this.rendering = new Rendering(
      (question) => this.kernel.ask({ kind: "render", ...question }),
      (name, line) => this.go(name, line),
    );
    this.onName = () => this.#get();
    model.on("change:name", this.onName);
    this.kernel = new Conversation(model, (message) => this.#hear(message), (phase) => this.#showPhase(phase), REPLIES);
    this.kernel.ask({ kind: "list" });
    this.#get();
  }

  get name() {
    return this.model.get("name");
  }

  #build() {
    const app = this.model.get("app_name");
    this.title = make("h2", { class: "nbflask-title" }, "Templates of ", make("bdi", {}, app));
    this.total = make("span", { class: "nbflask-quiet" });
    this.phase = make("div", { class: "nbflask-phase", role: "status", "aria-label": "Kernel" });
    this.filter = makeInput("Reduce the list to names with", { type: "search", placeholder: "Filter names", oninput: () => this.#drawList() });
    this.filter.hidden = true;
    this.tree = new NameTree(`Templates of ${app}`, null);
    this.absence = make("div", {});
    this.nav = make("nav", { class: "nbflask-side", "aria-label": "Templates" }, this.filter, this.tree.root, this.absence);
    this.head = make("div", { class: "nbflask-head" });
    this.tabs = new Tabs("Of the template", [SOURCE, RELATIONS, RENDERING], () => this.#drawPanel());
    this.detail = make("div", { class: "nbflask-detail" }, this.head, this.tabs.list, this.tabs.panel);
    this.detail.hidden = true;
    this.hint = make("div", { class: "nbflask-hint" });
    this.said = make("div", { class: "nbflask-unseen", role: "status", "aria-label": "Template" });
    this.root = make(
      "section",
      { class: "nbflask-widget nbflask-templates", "aria-label": `Templates of ${app}`, "data-lm-suppress-shortcuts": "true" },
      make("header", { class: "nbflask-top" }, this.title, this.total, this.phase),
      make("div", { class: "nbflask-halves" }, this.nav, this.detail, this.hint),
      this.said,
    );
  }

  /** Show a template, and a line of it. */
  go(name, line = null) {
    this.line = line;
    if (line != null) this.tabs.choose(SOURCE);
    if (name === this.name) return this.#drawPanel();
    this.model.set("name", name);
    this.model.save_changes();
  }

  #get() {
    if (this.name) this.kernel.ask({ kind: "get", name: this.name });
    this.#drawList();
  }

  #hear(message) {
    if (message.kind === "stale") this.refreshing ??= setTimeout(() => this.#refresh(), REFRESH_MS);
    else if (message.kind === "list") this.#hearList(message);
    else if (message.kind === "template") this.#hearTemplate(message);
    else if (message.kind === "rendered") this.rendering.hear(message);
    else if (message.kind === "gone") this.#hearGone(message);
    else if (message.kind === "failed") this.#say("bad", message.text);
  }

  #refresh() {
    this.refreshing = null;
    this.kernel.ask({ kind: "list" });
    if (this.name) this.kernel.ask({ kind: "get", name: this.name });
  }

  #hearList(message) {
    if (JSON.stringify(message) === JSON.stringify(this.list)) return;
    this.list = message;
    this.#drawList();
  }

  #hearTemplate(message) {
    if (message.name !== this.name) return;
    const isOther = message.name !== this.template?.name;
    const isSame = JSON.stringify(message) === JSON.stringify(this.template);
    this.template = message;
    if (isSame) return;
    this.detail.hidden = false;
    this.hint.hidden = true;
    this.#drawHead();
    this.#drawPanel(!isOther);
    if (isOther) write(this.said, `${message.name}, ${message.origin.label}`);
    else write(this.said, `${message.name} has changed.`);
  }

  #hearGone({ name }) {
    if (name !== this.name) return;
    this.template = null;
    this.detail.hidden = true;
    this.#say("warn", `The app has no template ${name} any more. It comes back here when a cell declares it.`);
  }

  #say(kind, text) {
    this.hint.hidden = false;
    fill(this.hint, makeNotice(kind, text));
  }

  #showPhase(phase) {
    const words = { busy: "The kernel is busy; the answer comes when its cell has ended.", gone: "The kernel has ended. Run this cell again." };
    write(this.phase, words[phase] ?? "");
    mark(this.root, "data-phase", phase);
  }

  // ---- The list

  #drawList() {
    if (!this.list) return;
    const all = this.list.templates;
    const wanted = this.filter.value.trim().toLowerCase();
    const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted));
    this.filter.hidden = all.length < FILTER_FROM;
    write(this.total, wanted ? `${shown.length} of ${count(all.length, "template")}` : count(all.length, "template"));
    this.tree.root.hidden = !shown.length;
    this.tree.show(this.#nest(shown));
    fill(this.absence, !shown.length && makeAbsence(all.length ? "No name has this in it." : "The app has no templates. Write a %%template hello.html cell."));
    if (!this.name && !this.template) {
      this.hint.hidden = false;
      fill(this.hint, makeAbsence(all.length ? "Choose a template." : ""));
    }
  }

  /** Names with slashes, as folders. */
  #nest(templates) {
    const root = { children: [] };
    const folders = new Map([["", root]]);
    const folderOf = (path) => {
      if (folders.has(path)) return folders.get(path);
      const at = path.lastIndexOf("/");
      const folder = { key: `${path}/`, text: `${path.slice(at + 1)}/`, children: [] };
      folderOf(path.slice(0, Math.max(at, 0))).children.push(folder);
      folders.set(path, folder);
      return folder;
    };
    for (const template of templates) {
      const at = template.name.lastIndexOf("/");
      folderOf(template.name.slice(0, Math.max(at, 0))).children.push(this.#makeNode(template, at));
    }
    return root.children;
  }

  #makeNode({ name, origin, has_fault: hasFault, count: times }, at) {
    const kinds = { cell: origin.owner ? ["info", "cell"] : ["quiet", "app"], blueprint: ["odd", origin.owner], extension: ["quiet", origin.owner], loader: ["quiet", origin.owner] };
    const [kind, word] = kinds[origin.kind] ?? [];
    return {
      key: name,
      text: name.slice(at + 1),
      isChosen: name === this.name,
      choose: () => this.go(name),
      parts: [
        hasFault && make("span", { class: "nbflask-wrong" }, makeIcon("error"), make("span", { class: "nbflask-unseen" }, ", has a fault")),
        word && makePill(kind, word),
        origin.kind === "extension" && make("span", { class: "nbflask-unseen" }, ", of an extension"),
        times > 0 && make("span", { class: "nbflask-times" }, `${times}×`, make("span", { class: "nbflask-unseen" }, " rendered")),
      ],
    };
  }

  // ---- The chosen one

  #drawHead() {
    const { name, origin, marks, fault, visits } = this.template;
    const times = visits.by_view.reduce((sum, [, number]) => sum + number, 0);
    fill(
      this.head,
      make("h3", { class: "nbflask-chosen" }, make("bdi", {}, name)),
      make("bdi", { class: "nbflask-quiet nbflask-label" }, origin.label),
      fault && makePill("bad", "fault", "error"),
      marks.length > 0 && makePill("warn", count(marks.length, "mark"), "warn"),
      times > 0 && makePill("quiet", `rendered ${count(times, "time")}`),
    );
  }

  #drawPanel(isKept = false) {
    if (!this.template) return;
    const panel = this.tabs.panel;
    const chosen = this.tabs.chosen;
    mark(panel, "data-tab", chosen);
    if (chosen === RENDERING) {
      if (this.rendering.root.parentNode !== panel) fill(panel, this.rendering.root);
      this.rendering.show(this.template);
    } else if (chosen === RELATIONS) fill(panel, buildRelations(this.template, (name, line) => this.go(name, line)));
    else this.#drawSource(panel, isKept);
  }

  #drawSource(panel, isKept) {
    const { name, source, delimiters, fault, marks, is_truncated: isTruncated } = this.template;
    const old = panel.querySelector(".nbflask-code");
    const place = isKept && old ? old.scrollTop : 0;
    const notes = marks.filter((each) => each.line != null).map((each) => ({ line: each.line, kind: "warn", text: each.sentence }));
    if (fault?.line != null) notes.unshift({ line: fault.line, lastLine: Math.max(fault.line, fault.line), kind: "bad", text: fault.sentence });
    const code = makeCode(source, delimiters, `Source of ${name}`, notes);
    fill(
      panel,
      fault && fault.line == null && makeFault(fault, (other, line) => this.go(other, line)),
      marks.filter((each) => each.line == null).map((each) => makeNotice("warn", each.sentence)),
      isTruncated && makeNotice("warn", "The source is longer than what is shown here."),
      source === "" ? makeAbsence("The template is empty.") : code,
    );
    code.scrollTop = place;
    const line = this.line ?? (isKept ? null : fault?.line);
    if (line != null) this.#showLine(code, line);
  }

  #showLine(code, line) {
    code.querySelector(`[data-line="${line}"]`)?.setAttribute("data-sought", "");
    scrollToLine(code, line);
    if (this.line != null) code.focus({ preventScroll: true });
    this.line = null;
  }

  close() {
    clearTimeout(this.refreshing);
    this.model.off("change:name", this.onName);
    this.tree.close();
    this.kernel.close();
    this.root.remove();
  }
}

export default {
  render({ model, el }) {
    const view = new TemplatesView(model);
    el.append(view.root);
    return () => view.close();
  },
};
