// What the form says, read in the browser as cards/design_*.py reads it: messages, plan, checks and code within a frame.
const designWords = (() => {
  const WEEK = 7;
  const REQUIRED = ["NO_TIME", "NO_ARM", "NO_METRIC", "NO_REGIONS"];
  const WHO = /(^|_)(id|uuid|user|rider|customer|driver|account|member|participant|person)s?(_|$)|[a-z]I[dD]$/;
  const PARTS = { 0.5: "half", 0.3333: "a third", 0.25: "a quarter", 0.6667: "two thirds", 0.75: "three quarters" };
  const CLUSTERS = { draw: "draws", slot: "slots", "region-slot": "region-slots", day: "days", "region-day": "region-days", region: "regions" };
  const { DAY, minutesOf, momentOf, lengthText, slotsOf, fits, draw, clusters, tied } = designSlots;

  // undefined: something stands there and is not understood; null: nothing stands there.
  const clean = (text) => text.replace(/[,\s\u00a0\u202f]/g, "").replaceAll("\u2212", "-");
  const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
  const numberOf = (text) => {
    const [above, under, more] = clean(text).split("/");
    if (more !== undefined || !NUMBER.test(above) || (under && !NUMBER.test(under))) return undefined;
    const value = under ? Number(above) / Number(under) : Number(above);
    return Math.abs(value) < 1e300 ? value : undefined;
  };
  const effectOf = (text) => {
    const written = clean(text);
    if (!written) return null;
    const percent = written.endsWith("%");
    const value = numberOf(written.replace(/%$/, ""));
    if (value === undefined) return undefined;
    const share = percent ? value / 100 : value;
    return share >= 0 && share < (percent ? 10 : 1) ? share : undefined;
  };
  const shareOf = (text) => {
    const written = clean(text).replace(/%$/, "");
    const value = numberOf(written);
    if (value === undefined) return undefined;
    const share = written.includes("/") ? value : value / 100;
    return share > 0 && share < 10 ? share : undefined;
  };
  const wholeOf = (text) => {
    const written = clean(text);
    if (!written) return null;
    return /^\d{1,15}$/.test(written) ? Number(written) : undefined;
  };
  const tidy = (value) => {
    const text = Math.abs(value).toFixed(2).replace(/\.?0+$/, "");
    return value < 0 && text !== "0" ? `\u2212${text}` : text;
  };
  const integer = (n) => Math.round(n).toLocaleString("en-US");
  const read = (value) => (value === undefined ? null : value);

  const chosen = (form) => form.metrics.map((metric, at) => [at, metric]).filter(([, metric]) => metric.role !== "ignore");
  const without = (words) => Object.fromEntries(Object.entries(words).filter(([key, value]) => (value !== null && value !== undefined) || key === "participant"));

  const metricWords = (metric) => {
    const [ratio, guards] = [metric.kind === "ratio", metric.role === "guardrail"];
    const words = {
      name: metric.name.trim(),
      kind: ratio ? null : metric.kind || null,
      numerator: ratio ? metric.numerator || null : null,
      denominator: ratio ? metric.denominator || null : null,
      role: metric.role === "primary" ? null : metric.role,
      direction: metric.direction === "increase" ? null : metric.direction,
      minimum_effect: guards ? null : read(effectOf(metric.effect)),
      limit: guards ? read(effectOf(metric.limit)) : null,
      covariates: metric.covariates.length ? metric.covariates : null,
      ...(guards ? metric.kept : {}),
    };
    return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== null));
  };
  const wordsOf = (form) => {
    const metrics = chosen(form).map(([, metric]) => metricWords(metric));
    const { arms } = form;
    if (form.design === "between") {
      const shares = Object.fromEntries(arms.map((arm) => [arm.name.trim(), read(shareOf(arm.share))]));
      return without({
        design: "between-subject", name: form.name.trim() || null, participant: form.participant || null, arm: form.arm.trim(),
        control: arms[0].name.trim(), arms: arms.length > 1 ? shares : null, metrics, time: form.time || null,
        strata: form.strata.length ? form.strata : null, planned_participants: read(wholeOf(form.planned_participants)),
        planned_days: read(wholeOf(form.planned_days)), ...form.kept.between,
      });
    }
    const [slot, burnIn, reach] = ["slot", "burn_in", "carryover"].map((key) => read(minutesOf(form[key])));
    return without({
      design: "switchback", name: form.name.trim() || null, time: form.time, slot: slot === null ? null : lengthText(slot), metrics,
      arm: form.arm.trim() || null, control: arms[0].name.trim() || null, treatment: arms[1]?.name.trim() || null,
      region: form.region || null, regions: form.together && form.region ? "together" : null,
      assignment: form.assignment === "pairs" ? null : form.assignment, burn_in: burnIn ? lengthText(burnIn) : null,
      carryover: reach === null ? null : lengthText(reach), schedule: form.schedule, seed: read(wholeOf(form.seed)) || null,
      timezone: form.timezone.trim() || null, cluster: form.cluster === "draw" ? null : form.cluster,
      planned_days: read(wholeOf(form.days)), ...form.kept.switchback,
    });
  };
  const drawnWords = (form) => {
    const [start, days] = [read(momentOf(form.start)), read(wholeOf(form.days))];
    if (form.design !== "switchback" || form.schedule !== null || start === null || !days) return null;
    return { start, days, ...(form.region ? { regions: form.regions } : {}) };
  };

  // --- code -----------------------------------------------------------------------------------------------------
  const UNWRITABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  const NOT_TEXT = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
  const code4 = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const quoted = (text) => JSON.stringify(text).replace(UNWRITABLE, code4);
  const number = (value) => {
    const text = String(value);
    const parts = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
    return parts ? `${parts[1]}0.${"0".repeat(Number(parts[4]) - 1)}${parts[2]}${parts[3] ?? ""}` : text;
  };
  const literal = (value, yaml) => {
    if (value === null) return yaml ? "null" : "None";
    if (typeof value === "boolean") return yaml ? String(value) : value ? "True" : "False";
    if (typeof value === "string") return quoted(value);
    if (Array.isArray(value)) return `[${value.map((each) => literal(each, yaml)).join(", ")}]`;
    if (typeof value === "object") return `{${Object.entries(value).map(([key, each]) => `${quoted(key)}: ${literal(each, yaml)}`).join(", ")}}`;
    return number(value);
  };
  const scalar = (value) => typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) && !NOT_TEXT.includes(value.toLowerCase()) ? value : literal(value, true);
  const comment = (form) => {
    const said = form.question.replace(/[\x00-\x1f]/g, " ").replace(UNWRITABLE, " ").split(/\s+/).filter(Boolean).join(" ");
    return said ? [`# ${said}`] : [];
  };
  const asPython = (form, data) => {
    const words = wordsOf(form);
    const call = ({ name, ...rest }) => `        dw.Metric(${[quoted(name), ...Object.entries(rest).map(([key, value]) => `${key}=${literal(value, false)}`)].join(", ")}),`;
    const given = Object.entries(words).filter(([key]) => key !== "design" && key !== "metrics").map(([key, value]) => `    ${key}=${literal(value, false)},`);
    const made = words.design === "switchback" ? "Switchback" : "BetweenSubject";
    const lines = ["import decision_widgets as dw", "", ...comment(form), `design = dw.${made}(`, ...given, "    metrics=[", ...words.metrics.map(call), "    ],", ")"];
    const asked = drawnWords(form);
    if (asked) lines.push(`design = design.with_schedule(dw.schedule(design, ${Object.entries(asked).map(([key, value]) => `${key}=${literal(value, false)}`).join(", ")}))`);
    const question = form.question.trim() ? `, question=${quoted(form.question.trim())}` : "";
    return `${[...lines, `dw.DesignWidget.of(design${data ? `, ${data}` : ""}${question})`].join("\n")}\n`;
  };
  const asCell = (form, arms) => {
    const words = wordsOf(form);
    const asked = drawnWords(form);
    if (asked && arms) words.schedule = { start: asked.start, slot: minutesOf(words.slot), arms };
    const line = (metric) => Object.keys(metric).length === 1 ? scalar(metric.name) : `{${Object.entries(metric).map(([key, value]) => `${key}: ${literal(value, true)}`).join(", ")}}`;
    const lines = Object.entries(words).flatMap(([key, value]) => key === "metrics" ? ["metrics:", ...value.map((metric) => `  - ${line(metric)}`)] : [`${key}: ${scalar(value)}`]);
    return `${["%%decision design --as design", ...comment(form), ...lines].join("\n")}\n`;
  };

  // --- messages -------------------------------------------------------------------------------------------------
  const looksLikeWho = (column, rows) => column.distinct !== null && column.distinct >= 20 && column.distinct < rows && ["integer", "text"].includes(column.dtype) && WHO.test(column.col);
  const whoWords = (form) => {
    if (form.design === "switchback") return "days";
    const stem = form.participant.replace(/_id$/, "");
    return form.participant.endsWith("_id") && /^[a-z]{3,19}$/.test(stem) ? `${stem}s` : "participants";
  };
  const namedColumns = (form) => {
    const parts = form.design === "between" ? ["participant", "arm", "time"] : ["time", "arm", "region"];
    return Object.fromEntries(parts.map((part) => [part, form[part].trim()]).filter(([, column]) => column));
  };

  const messagesOf = (form, { columns, rows, likeness, sentences }) => {
    const found = [];
    const known = new Map(columns.map((column) => [column.col, column]));
    const between = form.design === "between";
    const say = (code, fields, facts = {}, step = null) => {
      const [sev, usual, ...texts] = sentences[code];
      const [title, text, action] = texts.map((sentence) => Object.entries(facts).reduce((said, [name, value]) => said.split(`{${name}}`).join(value), sentence));
      found.push({ sev, code, title, text, do: action, path: fields[0] ?? "", fields, step: step ?? usual, open: REQUIRED.includes(code) });
    };

    const aboutData = () => {
      const parts = namedColumns(form);
      if (!between && !parts.time) say("NO_TIME", ["time"]);
      if (between && !parts.arm) say("NO_ARM", ["arm"]);
      const seen = new Map();
      for (const [part, column] of Object.entries(parts)) {
        if (seen.has(column)) say("SAME_COLUMN", [part, seen.get(column)], { column, one: seen.get(column), other: part });
        else seen.set(column, part);
        if (known.size && part !== "arm" && !known.has(column)) say("COLUMN_NOT_FOUND", [part], { column, role: part });
        const type = known.get(column)?.dtype;
        if (part === "time" && type && !["date", "timestamp", "text"].includes(type)) say("NOT_A_TIME", ["time"], { column, type });
      }
      (between ? form.strata : []).forEach((column, at) => {
        if (known.size && !known.has(column)) say("COLUMN_NOT_FOUND", [`strata.${at}`], { column, role: "stratum" }, "assignment");
      });
    };

    const aboutMetrics = () => {
      const metrics = chosen(form);
      const primary = metrics.filter(([, metric]) => metric.role === "primary").map(([at]) => `metrics.${at}.role`);
      if (!metrics.length) say("NO_METRIC", form.metrics.map((_, at) => `metrics.${at}.role`), { who: whoWords(form) });
      else if (!primary.length) say("NO_PRIMARY", metrics.map(([at]) => `metrics.${at}.role`));
      else if (primary.length > 1) say("ONE_PRIMARY", primary, { n: primary.length });
      const names = metrics.map(([, metric]) => metric.name.trim());
      metrics.forEach(([at, metric], place) => {
        const [name, path] = [names[place], `metrics.${at}`];
        if (!name) return say("METRIC_NAME", [`${path}.name`]);
        if (names.slice(0, place).includes(name)) say("SAME_NAME", [`${path}.name`], { metric: name });
        aboutColumns(metric, name, path);
        aboutSize(metric, name, path);
      });
    };
    const aboutColumns = (metric, name, path) => {
      const ratio = metric.kind === "ratio";
      if (ratio && !(metric.numerator && metric.denominator)) return say("RATIO_PARTS", [`${path}.numerator`, `${path}.denominator`], { metric: name });
      const parts = Object.entries(namedColumns(form));
      for (const part of ratio ? ["numerator", "denominator"] : ["name"]) {
        const column = part === "name" ? name : metric[part];
        const role = parts.find(([, each]) => each === column)?.[0];
        const divides = part === "denominator" && ["participant", "time"].includes(role);
        if (role && !divides) say("ROLE_CLASH", [`${path}.${part}`], { metric: name, column, role });
        else if (known.size && !known.has(column)) say("METRIC_COLUMN", [`${path}.${part}`], { metric: name, column });
        else if (known.size && !divides) aboutHeld(metric, name, `${path}.${part}`, path, known.get(column));
      }
      for (const covariate of metric.covariates) {
        const missing = known.get(covariate)?.missing;
        if (missing) say("COVARIATE_MISSING", [`${path}.covariates`], { n: integer(missing), percent: `${tidy(Math.round((1000 * missing) / rows) / 10)}%`, covariate });
      }
    };
    const aboutHeld = (metric, name, path, row, held) => {
      if (held.reason !== null) say("COLUMN_NOT_NUMERIC", [path], { metric: name, reason: held.reason, remedy: held.remedy || "check the column" });
      else if (held.distinct === 1 && metric.kind !== "ratio") say("NO_VARIATION", [path], { metric: name, n: integer(rows - held.missing), value: held.sample[0] ?? "one value" });
      else if (metric.kind === "binary" && held.distinct > 2) say("NOT_BINARY", [`${row}.kind`], { metric: name, n: integer(held.distinct) });
    };
    const aboutSize = (metric, name, path) => {
      const field = metric.role === "guardrail" ? "limit" : "effect";
      const size = effectOf(metric[field]);
      if (size === undefined) say("BAD_SIZE", [`${path}.${field}`], { metric: name, typed: metric[field].trim() });
      else if (size === null && metric.role === "guardrail") say("NO_LIMIT", [`${path}.limit`], { metric: name });
      else if (size === null && metric.role === "primary") say("NO_EFFECT", [`${path}.effect`], { metric: name });
    };

    const aboutArms = () => {
      const { arms } = form;
      const names = arms.map((arm) => arm.name.trim());
      const wrong = names.map((name, at) => (!name || names.slice(0, at).includes(name) ? `arms.${at}.name` : null)).filter(Boolean);
      if (wrong.length) say("ARM_NAMES", wrong);
      if (arms.length === 1) return say("ARMS_FROM_DATA", []);
      const shares = arms.map((arm) => shareOf(arm.share));
      shares.forEach((share, at) => share === undefined && say("BAD_SHARE", [`arms.${at}.share`], { arm: names[at] || "an arm" }));
      const sum = shares.reduce((total, share) => total + share, 0);
      if (Math.abs(sum - 1) > 1e-6) {
        const change = 100 - 100 * sum;
        say("ALLOCATION_SUM", arms.map((_, at) => `arms.${at}.share`), { sum: tidy(100 * sum), change: (change > 0 ? "+" : "") + tidy(change) });
      }
    };
    const aboutClusters = () => {
      if (!columns.length) return;
      if (!form.participant) {
        const best = columns.filter((column) => looksLikeWho(column, rows)).reduce((most, column) => (most && most.distinct >= column.distinct ? most : column), null);
        if (!best) return;
        const told = likeness?.participant === best.col ? likeness : null;
        const percent = told ? `${Math.round(100 * (1 - told.design_effect ** -0.5))}%` : "some";
        return say("CLUSTER_BELOW_RANDOMISATION", ["participant"], { percent, column: best.col, each: tidy(rows / best.distinct) });
      }
      const shares = form.arms.map((arm) => shareOf(arm.share)).filter((share) => share !== undefined);
      const n = known.get(form.participant)?.distinct ?? null;
      if (n !== null && n * (shares.length ? Math.min(...shares) : 0.5) < 10) say("FEW_CLUSTERS", ["participant"], { n: integer(n), remedy: "randomise by something smaller" });
    };

    const aboutSlots = () => {
      for (const [key, what] of [["slot", "slot"], ["burn_in", "burn-in"], ["carryover", "carry-over"]]) {
        const minutes = minutesOf(form[key]);
        if (minutes === undefined || (key === "slot" && !minutes)) say("BAD_LENGTH", [key], { what, typed: form[key].trim() });
      }
      const [days, seed] = [wholeOf(form.days), wholeOf(form.seed)];
      if (days === undefined || days === 0) say("BAD_WHOLE", ["days"], { what: "Days", above: " above 0", typed: form.days.trim(), example: "14" });
      if (seed === undefined || seed > 0xffffffff) say("BAD_WHOLE", ["seed"], { what: "The seed", above: "", typed: form.seed.trim(), example: "7" });
      if (momentOf(form.start) === undefined) say("BAD_START", ["start"], { typed: form.start.trim() });
      const [slot, burnIn, reach] = ["slot", "burn_in", "carryover"].map((key) => read(minutesOf(form[key])));
      if (slot) aboutSlot(slot, burnIn ?? 0, reach, days);
      if (form.region && !form.regions.length && form.start.trim()) say("NO_REGIONS", ["regions"]);
      if (["region", "region-slot", "region-day"].includes(form.cluster) && !form.region) say("CLUSTER_REGION", ["cluster"], { cluster: form.cluster });
      else if (form.cluster === "region") say("REGION_CLUSTER", ["cluster"]);
      const names = form.arms.slice(0, 2).map((arm) => arm.name.trim());
      if (names.length > 1 && names[0] && names[0] === names[1]) say("ARM_NAMES", ["arms.1.name"]);
      if (days && days % WEEK) say("SHORT_RUN", ["days"], { days, weeks: Math.ceil(days / WEEK) * WEEK });
      aboutSchedule();
    };
    const aboutSlot = (slot, burnIn, reach, days) => {
      const length = lengthText(slot);
      if (DAY % slot && slot % DAY) say("SLOT_DAY", ["slot"], { slot: length });
      if (burnIn >= slot) say("BURN_IN_TOO_LONG", ["burn_in", "slot"]);
      else if (3 * burnIn > slot) say("BURN_IN_LARGE", ["burn_in", "slot"], { percent: `${Math.floor((100 * burnIn) / slot + 0.5)}%` });
      if (form.assignment === "days" && slot !== DAY) say("DAYS_SLOT", ["assignment", "slot"], { slot: length });
      if (form.assignment === "day-balanced" && slot >= DAY) say("BALANCED_SLOT", ["assignment", "slot"], { slot: length });
      if (form.assignment === "minimax" && !(reach || (reach === null && burnIn))) say("MINIMAX_REACH", ["assignment", "carryover"]);
      if (days && (days * DAY) % slot) say("SCHEDULE_FIT", ["days", "slot"], { blocks: "slots", days, slot: length });
    };
    const aboutSchedule = () => {
      if (form.schedule !== null) return say("GIVEN_SCHEDULE", []);
      const slots = slotsOf(form, wholeOf);
      if (!slots || (slots.assignment === "minimax" && !slots.carryover)) return;
      if (!fits(slots)) return say("SCHEDULE_FIT", ["days", "carryover", "assignment"], { blocks: "stretches of the carry-over", days: slots.days, slot: lengthText(slots.slot) });
      const n = clusters(slots);
      if (n < 20) say("FEW_CLUSTERS", ["cluster", "days"], { n, remedy: "add regions or days, or cluster by one draw" });
      if (tied(Object.values(draw(slots)), slots.slot)) say("SCHEDULE_ALIAS", ["seed", "days"]);
      else if (!form.start.trim()) say("NO_START", ["start"]);
    };

    const aboutPlan = () => {
      if (between) {
        for (const [key, what, example] of [["planned_participants", "Planned participants", "41,200"], ["planned_days", "Planned days", "14"]]) {
          if ([undefined, 0].includes(wholeOf(form[key]))) say("BAD_WHOLE", [key], { what, above: " above 0", typed: form[key].trim(), example }, "power");
        }
        if (wholeOf(form.planned_days) && !form.time) say("DAYS_NEED_TIME", ["planned_days", "time"]);
      }
      if ([undefined, 0].includes(effectOf(form.lift))) say("BAD_LIFT", ["lift"], { typed: form.lift.trim() });
    };

    aboutData();
    aboutMetrics();
    if (between) {
      aboutArms();
      aboutClusters();
    } else aboutSlots();
    aboutPlan();
    return found;
  };

  // --- plan -----------------------------------------------------------------------------------------------------
  const and = (names, word = "and") => (names.length > 1 ? `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}` : names[0] ?? "");
  const piece = (text, strong = false) => ({ text, strong });
  const part = (share) => (share === undefined ? "\u2026" : PARTS[Number(share.toFixed(4))] ?? `${tidy(100 * share)}%`);
  const planOf = (form) => {
    const named = (role) => chosen(form).filter(([, metric]) => metric.role === role).map(([, metric]) => metric.name.trim());
    const [checked, guarded] = [named("secondary"), named("guardrail")];
    const pieces = form.design === "between" ? betweenOpening(form) : withinOpening(form);
    pieces.push(piece(" Judge by "), piece(and(named("primary")) || "\u2026", true));
    if (checked.length) pieces.push(piece(`, check ${and(checked)}`));
    if (guarded.length) pieces.push(piece(`, and stop if ${and(guarded, "or")} ${guarded.length === 1 ? "gets" : "get"} worse`));
    return [...pieces, piece(".")];
  };
  const betweenOpening = (form) => {
    const who = whoWords(form);
    const treatments = form.arms.slice(1);
    const pieces = [piece("Give ")];
    treatments.forEach((arm, at) => {
      const share = part(shareOf(arm.share));
      pieces.push(piece(at === 0 ? "" : at === treatments.length - 1 ? " and " : ", "));
      pieces.push(...(at === 0 ? [piece(`${share} of `), piece(who, true)] : [piece(share)]));
      pieces.push(piece(" the arm "), piece(arm.name.trim() || "\u2026", true));
    });
    if (!treatments.length) pieces.push(piece(who, true), piece(" the arms of the data"));
    return [...pieces, piece(`; the rest stay with ${form.arms[0].name.trim() || "\u2026"}.`)];
  };
  const withinOpening = (form) => {
    const n = form.regions.length;
    const where = form.region ? `${n} region${n === 1 ? "" : "s"}` : "everybody";
    const [control, treatment] = ["control", "treatment"].map((usual, at) => form.arms[at]?.name.trim() || usual);
    return [
      piece("Switch "), piece(where, true), piece(" between "), piece(control, true), piece(" and "), piece(treatment, true),
      piece(" every "), piece(form.slot.trim() || "\u2026", true), piece(` for ${form.days.trim() || "\u2026"} days.`),
    ];
  };

  const checksOf = (form, { columns, rows }) => {
    const found = [];
    const check = (well, text) => found.push({ tone: well ? "good" : "warn", text });
    if (form.design === "between") {
      check(Boolean(form.participant), form.participant ? `Randomised and clustered by ${form.participant}` : "Every row counts as one participant");
      if (form.arms.length > 1) {
        const well = Math.abs(form.arms.reduce((sum, arm) => sum + (shareOf(arm.share) ?? NaN), 0) - 1) <= 1e-6;
        check(well, well ? "Shares add up to 100%" : "Shares do not add up to 100%");
      }
    } else checkSlots(form, check);
    const metrics = chosen(form).map(([, metric]) => metric);
    const primary = metrics.filter((metric) => metric.role === "primary");
    const sized = primary.length === 1 && typeof effectOf(primary[0].effect) === "number";
    check(sized, sized ? "One primary metric with a smallest effect" : primary.length === 1 ? "One primary metric, without a smallest effect" : `${primary.length} primary metrics`);
    const guards = metrics.filter((metric) => metric.role === "guardrail");
    const limited = guards.every((metric) => typeof effectOf(metric.limit) === "number");
    if (guards.length) check(limited, limited ? "Guardrails have limits" : "A guardrail has no limit");
    for (const column of columns) {
      const share = column.missing / rows;
      if (share > 0.2 && metrics.some((metric) => metric.name === column.col)) check(false, `${column.col} is missing in ${Math.floor(100 * share + 0.5)}% of rows`);
    }
    return found;
  };
  const checkSlots = (form, check) => {
    const slots = slotsOf(form, wholeOf);
    if (!slots) return check(false, "Slots cannot be cut yet");
    check(3 * slots.burnIn <= slots.slot, `Burn-in takes ${Math.floor((100 * slots.burnIn) / slots.slot + 0.5)}% of every slot of ${lengthText(slots.slot)}`);
    if (fits(slots)) {
      const n = clusters(slots);
      check(n >= 20, `${integer(n)} clusters (${CLUSTERS[slots.cluster]}), ${n >= 20 ? "at least" : "fewer than"} 20`);
      const free = form.schedule !== null || !tied(Object.values(draw(slots)), slots.slot);
      check(free, free ? "The schedule is left to chance" : "The schedule is tied to the clock");
    }
    const whole = slots.days % WEEK === 0;
    check(whole, whole ? `${slots.days} days are whole weeks` : `${slots.days} days are not whole weeks`);
  };

  const summaryOf = (form, rows) => {
    const metrics = chosen(form).map(([, metric]) => metric.role);
    const said = ["primary", "secondary", "guardrail"].map((role) => [metrics.filter((each) => each === role).length, role]).filter(([n]) => n);
    const counts = said.map(([n, role]) => `${n} ${role}${role === "guardrail" && n > 1 ? "s" : ""}`).join(", ");
    const data = { frame: rows ? `${integer(rows)} rows` : "a table", typed: "typed numbers", store: "common metrics", none: "none yet" }[form.source] ?? "a summary";
    const shares = form.arms.map((arm) => shareOf(arm.share)).map((share) => (share === undefined ? "\u2026" : tidy(100 * share))).join(" / ");
    const between = form.design === "between";
    const slots = form.region ? `${form.regions.length} regions \u00d7 ${form.slot || "\u2026"}` : `slots of ${form.slot || "\u2026"}`;
    return [
      between ? "Between-subject" : "Switchback", data, counts || "none yet",
      between ? `${form.participant || "every row"}, ${shares}` : slots,
      between ? "participants and days" : "guideline and simulation",
    ];
  };

  // Everything that the form says.
  const readForm = (form, known) => {
    const slots = form.design === "switchback" ? slotsOf(form, wholeOf) : null;
    const drawable = slots && fits(slots) && !(slots.assignment === "minimax" && !slots.carryover);
    const arms = form.schedule?.arms ?? (drawable ? draw(slots) : null);
    const view = { messages: messagesOf(form, known), plan: planOf(form), checks: checksOf(form, known), steps: summaryOf(form, known.rows), slots, arms };
    view.python = asPython(form, known.data);
    view.cell = asCell(form, drawable && form.schedule === null ? arms : null);
    return view;
  };
  return { readForm, wordsOf, effectOf, shareOf, wholeOf, tidy, integer, namedColumns, chosen, whoWords, looksLikeWho };
})();
