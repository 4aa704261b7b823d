/** Text for the clipboard; where a front end forbids that, a box from which it can be taken. */

import { make, makeButton, makeTextBox } from "./dom.js";

/** Copy a text; gives whether the front end let us. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Show a text, selected, in a sheet. */
export function offerText(sheet, title, text) {
  const box = makeTextBox(title, { readonly: true, class: "nbflask-input nbflask-offer", rows: "6" });
  box.value = text;
  const again = makeButton("Copy", async () => {
    box.select();
    if ((await copyText(text)) || document.execCommand("copy")) sheet.close();
  }, { icon: "copy" });
  const hint = make("p", { class: "nbflask-quiet" }, "The front end did not let the widget copy it. It is selected: copy it with Ctrl+C or ⌘C.");
  sheet.open(title, [hint, box, again], { focus: box });
  box.select();
}

/** Have the browser save a text as a file. */
export function saveText(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href: url, download: name });
  link.click();
  // The browser has read it by then; before, it may not have begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
