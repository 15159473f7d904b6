enhancers.result = ({ card, model }) => {
  const stops = [offerAgain(card, model), offerCancel(card, model), exportMenu(card, model)];
  const stop = () => stops.forEach((each) => each?.());
  const folds = [...card.querySelectorAll("details")];
  if (!folds.length) return stop;
  const all = button("", "result/all", () => {
    const open = folds.some((each) => !each.open);
    folds.forEach((each) => (each.open = open));
  });
  const word = () => (all.textContent = folds.some((each) => !each.open) ? "Show all details" : "Hide all details");
  folds.forEach((each) => each.addEventListener("toggle", word));
  word();
  card.querySelector(".dw-foot").append(all);
  return stop;
};

// Out of date: the kernel reads the frame as it is now, or takes it as read.
function offerAgain(card, model) {
  const note = card.querySelector(":scope > .dw-msg");
  const stale = model.get("payload").state?.stale;
  if (!note || !stale) return undefined;
  const busy = (is, word = "Run again") => {
    row.setAttribute("aria-busy", is);
    row.querySelectorAll("button").forEach((each) => (each.disabled = is));
    if (stale.again) row.firstChild.textContent = word;
  };
  const ask = (act) => () => {
    busy(true, act === "again" ? "Running again…" : undefined);
    model.set("controls", { ...model.get("controls"), stale: { act, at: Date.now() } });
    model.save_changes();
  };
  const failed = () => model.get("error") && busy(false);
  const row = Object.assign(document.createElement("div"), { className: "do" });
  if (stale.again) row.append(button("Run again", "result/again", ask("again")));
  row.firstChild?.classList.add("primary");
  row.append(button("Keep the old result", "result/keep", ask("keep")));
  note.append(row);
  model.on("change:error", failed);
  return () => model.off("change:error", failed);
}

// A kernel that works hears no message, only an interrupt; hosts that give no way to it get no button.
function offerCancel(card, model) {
  const bar = card.querySelector("[data-card=state] :is(.dw-prog, .dw-loading)");
  const kernel = () => model.widget_manager?.kernel;
  if (!bar || !kernel()) return undefined;
  const cancel = button("Cancel", "result/cancel", () => {
    cancel.disabled = true;
    cancel.textContent = "Cancelling…";
    kernel().interrupt();
  });
  if (!bar.matches(".dw-prog")) {
    bar.after(cancel);
    return undefined;
  }
  const row = Object.assign(document.createElement("div"), { className: "dw-prog-row" });
  bar.replaceWith(row);
  row.append(bar, cancel);
  return undefined;
}

// What the menu writes: [key, name, hint, maker]. A maker gives a file, or text to copy.
const EXPORTS = [
  ["html", "HTML", "One file, no server needed", pageOf],
  ["json", "JSON", "Schema dw.result/1, for pipelines", (card, model) => JSON.stringify(model.get("payload"), null, 2)],
  ["csv", "CSV", "One row per metric and arm", (card, model) => model.get("exports").csv],
  ["png", "PNG", "The cards with figures or tables, at 2×", pictureOf],
  ["code", "Copy code", "Python that reproduces this result", (card, model) => model.get("exports").code],
  ["sentence", "Copy sentence", "The verdict in words", (card) => verdictOf(card)],
];
const COPIED = ["code", "sentence"];
const TYPES = { html: "text/html", json: "application/json", csv: "text/csv", png: "image/png" };
const LONGEST_SIDE = 16000;

function exportMenu(card, model) {
  const top = card.querySelector(".top");
  const given = model.get("exports");
  if (!top || !given) return undefined;
  const offered = EXPORTS.filter(([key]) => !(key in given) || given[key]);
  const holder = Object.assign(document.createElement("div"), { className: "dw-menu" });
  const said = Object.assign(document.createElement("span"), { className: "vh" });
  said.setAttribute("role", "status");
  const list = Object.assign(document.createElement("div"), { hidden: true });
  list.setAttribute("role", "menu");
  list.setAttribute("aria-label", "Export");
  const opener = button("Export", "result/export", () => open(list.hidden));
  opener.prepend(exportSign());
  opener.setAttribute("aria-haspopup", "menu");
  const open = (shown, focus = 0) => {
    list.hidden = !shown;
    opener.setAttribute("aria-expanded", shown);
    if (shown) list.children[focus].focus();
  };
  const run = async (item, key, name, make) => {
    if (list.getAttribute("aria-busy")) return;
    const hint = item.querySelector("small");
    const before = hint.textContent;
    list.setAttribute("aria-busy", true);
    hint.textContent = said.textContent = COPIED.includes(key) ? "Copying…" : "Writing…";
    try {
      await nextPaint();
      const made = await make(card, model);
      if (COPIED.includes(key)) await navigator.clipboard.writeText(made);
      else download(made, `${given.file}.${key}`, TYPES[key]);
      said.textContent = COPIED.includes(key) ? `${name}: done` : `${given.file}.${key} is written`;
      hint.textContent = before;
      open(false);
      opener.focus();
    } catch (problem) {
      hint.textContent = said.textContent = `Not possible here: ${problem.message}`;
    }
    list.removeAttribute("aria-busy");
  };
  list.append(...offered.map(([key, name, hint, make]) => {
    const item = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
    item.setAttribute("role", "menuitem");
    item.append(name, Object.assign(document.createElement("small"), { textContent: hint }));
    item.dataset.export = key;
    item.addEventListener("click", () => run(item, key, name, make));
    return item;
  }));
  holder.addEventListener("keydown", (event) => walkMenu(event, list, opener, open));
  holder.addEventListener("focusout", (event) => holder.contains(event.relatedTarget) || open(false));
  holder.append(opener, list, said);
  open(false);
  const acts = Object.assign(document.createElement("div"), { className: "row acts" });
  const cause = causeButton(card);
  acts.append(...(cause ? [cause, holder] : [holder]));
  top.querySelector(".acts")?.remove();
  top.append(acts);
  return () => acts.remove();
}

// The first thing to do about a broken split is to look where it is off.
function causeButton(card) {
  const split = card.querySelector(".dw-srm:has(.dw-head .t-bad)");
  if (!split || !card.querySelector(".dw-verdict.t-void")) return undefined;
  return button("Find the cause", "result/cause", () => {
    const slices = split.querySelector("details");
    if (slices) slices.open = true;
    split.tabIndex = -1;
    split.scrollIntoView({ block: "start" });
    split.focus();
  });
}

function walkMenu(event, list, opener, open) {
  const items = [...list.children];
  const at = items.indexOf(list.getRootNode().activeElement);
  const go = { ArrowDown: at + 1, ArrowUp: at - 1 + (at < 0), Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape" && !list.hidden) {
    open(false);
    opener.focus();
  } else if (go !== undefined && (!list.hidden || event.key.startsWith("Arrow"))) {
    open(true, (go + items.length) % items.length);
  } else return;
  event.preventDefault();
}

function exportSign() {
  const holder = document.createElement("span");
  holder.innerHTML =
    '<svg class="dw-ico" viewBox="0 0 18 18" aria-hidden="true"><path d="M9 2.5v9M5.5 8.2L9 11.7l3.5-3.5M3 15.3h12"/></svg>';
  return holder.firstChild;
}

const nextPaint = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

function download(content, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function verdictOf(card) {
  const [title, sentence] = [".dw-verdict-title", ".dw-say"].map((css) => card.querySelector(css)?.textContent ?? "");
  return `${title}. ${sentence}`;
}

// The HTML is the one that Python wrote, without what this script added to it.
function pageOf(card, model) {
  const { title, style } = model.get("exports");
  const text = Object.assign(document.createElement("p"), { textContent: title }).innerHTML;
  return (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>${text}</title><style>${style}</style><style>${model.get("_css")}</style></head>` +
    `<body><main><h1>${text}</h1>${model.get("html")}</main></body></html>\n`
  );
}

// Drawn from what the card itself holds: an image that would ask for anything else could not be read back.
async function pictureOf(card, model) {
  const width = Math.round(Math.min(1200, Math.max(640, card.getBoundingClientRect().width)));
  const paper = Object.assign(document.createElement("div"), { className: "dw" });
  paper.style.cssText =
    `box-sizing:border-box;width:${width + 32}px;padding:16px;--jp-layout-color1:#fff;--jp-ui-font-color1:#212121;--jp-brand-color1:#1976d2;` +
    `--jp-ui-font-family:${getComputedStyle(card).fontFamily.replaceAll('"', "'")}`;
  const column = Object.assign(document.createElement("div"), { className: "dw-column" });
  column.append(...drawnCards(card).map((each) => each.cloneNode(true)));
  column.querySelectorAll(".dw-sort").forEach((each) => each.replaceWith(each.textContent));
  column.querySelectorAll("button, .acts, .dw-seg, .dw-pick, .vh, .dw-plain").forEach((each) => each.remove());
  paper.append(column);
  let height = heightOf(paper, card);
  // What would make the whole too long to be legible stays in the page and the tables that are exported.
  while (2 * height > LONGEST_SIDE && column.children.length > 2) {
    column.lastChild.remove();
    height = heightOf(paper, card);
  }
  const style = document.createElement("style");
  style.textContent = model.get("_css");
  paper.prepend(style);
  const words = new XMLSerializer().serializeToString(paper).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "");
  const svg =
    `<svg xmlns="${exportSign().namespaceURI}" width="${width + 32}" height="${height}">` +
    `<foreignObject width="100%" height="100%">${words}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.toWellFormed?.() ?? svg)}`;
  await image.decode();
  const scale = Math.min(2, LONGEST_SIDE / height);
  const canvas = Object.assign(document.createElement("canvas"), { width: (width + 32) * scale, height: height * scale });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width + 32, height);
  pen.drawImage(image, 0, 0);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the picture is too large"))), "image/png"),
  );
}

// The verdict stands first; of the others those with something to look at, as they stand.
const drawnCards = (card) =>
  [...card.querySelector(".dw-column").children].filter(
    (each, at) => !at || each.matches(".dw-warnings") || each.querySelector("table, .dw-forest, .dw-plot, .dw-lane"),
  );

function heightOf(paper, card) {
  const hidden = document.createElement("div");
  hidden.style.cssText = "position:absolute;left:-99999px;top:0;visibility:hidden";
  hidden.setAttribute("aria-hidden", "true");
  hidden.append(paper);
  card.closest(".dw").after(hidden);
  const height = Math.ceil(paper.getBoundingClientRect().height);
  hidden.remove();
  return height;
}
