// Python writes the HTML; this script puts it in place, adds comfort, and keeps what the reader had open.
const enhancers = {};
const CONTROLS = "input, select, textarea, button, summary, [tabindex]";
const WEEK = 7;
const ASK_AFTER = 150;
const SPEAK_AFTER = 400;
const GIVE_UP_AFTER = 4000;
const ONE_STEP = 600;
const NBSP = "\u00a0";
const TELL_AFTER = 100;
const SHOWN = ["payload", "html", "text", "stylesheet"];

function render({ model, el }) {
  const status = Object.assign(document.createElement("div"), { className: "dw dw-live" });
  const live = Object.assign(document.createElement("div"), { className: "dw-status" });
  const body = document.createElement("div");
  live.setAttribute("role", "status");
  status.append(live);
  el.append(status, body);
  let undo = [];

  const draw = () => {
    if (undo.some((each) => each.keeps)) return;
    const kept = remember(body);
    undo.forEach((each) => each());
    body.innerHTML = model.get("html");
    undo = [...body.querySelectorAll("[data-card]")]
      .map((card) => enhancers[card.dataset.card]?.({ card, model }))
      .filter(Boolean);
    explainTerms(body);
    shieldControls(body);
    restore(body, kept);
    applyTheme(el);
  };
  // A notebook keeps what a cell showed when it ran; whoever holds that is told what it has become.
  let tellTimer;
  const tell = () => {
    if (model.get("text")) el.dispatchEvent(new CustomEvent("decision-widgets:changed", { bubbles: true, composed: true, detail: standing(model) }));
  };
  const tellSoon = () => {
    clearTimeout(tellTimer);
    tellTimer = setTimeout(tell, TELL_AFTER);
  };
  const showError = () => live.replaceChildren(...errorMessage(model.get("error")));
  const keepKeys = (event) => event.target.matches?.(CONTROLS) && event.stopPropagation();

  el.addEventListener("keydown", keepKeys);
  model.on("change:html", draw);
  for (const name of SHOWN) model.on(`change:${name}`, tellSoon);
  model.on("change:error", showError);
  const stopTheme = watchTheme(() => applyTheme(el));
  draw();
  showError();
  tellSoon();
  return () => {
    clearTimeout(tellTimer);
    undo.forEach((each) => each());
    stopTheme();
    el.removeEventListener("keydown", keepKeys);
    model.off("change:html", draw);
    for (const name of SHOWN) model.off(`change:${name}`, tellSoon);
    model.off("change:error", showError);
  };
}

// The card as Python writes it where no kernel is: its HTML with its style, its text, its payload.
function standing(model) {
  const html = model.get("html").replace('<div class="dw">', (start) => `${start}<style>${model.get("stylesheet")}</style>`);
  return { html, text: model.get("text"), payload: model.get("payload") };
}

// JupyterLab matches its shortcuts against ":focus", so the mark must sit on each control, not on a parent.
function shieldControls(root) {
  for (const control of root.querySelectorAll(CONTROLS)) control.dataset.lmSuppressShortcuts = "true";
}

// A word of the glossary explains itself on focus too, stays while the pointer is on it, and goes with Esc.
function explainTerms(root) {
  for (const term of root.querySelectorAll(".dw-term[title]")) {
    const tip = Object.assign(document.createElement("span"), { className: "dw-tip", textContent: term.title, hidden: true });
    tip.id = freshId("tip");
    tip.setAttribute("role", "tooltip");
    term.removeAttribute("title");
    term.setAttribute("aria-describedby", tip.id);
    term.tabIndex = 0;
    const host = term.closest(".dw");
    const show = () => {
      const [word, frame] = [term.getBoundingClientRect(), host.getBoundingClientRect()];
      tip.hidden = false;
      tip.style.top = `${word.bottom - frame.top}px`;
      tip.style.left = `${Math.max(0, Math.min(word.left - frame.left, frame.width - tip.offsetWidth - 8))}px`;
    };
    const hide = (event) => {
      if (event.relatedTarget !== tip && event.relatedTarget !== term) tip.hidden = true;
    };
    term.addEventListener("focus", show);
    term.addEventListener("blur", hide);
    term.addEventListener("keydown", (event) => event.key === "Escape" && hide(event));
    for (const each of [term, tip]) {
      each.addEventListener("mouseenter", show);
      each.addEventListener("mouseleave", hide);
    }
    host.append(tip);
  }
}

function remember(body) {
  const focused = body.getRootNode().activeElement;
  const holder = focused && body.contains(focused) ? focused.closest("[data-key]") : null;
  const open = new Map([...body.querySelectorAll("details[data-key]")].map((each) => [each.dataset.key, each.open]));
  return { open, focus: holder?.dataset.key };
}

function restore(body, { open, focus }) {
  for (const each of body.querySelectorAll("[data-key]")) {
    if (open.has(each.dataset.key)) each.open = open.get(each.dataset.key);
    if (each.dataset.key === focus) (each.querySelector("summary") ?? each).focus();
  }
}

function errorMessage(text) {
  if (!text) return [];
  const message = Object.assign(document.createElement("div"), { className: "dw-msg t-bad" });
  const words = Object.assign(document.createElement("div"), { className: "body", textContent: text });
  message.append(document.createElement("span"), words);
  return [message];
}

function button(label, key, onClick) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "dw-btn", textContent: label });
  made.dataset.key = key;
  made.addEventListener("click", onClick);
  return made;
}

function copyButton(label, key, text) {
  const made = button(label, key, () => copy(made, typeof text === "function" ? text() : text));
  return made;
}

async function copy(made, text, after = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    flash(made, after);
  } catch {
    flash(made, "Copying is blocked");
  }
}

function flash(made, text) {
  const label = (made.dataset.usual ??= made.textContent);
  made.textContent = text;
  setTimeout(() => (made.textContent = label), 2500);
}

// Ids and names differ from card to card.
const freshId = (stem) => `dw-${stem}-${Math.random().toString(36).slice(2)}`;

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const ICONS = {
  check: "M4 9.5l3.2 3.2L14 5.5", triangle: "M9 2.2l7.2 13H1.8zM9 7.2v3.6M9 13v.1",
  alert: "M6 1.8h6l4.2 4.2v6L12 16.2H6L1.8 12V6zM9 5.4v4M9 12.4v.1",
  info: "M9 1.8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 9 1.8zM9 8.2v4.4M9 5.4v.1", code: "M6 5L2.5 9 6 13M12 5l3.5 4-3.5 4",
};
const icon = (name, label) => `<svg class="dw-ico" viewBox="0 0 18 18" ${label ? `role="img" aria-label="${label}"` : 'aria-hidden="true"'}><path d="${ICONS[name]}"/></svg>`;
const tagHtml = (text, good) => `<span class="dw-tag${good ? " toned t-good" : ""}">${good ? icon("check") : ""}${escaped(text)}</span>`;

function fixed(x, digits, signed = false) {
  const text = Math.abs(x).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (Number(text.replaceAll(",", "")) === 0) return text;
  return (x < 0 ? "\u2212" : signed ? "+" : "") + text;
}

const integer = (n) => fixed(Math.round(n), 0);

// Writing what already stands there would cost a layout, and be read aloud again.
const written = new WeakMap();
function write(place, html) {
  if (!place || written.get(place) === html) return;
  written.set(place, html);
  place.innerHTML = html;
  shieldControls(place);
}

// Runs once nobody has asked again for a while.
function atRest(run, wait) {
  let timer = null;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  const later = () => {
    stop();
    timer = setTimeout(() => {
      timer = null;
      run();
    }, wait);
  };
  return { later, stop, waits: () => timer !== null };
}

// What changes under the hand is read aloud at rest, from a place of its own.
function announcer(source, spoken) {
  return atRest(() => {
    const text = source().textContent;
    if (spoken().textContent !== text) spoken().textContent = text;
  }, SPEAK_AFTER);
}

// What can be undone: one step for each control, however long it is dragged.
function undoSteps() {
  let steps = [], lastKey, lastAt = 0;
  return {
    keep: (key, value, always = false) => {
      const now = performance.now();
      if (always || key !== lastKey || now - lastAt > ONE_STEP) steps.push(value);
      [lastKey, lastAt] = [key, now];
    },
    back: () => {
      lastKey = null;
      return steps.pop();
    },
    clear: () => (steps = []),
    any: () => steps.length > 0,
  };
}

const asksToUndo = (event) => (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";

// Hosts mark their theme on the page; the system's preference counts only where nobody does.
const HOST_MARKS = "[data-jp-theme-light], .vscode-light, .vscode-dark, .vscode-high-contrast";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

function applyTheme(el) {
  const marked = document.documentElement.hasAttribute("theme") || document.body.matches(HOST_MARKS);
  for (const root of el.querySelectorAll(".dw")) {
    root.classList.toggle("dw-dark", !marked && systemDark.matches);
    root.classList.remove("dw-weak-accent");
    root.classList.toggle("dw-weak-accent", accentIsWeak(root));
  }
}

function watchTheme(onChange) {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  systemDark.addEventListener("change", onChange);
  return () => {
    observer.disconnect();
    systemDark.removeEventListener("change", onChange);
  };
}

function accentIsWeak(root) {
  const probe = document.createElement("i");
  probe.style.cssText = "color:var(--dw-accent);background-color:var(--dw-bg)";
  root.append(probe);
  const style = getComputedStyle(probe);
  const [ink, paper] = [luminance(style.color), luminance(style.backgroundColor)];
  probe.remove();
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
}

function luminance(color) {
  const [red, green, blue] = (color.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// A card of a result shows one part of its payload; two parts of one schema stand in the order of their cards.
function partOf(model, card, schema) {
  const payload = model.get("payload");
  if (payload.schema === schema) return payload;
  const root = card.closest("[data-card=result]") ?? card;
  const at = [...root.querySelectorAll(`[data-card=${card.dataset.card}]`)].indexOf(card);
  return (payload.cards ?? []).filter((each) => each.schema === schema)[Math.max(0, at)];
}

// Keeps the children that are there: what is repainted often must not be built anew.
function fill(parent, count, tag, paint) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(document.createElement(tag));
  [...parent.children].forEach((child, at) => paint(child, at));
}

function picker(word, key, options, onChoose) {
  const label = Object.assign(document.createElement("label"), { className: "dw-pick", textContent: word });
  const select = document.createElement("select");
  select.dataset.key = key;
  select.setAttribute("aria-label", word);
  select.append(...options.map((text) => new Option(text)));
  select.addEventListener("change", () => onChoose(select.selectedIndex));
  label.append(select);
  return { label, select };
}
