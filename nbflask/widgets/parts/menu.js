/** A button that opens a menu. */

import { fill, focusedIn, make, makeButton, makeIcon, mark, nextId } from "./dom.js";
import { Popup } from "./popup.js";

export class Menu {
  /**
   * @param label - The button's words.
   * @param listItems - Gives the items when the menu opens: `{ label, hint, choose, isChecked }`;
   *   one with `isChecked` is a setting, and leaves the menu open.
   */
  constructor(label, listItems, { icon = "", ...attributes } = {}) {
    const id = nextId("menu");
    this.listItems = listItems;
    this.button = makeButton(label, () => this.#toggle(), {
      icon,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      ...attributes,
    });
    this.button.append(makeIcon("down"));
    this.menu = make("div", { class: "nbflask-menu", role: "menu", "aria-label": label, id });
    this.popup = new Popup(this.menu, this.button, () => mark(this.button, "aria-expanded", "false"));
    this.root = make("span", { class: "nbflask-menubox" }, this.button, this.menu);
    this.menu.addEventListener("keydown", (event) => this.#pressed(event));
    this.button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || this.popup.isOpen) return;
      event.preventDefault();
      event.stopPropagation();
      this.open();
    });
    this.root.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !this.root.contains(relatedTarget)) this.popup.close();
    });
  }

  #toggle() {
    if (this.popup.isOpen) this.#leave();
    else this.open();
  }

  open() {
    fill(this.menu, this.listItems().map((item) => this.#makeItem(item)));
    mark(this.button, "aria-expanded", "true");
    this.popup.open();
    this.menu.firstElementChild?.focus();
  }

  #leave() {
    this.popup.close();
    this.button.focus();
  }

  #makeItem({ label, hint = "", choose, isChecked = null, icon = "" }) {
    const role = isChecked === null ? "menuitem" : "menuitemcheckbox";
    const item = make(
      "button",
      { type: "button", role, tabindex: "-1", class: "nbflask-item", "aria-checked": isChecked === null ? null : String(isChecked) },
      make("span", { class: "nbflask-item-icon" }, isChecked !== null ? makeIcon(isChecked ? "boxed" : "box") : icon && makeIcon(icon)),
      make("span", {}, label),
      hint && make("span", { class: "nbflask-item-hint" }, hint),
    );
    item.addEventListener("click", () => {
      if (isChecked === null) this.#leave();
      choose(!isChecked);
      if (isChecked !== null) this.#refresh(item);
    });
    return item;
  }

  /** Show a setting as it now is, and leave the focus on it. */
  #refresh(item) {
    const index = [...this.menu.children].indexOf(item);
    fill(this.menu, this.listItems().map((each) => this.#makeItem(each)));
    this.menu.children[index]?.focus();
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const items = [...this.menu.children];
    const index = items.indexOf(focusedIn(this.root));
    const { key } = event;
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[key];
    if (target !== undefined) items.at(target % items.length).focus();
    else if (key === "Escape") this.#leave();
    else if (key.length === 1 && key !== " ") this.#findItem(items, index, key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Go to the next item that begins with a letter. */
  #findItem(items, index, letter) {
    const order = [...items.slice(index + 1), ...items.slice(0, index + 1)];
    const begins = (item) => item.children[1].textContent.toLowerCase().startsWith(letter.toLowerCase());
    order.find(begins)?.focus();
  }

  close() {
    this.popup.close();
  }
}
