// The wizard: what is typed is read within a frame, sent to the kernel at rest, and what the kernel says replaces it.
enhancers.design = ({ card, model }) => {
  if (model.get("answers") !== true) return () => {};
  const wizard = designWizard(card, model);
  wizard.stop.keeps = true;
  return wizard.stop;
};

const DESIGN_STEPS = ["design", "data", "metrics", "assignment", "power"];
const DESIGN_SEND_AFTER = 150;
const DESIGN_GIVE_UP_AFTER = 4000;
const DESIGN_SKELETON_AFTER = 300;
const DESIGN_ONE_STEP = 600;
const DESIGN_SCHEDULED = ["slot", "days", "regions", "region", "assignment", "seed", "start", "together", "carryover"];

function designWizard(card, model) {
  const uid = `dw-design-${Math.random().toString(36).slice(2)}`;
  const fields = designFields.make(uid);
  const { escape, icon } = designFields;
  const kept = model.get("controls") ?? {};
  let form = structuredClone(model.get("form"));
  let step = Math.max(0, DESIGN_STEPS.indexOf(kept.step));
  let visited = new Set(kept.visited ?? []);
  let [drawer, lang] = [kept.drawer === true, kept.lang === "cell" ? "cell" : "python"];
  let stamp = form.stamp ?? 0;
  let steps = [], view, shape, lastKey, lastAt = 0, sendTimer, offlineTimer, speakTimer, skeletonTimer, confirmed = true, askedFor = null, asking = null;
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
  // Writing what already stands there would cost a layout, and be read aloud again.
  const write = (place, html) => {
    if (place && place.dataset.html !== html) {
      place.innerHTML = html;
      place.dataset.html = html;
      shieldControls(place);
    }
  };

  // --- frame ----------------------------------------------------------------------------------------------------
  const titles = () => ["Design", "Data", "Metrics", form.design === "between" ? "Clusters & assignment" : "Slots & assignment", "Power"];
  const build = () => {
    const lamp = (value, text) => `<label><input type="radio" name="${uid}-lang" value="${value}" data-key="lang/${value}"${lang === value ? " checked" : ""}>${text}</label>`;
    card.innerHTML =
      '<div class="dw-wiz"><header><p class="dw-wiz-title" role="heading" aria-level="3">Design an experiment</p><span class="muted" data-name dir="auto"></span><span class="grow"></span><span data-tag></span>' +
      `<button type="button" class="dw-btn" data-act="drawer" data-key="act/drawer" aria-controls="${uid}-drawer">${icon("code")}Code</button></header><div data-state></div>` +
      `<div class="cols"><nav aria-label="Steps"><ol class="dw-steps">${DESIGN_STEPS.map((name, at) => `<li><button type="button" data-act="step:${at}" data-key="step/${name}"><span class="n"></span><span class="t"><span data-title></span><small></small></span></button></li>`).join("")}</ol></nav>` +
      '<section class="panel" data-panel></section><section class="aside" aria-label="Plan so far"><p class="small strong" role="heading" aria-level="4">Plan so far</p><p data-plan></p><p class="small strong sub" role="heading" aria-level="4">Checks</p><ul data-checks></ul></section></div>' +
      `<div class="drawer" id="${uid}-drawer" data-drawer hidden><div class="row"><fieldset class="dw-seg"><legend class="vh">Language</legend>${lamp("python", "Python")}${lamp("cell", "%%decision")}</fieldset><span class="muted small">Running this gives exactly this form.</span><span class="grow"></span><button type="button" class="dw-btn" data-act="copy" data-key="act/copy">Copy</button><button type="button" class="dw-btn" data-act="insert" data-key="act/insert">Insert cell below</button></div>` +
      `<pre tabindex="0" data-code data-key="code" role="region" aria-label="Code"></pre></div>` +
      '<footer><button type="button" class="dw-btn" data-act="back" data-key="act/back">Back</button><button type="button" class="dw-btn primary" data-act="next" data-key="act/next"></button><span class="grow"></span><span class="muted small" data-count></span></footer><p class="vh" role="status" data-spoken></p>' + `<span id="${uid}-errors" hidden>has errors</span></div>`;
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
    view = designWords.readForm(form, known());
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

  const valueAt = (path) => path.split(".").reduce((at, key) => at?.[key], form);
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
    const value = path === "slot" ? slotSteps().indexOf(minutes || 60) : path === "burn_in" ? minutes ?? 0 : designWords.wholeOf(form.days) ?? 14;
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
    write(find("[data-plan]"), view.plan.map(({ text, strong }) => (strong ? `<b>${escape(text)}</b>` : escape(text))).join(""));
    write(find("[data-checks]"), view.checks.map(({ tone, text }) => `<li class="t-${tone}"><span class="tone">${icon(tone === "good" ? "check" : "triangle", tone === "good" ? "Passed" : "Warning")}</span><span>${escape(text)}</span></li>`).join(""));
    const name = find("[data-name]");
    if (name.textContent !== form.name.trim()) name.textContent = form.name.trim();
    find("[data-drawer]").hidden = !drawer;
    find("[data-act=drawer]").setAttribute("aria-expanded", drawer);
    const code = find("[data-code]");
    if (drawer && code.textContent !== view[lang]) code.textContent = view[lang];
    paintStep();
    paintState();
    speak();
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
    if (step === 1) paintProfile();
    if (step === 3 && form.design === "between") {
      paintSplit();
      const told = known().likeness;
      const own = told && told.participant === form.participant;
      const place = find("[data-icc]");
      place.textContent = own ? `${designWords.tidy(told.rows_each)} rows each, ICC ${(told.icc ?? 0).toFixed(3)} for ${told.metric}: without clusters its errors would be ${Math.round(100 * (1 - told.design_effect ** -0.5))}% too small (design effect \u00d7\u00a0${told.design_effect.toFixed(2)}).` : "";
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
    const shares = form.arms.map((arm) => designWords.shareOf(arm.share) ?? 0);
    write(bar, shares.map((share, at) => `<i class="a${at ? 1 + ((at - 1) % 4) : 0}" style="flex:${Math.max(0.001, share)}"></i>`).join(""));
    bar.setAttribute("aria-label", `Allocation: ${form.arms.map((arm, at) => `${arm.name} ${designWords.tidy(100 * shares[at])}%`).join(", ")}`);
  };
  const paintProfile = () => {
    if (asking !== "profile") write(find("[data-profile]"), fields.profile(context()));
  };
  const paintPower = () => {
    const wrong = view.messages.filter((each) => each.sev === "error");
    const list = wrong.map((each) => `<li><button type="button" class="dw-btn quiet" data-act="step:${DESIGN_STEPS.indexOf(each.step)}" data-key="fix/${each.code}/${escape(each.path)}">${escape(titles()[DESIGN_STEPS.indexOf(each.step)])}</button> ${escape(each.title)}</li>`);
    write(find("[data-blocked]"), wrong.length ? `<div class="dw-msg t-bad">${icon("alert", "Error")}<div class="body"><b>Errors stand in the way.</b> Power and Create wait until they are mended:<ul class="fixes">${list.join("")}</ul></div></div>` : "");
    const off = wrong.length ? ' aria-disabled="true"' : "";
    const plan = child.power?.get("payload")?.answer && form.design === "between";
    const created = model.get("job")?.done === "create" || model.get("controls")?.created;
    const arms = known().columns.find(({ col }) => col === form.arm.trim())?.levels ?? [];
    write(find("[data-deeds]"),
      `<button type="button" class="dw-btn" data-act="power" data-key="act/power"${off}>${child.power || hosts.answer.innerHTML ? "Compute again" : "Compute"}</button>` +
      (plan ? '<button type="button" class="dw-btn" data-act="adopt" data-key="act/adopt">Use this plan</button>' : "") +
      (arms.length > 1 ? `<button type="button" class="dw-btn" data-act="analyse" data-key="act/analyse"${off}>Analyse the data</button>` : "") +
      (created ? `<span class="dw-tag toned t-good">${icon("check")}created</span>` : ""));
    paintJob();
  };
  const paintJob = () => {
    const job = model.get("job") ?? {};
    const share = job.share ?? null;
    const bar = asking && job.stage ? `<p class="small"><b>${escape(job.stage)}</b>${share === null ? "" : ` ${share}%`}</p><div class="dw-prog" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${share ?? 0}"><i style="width:${share ?? 0}%"></i></div>` : "";
    const failed = job.failed ? `<div class="dw-msg t-bad">${icon("alert", "Error")}<div class="body">${escape(job.failed)}</div></div>` : "";
    const made = job.done === "create" ? `<div class="dw-msg t-good">${icon("check")}<div class="body"><b>Created.</b> It is <code>widget.created</code>; <code>widget.save("${escape(form.name.trim() || "experiment")}")</code> keeps it as a file.</div></div>` : "";
    const old = child.power && askedFor !== null && askedFor !== ground() ? `<div class="dw-msg t-warn">${icon("triangle", "Out of date")}<div class="body"><b>The form changed since this was computed.</b> Compute again.</div></div>` : "";
    write(find("[data-job]"), bar || failed || old || made || (asking ? '<p class="small muted">Asking Python\u2026</p>' : ""));
  };
  const paintState = () => {
    const state = payload().state ?? "ready";
    write(find("[data-state]"), state.stale ? `<div class="dw-msg t-warn">${icon("triangle", "Out of date")}<div class="body"><b>Out of date.</b> ${escape(state.stale.reason)}</div><div class="do"><button type="button" class="dw-btn" data-act="profile" data-key="act/stale">Re-profile</button></div></div>` : "");
  };
  const tell = (text, good) => write(find("[data-tag]"), `<span class="dw-tag${good ? " toned t-good" : ""}">${good ? icon("check") : ""}${escape(text)}</span>`);
  const speak = () => {
    clearTimeout(speakTimer);
    speakTimer = setTimeout(() => {
      const text = find("[data-plan]").textContent;
      const spoken = find("[data-spoken]");
      if (spoken.textContent !== text) spoken.textContent = text;
    }, 400);
  };

  // --- changes --------------------------------------------------------------------------------------------------
  const change = (key, next, { once = false } = {}) => {
    const now = performance.now();
    if (once || key !== lastKey || now - lastAt > DESIGN_ONE_STEP) steps.push(form);
    [lastKey, lastAt] = [key, now];
    form = next;
    refresh();
    later();
  };
  const withValue = (path, value) => {
    const next = structuredClone(form);
    const keys = path.split(".");
    const last = keys.pop();
    keys.reduce((at, key) => at[key], next)[last] = value;
    if (path === "days") delete next.kept.switchback?.planned_days;
    if (DESIGN_SCHEDULED.includes(path)) next.schedule = null;
    return next;
  };
  const typed = (control) => {
    const { path, member, knob } = control.dataset;
    if (path === "_new") return control.value && change("add", addMetric(control.value), { once: true });
    if (path.endsWith("._covariate")) return control.value && cover(path.replace("._covariate", ".covariates"), control.value);
    if (knob) return change(path, withValue(path, path === "days" ? control.value : designSlots.lengthText(path === "slot" ? slotSteps()[Number(control.value)] : Number(control.value))));
    if (member !== undefined) {
      const others = valueAt(path).filter((each) => each !== member);
      const order = path === "regions" ? known().columns.find(({ col }) => col === form.region)?.levels ?? [] : [];
      const now = control.checked ? [...others, member] : others;
      return change(path, withValue(path, order.length ? [...now].sort((a, b) => order.indexOf(a) - order.indexOf(b)) : now), { once: true });
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
  const blank = (name, more = {}) => ({ name, role: "ignore", kind: "", direction: "increase", effect: "", limit: "", numerator: "", denominator: "", covariates: [], kept: {}, ...more });
  const addMetric = (name, more = {}) => {
    const role = form.metrics.some((metric) => metric.role === "primary") ? "secondary" : "primary";
    return { ...structuredClone(form), metrics: [...structuredClone(form.metrics), blank(name, { role, ...more })] };
  };
  const cover = (path, name) => change(path, withValue(path, [...valueAt(path), name]), { once: true });
  const even = (n) => (Number.isInteger(10000 / n) ? String(100 / n) : `1/${n}`);

  const undo = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z" || event.target.closest("[data-host]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!steps.length) return;
    form = steps.pop();
    lastKey = null;
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
    keepControls();
    if (DESIGN_STEPS[step] === "power") askPower();
  };
  const keepControls = (more = {}) => {
    model.set("controls", { ...model.get("controls"), step: DESIGN_STEPS[step], visited: [...visited], drawer, lang, ...more });
    model.save_changes();
  };

  // --- kernel ---------------------------------------------------------------------------------------------------
  const send = () => {
    clearTimeout(sendTimer);
    sendTimer = null;
    if (form.stamp === stamp && confirmed) return;
    stamp += 1;
    form = { ...form, stamp };
    confirmed = false;
    model.set("form", form);
    model.save_changes();
    clearTimeout(offlineTimer);
    offlineTimer = setTimeout(() => tell("kernel not answering"), DESIGN_GIVE_UP_AFTER);
  };
  const later = () => {
    confirmed = false;
    tell("not read by Python yet");
    clearTimeout(sendTimer);
    sendTimer = setTimeout(send, DESIGN_SEND_AFTER);
  };
  const ask = (what) => {
    if (sendTimer) send();
    asking = what;
    if (what === "power") askedFor = ground();
    if (what === "profile") skeletonTimer = setTimeout(() => asking && step === 1 && write(find("[data-profile]"), fields.skeleton()), DESIGN_SKELETON_AFTER);
    model.send({ do: what });
    paint();
  };
  // What the answer of step 5 rests on.
  const ground = () => JSON.stringify({ ...form, stamp: 0, name: "", question: "", planned_participants: "", planned_days: "" });
  const askPower = () => {
    if (!isBlocked() && form.source !== "none" && askedFor !== ground()) ask("power");
  };
  const take = () => {
    if ((payload().stamp ?? null) === (form.stamp ?? null) && !sendTimer) {
      confirmed = true;
      clearTimeout(offlineTimer);
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
    steps.push(form);
    lastKey = null;
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
      clearTimeout(skeletonTimer);
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
  const flash = (made, text) => {
    const label = made.textContent;
    made.textContent = text;
    setTimeout(() => (made.textContent = label), 2500);
  };
  const copy = async (made, after) => {
    try {
      await navigator.clipboard.writeText(view[lang]);
      flash(made, after);
    } catch {
      flash(made, "Copying is blocked");
    }
  };
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
    copy: (made) => copy(made, "Copied"),
    insert: (made) => {
      const asked = new CustomEvent("decision-widgets:insert-cell", { bubbles: true, composed: true, cancelable: true, detail: { source: view[lang] } });
      // The lab extension, where it is there, takes the event; elsewhere the reader pastes.
      if (made.dispatchEvent(asked)) copy(made, "Copied: paste it into a new cell");
      else flash(made, "Inserted");
    },
    profile: () => ask("profile"),
    power: (made) => made.getAttribute("aria-disabled") !== "true" && ask("power"),
    analyse: (made) => made.getAttribute("aria-disabled") !== "true" && ask("analyse"),
    adopt: () => ask("adopt"),
    metric: () => change("add", addMetric(""), { once: true }),
    ratio: () => change("add", addMetric(`ratio_${form.metrics.filter(({ kind }) => kind === "ratio").length + 1}`, { kind: "ratio" }), { once: true }),
    drop: (made, at) => change("drop", { ...form, metrics: form.metrics.filter((_, n) => n !== Number(at)) }, { once: true }),
    uncover: (made, path, at) => change("cover", withValue(`${path}.covariates`, valueAt(`${path}.covariates`).filter((_, n) => n !== Number(at))), { once: true }),
    arm: () => {
      const n = form.arms.length + 1;
      const arms = [...form.arms, { name: `treatment ${n - 1}`, share: "" }].map((arm) => ({ ...arm, share: even(n) }));
      change("arm", { ...form, arms }, { once: true });
    },
    disarm: (made, at) => {
      const arms = form.arms.filter((_, n) => n !== Number(at));
      change("arm", { ...form, arms: arms.map((arm) => ({ ...arm, share: even(arms.length) })) }, { once: true });
    },
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
    else if (chose && sendTimer) send();
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
  designWords.readForm({ ...form, design: "switchback" }, known());
  const stop = () => {
    [sendTimer, offlineTimer, speakTimer, skeletonTimer].forEach(clearTimeout);
    for (const [name, run] of heard) model.off(`change:${name}`, run);
    for (const [name, run] of [["click", clicked], ["input", changed], ["change", changed], ["keydown", undo]]) card.removeEventListener(name, run);
  };
  return { stop };
}
