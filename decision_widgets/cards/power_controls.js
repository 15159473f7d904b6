// What the reader turns: knobs, the handle on the curve and the chips. They say what should change; the panel answers.
function powerControls(card, { base, start, end, now, change }) {
  const find = (selector) => card.querySelector(selector);
  const metric = sizing.shown(base, start);
  const knobs = {};
  const chips = chipsOf(base, start);

  const buildKnobs = () => {
    const row = Object.assign(document.createElement("div"), { className: "dw-knobs" });
    const whole = start.lift;
    const scale = metric.relative ? 100 : 1;
    const step = niceStep((whole * scale) / 40);
    // A share cannot rise above 1 nor fall below 0.
    const R = sizing.level(metric, sizing.days(metric) - 1);
    const room = metric.binary ? ((metric.sign > 0 ? 1 - R : R) / (metric.relative ? R : 1)) * 0.98 * scale : Infinity;
    const lifts = { min: step * 5, max: Math.min(room, Math.ceil((whole * scale * 3) / step) * step), step };
    row.append(knob("lift", metric.rules_out ? "Loss to rule out" : `Smallest ${words.noun(metric)} worth finding`, lifts));
    const least = Math.max(10, Math.round(end / 400));
    row.append(knob("n", "Participants", { min: least, max: Math.round(end), step: Math.max(1, niceStep(end / 2000)) }));
    if (base.horizon) row.append(knob("days", "Days", { min: 1, max: base.horizon, step: 1 }));
    return row;
  };
  const knob = (key, label, { min, max, step }) => {
    const wrap = Object.assign(document.createElement("div"), { className: "dw-knob" });
    const id = freshId(key);
    const input = Object.assign(document.createElement("input"), { type: "range", id, min, max, step: key === "n" || key === "lift" ? "any" : step });
    input.dataset.key = `knob/${key}`;
    input.dataset.step = step;
    const out = document.createElement("output");
    out.htmlFor = id;
    const name = document.createElement("label");
    name.htmlFor = id;
    name.append(label, " ", out);
    wrap.append(name, input);
    input.addEventListener("input", () => turn(key, Number(input.value)));
    input.addEventListener("keydown", (event) => stepKnob(event, key, input));
    knobs[key] = { input, out };
    return wrap;
  };

  // With step "any" the browser would move by a hundredth of the range; a key moves by one readable step instead.
  const stepKnob = (event, key, input) => {
    const step = Number(input.dataset.step);
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const to = event.key === "Home" ? Number(input.min) : event.key === "End" ? Number(input.max) : by && (Math.round(Number(input.value) / step + by) * step);
    if (to === undefined) return;
    event.preventDefault();
    input.value = Math.min(Number(input.max), Math.max(Number(input.min), to));
    turn(key, Number(input.value));
  };

  const turn = (key, value) => {
    if (key === "lift") change("lift", { solve: "n", lift: Number((metric.relative ? value / 100 : value).toPrecision(12)) });
    if (key === "n") change("n", { solve: "mde", by: "n", n: Math.max(2, Math.round(value)) });
    if (key === "days") change("days", { solve: "mde", by: "days", days: Math.round(value) });
    if (key === "icc") change("icc", { icc: Math.abs(value - metric.icc) < 5e-4 ? null : value });
  };

  const buildIcc = () => {
    if (!metric.alike || metric.icc === null || metric.alike.per_icc.at(-1) <= 0) return [];
    return [knob("icc", "What if the ICC were", { min: 0, max: Math.max(0.3, Math.min(1, metric.icc * 2)), step: 0.0025 })];
  };

  const buildHandle = () => {
    const made = Object.assign(document.createElement("div"), { className: "dw-handle", tabIndex: 0 });
    made.dataset.key = "handle";
    made.setAttribute("role", "slider");
    made.setAttribute("aria-label", base.horizon ? "Participants and days" : "Participants");
    const to = (event) => {
      const box = made.parentElement.getBoundingClientRect();
      moveTo(((event.clientX - box.left) / box.width) * end);
    };
    made.addEventListener("pointerdown", (event) => {
      made.setPointerCapture(event.pointerId);
      made.onpointermove = to;
      event.preventDefault();
      made.focus({ preventScroll: true });
    });
    made.addEventListener("pointerup", () => (made.onpointermove = null));
    made.addEventListener("lostpointercapture", () => (made.onpointermove = null));
    made.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: WEEK, PageDown: -WEEK }[event.key];
      if (by === undefined && event.key !== "Home" && event.key !== "End") return;
      event.preventDefault();
      const { view } = now();
      if (!base.horizon) return moveTo(event.key === "Home" ? 0 : event.key === "End" ? end : view.n + (by * end) / 100);
      const day = event.key === "Home" ? 1 : event.key === "End" ? base.horizon : (view.first ?? base.horizon) + by;
      change("handle", { solve: "mde", by: "days", days: Math.min(base.horizon, Math.max(1, day)) });
    });
    return made;
  };

  const moveTo = (n) => change("handle", { solve: "mde", by: "n", n: Math.round(Math.min(end, Math.max(10, n))) });

  const buildChips = () => {
    const title = Object.assign(document.createElement("p"), { className: "dw-chips-title", textContent: "What if…" });
    const row = Object.assign(document.createElement("div"), { className: "dw-chips" });
    for (const chip of chips) {
      chip.button = Object.assign(document.createElement("button"), { type: "button", className: "dw-chip" });
      chip.button.dataset.key = `chip/${chip.id}`;
      chip.told = document.createElement("span");
      chip.button.append(Object.assign(document.createElement("b"), { textContent: chip.label }), chip.told);
      chip.button.addEventListener("click", () => change(`chip/${chip.id}`, chip.flip(now().state), true));
      row.append(chip.button);
    }
    return [title, row];
  };

  // Knobs, handle and chips follow the state; a control in hand is never moved under it.
  const sync = (always = false) => {
    const { state, view } = now();
    const size = words.change(view.relative, view.absolute, metric.binary);
    const scale = metric.relative ? 100 : 1;
    const values = {
      lift: [(view.lift ?? 0) * scale, size],
      n: [view.n, integer(words.planSize(view.n))],
      days: [view.first ?? base.horizon, view.first === null ? `over ${base.horizon}${NBSP}days` : words.dayCount(view.first)],
      icc: [view.icc, view.icc === null ? "" : fixed(view.icc, 3)],
    };
    for (const [key, { input, out }] of Object.entries(knobs)) {
      const [value, text] = values[key];
      if (always || input.getRootNode().activeElement !== input || state.solve !== (key === "lift" ? "n" : "mde")) input.value = value;
      input.setAttribute("aria-valuetext", text);
      out.textContent = text;
    }
    handle.style.left = `${Math.min(100, (view.n / end) * 100)}%`;
    handle.style.top = `${100 - view.reached * 100}%`;
    const bounds = base.horizon ? [1, base.horizon, view.first ?? base.horizon] : [0, Math.round(end), Math.round(view.n)];
    ["min", "max", "now"].forEach((name, at) => handle.setAttribute(`aria-value${name}`, bounds[at]));
    const when = view.first === null ? "" : `, ${words.dayCount(view.first)}`;
    handle.setAttribute("aria-valuetext", `${integer(words.planSize(view.n))} participants${when}, detects ${size}`);
    for (const chip of chips) {
      const pressed = chip.pressed(state);
      chip.button.setAttribute("aria-pressed", pressed);
      chip.told.textContent = (pressed ? "undo: " : "") + told(sizing.solve(base, { ...state, ...chip.flip(state) }), view);
    }
  };

  const told = (other, view) => {
    if (!Number.isFinite(other.n)) return "not possible";
    if (other.solve !== "n") return `detects ${words.change(other.relative, other.absolute, other.metric.binary)}`;
    const size = integer(words.planSize(other.n));
    if (view.solve !== "n") return `${size} participants`;
    const apart = Math.round((other.n / view.n - 1) * 100);
    return `${size}, ${apart < 0 ? "\u2212" : "+"}${Math.abs(apart)}%`;
  };

  find("[data-knobs]").replaceChildren(buildKnobs());
  find("[data-chips]").replaceChildren(...buildChips());
  find("[data-icc]")?.replaceChildren(...buildIcc());
  const handle = buildHandle();
  find("[data-plot]").append(handle);
  return { sync };
}

function chipsOf(base, start) {
  const metric = base.metrics.find((each) => each.metric === base.metric);
  const planned = base.scenarios[0];
  const even = Math.max(...planned.shares) - Math.min(...planned.shares) < 1e-9;
  const toggle = (id, label, key) => ({ id, label, pressed: (s) => s[key], flip: (s) => ({ [key]: !s[key] }) });
  const weeks = (count, label) => {
    const days = count * WEEK;
    const pressed = (s) => s.solve === "mde" && s.by === "days" && s.days === days;
    const back = (s) => s.before ?? { solve: "n", by: "n", n: start.n, lift: start.lift, days: start.days };
    const flip = (s) => pressed(s) ? { ...back(s), before: null } : { before: { solve: s.solve, by: s.by, n: s.n, lift: s.lift, days: s.days }, solve: "mde", by: "days", days };
    return { id: `w${count}`, label, pressed, flip };
  };
  const removed = metric.grid ? Math.max(...metric.grid.variance_reduction) : metric.vr ?? 0;
  return [
    ...(removed > 0 ? [toggle("cuped", metric.cuped ? "CUPED off" : "CUPED on", "otherCovariates")] : []),
    toggle("split", even ? "80 / 20 split" : "Even split", "otherSplit"),
    toggle("arms", planned.shares.length === 2 ? "Third arm" : "One more arm", "moreArms"),
    toggle("power", `${words.percent(base.powers[1])} power`, "otherPower"),
    toggle("level", `${words.percent(1 - base.levels[1])} confidence`, "otherLevel"),
    ...(base.horizon >= 14 ? [weeks(2, "Stop at 2 weeks")] : []),
    ...(base.horizon >= 28 ? [weeks(4, "Run 4 weeks")] : []),
  ];
}

function niceStep(least) {
  const unit = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => Number((factor * unit).toPrecision(3))).find((step) => step >= least * 0.999999);
}
