/** Tabs: a row of names, and what belongs to the chosen one. */

import { make, mark, nextId, write } from "./dom.js";

export class Tabs {
  /**
   * @param label - What the tabs are of.
   * @param names - Their names, which are also their titles.
   * @param onChoose - Called with a name when the reader chooses it.
   */
  constructor(label, names, onChoose) {
    this.onChoose = onChoose;
    this.panel = make("div", { role: "tabpanel", class: "nbflask-panel", tabindex: "0", id: nextId("panel") });
    this.tabs = new Map(names.map((name) => [name, this.#makeTab(name)]));
    this.list = make("div", { role: "tablist", class: "nbflask-tabs", "aria-label": label }, ...this.tabs.values());
    this.list.addEventListener("keydown", (event) => this.#pressed(event));
    this.choose(names[0]);
  }

  #makeTab(name) {
    const count = make("span", { class: "nbflask-count" });
    const attributes = { type: "button", role: "tab", class: "nbflask-tab", id: nextId("tab"), "data-name": name };
    return make("button", { ...attributes, onclick: () => this.#take(name) }, make("span", { class: "nbflask-tab-name", "data-text": name }, name), count);
  }

  #take(name) {
    this.choose(name);
    this.onChoose(name);
  }

  /** Show which one is chosen; what its panel holds is the owner's to fill in. */
  choose(name) {
    this.chosen = name;
    for (const [other, tab] of this.tabs) {
      const isIt = other === name;
      mark(tab, "aria-selected", String(isIt));
      mark(tab, "tabindex", isIt ? "0" : "-1");
      mark(tab, "aria-controls", isIt ? this.panel.id : null);
    }
    mark(this.panel, "aria-labelledby", this.tabs.get(name).id);
  }

  /** Write a number, or a word, behind a tab's name. */
  count(name, text) {
    write(this.tabs.get(name).lastChild, text ? ` ${text}` : "");
  }

  focus() {
    this.tabs.get(this.chosen).focus();
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const names = [...this.tabs.keys()];
    const index = names.indexOf(this.chosen);
    const target = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: names.length - 1 }[event.key];
    if (target === undefined) return;
    this.#take(names[(target + names.length) % names.length]);
    this.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
