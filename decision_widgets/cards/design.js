// The wizard: what is typed is read within a frame, sent to the kernel at rest, and what the kernel says replaces it.
enhancers.design = ({ card, model }) => {
  if (model.get("answers") !== true) return () => {};
  const wizard = designWizard(card, model);
  wizard.stop.keeps = true;
  return wizard.stop;
};

const DESIGN_SKELETON_AFTER = 300;

function designWizard(card, model) {
  const uid = freshId("design");
  const fields = designFields.make(uid);
  const kept = model.get("controls") ?? {};
  let form = structuredClone(model.get("form"));
  let step = Math.max(0, DESIGN_STEPS.indexOf(kept.step));
  let visited = new Set(kept.visited ?? []);
  let [drawer, lang] = [kept.drawer === true, kept.lang === "cell" ? "cell" : "python"];
  let stamp = form.stamp ?? 0;
  let view, shape, confirmed = true, askedFor = null, asking = null;
  const steps = undoSteps();
  const hosts = { power: document.createElement("div"), result: document.createElement("div"), answer: document.createElement("div") };
  const child = { power: null, result: null };
  for (const [name, host] of Object.entries(hosts)) host.dataset.host = name;

  const payload = () => model.get("payload");
  const known = () => {
    const { data } = payload();
    return { columns: data.profile, rows: data.rows, likeness: data.likeness, data: data.ref, sentences: model.get("sentences") };
  };
  const find = (selector) => card.querySelector(selector);
  const all = (selector) => [...card.querySelectorAll(selector)].filter((each) => !each.closest("[data-host]"));

  // --- frame ----------------------------------------------------------------------------------------------------
  const titles = () => designFrame.titles(form);
  const build = () => {
    card.innerHTML = designFrame.page(uid, lang);
    shieldControls(card);
    shape = null;
    refresh();
  };

  const context = () => ({ form, ...known(), given: payload().data.given });
  const shapeOf = () => {
    const rows = form.metrics.map(({ name, role, kind, covariates, kept: more }, at) => [known().columns.some(({ col }) => col === name) ? name : at, role === "guardrail", role === "ignore", kind, covariates, more]);
    return JSON.stringify([step, form.design, form.source, form.region, form.participant, rows, form.arms.length, known().columns.length, known().rows, step === 3 && form.strata.length, known().columns.length ? 0 : -1]);
  };

  const refresh = () => {
    const began = performance.now();
    view = designForm.read(form, known());
    const found = shapeOf();
    if (found !== shape) {
      const focus = card.getRootNode().activeElement?.dataset?.key;
      shape = found;
      const panel = find("[data-panel]");
      panel.innerHTML = fields[DESIGN_STEPS[step]](context());
      panel.setAttribute("aria-label", titles()[step]);
      if (step === 4) panel.append(...Object.values(hosts));
      shieldControls(panel);
      if (focus) all(`[data-key="${CSS.escape(focus)}"]`)[0]?.focus();
    }
    sync();
    paint();
    card.dataset.repaintMs = (performance.now() - began).toFixed(2);
  };

  const valueAt = (path) => designForm.valueAt(form, path);
  // Fields follow the form; the one that is being typed in is left alone.
  const sync = () => {
    const active = card.getRootNode().activeElement;
    for (const control of all("[data-path]")) {
      const { path, member, knob } = control.dataset;
      const value = valueAt(path);
      if (knob) syncKnob(control, path);
      else if (member !== undefined) control.checked = value.includes(member);
      else if (control.type === "radio") control.checked = control.value === value;
      else if (control !== active || control.tagName === "SELECT") {
        const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
        if (control.value !== text) control.value = text;
      }
    }
  };
  const slotSteps = () => [...new Set([...fields.steps, designSlots.minutesOf(form.slot) || 60])].sort((a, b) => a - b);
  const syncKnob = (control, path) => {
    const minutes = designSlots.minutesOf(form[path]);
    if (path === "burn_in") control.max = Math.max(60, Math.min(designSlots.minutesOf(form.slot) || 60, 720), minutes ?? 0);
    if (path === "slot") control.max = slotSteps().length - 1;
    const value = path === "slot" ? slotSteps().indexOf(minutes || 60) : path === "burn_in" ? minutes ?? 0 : designAmounts.wholeOf(form.days) ?? 14;
    if (Number(control.value) !== value) control.value = value;
    const text = path === "days" ? `${form.days || "not set"} days` : form[path] || "0min";
    control.setAttribute("aria-valuetext", text);
    const out = find(`[data-out="${path}"]`);
    if (out.textContent !== text) out.textContent = text;
  };

  const wrongIn = (at) => view.messages.filter((each) => each.sev === "error" && each.step === DESIGN_STEPS[at]);
  const isFlagged = (at) => wrongIn(at).some((each) => !each.open || visited.has(DESIGN_STEPS[at]));
  const isBlocked = () => view.messages.some((each) => each.sev === "error");
  const paint = () => {
    paintSteps();
    const { messages } = view;
    const current = DESIGN_STEPS[step];
    const own = messages.filter((each) => each.step === current);
    write(find("[data-says]"), own.map(designFields.message).join(""));
    const bad = new Set(own.filter((each) => each.sev === "error" && (!each.open || visited.has(current))).flatMap((each) => each.fields));
    for (const control of all("[data-path]")) control.setAttribute("aria-invalid", bad.has(control.dataset.path));
    write(find("[data-plan]"), designFrame.plan(view));
    write(find("[data-checks]"), designFrame.checks(view));
    const name = find("[data-name]");
    if (name.textContent !== form.name.trim()) name.textContent = form.name.trim();
    find("[data-drawer]").hidden = !drawer;
    find("[data-act=drawer]").setAttribute("aria-expanded", drawer);
    const code = find("[data-code]");
    if (drawer && code.textContent !== view[lang]) code.textContent = view[lang];
    paintStep();
    paintState();
    speech.later();
  };
  const paintSteps = () => {
    card.querySelectorAll(".dw-steps button").forEach((made, at) => {
      const flagged = isFlagged(at);
      const done = !flagged && visited.has(DESIGN_STEPS[at]) && !wrongIn(at).length;
      made.className = flagged ? "warn" : done ? "done" : "";
      at === step ? made.setAttribute("aria-current", "step") : made.removeAttribute("aria-current");
      flagged ? made.setAttribute("aria-describedby", `${uid}-errors`) : made.removeAttribute("aria-describedby");
      const texts = [flagged ? "!" : done && at !== step ? "\u2713" : String(at + 1), titles()[at], view.steps[at]];
      [".n", "[data-title]", "small"].forEach((part, n) => {
        const place = made.querySelector(part);
        if (place.textContent !== texts[n]) place.textContent = texts[n];
      });
    });
    const last = step === DESIGN_STEPS.length - 1;
    const next = find("[data-act=next]");
    const label = last ? "Create design" : `Next: ${titles()[step + 1]}`;
    if (next.textContent !== label) next.textContent = label;
    const off = last && (isBlocked() || (confirmed && !payload().complete));
    off ? next.setAttribute("aria-disabled", "true") : next.removeAttribute("aria-disabled");
    step === 0 ? find("[data-act=back]").setAttribute("aria-disabled", "true") : find("[data-act=back]").removeAttribute("aria-disabled");
    find("[data-count]").textContent = `Step ${step + 1} of ${DESIGN_STEPS.length}`;
  };

  const paintStep = () => {
    if (step === 1 && asking !== "profile") write(find("[data-profile]"), fields.profile(context()));
    if (step === 3 && form.design === "between") {
      paintSplit();
      const told = known().likeness;
      const own = told && told.participant === form.participant;
      find("[data-icc]").textContent = own ? designFrame.likeness(told) : "";
    }
    if (step === 3 && form.design === "switchback") {
      write(find("[data-preview]"), designFields.preview(view, form));
      write(find("[data-facts]"), designFields.facts(view));
    }
    if (step === 4) paintPower();
  };
  const paintSplit = () => {
    const bar = find("[data-split]");
    if (!bar) return;
    const shares = form.arms.map((arm) => designAmounts.shareOf(arm.share) ?? 0);
    write(bar, shares.map((share, at) => `<i class="a${at ? 1 + ((at - 1) % 4) : 0}" style="flex:${Math.max(0.001, share)}"></i>`).join(""));
    bar.setAttribute("aria-label", `Allocation: ${form.arms.map((arm, at) => `${arm.name} ${designAmounts.tidy(100 * shares[at])}%`).join(", ")}`);
  };
  const paintPower = () => {
    const wrong = view.messages.filter((each) => each.sev === "error");
    write(find("[data-blocked]"), designFrame.blocked(wrong, titles()));
    const plan = child.power?.get("payload")?.answer && form.design === "between";
    const created = model.get("job")?.done === "create" || model.get("controls")?.created;
    const arms = known().columns.find(({ col }) => col === form.arm.trim())?.levels ?? [];
    const [computed, several] = [child.power || hosts.answer.innerHTML, arms.length > 1];
    write(find("[data-deeds]"), designFrame.deeds({ wrong: wrong.length > 0, computed, plan, several, created }));
    paintJob();
  };
  const paintJob = () => {
    const job = model.get("job") ?? {};
    const old = child.power && askedFor !== null && askedFor !== ground();
    write(find("[data-job]"), designFrame.job(job, { asking, old, name: form.name.trim() }));
  };
  const paintState = () => {
    const state = payload().state ?? "ready";
    write(find("[data-state]"), state.stale ? designFrame.stale(state.stale) : "");
  };
  const tell = (text, good) => write(find("[data-tag]"), tagHtml(text, good));
  const speech = announcer(() => find("[data-plan]"), () => find("[data-spoken]"));

  // --- changes --------------------------------------------------------------------------------------------------
  const change = (key, next, { once = false } = {}) => {
    steps.keep(key, form, once);
    form = next;
    refresh();
    later();
  };
  const withValue = (path, value) => designForm.withValue(form, path, value);
  const typed = (control) => {
    const { path, member, knob } = control.dataset;
    if (path === "_new") return control.value && change("add", designForm.withMetric(form, control.value), { once: true });
    if (path.endsWith("._covariate")) return control.value && cover(path.replace("._covariate", ".covariates"), control.value);
    if (knob) return change(path, withValue(path, path === "days" ? control.value : designSlots.lengthText(path === "slot" ? slotSteps()[Number(control.value)] : Number(control.value))));
    if (member !== undefined) {
      const order = path === "regions" ? known().columns.find(({ col }) => col === form.region)?.levels ?? [] : [];
      return change(path, designForm.withMember(form, path, member, control.checked, order), { once: true });
    }
    if ("list" in control.dataset) return change(path, withValue(path, [...new Set(control.value.split(/[,\n]/).map((each) => each.trim()).filter(Boolean))]));
    if (path === "together") return change(path, withValue(path, control.value === "true"), { once: true });
    if (path === "region") {
      const next = withValue(path, control.value);
      next.regions = known().columns.find(({ col }) => col === control.value)?.levels ?? [];
      return change(path, next, { once: true });
    }
    change(path, withValue(path, control.value), { once: control.tagName === "SELECT" || control.type === "radio" });
  };
  const cover = (path, name) => change(path, withValue(path, [...valueAt(path), name]), { once: true });

  const undo = (event) => {
    if (!asksToUndo(event) || event.target.closest("[data-host]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!steps.any()) return;
    form = steps.back();
    card.getRootNode().activeElement?.setSelectionRange && adoptInto(card.getRootNode().activeElement);
    refresh();
    later();
  };
  const adoptInto = (control) => {
    const value = control.dataset?.path && valueAt(control.dataset.path);
    if (value !== undefined && value !== null) control.value = Array.isArray(value) ? value.join(", ") : value;
  };

  const goTo = (at) => {
    visited.add(DESIGN_STEPS[step]);
    step = at;
    if (DESIGN_STEPS[step] === "power") visited = new Set(DESIGN_STEPS);
    refresh();
    // A shorter step would leave its beginning above what is seen, once it is painted.
    requestAnimationFrame(() => setTimeout(() => find(".dw-wiz-title").scrollIntoView({ block: "nearest" })));
    keepControls();
    if (DESIGN_STEPS[step] === "power") askPower();
  };
  const keepControls = () => {
    model.set("controls", { ...model.get("controls"), step: DESIGN_STEPS[step], visited: [...visited], drawer, lang });
    model.save_changes();
  };

  // --- kernel ---------------------------------------------------------------------------------------------------
  const send = () => {
    sending.stop();
    if (form.stamp === stamp && confirmed) return;
    stamp += 1;
    form = { ...form, stamp };
    confirmed = false;
    model.set("form", form);
    model.save_changes();
    offline.later();
  };
  const later = () => {
    confirmed = false;
    tell("not read by Python yet");
    sending.later();
  };
  const sending = atRest(send, ASK_AFTER);
  const offline = atRest(() => tell("kernel not answering"), GIVE_UP_AFTER);
  const skeleton = atRest(() => asking && step === 1 && write(find("[data-profile]"), fields.skeleton()), DESIGN_SKELETON_AFTER);
  const ask = (what) => {
    if (sending.waits()) send();
    asking = what;
    if (what === "power") askedFor = ground();
    if (what === "profile") skeleton.later();
    model.send({ do: what });
    paint();
  };
  // What the answer of step 5 rests on.
  const ground = () => JSON.stringify({ ...form, stamp: 0, name: "", question: "", planned_participants: "", planned_days: "" });
  const askPower = () => {
    if (!isBlocked() && form.source !== "none" && askedFor !== ground()) ask("power");
  };
  const take = () => {
    if ((payload().stamp ?? null) === (form.stamp ?? null) && !sending.waits()) {
      confirmed = true;
      offline.stop();
      tell("read by Python", true);
    }
    // What a design refuses by itself only Python knows.
    refresh();
    const told = confirmed ? payload().messages.filter((each) => each.code === "DESIGN") : [];
    if (told.length) {
      view.messages.push(...told);
      paint();
    }
  };
  const adopt = () => {
    const found = model.get("form");
    if (found.stamp === stamp) return;
    steps.keep(null, form, true);
    form = structuredClone(found);
    stamp = form.stamp ?? 0;
    confirmed = true;
    tell("read by Python", true);
    refresh();
  };
  const takeJob = () => {
    const job = model.get("job") ?? {};
    if (job.done || job.failed) {
      asking = null;
      skeleton.stop();
    }
    paint();
  };
  const takeChild = async (name) => {
    const ref = model.get(name);
    child[name] = null;
    hosts[name].replaceChildren();
    if (!ref) return paint();
    try {
      const manager = model.widget_manager;
      const found = typeof ref === "string" ? await manager.get_model(ref.replace("IPY_MODEL_", "")) : ref;
      const shown = await manager.create_view(found);
      child[name] = found;
      hosts[name].replaceChildren(shown.el);
    } catch {
      hosts[name].textContent = `This host cannot show a card inside a card; run widget.${name} in a cell of its own.`;
    }
    paint();
  };
  const takeAnswer = () => {
    hosts.answer.innerHTML = model.get("answer_html");
    paint();
  };

  // --- deeds ----------------------------------------------------------------------------------------------------
  const deeds = {
    step: (made, at) => goTo(Number(at)),
    back: () => step > 0 && goTo(step - 1),
    next: (made) => {
      if (step < DESIGN_STEPS.length - 1) return goTo(step + 1);
      if (made.getAttribute("aria-disabled") !== "true") ask("create");
    },
    drawer: () => {
      drawer = !drawer;
      paint();
      keepControls();
    },
    copy: (made) => copy(made, view[lang]),
    insert: (made) => {
      const asked = new CustomEvent("decision-widgets:insert-cell", { bubbles: true, composed: true, cancelable: true, detail: { source: view[lang] } });
      // The lab extension, where it is there, takes the event; elsewhere the reader pastes.
      if (made.dispatchEvent(asked)) copy(made, view[lang], "Copied: paste it into a new cell");
      else flash(made, "Inserted");
    },
    profile: () => ask("profile"),
    power: (made) => made.getAttribute("aria-disabled") !== "true" && ask("power"),
    analyse: (made) => made.getAttribute("aria-disabled") !== "true" && ask("analyse"),
    adopt: () => ask("adopt"),
    metric: () => change("add", designForm.withMetric(form, ""), { once: true }),
    ratio: () => change("add", designForm.withRatio(form), { once: true }),
    drop: (made, at) => change("drop", { ...form, metrics: form.metrics.filter((_, n) => n !== Number(at)) }, { once: true }),
    uncover: (made, path, at) => change("cover", withValue(`${path}.covariates`, valueAt(`${path}.covariates`).filter((_, n) => n !== Number(at))), { once: true }),
    arm: () => change("arm", designForm.withArm(form), { once: true }),
    disarm: (made, at) => change("arm", designForm.withoutArm(form, Number(at)), { once: true }),
  };
  const clicked = (event) => {
    const made = event.target.closest("[data-act]");
    if (!made || made.closest("[data-host]")) return;
    const [deed, ...rest] = made.dataset.act.split(":");
    deeds[deed]?.(made, ...rest);
  };
  const changed = (event) => {
    const control = event.target;
    if (control.closest("[data-host]")) return;
    const chose = event.type === "change";
    if (control.name === `${uid}-lang` && chose) {
      lang = control.value;
      paint();
      keepControls();
    } else if (control.dataset.path && !chose) typed(control);
    else if (chose && sending.waits()) send();
  };

  const heard = [["form", adopt], ["payload", take], ["job", takeJob], ["power", () => takeChild("power")], ["result", () => takeChild("result")], ["answer_html", takeAnswer]];
  card.addEventListener("click", clicked);
  card.addEventListener("input", changed);
  card.addEventListener("change", changed);
  card.addEventListener("keydown", undo);
  for (const [name, run] of heard) model.on(`change:${name}`, run);
  build();
  tell("read by Python", true);
  for (const name of ["power", "result"]) if (model.get(name)) takeChild(name);
  if (model.get("answer_html")) takeAnswer();
  // Cold code is slow: run what a slider runs once, before anybody moves it.
  designForm.read({ ...form, design: "switchback" }, known());
  const stop = () => {
    [sending, offline, speech, skeleton].forEach((each) => each.stop());
    for (const [name, run] of heard) model.off(`change:${name}`, run);
    for (const [name, run] of [["click", clicked], ["input", changed], ["change", changed], ["keydown", undo]]) card.removeEventListener(name, run);
  };
  return { stop };
}
