/**
 * The preview: one app in a frame, below a small browser's toolbar.
 *
 * All in one file, since a widget is one module and nothing here is built or fetched.
 *
 * Rule 1: a page comes by GET. What was posted is never posted again by us.
 * Rule 2: the page on show stays until the next one is there: no flash, no jump.
 * Rule 3: the app is asked for nothing but what the user looks at. Whether it
 *         lives is the Jupyter server's to say (`nbflask/__probe__`).
 * Rule 4: what comes from the app or the kernel is text, never markup.
 */

/** A page of one line still looks like a page; a taller one scrolls in its frame. */
const MIN_PX = 88;
const MAX_PX = 640;
/** The window in which pages are measured, and that of an app whose pages cannot be. */
const WINDOW_PX = 420;
const NOTICE_PX = 150;
const STEP_PX = 24;
/** The pause between two probes: while all is well, and while the app is missed. */
const PROBE_MS = { live: 10_000, gone: 1_500, nowhere: 5_000 };
const ARRIVAL_POLL_MS = 40;
/** A page that streams is shown from here on, though its end has not come. */
const STREAM_MS = 400;
const MEASURE_MS = 120;

const ICONS = {
  back: "M10 3 5 8l5 5",
  reload: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5V5h-2.6",
  open: "M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9.5V13H3V4.5h3.5",
  stopped: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM6 6h4v4H6Z",
  gone: "M2 5.5a9 9 0 0 1 12 0M4.3 8.2a5.4 5.4 0 0 1 7.4 0M8 11.5v.01M2 14 14 2",
};

const NOTICES = {
  stopped: ["Stopped", "The app is stopped", "Run %flask_run, and the page comes back here."],
  gone: [
    "Gone",
    "The app is not answering",
    "Its kernel was restarted or ended. Run the notebook's cells again, and the page comes back here.",
  ],
  nowhere: [
    "No way",
    "This page has no way to the app",
    "Install nbflask in the Jupyter server's environment and restart the server. %flask_doctor says more.",
  ],
};

// ---- Where the app is

/** The app below the Jupyter server's address: same origin, so its pages can be measured and followed. */
class Mounted {
  constructor(base, mount) {
    this.root = new URL(mount, base).href;
    this.probe = new URL(mount.replace("nbflask/", "nbflask/__probe__/").replace(/\/$/, ""), base);
  }

  url(path) {
    return this.root.slice(0, -1) + path;
  }

  /** The path below the app's root, or null: the URL is not the app's. */
  path(href) {
    return href.startsWith(this.root) ? href.slice(this.root.length - 1) : null;
  }

  /** Where a URL outside the app should have led: the same path in the app; null: it is right. */
  home(href) {
    const url = new URL(href);
    const isOurs = url.origin === location.origin && url.protocol.startsWith("http");
    if (!isOurs || this.path(href) !== null) return null;
    // Jupyter's own login page, and not one of the app's that has the same path.
    const next = url.searchParams.get("next");
    if (next !== null && this.path(new URL(next, href).href) !== null) return null;
    return this.url(url.pathname + url.search + url.hash);
  }

  async isAlive() {
    return (await fetchStatus(this.probe)) === 204;
  }
}

/**
 * The app's port behind jupyter-server-proxy, on a Jupyter server without our extension.
 *
 * The probe carries the link's ticket, and its answer sets the cookie for the pages. It must also be
 * the one that only the app's own server knows: another program may take the port of one that died.
 */
class Proxied extends Mounted {
  constructor(base, direct, proof) {
    const { port, search } = new URL(direct);
    super(base, `proxy/absolute/${port || 80}/`);
    this.probe = probeAt(`${this.root}${search}`);
    this.proof = proof;
  }

  async isAlive() {
    try {
      const response = await fetch(this.probe, { cache: "no-store", mode: "same-origin" });
      return (await response.text()) === this.proof;
    } catch {
      return false;
    }
  }
}

/** The app at its own port: another origin, of which the page may only know whether it answers. */
class Direct {
  constructor(url) {
    this.root = url;
  }

  url(path) {
    const url = new URL(path, this.root);
    new URL(this.root).searchParams.forEach((value, key) => url.searchParams.set(key, value));
    return url.href;
  }

  path() {
    return null;
  }

  home() {
    return null;
  }

  async isAlive() {
    return (await fetchStatus(probeAt(this.root), "no-cors")) !== null;
  }
}

/** A link's URL that the server of the app answers itself: no view is asked. */
function probeAt(link) {
  const url = new URL(link);
  url.searchParams.set("nbflask_probe", "1");
  return url;
}

/** The status code (0 where the origin hides it), or null: nobody answers. */
async function fetchStatus(url, mode = "same-origin") {
  try {
    return (await fetch(url, { cache: "no-store", mode })).status;
  } catch {
    return null;
  }
}

function readBaseUrl() {
  try {
    return JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl ?? null;
  } catch {
    return null;
  }
}

/** The app's own URL as this page may ask for it: in Colab by its proxy, which knows the port alone. */
async function openPort(direct) {
  const colab = globalThis.google?.colab?.kernel;
  if (!direct || !colab?.proxyPort) return direct;
  const { port, search } = new URL(direct);
  try {
    return new URL(`/${search}`, await colab.proxyPort(Number(port), { cache: false })).href;
  } catch {
    return ""; // Colab refuses while its runtime starts or is gone.
  }
}

/** The way to the app from this page, or null. */
async function findApp(model) {
  const mount = model.get("mount");
  const direct = model.get("direct_url");
  const proof = model.get("proof");
  const base = model.get("base_url") || readBaseUrl();
  if (!mount || !base) {
    const url = await openPort(direct);
    return url ? new Direct(url) : null;
  }
  const root = new URL(base.endsWith("/") ? base : `${base}/`, location.origin);
  if ((await fetchStatus(new URL("nbflask/__probe__", root))) === 204) return new Mounted(root, mount);
  if (!direct) return null;
  // Behind a Jupyter server the port may be one of another machine, so it is asked before it is shown.
  const places = [...(proof ? [new Proxied(root, direct, proof)] : []), new Direct(direct)];
  for (const place of places) if (await place.isAlive()) return place;
  return null;
}

/** The path that a user means: a whole URL or a path without its slash will do. */
function readPath(text, place) {
  const path = place.path(text) ?? text.trim().replace(/^https?:\/\/[^/?#]*/, "");
  return path.startsWith("/") ? path : `/${path}`;
}

function decode(path) {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

// ---- Building elements

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makeIcon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function makeButton(name, label, tag = "button") {
  const attributes = { class: "nbflask-preview-button", "aria-label": label, title: label };
  if (tag === "button") attributes.type = "button";
  return make(tag, attributes, makeIcon(name));
}

// ---- The frame

/** The frame's document, or null: it is of another origin, or the browser's own error page. */
function documentOf(frame) {
  try {
    return frame?.contentDocument ?? null;
  } catch {
    return null;
  }
}

function hasCome(doc, since) {
  if (!doc || doc.URL === "about:blank") return false;
  return doc.readyState !== "loading" || (doc.body?.firstChild && performance.now() - since > STREAM_MS);
}

/** The height of what is in the page, in whatever window it stands. */
function measure(doc) {
  const root = doc.documentElement;
  const scroller = doc.scrollingElement ?? root;
  if (scroller.scrollHeight > scroller.clientHeight) return scroller.scrollHeight;
  if (doc.compatMode === "CSS1Compat") return Math.ceil(root.getBoundingClientRect().height);
  // Without a doctype (`return "Hello"`) root and body are stretched to the window (quirks mode),
  // so the end of what is in the body has to do; its margin is taken as large as the one above.
  const range = doc.createRange();
  range.selectNodeContents(doc.body);
  const { top, bottom } = range.getBoundingClientRect();
  return Math.ceil(bottom + Math.max(0, Math.min(top, 24)));
}

/** The page on show, and the one that is on its way to take its place. */
class Frame {
  constructor(box, { onArrive, onBusy, onMove, home }) {
    Object.assign(this, { box, onArrive, onBusy, onMove, home, current: null, coming: null });
    this.fixed_px = 0;
    this.seen = new WeakSet();
  }

  get scroll() {
    const win = documentOf(this.current)?.defaultView;
    return win ? { left: win.scrollX, top: win.scrollY } : null;
  }

  /** Fetch a page; the old one stays on show until it is there. */
  load(url, title, scroll = null) {
    this.coming?.remove();
    const frame = make("iframe", { class: "nbflask-preview-frame", src: url, title, "data-waiting": "" });
    this.coming = frame;
    frame.addEventListener("load", () => this.#finish(frame, scroll));
    this.box.prepend(frame);
    this.#await(frame, scroll);
  }

  clear() {
    clearInterval(this.timer);
    clearTimeout(this.measuring);
    this.coming?.remove();
    this.current?.remove();
    this.coming = this.current = null;
    this.onBusy(false);
  }

  #await(frame, scroll = null) {
    this.onBusy(true);
    clearInterval(this.timer);
    const since = performance.now();
    this.timer = setInterval(() => {
      const doc = documentOf(frame);
      if (!this.seen.has(doc ?? this) && hasCome(doc, since)) this.#arrive(frame, scroll);
    }, ARRIVAL_POLL_MS);
  }

  /** The new page is there, if not yet in full: it takes the old one's place. */
  #arrive(frame, scroll) {
    clearInterval(this.timer);
    const doc = documentOf(frame);
    const isAskedFor = frame === this.coming;
    if (isAskedFor) {
      this.current?.remove();
      [this.current, this.coming] = [frame, null];
    }
    frame.removeAttribute("data-waiting");
    if (doc) this.#attend(frame, doc);
    this.fit();
    this.#scrollTo(scroll);
    this.onArrive(doc, isAskedFor);
  }

  #finish(frame, scroll) {
    if (frame !== this.coming && frame !== this.current) return;
    const doc = documentOf(frame);
    const moved = doc && this.seen.has(doc) && this.arrived && this.scroll.top !== this.arrived.top;
    if (!doc || !this.seen.has(doc)) this.#arrive(frame, scroll);
    else if (!moved) this.#scrollTo(scroll);
    this.fit();
    this.onBusy(false);
  }

  #scrollTo(scroll) {
    const win = documentOf(this.current)?.defaultView;
    if (scroll) win?.scrollTo({ ...scroll, behavior: "instant" });
    this.arrived = this.scroll;
  }

  #attend(frame, doc) {
    const win = doc.defaultView;
    const refit = () => {
      this.measuring ??= setTimeout(() => this.fit(), MEASURE_MS);
    };
    this.seen.add(doc);
    // The page's own observers end with it.
    const sizes = new win.ResizeObserver(refit);
    sizes.observe(doc.documentElement);
    if (doc.body) sizes.observe(doc.body);
    new win.MutationObserver(() => {
      refit();
      this.onMove(win.location.href);
    }).observe(doc, { attributes: true, characterData: true, childList: true, subtree: true });
    doc.addEventListener("load", refit, true);
    win.addEventListener("hashchange", () => this.onMove(win.location.href));
    win.addEventListener("popstate", () => this.onMove(win.location.href));
    win.addEventListener("pagehide", () => frame === this.current && this.#await(frame));
    keepInside(doc, this.home);
  }

  /** Give the box the page's height; the page is measured in one window, so it cannot chase its own. */
  fit() {
    clearTimeout(this.measuring);
    this.measuring = null;
    const doc = documentOf(this.current);
    if (this.fixed_px || !doc?.body) {
      this.height_px = this.fixed_px || WINDOW_PX;
    } else {
      const scroll = this.scroll;
      this.current.style.height = `${WINDOW_PX}px`;
      const height_px = measure(doc);
      this.current.style.height = "";
      this.height_px = Math.min(MAX_PX, Math.max(MIN_PX, height_px));
      if (this.scroll.top !== scroll.top) doc.defaultView.scrollTo({ ...scroll, behavior: "instant" });
    }
  }

  get height_px() {
    return this.box.offsetHeight;
  }

  set height_px(height_px) {
    this.box.style.height = `${height_px}px`;
  }
}

/**
 * Links and forms that name a path from the server's root ("/about") stay in the app.
 *
 * Tutorials write them so, and behind the Jupyter server they would show Jupyter in the frame.
 */
function keepInside(doc, findHome) {
  doc.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href], area[href]");
      if (link && !link.getAttribute("href").startsWith("#")) {
        const home = findHome(link.href);
        if (home) link.href = home;
      }
    },
    true,
  );
  doc.addEventListener(
    "submit",
    ({ target: form, submitter }) => {
      for (const [element, name] of [[form, "action"], [submitter, "formaction"]]) {
        const home = element?.hasAttribute(name) && findHome(new URL(element.getAttribute(name), doc.baseURI).href);
        if (home) element.setAttribute(name, home);
      }
    },
    true,
  );
}

// ---- The widget

class Preview {
  constructor(model) {
    this.model = model;
    this.phase = "finding";
    this.place = null;
    this.isMoving = false;
    this.path = model.get("path");
    this.scroll = null;
    this.trail = [];
    this.orphaned = false;
    this.wasAlive = false;
    this.turn = 0;
    this.#build();
    this.frame = new Frame(this.box, {
      onArrive: (doc, isAskedFor) => this.#arrived(doc, isAskedFor),
      onBusy: (isBusy) => {
        this.progress.hidden = !isBusy;
        this.box.setAttribute("aria-busy", isBusy);
      },
      home: (href) => this.place?.home(href) ?? null,
      onMove: (href) => this.#moved(href, true),
    });
    this.frame.fixed_px = model.get("height_px");
    if (this.frame.fixed_px) this.frame.height_px = this.frame.fixed_px;
    this.#listen();
    this.check();
  }

  #build() {
    const name = this.model.get("app_name");
    this.back = makeButton("back", "Back");
    this.reloader = makeButton("reload", "Reload");
    this.opener = makeButton("open", "Open in a new tab", "a");
    this.opener.target = "_blank";
    this.opener.rel = "noopener";
    this.app = make("span", { class: "nbflask-preview-app", title: `The app ${name}` }, name);
    this.input = make("input", {
      class: "nbflask-preview-path",
      "aria-label": `Path in ${name}`,
      autocapitalize: "off",
      autocomplete: "off",
      enterkeyhint: "go",
      spellcheck: "false",
    });
    this.pill = make("span", { class: "nbflask-preview-pill" });
    this.address = make("form", { class: "nbflask-preview-address" }, this.app, this.input, this.pill);
    this.progress = make("div", { class: "nbflask-preview-progress", hidden: "" });
    this.said = make("div", { class: "nbflask-preview-said", role: "status" });
    this.notice = make("div", { class: "nbflask-preview-notice", hidden: "" });
    this.box = make("div", { class: "nbflask-preview-box" }, this.notice);
    this.grip = make("div", {
      class: "nbflask-preview-grip",
      role: "separator",
      tabindex: "0",
      "aria-label": "Height of the preview",
      "aria-orientation": "horizontal",
      "aria-valuemin": MIN_PX,
      title: "Drag to set the height. Double-click to fit the page.",
    });
    const bar = make("div", { class: "nbflask-preview-bar" });
    bar.append(this.back, this.reloader, this.address, this.opener, this.progress);
    this.root = make("section", {
      class: "nbflask-preview",
      "aria-label": `Preview of ${name}`,
      "data-lm-suppress-shortcuts": "true",
    });
    this.root.append(bar, this.box, this.grip, this.said);
  }

  #listen() {
    this.listeners = {
      "change:version": () => this.phase === "live" && this.reload(),
      "change:path": () => this.go(this.model.get("path")),
      "change:state": () => this.check(),
      "change:mount": () => this.#relocate(),
      "change:direct_url": () => this.#relocate(),
      "change:height_px": () => this.#resize(this.model.get("height_px")),
      // The kernel was restarted or ended: from now on only the probe can tell.
      comm_live_update: () => {
        this.orphaned = true;
        this.check();
      },
    };
    for (const [name, callback] of Object.entries(this.listeners)) this.model.on(name, callback);
    this.back.addEventListener("click", () => {
      this.trail.pop();
      this.go(this.trail.at(-1));
    });
    this.reloader.addEventListener("click", () => (this.phase === "live" ? this.reload() : this.check()));
    this.address.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.place) return;
      this.go(readPath(this.input.value, this.place));
      this.#showPath(true);
    });
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#showPath(true);
      if (event.key !== "Enter" || event.isComposing) return;
      // JupyterLab cancels line breaks typed anywhere in a cell, and with them a form's own Enter.
      event.preventDefault();
      this.address.requestSubmit();
    });
    this.onVisible = () => document.hidden || this.check();
    document.addEventListener("visibilitychange", this.onVisible);
    this.#listenToGrip();
  }

  #listenToGrip() {
    const settle = (height_px) => {
      this.model.set("height_px", Math.round(height_px));
      this.model.save_changes();
      this.#resize(Math.round(height_px));
    };
    this.grip.addEventListener("pointerdown", (event) => {
      const offset = this.frame.height_px - event.clientY;
      const follow = ({ clientY }) => (this.frame.height_px = Math.max(MIN_PX, clientY + offset));
      this.grip.setPointerCapture(event.pointerId);
      this.root.dataset.dragging = "";
      this.grip.addEventListener("pointermove", follow);
      this.grip.addEventListener(
        "lostpointercapture",
        ({ clientY }) => {
          this.grip.removeEventListener("pointermove", follow);
          delete this.root.dataset.dragging;
          if (clientY !== event.clientY) settle(this.frame.height_px);
        },
        { once: true },
      );
    });
    this.grip.addEventListener("dblclick", () => settle(0));
    this.grip.addEventListener("keydown", (event) => {
      const step_px = { ArrowUp: -STEP_PX, ArrowDown: STEP_PX }[event.key];
      if (step_px) settle(Math.max(MIN_PX, this.frame.height_px + step_px));
      else if (event.key === "Enter") settle(0);
      else return;
      event.preventDefault();
    });
  }

  close() {
    this.turn = -1;
    clearTimeout(this.timer);
    for (const [name, callback] of Object.entries(this.listeners)) this.model.off(name, callback);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.frame.clear();
    this.root.remove();
  }

  /** Find out how the app is, show it, and ask again later. */
  async check() {
    if (this.turn < 0) return;
    const turn = ++this.turn;
    clearTimeout(this.timer);
    const phase = await this.#look(turn);
    if (turn !== this.turn) return;
    this.#enter(phase);
    const pause_ms = PROBE_MS[phase];
    // A page that nobody looks at asks nothing; it asks when it is looked at again.
    if (pause_ms && !document.hidden) this.timer = setTimeout(() => this.check(), pause_ms);
  }

  async #look(turn) {
    if (this.model.get("state") === "stopped" && !this.orphaned) return "stopped";
    if (!this.place || this.isMoving) {
      const place = await findApp(this.model);
      if (turn !== this.turn) return null; // A later look may have found it at a newer address.
      this.place = place;
      this.isMoving = false;
    }
    if (!this.place) return "nowhere";
    const isAlive = await this.place.isAlive();
    // A port that has never answered is one of another machine rather than one that is gone.
    if (!isAlive && !this.wasAlive && this.place instanceof Direct) return "nowhere";
    this.wasAlive ||= isAlive;
    return isAlive ? "live" : "gone";
  }

  #enter(phase) {
    if (phase === this.phase) return;
    const isBack = this.phase !== "finding";
    this.phase = phase;
    this.root.dataset.phase = phase;
    this.notice.hidden = phase === "live";
    if (phase === "live") {
      if (isBack) this.said.textContent = `${this.model.get("app_name")} is running again.`;
      this.#setPill("", "quiet", "");
      this.go(this.path, this.scroll);
      return;
    }
    this.scroll = this.frame.scroll ?? this.scroll;
    this.frame.clear();
    const [word, title, usual] = NOTICES[phase];
    const hint = (phase === "nowhere" && this.model.get("hint")) || usual;
    this.notice.replaceChildren(makeIcon(phase === "stopped" ? phase : "gone"));
    this.notice.append(make("strong", {}, title), make("span", {}, hint));
    this.said.textContent = `${title}. ${hint}`;
    this.frame.height_px = Math.max(NOTICE_PX, Math.min(this.frame.height_px, WINDOW_PX));
    this.#setPill(word, phase === "stopped" ? "quiet" : "bad", title);
    this.#showPath();
  }

  /** Look for the app anew; the page on show is of the old place until then. */
  #relocate() {
    this.isMoving = true;
    this.phase = "finding";
    this.check();
  }

  go(path, scroll = null) {
    this.#visit(path, true);
    if (this.phase !== "live") return;
    this.frame.load(this.place.url(path), `${this.model.get("app_name")} ${decode(path)}`, scroll);
  }

  reload() {
    this.go(this.path, this.frame.scroll);
  }

  #resize(height_px) {
    this.frame.fixed_px = height_px;
    if (this.phase === "live") this.frame.fit();
    else if (height_px) this.frame.height_px = height_px;
    this.grip.setAttribute("aria-valuenow", this.frame.height_px);
  }

  /**
   * Take a path for the one on show.
   *
   * @param isNew - whether Back leads to the one before: a redirect's target takes its place instead.
   */
  #visit(path, isNew) {
    if (!isNew) this.trail.pop();
    if (this.trail.at(-1) !== path) this.trail.push(path);
    this.path = path;
    this.#showPath();
  }

  #moved(href, isNew) {
    const path = this.place?.path(href) ?? null;
    if (path !== null && path !== this.path) this.#visit(path, isNew);
  }

  #arrived(doc, isAskedFor) {
    const isOpaque = !doc && this.place instanceof Mounted;
    if (isOpaque) return this.check(); // The browser's own page: the Jupyter server does not answer.
    const home = doc && this.place?.home(doc.URL);
    if (home) return this.frame.load(home, this.frame.current.title);
    if (doc) this.#moved(doc.URL, !isAskedFor);
    this.grip.setAttribute("aria-valuenow", this.frame.height_px);
    const status = doc?.defaultView.performance.getEntriesByType("navigation")[0]?.responseStatus;
    this.#setStatus(status);
    this.#showPath();
    // The Jupyter server answers so when the kernel is gone (jupyter-server-proxy by 500), and so may the app.
    if (status === 404 || status >= 500) this.check();
  }

  #setStatus(status) {
    const kind = status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
    this.#setPill(status ? String(status) : "", kind, `Status code ${status}`);
    if (status >= 400) this.said.textContent = `${decode(this.path)}: status code ${status}`;
  }

  #setPill(text, kind, title) {
    this.pill.textContent = text;
    this.pill.dataset.kind = kind;
    this.pill.title = title;
  }

  /** Show the path in the address bar, though not over what is being typed there. */
  #showPath(isForced = false) {
    const isTyping = this.root.getRootNode().activeElement === this.input;
    if (isForced || !isTyping) this.input.value = decode(this.path);
    this.back.disabled = this.trail.length < 2 || this.phase !== "live";
    if (this.place) this.opener.href = this.place.url(this.path);
  }
}

export default {
  render({ model, el }) {
    const preview = new Preview(model);
    el.append(preview.root);
    // All that the kernel learns of a page that shows it.
    model.send({ kind: "shown" });
    return () => preview.close();
  },
};
