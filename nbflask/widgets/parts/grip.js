/** The edge below the list, by which its height is set. */

import { make, mark } from "./dom.js";

const MIN_PX = 84;
const GRIP_STEP_PX = 28;

/**
 * @param box - Whose height is set.
 * @param onSettle - Called with a height in px; 0 for what the style says.
 */
export function makeGrip(box, onSettle) {
  const grip = make("div", {
    class: "nbflask-grip",
    role: "separator",
    tabindex: "0",
    "aria-label": "Height of the list",
    "aria-orientation": "horizontal",
    "aria-valuemin": MIN_PX,
    "aria-valuenow": MIN_PX,
    title: "Drag to set the list's height. Double-click for the usual one.",
  });
  const set = (height_px) => {
    box.style.height = height_px ? `${Math.max(MIN_PX, Math.round(height_px))}px` : "";
    mark(grip, "aria-valuenow", Math.max(MIN_PX, box.offsetHeight));
  };
  const settle = (height_px) => {
    set(height_px);
    onSettle(height_px ? box.offsetHeight : 0);
  };
  grip.addEventListener("pointerdown", (event) => drag(grip, event, box, set, settle));
  grip.addEventListener("dblclick", () => settle(0));
  grip.addEventListener("keydown", (event) => {
    const step_px = { ArrowUp: -GRIP_STEP_PX, ArrowDown: GRIP_STEP_PX }[event.key];
    if (step_px) settle(Math.max(MIN_PX, box.offsetHeight + step_px));
    else if (event.key === "Enter") settle(0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { root: grip, set, tell: () => mark(grip, "aria-valuenow", Math.max(MIN_PX, box.offsetHeight)) };
}

function drag(grip, event, box, set, settle) {
  const offset = box.offsetHeight - event.clientY;
  const follow = ({ clientY }) => set(clientY + offset);
  grip.setPointerCapture(event.pointerId);
  grip.addEventListener("pointermove", follow);
  const end = ({ clientY }) => {
    grip.removeEventListener("pointermove", follow);
    if (clientY !== event.clientY) settle(box.offsetHeight);
  };
  grip.addEventListener("lostpointercapture", end, { once: true });
}
