/**
 * A page of the app as a picture of itself: no script runs, nothing is fetched, no link leads away.
 *
 * Three walls, each enough for what it is against: the frame's sandbox (scripts, forms, popups,
 * refreshes), the page's own policy (whatever would be fetched), and links without a target,
 * since no policy keeps a sandboxed frame from following one.
 */

import { make } from "./dom.js";

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const MAX_CHARS = 1_000_000;

/** A frame that shows HTML. */
export function makePageFrame(html, title) {
  return make("iframe", {
    class: "nbflask-pageframe",
    sandbox: "",
    referrerpolicy: "no-referrer",
    loading: "eager",
    title,
    srcdoc: defuse(html),
  });
}

/** HTML that can do nothing but be looked at. The parser's document is never shown, and runs nothing. */
export function defuse(html) {
  const page = new DOMParser().parseFromString(html.slice(0, MAX_CHARS), "text/html");
  for (const element of page.querySelectorAll("script, base, link, meta, iframe, frame, object, embed, portal")) element.remove();
  for (const element of page.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      const isWay = /^(?:href|xlink:href|action|formaction|ping|target|srcdoc|background)$/i.test(name);
      if (isWay || /^on/i.test(name)) element.removeAttribute(name);
    }
  }
  const policy = page.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = POLICY;
  page.head.prepend(policy);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}
