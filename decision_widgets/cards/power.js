// The card answers every change by itself from what Python knew (payload.what_if), paints within a frame, and lets the
// kernel confirm. Its parts: numbers, words, curve, controls, HTML and the form of a card that opens empty.
const APART = 0.01;

enhancers.power = ({ card, model }) => {
  const answers = model.get("answers") === true;
  const panel = powerPanel(card, model, answers);
  if (!answers) return panel.stop;
  const stopForm = powerForm(card, model);
  model.on("change:payload", panel.take);
  model.on("change:error", panel.refuse);
  model.on("change:problems", panel.doubt);
  const stop = () => {
    model.off("change:payload", panel.take);
    model.off("change:error", panel.refuse);
    model.off("change:problems", panel.doubt);
    panel.stop();
    stopForm();
  };
  // What Python changed is shown in place, so that a slider keeps its grip and a field what is typed in it.
  stop.keeps = true;
  return stop;
};

function powerPanel(card, model, answers) {
  let base, state, view, end, seq = model.get("payload")?.seq ?? 0, shape;
  let confirmedAt = null, estimate, controls, spoken;
  const steps = undoSteps();
  const find = (selector) => card.querySelector(selector);
  const slot = (name) => find(`[data-slot=${name}]`);
  const own = () => (model.get("payload")?.schema === "dw.power/1" ? model.get("payload") : model.get("payload")?.cards?.find((each) => each.schema === "dw.power/1"));

  const begin = () => {
    const payload = own();
    base = payload?.what_if ?? null;
    shape = base && JSON.stringify([base.metric, base.key]);
    card.dataset.state = payload?.metric ? "confirmed" : "empty";
    addCopies(card);
    if (!base) return;
    if (inDoubt()) tellConfirmed("confirmed");
    state = keptState() ?? stateOf(payload, base);
    end = payload.axis.n_max;
    confirmedAt = payload.created ? new Date(payload.created) : new Date();
    build();
    view = sizing.solve(base, state);
    controls.sync();
    // Cold code is slow: run what a drag runs once, before anybody drags.
    marksOf(base, state, view, end);
    labelsOf(base, state, view, end);
  };

  // Another view of this card may have moved its controls.
  const keptState = () => {
    const kept = model.get("controls");
    return answers && own()?.seq && own().seq === kept?.seq && kept.state?.metric === base.metric ? kept.state : null;
  };

  const build = () => {
    controls = powerControls(card, { base, start: state, end, now: () => ({ state, view }), change });
    spoken = Object.assign(document.createElement("p"), { className: "vh" });
    spoken.setAttribute("role", "status");
    slot("answer").after(spoken);
    shieldControls(card);
  };

  const change = (key, part, always = false) => {
    steps.keep(key, state, always);
    state = { ...state, ...part };
    paint();
    ask();
  };

  const undo = (event) => {
    if (!asksToUndo(event) || !steps.any()) return;
    event.preventDefault();
    event.stopPropagation();
    state = steps.back();
    paint();
    controls.sync(true);
    ask();
  };

  const paint = () => {
    const began = performance.now();
    view = sizing.solve(base, state);
    if (!Number.isFinite(view.n)) return impossible();
    write(slot("answer"), answerHtml(view));
    write(slot("below"), escaped(words.below(view, base.horizon)));
    draw();
    write(slot("arms"), armsOf(view));
    write(slot("likeness"), likenessOf(view));
    write(slot("sees"), seesOf(base, state, view));
    write(slot("sees-note"), `At this size, ${words.percent(view.power)} power`);
    write(slot("note"), "");
    controls.sync();
    tell("estimate", answers ? "estimate, kernel will confirm" : "estimate");
    card.dataset.repaintMs = (performance.now() - began).toFixed(2);
    speech.later();
  };

  // The curves are the browser's also after Python confirmed: ghosts stay where they are and keep their labels.
  const draw = () => {
    write(slot("marks"), marksOf(base, state, view, end));
    write(slot("labels"), labelsOf(base, state, view, end));
  };

  const impossible = () => {
    write(slot("answer"), escaped(`No number of participants can show that ${words.noun(view.metric)}.`));
    write(slot("below"), "");
    tell("estimate", "estimate");
    speech.later();
  };

  const tell = (name, text, good = false) => {
    card.dataset.state = name;
    write(slot("tag"), tagHtml(text, good));
  };

  // While something is wrong with what was typed, the answer is that of the fields before it.
  const inDoubt = () => Object.keys(model.get("problems") ?? {}).length > 0;
  const tellConfirmed = (name) => (inDoubt() ? tell("earlier", "of the fields before the error") : tell(name, "confirmed by Python", true));

  const speech = announcer(() => slot("answer"), () => spoken);

  const ask = () => {
    if (!answers) return;
    offline.stop();
    seq += 1;
    asking.later();
  };
  const asking = atRest(() => {
    estimate = { seq, n: view.n, lift: view.lift, solve: view.solve };
    model.set("controls", { ...model.get("controls"), seq, what: requestOf(state), state });
    model.save_changes();
    offline.later();
  }, ASK_AFTER);
  const offline = atRest(() => {
    const at = confirmedAt.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
    tell("offline", `estimate; saved ${at}`);
  }, GIVE_UP_AFTER);

  const take = () => {
    const payload = own();
    const key = payload?.what_if && JSON.stringify([payload.what_if.metric, payload.what_if.key]);
    if (key !== shape || !payload?.metric) {
      asking.stop();
      find("[data-body]").innerHTML = bodyOf(model.get("html"));
      seq = Math.max(seq, payload?.seq ?? 0);
      steps.clear();
      begin();
      return;
    }
    if ((payload.seq ?? 0) < seq) return;
    if (payload.seq > seq) {
      seq = payload.seq;
      state = keptState() ?? state;
      view = sizing.solve(base, state);
    }
    offline.stop();
    confirm(payload);
  };

  const confirm = (payload) => {
    const found = document.createElement("template");
    found.innerHTML = model.get("html");
    for (const fresh of found.content.querySelectorAll("[data-slot]")) {
      if (!["marks", "labels", "tag", "note"].includes(fresh.dataset.slot)) write(slot(fresh.dataset.slot), fresh.innerHTML);
    }
    shieldControls(card);
    confirmedAt = new Date();
    const off = estimate && estimate.seq === payload.seq ? apart(payload) : 0;
    if (off > APART) {
      write(slot("note"), noteHtml(off));
      tellConfirmed("disagree");
    } else tellConfirmed("confirmed");
    settle(payload);
    speech.later();
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
    controls.sync();
  };

  card.addEventListener("keydown", undo);
  begin();
  return {
    take,
    refuse: () => {
      if (!model.get("error")) return;
      offline.stop();
      tell("estimate", "estimate, not confirmed");
    },
    // Only what was in doubt is confirmed again: an estimate still waits for the kernel.
    doubt: () => base && (inDoubt() || card.dataset.state === "earlier") && tellConfirmed("confirmed"),
    stop: () => {
      [asking, speech, offline].forEach((each) => each.stop());
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
