/**
 * What opens over the page beside something: a menu, a list of completions.
 *
 * It stands in the browser's top layer where there is one, so that no output area clips it.
 */

const GAP_PX = 4;

export class Popup {
  /**
   * @param element - What opens; it stays where it is in the page.
   * @param anchor - What it opens beside.
   * @param onClose - Called when a click elsewhere, or the loss of its anchor, has closed it.
   */
  constructor(element, anchor, onClose = () => {}) {
    Object.assign(this, { element, anchor, onClose });
    element.hidden = true;
    element.setAttribute("popover", "manual");
    element.classList.add("nbflask-popup");
    this.follow = () => this.#place();
    this.leave = (event) => {
      const path = event.composedPath();
      if (!path.includes(element) && !path.includes(anchor)) this.close();
    };
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open() {
    if (this.isOpen) return this.#place();
    this.element.hidden = false;
    this.element.showPopover?.();
    this.#place();
    window.addEventListener("scroll", this.follow, { capture: true, passive: true });
    window.addEventListener("resize", this.follow);
    document.addEventListener("pointerdown", this.leave, true);
  }

  close() {
    if (!this.isOpen) return;
    if (this.element.isConnected) this.element.hidePopover?.();
    this.element.hidden = true;
    window.removeEventListener("scroll", this.follow, { capture: true });
    window.removeEventListener("resize", this.follow);
    document.removeEventListener("pointerdown", this.leave, true);
    this.onClose();
  }

  /** Below the anchor; above it where there is more room, and never out of the window. */
  #place() {
    const at = this.anchor.getBoundingClientRect();
    const { style } = this.element;
    style.maxHeight = "";
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = window.innerHeight - at.bottom - 2 * GAP_PX;
    const isAbove = height > below && at.top > below;
    const room = Math.max(80, isAbove ? at.top - 2 * GAP_PX : below);
    style.maxHeight = `${room}px`;
    style.left = `${Math.max(GAP_PX, Math.min(at.left, window.innerWidth - width - GAP_PX))}px`;
    style.top = `${isAbove ? at.top - GAP_PX - Math.min(height, room) : at.bottom + GAP_PX}px`;
  }
}
