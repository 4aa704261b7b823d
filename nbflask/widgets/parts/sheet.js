/**
 * A sheet: what slides in between the bars and the list, one at a time.
 *
 * Not a modal dialog: the rest of the widget, and of the notebook, can be used meanwhile.
 */

import { fill, focusedIn, make, makeButton, mark, write } from "./dom.js";

export class Sheet {
  constructor() {
    this.title = make("strong", {});
    this.content = make("div", { class: "nbflask-sheet-content" });
    const closer = makeButton("Close", () => this.close(), { icon: "close", isBare: true });
    this.root = make(
      "div",
      { class: "nbflask-sheet", role: "dialog", hidden: true },
      make("div", { class: "nbflask-sheet-head" }, this.title, closer),
      this.content,
    );
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /**
   * Show this in the place of what is there.
   *
   * @param options.name - What it is, so that the same key can close it again.
   * @param options.focus - The element that gets the focus; without one, the sheet's first button.
   */
  open(title, children, { name = title, focus = null } = {}) {
    if (!this.isOpen) this.origin = focusedIn(this.root);
    this.name = name;
    write(this.title, title);
    mark(this.root, "aria-label", title);
    fill(this.content, children);
    this.root.hidden = false;
    (focus ?? this.root.querySelector("button")).focus();
  }

  /** Go, and give the focus back to where it was. */
  close() {
    if (!this.isOpen) return;
    const hadFocus = this.root.contains(focusedIn(this.root));
    this.root.hidden = true;
    fill(this.content);
    if (hadFocus && this.origin?.isConnected) this.origin.focus();
  }
}
