// What is wrong with the form, and what is only worth knowing, as cards/design_messages.py and design_within.py say it.
const designMessages = (() => {
  const REQUIRED = ["NO_TIME", "NO_ARM", "NO_METRIC", "NO_REGIONS"];
  const WHO = /(^|_)(id|uuid|user|rider|customer|driver|account|member|participant|person)s?(_|$)|[a-z]I[dD]$/;
  const { effectOf, shareOf, wholeOf, tidy, read, chosen, whoWords, namedColumns } = designAmounts;

  const looksLikeWho = (column, rows) => column.distinct !== null && column.distinct >= 20 && column.distinct < rows && ["integer", "text"].includes(column.dtype) && WHO.test(column.col);

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
      if (size === undefined || size >= 1) say("BAD_SIZE", [`${path}.${field}`], { metric: name, typed: metric[field].trim() });
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
        const minutes = designSlots.minutesOf(form[key]);
        if (minutes === undefined || (key === "slot" && !minutes)) say("BAD_LENGTH", [key], { what, typed: form[key].trim() });
      }
      const [days, seed] = [wholeOf(form.days), wholeOf(form.seed)];
      if (days === undefined || days === 0) say("BAD_WHOLE", ["days"], { what: "Days", above: " above 0", typed: form.days.trim(), example: "14" });
      if (seed === undefined || seed > 0xffffffff) say("BAD_WHOLE", ["seed"], { what: "The seed", above: "", typed: form.seed.trim(), example: "7" });
      if (designSlots.momentOf(form.start) === undefined) say("BAD_START", ["start"], { typed: form.start.trim() });
      const [slot, burnIn, reach] = ["slot", "burn_in", "carryover"].map((key) => read(designSlots.minutesOf(form[key])));
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
      const length = designSlots.lengthText(slot);
      if (designSlots.DAY % slot && slot % designSlots.DAY) say("SLOT_DAY", ["slot"], { slot: length });
      if (burnIn >= slot) say("BURN_IN_TOO_LONG", ["burn_in", "slot"]);
      else if (3 * burnIn > slot) say("BURN_IN_LARGE", ["burn_in", "slot"], { percent: `${Math.floor((100 * burnIn) / slot + 0.5)}%` });
      if (form.assignment === "days" && slot !== designSlots.DAY) say("DAYS_SLOT", ["assignment", "slot"], { slot: length });
      if (form.assignment === "day-balanced" && slot >= designSlots.DAY) say("BALANCED_SLOT", ["assignment", "slot"], { slot: length });
      if (form.assignment === "minimax" && !(reach || (reach === null && burnIn))) say("MINIMAX_REACH", ["assignment", "carryover"]);
      if (days && (days * designSlots.DAY) % slot) say("SCHEDULE_FIT", ["days", "slot"], { blocks: "slots", days, slot: length });
    };
    const aboutSchedule = () => {
      if (form.schedule !== null) return say("GIVEN_SCHEDULE", []);
      const slots = designSlots.slotsOf(form, wholeOf);
      if (!slots || (slots.assignment === "minimax" && !slots.carryover)) return;
      if (!designSlots.fits(slots)) return say("SCHEDULE_FIT", ["days", "carryover", "assignment"], { blocks: "stretches of the carry-over", days: slots.days, slot: designSlots.lengthText(slots.slot) });
      const n = designSlots.clusters(slots);
      if (n < 20) say("FEW_CLUSTERS", ["cluster", "days"], { n, remedy: "add regions or days, or cluster by one draw" });
      if (designSlots.tied(Object.values(designSlots.draw(slots)), slots.slot)) say("SCHEDULE_ALIAS", ["seed", "days"]);
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
  return { messagesOf, looksLikeWho };
})();
