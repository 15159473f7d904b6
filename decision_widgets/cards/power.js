// The card answers every change by itself from what Python knew (payload.what_if), paints within a frame, and lets the
// kernel confirm. `sizing` holds the numbers, `words` the text, the rest paints.
const WEEK = 7;
const ASK_AFTER = 150;
const SPEAK_AFTER = 400;
const GIVE_UP_AFTER = 4000;
const ONE_STEP = 600;
const APART = 0.01;

const sizing = (() => {
  // Abramowitz & Stegun 26.2.17, to 7.5e-8.
  const normal = (z) => {
    const t = 1 / (1 + 0.2316419 * Math.abs(z));
    const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    const tail = Math.exp((-z * z) / 2) * 0.3989422804014327 * series;
    return z > 0 ? 1 - tail : tail;
  };

  const known = new Map();
  const quantile = (p) => {
    if (!known.has(p)) {
      let [low, high] = [-9, 9];
      for (let step = 0; step < 60; step++) {
        const middle = (low + high) / 2;
        normal(middle) < p ? (low = middle) : (high = middle);
      }
      known.set(p, (low + high) / 2);
    }
    return known.get(p);
  };

  const scenarioOf = (base, s) =>
    base.scenarios.find((each) => each.more_arms === s.moreArms && each.other_split === s.otherSplit && each.other_level === s.otherLevel);

  const days = (metric) => (metric.grid ? metric.grid.participants.length : 1);
  const come = (metric, day) => metric.grid.participants[day] * metric.grid.traffic[day];
  const level = (metric, day) => (metric.grid ? metric.grid.level[day] : metric.mean);
  const perParticipant = (metric, day) => (metric.grid ? metric.grid.observations_per_participant[day] : metric.m);
  // What a history showed, or what another correlation would make of as many observations per participant.
  const designEffect = (metric, icc) => icc === null ? metric.alike.design_effect : 1 + ((1 + metric.alike.cv ** 2) * metric.alike.m - 1) * icc;

  const shown = (base, s) => base.metrics.find((each) => each.metric === s.metric);
  const isShown = (metric, s) => metric.metric === s.metric;

  const variance = (metric, s, day) => {
    const raw = metric.grid ? metric.grid.variance[day] : metric.variance;
    const removed = metric.grid ? metric.grid.variance_reduction[day] : metric.vr ?? 0;
    const adjusts = isShown(metric, s) && s.otherCovariates ? !metric.cuped : metric.cuped;
    const alike = isShown(metric, s) && s.icc !== null ? designEffect(metric, s.icc) / metric.alike.design_effect : 1;
    return raw * (adjusts ? 1 - removed : 1) * alike;
  };

  const rates = (base, metric, s) => {
    const alpha = scenarioOf(base, s).alphas[metric.metric];
    const reject = quantile(1 - (metric.rules_out ? alpha : alpha / 2));
    return { reject, both: reject + quantile(base.powers[s.otherPower ? 1 : 0]) };
  };

  // What has to be shown, and the variances of one control and one treatment participant.
  const difference = (metric, lift, R, V) => {
    if (!(V > 0)) return null;
    if (metric.relative && !(R > 0)) return null;
    const unit = metric.relative ? R : 1;
    if (metric.rules_out) return { delta: lift * unit, control: V, treatment: V };
    const change = metric.sign * lift * unit;
    const grown = metric.relative ? Math.max(1, 1 + metric.sign * lift) ** 2 : 1;
    if (!metric.binary) return { delta: Math.abs(change), control: V, treatment: V * grown };
    const [before, after] = [R, R + change];
    if (before <= 0 || before >= 1 || after <= 0 || after >= 1) return null;
    return { delta: Math.abs(change), control: V, treatment: (V * after * (1 - after)) / (before * (1 - before)) };
  };

  // The noncentral t asks for z²/4 more participants in each of two equal arms (Guenther 1981), z²/2 in any pair.
  const needAt = (base, metric, s, day, lift) => {
    const { reject, both } = rates(base, metric, s);
    const { shares, pairs } = scenarioOf(base, s);
    const to = difference(metric, lift, level(metric, day), variance(metric, s, day));
    if (!to) return Infinity;
    return Math.max(
      ...pairs.map(([c, t]) => (both ** 2 * (to.control / shares[c] + to.treatment / shares[t])) / to.delta ** 2 + reject ** 2 / 2 / (shares[c] + shares[t])),
    );
  };

  const seenAt = (base, metric, s, n, day) => {
    const { reject, both } = rates(base, metric, s);
    const { shares, pairs } = scenarioOf(base, s);
    const [R, V] = [level(metric, day), variance(metric, s, day)];
    const unit = metric.relative ? R : 1;
    if (!(V > 0) || !(unit > 0)) return null;
    const each = pairs.map(([c, t]) => {
      const pair = Math.max(0.5, n - reject ** 2 / 2 / (shares[c] + shares[t]));
      const [nc, nt] = [shares[c] * pair, shares[t] * pair];
      if (metric.rules_out) return (both * Math.sqrt(V / nc + V / nt)) / unit;
      const perLevel = metric.relative && !metric.binary && metric.sign > 0 ? 1 / R : 0;
      const scale = metric.binary ? V / (R * (1 - R)) : 0;
      const square = 1 - (both ** 2 * (V * perLevel ** 2 - scale)) / nt;
      const half = (both ** 2 * (2 * V * perLevel + scale * (1 - 2 * R))) / nt / 2;
      if (square <= 0) return NaN;
      const change = (half + metric.sign * Math.sqrt(half ** 2 + square * both ** 2 * (V / nc + V / nt))) / square;
      if (metric.binary && (R + change <= 0 || R + change >= 1)) return NaN;
      return Math.abs(change) / unit;
    });
    const found = Math.max(...each);
    return Number.isFinite(found) ? found : null;
  };

  const powerAt = (base, metric, s, n, day, lift) => {
    const { reject } = rates(base, metric, s);
    const { shares, pairs } = scenarioOf(base, s);
    const to = difference(metric, lift, level(metric, day), variance(metric, s, day));
    if (!to || n <= 0) return metric.rules_out ? 0 : 2 * normal(-reject);
    return Math.min(
      ...pairs.map(([c, t]) => {
        const pair = Math.max(0.5, n - reject ** 2 / 2 / (shares[c] + shares[t]));
        const apart = to.delta / Math.sqrt(to.control / (shares[c] * pair) + to.treatment / (shares[t] * pair));
        return normal(apart - reject) + (metric.rules_out ? 0 : normal(-apart - reject));
      }),
    );
  };

  const wholeWeeks = (day) => Math.ceil(day / WEEK) * WEEK;

  const sizeOf = (base, metric, s, lift) => {
    const last = days(metric) - 1;
    let [first, plan] = [null, null];
    if (metric.grid) {
      for (let day = 0; day <= last && first === null; day++) {
        if (needAt(base, metric, s, day, lift) <= come(metric, day)) first = day + 1;
      }
      plan = first === null ? null : wholeWeeks(first);
    }
    const index = plan === null ? last : Math.min(plan - 1, last);
    const need = needAt(base, metric, s, index, lift);
    const { shares } = scenarioOf(base, s);
    const n = shares.reduce((sum, share) => sum + Math.max(3, Math.ceil(share * need - 1e-9)), 0);
    return { n, first, plan, index };
  };

  const firstDay = (metric, n, arms) => {
    if (!metric.grid) return null;
    for (let day = 0; day < days(metric); day++) if (come(metric, day) >= n - arms) return day + 1;
    return null;
  };

  // Everything that a state of the controls leads to.
  const solve = (base, s) => {
    const metric = shown(base, s);
    const scenario = scenarioOf(base, s);
    const arms = scenario.shares.length;
    let found;
    if (s.solve === "n") {
      found = { ...sizeOf(base, metric, s, s.lift), lift: s.lift, decides: metric };
      found.own = found.index;
      for (const other of base.metrics) {
        if (other === metric || !other.goal) continue;
        const own = sizeOf(base, other, s, other.goal);
        if (own.n > found.n) found = { ...found, n: own.n, index: own.index, decides: other };
        const both = found.first !== null && own.first !== null;
        found.first = both ? Math.max(found.first, own.first) : null;
        found.plan = both ? Math.max(found.plan, own.plan) : null;
      }
    } else if (s.by === "days") {
      const n = scenario.shares.reduce((sum, share) => sum + Math.floor(share * come(metric, s.days - 1) + 1e-9), 0);
      found = { n, first: s.days, plan: s.days, index: s.days - 1, lift: seenAt(base, metric, s, n, s.days - 1), decides: metric };
    } else {
      const n = scenario.shares.reduce((sum, share) => sum + Math.floor(share * s.n + 1e-9), 0);
      const first = firstDay(metric, n, arms);
      const index = first === null ? days(metric) - 1 : Math.min(wholeWeeks(first) - 1, days(metric) - 1);
      found = { n, first, plan: first === null ? null : wholeWeeks(first), index, lift: seenAt(base, metric, s, n, index), decides: metric };
    }
    const last = Math.min(found.index, days(metric) - 1);
    const R = level(metric, found.own ?? last);
    const inUnits = found.lift === null ? null : found.lift * (metric.relative ? R : 1);
    return {
      ...found,
      metric,
      scenario,
      power: base.powers[s.otherPower ? 1 : 0],
      reached: found.lift === null ? 0 : powerAt(base, metric, s, found.n, last, found.lift),
      level: R,
      absolute: inUnits,
      relative: metric.relative ? found.lift : R > 0 && inUnits !== null ? inUnits / R : null,
      m: perParticipant(metric, last),
      icc: s.icc ?? metric.icc,
      designEffect: metric.alike ? designEffect(metric, s.icc) : null,
      cuped: s.otherCovariates ? !metric.cuped : metric.cuped,
    };
  };

  return { normal, quantile, seenAt, powerAt, solve, come, days, level, shown };
})();

const words = (() => {
  const NBSP = "\u00a0";
  const fixed = (x, digits, signed = false) => {
    const text = Math.abs(x).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    if (Number(text.replaceAll(",", "")) === 0) return text;
    return (x < 0 ? "\u2212" : signed ? "+" : "") + text;
  };
  const integer = (n) => fixed(Math.round(n), 0);
  const digitsFor = (x, significant) => (x === 0 || !Number.isFinite(x) ? significant - 1 : Math.max(0, significant - 1 - Math.floor(Math.log10(Math.abs(x)))));
  const planSize = (n) => {
    const whole = Math.ceil(n - 1e-9);
    const unit = 10 ** Math.max(0, String(whole).length - 3);
    return Math.ceil(whole / unit) * unit;
  };
  const lift = (share) => {
    const percent = Math.abs(share) * 100;
    return fixed(percent, percent >= 0.995 ? 1 : Math.max(2, digitsFor(percent, 2))) + "%";
  };
  const percent = (share) => {
    if (share > 0.9995 && share < 1) return `>${NBSP}99.9%`;
    return fixed(share * 100, Math.abs(share * 100 - Math.round(share * 100)) < 0.05 ? 0 : 1) + "%";
  };
  const dayCount = (days) => `${days}${NBSP}day${days === 1 ? "" : "s"}`;
  const change = (relative, absolute, binary) => {
    if (relative !== null && relative !== undefined) return lift(relative);
    if (absolute === null || absolute === undefined) return "\u2013";
    return binary ? `${fixed(absolute * 100, Math.max(2, digitsFor(absolute * 100, 2)))}${NBSP}pp` : fixed(absolute, digitsFor(absolute, 3));
  };
  const noun = (metric) => (metric.rules_out ? "loss" : metric.sign > 0 ? "lift" : "drop");
  const people = (n) => `${integer(planSize(n))}${NBSP}participants`;

  const answer = (view) => {
    const { metric } = view;
    const when = view.first === null ? "" : ` (≈${NBSP}${dayCount(view.first)})`;
    const verb = metric.rules_out ? "rule out" : "detect";
    const size = change(view.relative, view.absolute, metric.binary);
    if (view.lift === null) return [["With ", people(view.n), `${when} no ${noun(metric)} could be seen with ${percent(view.power)} power.`]];
    if (view.solve === "n")
      return [["You need ", people(view.n), `${when} to ${verb} a `], ["", `${size} ${noun(metric)}`, ` with ${percent(view.power)} power.`]];
    return [["With ", people(view.n), `${when} the smallest ${noun(metric)} you can ${verb} with ${percent(view.power)} power is `], ["", size, "."]];
  };

  const levels = (view) => {
    const { metric } = view;
    if (metric.rules_out) return `${metric.label} stays within its limit if the interval does.`;
    if (view.absolute === null) return "";
    const scale = metric.binary ? 100 : 1;
    const gap = view.absolute * scale;
    const digits = Math.max(digitsFor(gap, 2), metric.binary ? 1 : digitsFor(view.level, 3));
    const unit = metric.binary ? "%" : "";
    const [before, after] = [view.level * scale, view.level * scale + metric.sign * gap];
    const apart = fixed(metric.sign * gap, digitsFor(gap, 2), true) + (metric.binary ? `${NBSP}pp` : "");
    return `${metric.label} from ${fixed(before, digits)}${unit} to ${fixed(after, digits)}${unit} (${apart}).`;
  };
  const weeks = (view, horizon) => {
    if (horizon === null) return "";
    if (view.first === null) return `That is longer than ${horizon} days: raise the ${noun(view.metric)} or use a stronger covariate.`;
    if (view.first % WEEK) return `Plan for ${Math.ceil(view.first / WEEK) * WEEK} days so that every weekday counts equally.`;
    return "Whole weeks: every weekday counts equally.";
  };
  const below = (view, horizon) => {
    const decides = view.decides === view.metric ? "" : `${view.decides.label} decides: it needs more participants.`;
    return [levels(view), decides, weeks(view, horizon)].filter(Boolean).join(" ");
  };
  return { NBSP, fixed, integer, planSize, lift, percent, dayCount, change, noun, people, answer, below };
})();

enhancers.power = ({ card, model }) => {
  const answers = model.get("answers") === true;
  const panel = powerPanel(card, model, answers);
  if (!answers) return panel.stop;
  const stopForm = powerForm(card, model);
  model.on("change:payload", panel.take);
  model.on("change:error", panel.refuse);
  const stop = () => {
    model.off("change:payload", panel.take);
    model.off("change:error", panel.refuse);
    panel.stop();
    stopForm();
  };
  // What Python changed is shown in place, so that a slider keeps its grip and a field what is typed in it.
  stop.keeps = true;
  return stop;
};

function powerPanel(card, model, answers) {
  let base, state, view, end, seq = model.get("payload")?.seq ?? 0, shape, steps = [], lastKey, lastAt = 0;
  let askTimer, speakTimer, offlineTimer, confirmedAt = null, estimate, knobs = {}, chips = [], handle, spoken;
  const find = (selector) => card.querySelector(selector);
  const slot = (name) => find(`[data-slot=${name}]`);
  const own = () => (model.get("payload")?.schema === "dw.power/1" ? model.get("payload") : model.get("payload")?.cards?.find((each) => each.schema === "dw.power/1"));
  const horizon = () => base.horizon;

  const begin = () => {
    const payload = own();
    base = payload?.what_if ?? null;
    shape = base && JSON.stringify([base.metric, base.key]);
    card.dataset.state = payload?.metric ? "confirmed" : "empty";
    addCopies(card);
    if (!base) return;
    state = keptState() ?? stateOf(payload, base);
    end = payload.axis.n_max;
    confirmedAt = payload.created ? new Date(payload.created) : new Date();
    knobs = {};
    build();
    view = look(state);
    sync();
    // Cold code is slow: run what a drag runs once, before anybody drags.
    marksOf(base, state, view, end);
    labelsOf(base, state, view, end);
  };

  // Another view of this card may have moved its controls.
  const keptState = () => {
    const kept = model.get("controls");
    return answers && own()?.seq && own().seq === kept?.seq && kept.state?.metric === base.metric ? kept.state : null;
  };

  const look = (s) => ({ ...sizing.solve(base, s), solve: s.solve });

  const build = () => {
    find("[data-knobs]").replaceChildren(buildKnobs());
    find("[data-chips]").replaceChildren(...buildChips());
    find("[data-icc]")?.replaceChildren(...buildIcc());
    handle = buildHandle();
    find("[data-plot]").append(handle);
    spoken = Object.assign(document.createElement("p"), { className: "vh" });
    spoken.setAttribute("role", "status");
    slot("answer").after(spoken);
    shieldControls(card);
  };

  const buildKnobs = () => {
    const row = Object.assign(document.createElement("div"), { className: "dw-knobs" });
    const metric = sizing.shown(base, state);
    const whole = state.lift;
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
    const id = `dw-${key}-${Math.random().toString(36).slice(2)}`;
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
    const metric = sizing.shown(base, state);
    if (key === "lift") change("lift", { solve: "n", lift: Number((metric.relative ? value / 100 : value).toPrecision(12)) });
    if (key === "n") change("n", { solve: "mde", by: "n", n: Math.max(2, Math.round(value)) });
    if (key === "days") change("days", { solve: "mde", by: "days", days: Math.round(value) });
    if (key === "icc") change("icc", { icc: Math.abs(value - metric.icc) < 5e-4 ? null : value });
  };

  const buildIcc = () => {
    const metric = sizing.shown(base, state);
    if (!metric.alike || metric.icc === null || metric.alike.m <= 1) return [];
    return [knob("icc", "What if the ICC were", { min: 0, max: Math.max(0.3, Math.min(1, metric.icc * 2)), step: 0.0025 })];
  };

  const buildHandle = () => {
    const made = Object.assign(document.createElement("div"), { className: "dw-handle", tabIndex: 0 });
    made.dataset.key = "handle";
    made.setAttribute("role", "slider");
    made.setAttribute("aria-label", base.horizon ? "Participants and days" : "Participants");
    const to = (event) => {
      const box = find("[data-plot]").getBoundingClientRect();
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
      if (!base.horizon) return moveTo(event.key === "Home" ? 0 : event.key === "End" ? end : view.n + (by * end) / 100);
      const day = event.key === "Home" ? 1 : event.key === "End" ? base.horizon : (view.first ?? base.horizon) + by;
      change("handle", { solve: "mde", by: "days", days: Math.min(base.horizon, Math.max(1, day)) });
    });
    return made;
  };

  const moveTo = (n) => change("handle", { solve: "mde", by: "n", n: Math.round(Math.min(end, Math.max(10, n))) });

  const buildChips = () => {
    chips = chipsOf(base, state);
    const title = Object.assign(document.createElement("p"), { className: "dw-chips-title", textContent: "What if…" });
    const row = Object.assign(document.createElement("div"), { className: "dw-chips" });
    for (const chip of chips) {
      chip.button = Object.assign(document.createElement("button"), { type: "button", className: "dw-chip" });
      chip.button.dataset.key = `chip/${chip.id}`;
      chip.told = document.createElement("span");
      chip.button.append(Object.assign(document.createElement("b"), { textContent: chip.label }), chip.told);
      chip.button.addEventListener("click", () => change(`chip/${chip.id}`, chip.flip(state), true));
      row.append(chip.button);
    }
    return [title, row];
  };

  const change = (key, part, always = false) => {
    const now = performance.now();
    if (always || key !== lastKey || now - lastAt > ONE_STEP) steps.push(state);
    [lastKey, lastAt] = [key, now];
    state = { ...state, ...part };
    paint();
    ask();
  };

  const undo = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z" || !steps.length) return;
    event.preventDefault();
    event.stopPropagation();
    state = steps.pop();
    lastKey = null;
    paint();
    sync(true);
    ask();
  };

  const paint = () => {
    const began = performance.now();
    view = look(state);
    if (!Number.isFinite(view.n)) return impossible();
    setHtml(slot("answer"), answerHtml(view));
    slot("below").textContent = words.below(view, horizon());
    draw();
    setHtml(slot("arms"), armsOf(base, view));
    setHtml(slot("likeness"), likenessOf(view));
    setHtml(slot("sees"), seesOf(base, state, view));
    setHtml(slot("sees-note"), `At this size, ${words.percent(view.power)} power`);
    slot("note").replaceChildren();
    sync();
    tell("estimate", answers ? "estimate, kernel will confirm" : "estimate");
    card.dataset.repaintMs = (performance.now() - began).toFixed(2);
    speak();
  };

  // The curves are the browser's also after Python confirmed: ghosts stay where they are and keep their labels.
  const draw = () => {
    slot("marks").innerHTML = marksOf(base, state, view, end);
    setHtml(slot("labels"), labelsOf(base, state, view, end));
  };

  const impossible = () => {
    setHtml(slot("answer"), escaped(`No number of participants can show that ${words.noun(view.metric)}.`));
    slot("below").textContent = "";
    tell("estimate", "estimate");
    speak();
  };

  // Knobs, handle and chips follow the state; a control in hand is never moved under it.
  const sync = (always = false) => {
    const metric = view.metric;
    const size = words.change(view.relative, view.absolute, metric.binary);
    const scale = metric.relative ? 100 : 1;
    const values = {
      lift: [(view.lift ?? 0) * scale, size],
      n: [view.n, words.integer(words.planSize(view.n))],
      days: [view.first ?? base.horizon, view.first === null ? `over ${base.horizon}${words.NBSP}days` : words.dayCount(view.first)],
      icc: [view.icc, view.icc === null ? "" : words.fixed(view.icc, 3)],
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
    handle.setAttribute("aria-valuetext", `${words.integer(words.planSize(view.n))} participants${when}, detects ${size}`);
    for (const chip of chips) {
      const pressed = chip.pressed(state);
      chip.button.setAttribute("aria-pressed", pressed);
      chip.told.textContent = (pressed ? "undo: " : "") + told(look({ ...state, ...chip.flip(state) }));
    }
  };

  const told = (other) => {
    if (!Number.isFinite(other.n)) return "not possible";
    if (other.solve !== "n") return `detects ${words.change(other.relative, other.absolute, other.metric.binary)}`;
    const size = words.integer(words.planSize(other.n));
    if (view.solve !== "n") return `${size} participants`;
    const apart = Math.round((other.n / view.n - 1) * 100);
    return `${size}, ${apart < 0 ? "\u2212" : "+"}${Math.abs(apart)}%`;
  };

  const tell = (name, text, good = false) => {
    card.dataset.state = name;
    slot("tag").innerHTML = tagHtml(text, good);
  };

  const speak = () => {
    clearTimeout(speakTimer);
    speakTimer = setTimeout(() => {
      const text = slot("answer").textContent;
      if (spoken.textContent !== text) spoken.textContent = text;
    }, SPEAK_AFTER);
  };

  const ask = () => {
    if (!answers) return;
    clearTimeout(askTimer);
    clearTimeout(offlineTimer);
    seq += 1;
    askTimer = setTimeout(() => {
      estimate = { seq, n: view.n, lift: view.lift, solve: view.solve };
      model.set("controls", { ...model.get("controls"), seq, what: requestOf(state), state });
      model.save_changes();
      offlineTimer = setTimeout(offline, GIVE_UP_AFTER);
    }, ASK_AFTER);
  };

  const offline = () => {
    const at = confirmedAt.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
    tell("offline", `estimate; saved ${at}`);
  };

  const take = () => {
    const payload = own();
    const key = payload?.what_if && JSON.stringify([payload.what_if.metric, payload.what_if.key]);
    if (key !== shape || !payload?.metric) {
      clearTimeout(askTimer);
      find("[data-body]").innerHTML = bodyOf(model.get("html"));
      seq = Math.max(seq, payload?.seq ?? 0);
      steps = [];
      begin();
      return;
    }
    if ((payload.seq ?? 0) < seq) return;
    if (payload.seq > seq) {
      seq = payload.seq;
      state = keptState() ?? state;
      view = look(state);
    }
    clearTimeout(offlineTimer);
    confirm(payload);
  };

  const confirm = (payload) => {
    const found = document.createElement("template");
    found.innerHTML = model.get("html");
    for (const fresh of found.content.querySelectorAll("[data-slot]")) {
      const old = slot(fresh.dataset.slot);
      if (old && !["marks", "labels", "tag", "note"].includes(fresh.dataset.slot)) old.innerHTML = fresh.innerHTML;
    }
    shieldControls(card);
    confirmedAt = new Date();
    const off = estimate && estimate.seq === payload.seq ? apart(payload) : 0;
    if (off > APART) {
      slot("note").innerHTML = noteHtml(off);
      tell("disagree", "confirmed by Python", true);
    } else tell("confirmed", "confirmed by Python", true);
    settle(payload);
    speak();
  };

  const apart = (payload) => {
    const [kernel, mine] = estimate.solve === "n" ? [payload.answer.n_units, estimate.n] : [payload.answer.mde_rel ?? payload.answer.mde_abs, view.relative ?? view.absolute];
    return Math.abs(mine / kernel - 1);
  };

  // Where the kernel knows better, knobs and handle stand at its numbers.
  const settle = (payload) => {
    const { n_units: n, mde_rel: relative, mde_abs: absolute, first_day: first } = payload.answer;
    view = { ...view, n, relative, absolute, first, lift: view.metric.relative ? relative : absolute };
    draw();
    sync();
  };

  card.addEventListener("keydown", undo);
  begin();
  return {
    take,
    refuse: () => {
      if (!model.get("error")) return;
      clearTimeout(offlineTimer);
      tell("estimate", "estimate, not confirmed");
    },
    stop: () => {
      [askTimer, speakTimer, offlineTimer].forEach(clearTimeout);
      card.removeEventListener("keydown", undo);
    },
  };
}

function stateOf(payload, base) {
  const metric = base.metrics.find((each) => each.metric === base.metric);
  const asked = payload.answer;
  const lift = metric.relative ? asked.mde_rel : asked.mde_abs;
  const solve = payload.solve === "n" ? "n" : "mde";
  const by = solve === "mde" && base.asked_days ? "days" : "n";
  return {
    metric: base.metric, solve, by, lift, n: asked.n_units, days: base.asked_days ?? asked.first_day ?? 1,
    otherPower: false, otherLevel: false, moreArms: false, otherSplit: false, otherCovariates: false, icc: null, before: null,
  };
}

function requestOf(s) {
  const sought = s.solve === "n" ? { lift: s.lift } : s.by === "days" ? { days: s.days } : { participants: s.n };
  return {
    metric: s.metric, ...sought, other_power: s.otherPower, other_level: s.otherLevel, more_arms: s.moreArms,
    other_split: s.otherSplit, other_covariates: s.otherCovariates, icc: s.icc,
  };
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

const GHOSTS = [0.5, 0.75, 1.5];
const STEPS = 60;

// Other sizes stay where they are while one moves, so that the eye has something to hold on to.
const ghostSizes = (base) => {
  const metric = base.metrics.find((each) => each.metric === base.metric);
  const from = metric.goal ?? base.lift;
  return GHOSTS.map((factor) => factor * from);
};

function curveOf(base, s, view, end, lift) {
  let path = "";
  const day = Math.min(view.index, sizing.days(view.metric) - 1);
  for (let at = 0; at <= STEPS; at++) {
    const power = sizing.powerAt(base, view.metric, s, (at / STEPS) * end, day, lift);
    path += `${at ? "L" : "M"}${((at / STEPS) * 100).toFixed(1)} ${(100 - power * 100).toFixed(2)}`;
  }
  return path;
}

function weeksOf(view, end) {
  const found = [];
  const { metric } = view;
  for (let day = WEEK; metric.grid && day <= sizing.days(metric); day += WEEK) {
    const at = (sizing.come(metric, day - 1) / end) * 100;
    if (at <= 100 && (!found.length || at - found.at(-1)[1] > 6)) found.push([day, at]);
  }
  return found;
}

function marksOf(base, s, view, end) {
  const x = Math.min(100, (view.n / end) * 100).toFixed(2);
  const height = (100 - view.power * 100).toFixed(2);
  return (
    ghostSizes(base).map((lift) => `<path class="ghost" d="${curveOf(base, s, view, end, lift)}"/>`).join("") +
    weeksOf(view, end).map(([, at]) => `<line class="g" x1="${at.toFixed(2)}" x2="${at.toFixed(2)}" y1="0" y2="100"/>`).join("") +
    `<line class="asked" x1="0" x2="100" y1="${height}" y2="${height}"/>` +
    `<line class="stem" x1="${x}" x2="${x}" y1="${(100 - view.reached * 100).toFixed(2)}" y2="100"/>` +
    (view.lift === null ? "" : `<path class="curve" d="${curveOf(base, s, view, end, view.lift)}"/>`)
  );
}

function labelsOf(base, s, view, end) {
  const mark = (text, left, top, css) => `<span class="${css}" style="left:${left.toFixed(2)}%;top:${top.toFixed(2)}%" data-label="${text}"></span>`;
  const day = Math.min(view.index, sizing.days(view.metric) - 1);
  const { metric } = view;
  const ghosts = ghostSizes(base).map((lift) => {
    let [at, power] = [STEPS, 0];
    for (at = 1; at < STEPS; at++) if ((power = sizing.powerAt(base, metric, s, (at / STEPS) * end, day, lift)) > 0.52) break;
    if (at === STEPS) power = sizing.powerAt(base, metric, s, end, day, lift);
    const x = (at / STEPS) * 100;
    const text = metric.relative ? words.lift(lift) : words.change(null, lift, metric.binary);
    return mark(text, x, 100 - power * 100, x > 92 ? "ghost end" : "ghost");
  });
  const n = Math.min(100, (view.n / end) * 100);
  return (
    ghosts.join("") +
    weeksOf(view, end).map(([days, at]) => mark(`${days}${words.NBSP}d`, at, 0, "week")).join("") +
    mark(`${words.percent(view.power)} power`, 0, 100 - view.power * 100, "asked") +
    mark(`${words.integer(words.planSize(view.n))} participants`, n, 100, n > 60 ? "n end" : "n")
  );
}

const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function answerHtml(view) {
  return words.answer(view).map((part) => part.map((text, at) => (at === 1 ? `<b>${escaped(text)}</b>` : escaped(text))).join("")).join("");
}

// Writing what already stands there would cost a layout.
function setHtml(place, html) {
  if (place && place.innerHTML !== html) place.innerHTML = html;
}

function armsOf(base, view) {
  const { arms, shares } = view.scenario;
  const n = words.planSize(view.n);
  const daily = view.metric.grid ? view.metric.grid.participants.at(-1) / sizing.days(view.metric) : null;
  const colour = (at) => `a${at ? 1 + ((at - 1) % 4) : 0}`;
  const rows = arms.map((arm, at) => {
    const cells = [words.percent(shares[at]), words.integer(n * shares[at]), words.integer(n * shares[at] * view.m), ...(daily ? [words.integer(daily * shares[at])] : [])];
    const name = `<span class="arm"><i class="dw-dot sq ${colour(at)}"></i>${escaped(arm)}</span>`;
    return `<tr><th scope="row">${name}</th>${cells.map((text) => `<td class="num">${text}</td>`).join("")}</tr>`;
  });
  const head = ["Share", "Participants", "Observations", ...(daily ? ["A day"] : [])].map((text) => `<th scope="col" class="num">${text}</th>`).join("");
  return (
    `<div class="dw-scroll" tabindex="0" role="region" aria-label="Arms, scrollable" data-lm-suppress-shortcuts="true"><table class="dw-table" aria-label="Arms">` +
    `<thead><tr><th scope="col">Arm</th>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
  );
}

function likenessOf(view) {
  const { metric } = view;
  const collected = words.integer(words.planSize(view.n * view.m));
  const lines = [
    ...(view.icc === null ? [] : [["Intraclass correlation", words.fixed(view.icc, 3)]]),
    ["Observations per participant", `${words.fixed(view.m, 2)} ± ${words.fixed(view.m * metric.cv, 2)}`],
    ...(view.designEffect === null ? [] : [["Design effect", `×${words.NBSP}${words.fixed(view.designEffect, 2)}`]]),
    ...(metric.vr === null ? [] : [["CUPED", view.cuped ? `\u2212${words.fixed(metric.vr * 100, 1)}% variance` : "off"]]),
    ["Observations you collect", collected],
    ...(view.designEffect === null ? [] : [["… worth, if independent", words.integer(words.planSize((view.n * view.m) / view.designEffect))]]),
  ];
  return lines.map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`).join("");
}

function seesOf(base, s, view) {
  const ordered = [view.metric, ...base.metrics.filter((each) => each !== view.metric)];
  return ordered
    .map((metric) => {
      const day = Math.min(view.index, sizing.days(metric) - 1);
      const seen = metric === view.metric ? view.lift : sizing.seenAt(base, metric, s, view.n, day);
      const R = sizing.level(metric, day);
      const absolute = seen === null ? null : seen * (metric.relative ? R : 1);
      const relative = seen === null ? null : metric.relative ? seen : R > 0 ? absolute / R : null;
      const mark = metric.role === "secondary" ? "" : `<span class="dw-tag">${metric.role}</span>`;
      return `<dt>${escaped(metric.label)} ${mark}</dt><dd>${words.change(relative, absolute, metric.binary)}</dd>`;
    })
    .join("");
}

const CHECK = '<svg class="dw-ico" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9.5l3.2 3.2L14 5.5"/></svg>';
const tagHtml = (text, good) => `<span class="dw-tag${good ? " toned t-good" : ""}">${good ? CHECK : ""}${escaped(text)}</span>`;

function noteHtml(off) {
  const text = `The quick estimate in the browser was ${words.fixed(off * 100, 1)}% off; the numbers shown are Python's.`;
  return `<div class="dw-msg t-wait"><span></span><div class="body"><b>Estimate replaced.</b> ${text}</div><div class="do"><code class="muted">POWER_APPROX</code></div></div>`;
}

function bodyOf(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content.querySelector("[data-body]").innerHTML;
}

function addCopies(card) {
  for (const [name, label] of [["python", "Copy Python"], ["yaml", "Copy YAML"]]) {
    const text = card.querySelector(`pre[data-slot=${name}]`);
    if (!text) continue;
    const made = copyButton(label, `power/${name}`, () => [text.dataset.before, text.textContent].filter(Boolean).join("\n\n"));
    text.after(made);
  }
}

// The fields of a card that opens empty. What is being typed is never rewritten, and the focus never moved.
function powerForm(card, model) {
  const fields = model.get("fields") ?? [];
  if (!fields.length) return () => {};
  const values = { ...Object.fromEntries(fields.map((field) => [field.name, field.value])), ...model.get("controls")?.form };
  const inputs = new Map();
  const pane = Object.assign(document.createElement("section"), { className: "dw-card" });
  pane.innerHTML = '<div class="dw-head"><p class="dw-title" role="heading" aria-level="4"><b></b></p></div><div class="dw-fields"></div><div role="status" data-form-says></div>';
  pane.querySelector("b").textContent = "What you know";
  let timer;

  const send = () => {
    clearTimeout(timer);
    if (JSON.stringify(model.get("controls")?.form) === JSON.stringify(values)) return;
    model.set("controls", { ...model.get("controls"), form: { ...values }, what: null });
    model.save_changes();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(send, ASK_AFTER);
  };

  for (const field of fields) {
    const made = fieldOf(field, values[field.name]);
    inputs.set(field.name, made);
    made.input.addEventListener("input", () => {
      values[field.name] = made.input.value;
      later();
    });
    made.input.addEventListener("blur", send);
    pane.querySelector(".dw-fields").append(made.wrap);
  }
  const examples = fields.filter((field) => field.example);
  if (examples.length && !values.metric) {
    const example = Object.assign(document.createElement("button"), { type: "button", className: "dw-btn", textContent: "Fill in an example" });
    example.dataset.key = "form/example";
    example.addEventListener("click", () => {
      for (const field of examples) inputs.get(field.name).input.value = values[field.name] = field.example;
      inputs.get(examples[0].name).input.focus();
      example.remove();
      send();
    });
    pane.querySelector(".dw-head").append(example);
  }
  card.querySelector("[data-form]").replaceChildren(pane);
  shieldControls(pane);

  const show = () => {
    const problems = model.get("problems") ?? {};
    for (const [name, { input, wrong }] of inputs) {
      input.setAttribute("aria-invalid", name in problems);
      wrong.textContent = problems[name] ?? "";
    }
    const rest = Object.entries(problems).filter(([name]) => !inputs.has(name));
    pane.querySelector("[data-form-says]").replaceChildren(...rest.flatMap(([, text]) => errorMessage(text)));
  };
  model.on("change:problems", show);
  show();
  return () => {
    clearTimeout(timer);
    model.off("change:problems", show);
  };
}

function fieldOf({ name, label, help, options }, value) {
  const id = `dw-field-${name}-${Math.random().toString(36).slice(2)}`;
  const wrap = Object.assign(document.createElement("div"), { className: "dw-field" });
  const input = Object.assign(document.createElement(options ? "select" : "input"), { id });
  for (const option of options ?? []) input.append(new Option(option || "(none)", option));
  if (!options) Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false });
  input.value = value ?? "";
  input.dataset.key = `field/${name}`;
  const called = Object.assign(document.createElement("label"), { htmlFor: id, textContent: label });
  const hint = Object.assign(document.createElement("small"), { id: `${id}-hint`, textContent: help ?? "" });
  const wrong = Object.assign(document.createElement("span"), { id: `${id}-wrong`, className: "wrong" });
  input.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
  wrap.append(called, input, hint, wrong);
  return { wrap, input, wrong };
}
