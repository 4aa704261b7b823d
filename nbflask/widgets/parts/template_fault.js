/** A template's fault: the sentence, the way there, and the source around it. */

import { makeNotice } from "./blocks.js";
import { make, makeButton } from "./dom.js";

/** @param go - Shows a template, and a line of it. */
export function makeFault(fault, go) {
  const { template, line, sentence, error, trail, excerpt } = fault;
  const where = line == null ? null : makeButton(`${template || "the template"}, line ${line}`, () => go(template, line), { class: "nbflask-link" });
  return makeNotice("bad", [
    make("p", { class: "nbflask-fault-sentence" }, where, where && " · ", sentence),
    trail.length > 0 && make("p", { class: "nbflask-quiet" }, "It came there from ", ...trail.flatMap((step, at) => [at > 0 && ", then ", makeButton(`${step.template}, line ${step.line}`, () => go(step.template, step.line), { class: "nbflask-link" })])),
    excerpt.length > 0 && makeExcerpt(excerpt, template),
    make("p", { class: "nbflask-quiet nbflask-error-name" }, make("bdi", {}, error)),
  ]);
}

function makeExcerpt(excerpt, template) {
  const lines = excerpt.map(({ number, text, is_marked: isMarked }) =>
    make(
      "div",
      { class: "nbflask-line", "data-kind": isMarked ? "bad" : null },
      make("span", { class: "nbflask-number", "data-number": number, "aria-hidden": "true" }),
      make("span", { class: "nbflask-line-text" }, isMarked && make("span", { class: "nbflask-unseen" }, "Here: "), text || "\u200b"),
    ),
  );
  return make("div", { class: "nbflask-code nbflask-excerpt", role: "region", tabindex: "0", "aria-label": `Source of ${template} around the fault` }, ...lines);
}
