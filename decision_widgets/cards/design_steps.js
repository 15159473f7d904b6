// The five steps as HTML: every text of the data or the reader goes through `escaped`.
const designFields = (() => {
  const { minutesOf } = designSlots;
  const SEVERITIES = { error: ["bad", "alert", "Error"], warning: ["warn", "triangle", "Warning"], info: ["wait", "info", "Note"] };
  const SLOTS = [10, 15, 20, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440];
  const KINDS = { binary: "Binary", count: "Count", continuous: "Continuous", ratio: "Ratio" };
  const TESTS = { binary: "difference of shares", count: "difference of mean counts", continuous: "difference of means", ratio: "difference of ratios of totals" };
  const TYPED = [
    ["mean", "Mean", "of an observation; 35% for a yes/no metric"], ["std_dev", "Standard deviation", "empty for a yes/no metric"],
    ["observations_per_participant", "Observations each", "per participant, on average"], ["cv_observations", "Their CV", "standard deviation over mean"],
    ["icc", "ICC", "within a participant, 0 to 1"], ["variance_reduction", "CUPED", "share of variance removed"],
    ["participants_per_day", "New participants per day", "empty: no days"],
  ];
  const SHOWN_LANES = 12;

  const message = ({ sev, code, title, text, do: action }) => {
    const [tone, sign, word] = SEVERITIES[sev] ?? SEVERITIES.info;
    const todo = action ? `<span><span class="strong">Do:</span> ${escaped(action)}</span>` : "";
    return `<div class="dw-msg t-${tone}">${icon(sign, word)}<div class="body"><b>${escaped(title)}</b> ${escaped(text)}</div><div class="do">${todo}<code class="muted">${escaped(code)}</code></div></div>`;
  };
  const heading = (text, lead) => `<p class="dw-step-title" role="heading" aria-level="4">${text}</p>${lead ? `<p class="muted">${lead}</p>` : ""}`;

  // Ids and names differ from widget to widget.
  const make = (uid) => {
    const idOf = (path) => `${uid}-${path.replaceAll(/[^\w-]/g, "-")}`;
    const field = (path, label, control, hint = "") =>
      `<div class="dw-field"><label for="${idOf(path)}">${escaped(label)}</label>${control}${hint ? `<small id="${idOf(path)}-hint">${hint}</small>` : ""}</div>`;
    const common = (path, hint) => `id="${idOf(path)}" data-path="${escaped(path)}" data-key="${escaped(path)}" aria-describedby="${hint ? `${idOf(path)}-hint ` : ""}${uid}-says"`;
    const input = (path, label, value, hint, more = "") => field(path, label, `<input type="text" autocomplete="off" spellcheck="false" dir="auto" value="${escaped(value)}" ${common(path, hint)} ${more}>`, hint);
    const select = (path, label, value, options, hint) => {
      const known = options.some(([each]) => each === value) ? options : [...options, [value, value]];
      const list = known.map(([each, text]) => `<option value="${escaped(each)}"${each === value ? " selected" : ""}>${escaped(text)}</option>`).join("");
      return field(path, label, `<select ${common(path, hint)}>${list}</select>`, hint);
    };
    const columnField = (v, path, label, value, none, wanted = () => true, hint = "") =>
      v.columns.length ? select(path, label, value, [["", none], ...v.columns.filter(wanted).map(({ col }) => [col, col])], hint) : input(path, label, value, hint, 'placeholder="name of a column"');
    const knob = (path, label, value, text, { min, max, step }) =>
      `<div class="dw-knob"><label for="${idOf(path)}">${label} <output for="${idOf(path)}" data-out="${path}">${escaped(text)}</output></label>` +
      `<input type="range" id="${idOf(path)}" data-knob="${path}" data-key="${path}" data-path="${path}" min="${min}" max="${max}" step="${step}" value="${value}" aria-valuetext="${escaped(text)}" aria-describedby="${uid}-says"></div>`;
    const pick = (path, value, current, title, lines) =>
      `<label><input type="radio" name="${idOf(path)}" data-path="${path}" data-key="${path}.${value}" value="${value}"${value === current ? " checked" : ""}><b>${title}</b>${lines}</label>`;
    const says = `<div class="stack" role="status" id="${uid}-says" data-says></div>`;

    const design = ({ form }) => {
      const dots = [0, 1, 1, 0, 1, 0, 0, 1];
      const circles = dots.map((arm, at) => `<circle cx="${8 + 15 * at}" cy="13" r="5" class="a${arm}"/>`).join("");
      const squares = dots.map((arm, at) => `<rect x="${1 + 15 * at}" y="5" width="13" height="16" class="a${arm}"/>`).join("");
      const drawing = (marks) => `<svg viewBox="0 0 120 26" width="120" height="26" aria-hidden="true">${marks}</svg>`;
      return (
        heading("Which design fits?", "Pick by asking one question: can the treatment of one participant change the outcome of another?") +
        '<fieldset class="dw-design-pick"><legend class="vh">Design</legend>' +
        pick("design", "between", form.design, "Between-subject", `<span>Each participant sees one arm for the whole experiment.</span>${drawing(circles)}<span class="small muted">For screens, messages, prices shown to one person. Errors are clustered by participant.</span>`) +
        pick("design", "switchback", form.design, "Switchback", `<span>A whole region alternates between arms, slot by slot.</span>${drawing(squares)}<span class="small muted">For dispatch, surge, supply: things that people share. Time fixed effects are always on.</span>`) +
        `</fieldset><div class="dw-fields wide">${input("name", "Experiment name", form.name, "as on cards and in files")}${input("question", "Decision to make", form.question, "", 'placeholder="Show the badge to all riders?"')}</div>${says}`
      );
    };

    const data = (v) => {
      const { form } = v;
      const between = form.design === "between";
      const sources = [
        ...(v.columns.length || form.source === "frame" ? [["frame", "The table of this widget", "Its rows stay where they are; the browser gets summaries only."]] : []),
        ...(form.source === "given" || v.given ? [["given", "The summary of this widget", "Sums that were kept earlier."]] : []),
        ["typed", "Typed numbers", "Mean, spread, ICC: when data can\u2019t leave the warehouse."],
        ["store", "Common metrics", "What the team published, found by name."],
        ...(v.columns.length || v.given ? [] : [["none", "Nothing yet", "Design first; the power step needs a past."]]),
      ];
      const dated = ({ dtype }) => !v.columns.some((each) => ["date", "timestamp"].includes(each.dtype)) || ["date", "timestamp", "text"].includes(dtype);
      const found = (name) => v.columns.find(({ col }) => col === name);
      const when = found(form.time);
      const who = found(form.participant);
      const timeHint = when?.first ? `${escaped(when.first)} to ${escaped(when.last)}` : between ? "dates; with it days are planned" : "slots are cut from it";
      const whoHint = who?.distinct ? `${integer(who.distinct)} values, ${designAmounts.tidy(v.rows / who.distinct)} rows each` : "who; none: every row is one";
      return (
        heading("Where do the numbers come from?") +
        `<fieldset class="dw-design-pick"><legend class="vh">Source</legend>${sources.map(([value, title, text]) => pick("source", value, form.source, title, `<span class="small muted">${text}</span>`)).join("")}</fieldset>` +
        '<div class="dw-fields">' +
        (between ? columnField(v, "participant", "Participant column", form.participant, "(every row is one)", () => true, whoHint) : columnField(v, "region", "Region column", form.region, "(none: everybody at once)", ({ levels, dtype }) => levels.length > 0 || dtype === "text", "who switches together")) +
        columnField(v, "time", "Time column", form.time, "(none)", dated, timeHint) +
        input("arm", "Arm column", form.arm, between ? "in the data of the experiment" : "of the arm served; empty: the schedule says it", 'placeholder="variant"') +
        "</div>" +
        (form.source === "typed" ? `<div class="dw-fields">${TYPED.map(([name, label, hint]) => input(`typed.${name}`, label, form.typed[name] ?? "", hint)).join("")}</div><p class="muted small">Of the primary metric; guardrails and others are not sized from typed numbers.</p>` : "") +
        '<div data-profile></div>' + says
      );
    };

    const profile = (v) => {
      if (!v.columns.length) return "";
      const kindOf = (column) => (designMessages.looksLikeWho(column, v.rows) ? "identifier" : column.kind ? `${escaped(column.kind)}: ${escaped(column.evidence)}` : "\u2013");
      const row = (column) => {
        const { col, dtype, missing, distinct, sample } = column;
        return `<tr><th scope="row"><code dir="auto">${escaped(col)}</code></th><td>${escaped(dtype)}</td><td class="num">${integer(missing)}</td><td class="num">${distinct === null ? "\u2013" : integer(distinct)}</td><td class="name" dir="auto">${escaped(sample.join(", ")) || "\u2013"}</td><td class="name">${kindOf(column)}</td></tr>`;
      };
      return (
        `<div class="dw-head"><p class="small strong">${integer(v.rows)} rows, ${v.columns.length} columns</p><span class="grow"></span><button type="button" class="dw-btn" data-act="profile" data-key="act/profile">Re-profile</button></div>` +
        '<div class="dw-scroll profile" tabindex="0" role="region" aria-label="Columns, scrollable"><table class="dw-table" aria-label="Columns"><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col" class="num">Missing</th><th scope="col" class="num">Distinct</th><th scope="col">Sample</th><th scope="col">Kind</th></tr></thead>' +
        `<tbody>${v.columns.map(row).join("")}</tbody></table></div>`
      );
    };
    const skeleton = () => `<div class="dw-bones" aria-hidden="true">${"<i></i>".repeat(5)}</div><p class="muted small">Looking at the columns\u2026</p>`;

    const metrics = (v) => {
      const { form } = v;
      const taken = new Set([...Object.values(designAmounts.namedColumns(form)), ...form.metrics.map(({ name }) => name)]);
      const free = v.columns.filter(({ col }) => !taken.has(col));
      const adding = v.columns.length
        ? `<div class="row">${free.length ? `${select("_new", "Another column", "", [["", "choose"], ...free.map(({ col }) => [col, col])])}` : ""}<button type="button" class="dw-btn" data-act="ratio" data-key="act/ratio">Add a ratio</button></div>`
        : '<div class="row"><button type="button" class="dw-btn" data-act="metric" data-key="act/metric">Add a metric</button><button type="button" class="dw-btn" data-act="ratio" data-key="act/ratio">Add a ratio</button></div>';
      const rows = form.metrics.map((metric, at) => metricRow(v, metric, at)).join("");
      return heading("What will you measure?", v.columns.length ? "Kinds are detected from the data. Change any that look wrong; the test follows the kind." : "Type the columns that the data will have.") + `<div class="dw-design-metrics">${rows}</div>${adding}${says}`;
    };
    const metricRow = (v, metric, at) => {
      const path = `metrics.${at}`;
      const column = v.columns.find(({ col }) => col === metric.name);
      const typed = !column || metric.kind === "ratio";
      const evidence = column ? (column.kind ? `${icon("check")} ${escaped(column.evidence)}${column.confidence === "certain" ? "" : ` (${escaped(column.confidence)})`}` : escaped(column.reason)) : metric.kind === "ratio" ? "one total divided by another" : "not looked at yet";
      const detected = column?.kind ?? null;
      const kinds = [["", detected ? KINDS[detected] : "later"], ...Object.entries(KINDS).filter(([kind]) => kind !== detected || metric.kind === kind)];
      const guards = metric.role === "guardrail";
      const test = TESTS[metric.kind || detected];
      const by = v.form.design === "switchback" ? "fixed effects, clustered by draw" : v.form.participant ? `clustered by ${v.form.participant}` : "every row by itself";
      const parts = metric.kind === "ratio" ? `<div class="dw-fields parts">${columnField(v, `${path}.numerator`, "Numerator", metric.numerator, "choose")}${columnField(v, `${path}.denominator`, "Denominator", metric.denominator, "choose")}</div>` : "";
      return (
        `<div class="dw-metric" role="group" aria-label="${escaped(metric.name || "new metric")}"><div class="who">${typed ? input(`${path}.name`, "Name", metric.name, "") : `<code class="strong" dir="auto">${escaped(metric.name)}</code>`}` +
        `<p class="small muted">${evidence}</p>${metric.role !== "ignore" && test ? `<p class="small muted" data-test>Test: ${test}, ${escaped(by)}</p>` : ""}</div>` +
        select(`${path}.role`, "Role", metric.role, [["primary", "Primary"], ["secondary", "Secondary"], ["guardrail", "Guardrail"], ["ignore", "Ignore"]]) +
        select(`${path}.kind`, metric.kind ? "Kind" : "Kind (detected)", metric.kind, kinds) +
        select(`${path}.direction`, "Better", metric.direction, [["increase", "higher"], ["decrease", "lower"]]) +
        input(`${path}.${guards ? "limit" : "effect"}`, guards ? "Limit" : "Min. effect", guards ? metric.limit : metric.effect, "", 'inputmode="decimal" placeholder="\u2013"') +
        `<div class="cov">${covariates(v, metric, path)}</div>${parts}` +
        (typed ? `<button type="button" class="dw-btn quiet" data-act="drop:${at}" data-key="${path}.drop">Remove</button>` : "") + "</div>"
      );
    };
    const covariates = (v, metric, path) => {
      if (v.form.design === "switchback") return '<p class="small strong">Covariate</p><p class="small muted">time effects do this job</p>';
      if (!v.columns.length) return input(`${path}.covariates`, "Covariates", metric.covariates.join(", "), "", 'data-list placeholder="measured before"');
      const taken = new Set([...Object.values(designAmounts.namedColumns(v.form)), metric.name, ...metric.covariates]);
      const free = v.columns.filter(({ col, kind }) => kind && !taken.has(col));
      const held = metric.covariates.map((name, at) => `<button type="button" class="dw-btn chip" data-act="uncover:${path}:${at}" data-key="${path}.covariate.${at}" aria-label="Remove covariate ${escaped(name)}"><span dir="auto">${escaped(name)}</span> \u00d7</button>`).join("");
      return select(`${path}._covariate`, "Covariate", "", [["", metric.covariates.length ? "add another" : "none"], ...free.map(({ col }) => [col, col])]) + held;
    };

    const arms = ({ form }, names = false) => {
      const bar = names ? "" : '<div class="dw-design-split" data-split role="img"></div>';
      const rows = form.arms.map((arm, at) => {
        const label = at === 0 ? "Control" : names ? "Treatment" : `Treatment${form.arms.length > 2 ? ` ${at}` : ""}`;
        const share = names || form.arms.length === 1 ? "" : input(`arms.${at}.share`, "Share, %", arm.share, "", 'inputmode="decimal"');
        const drop = !names && at > 1 ? `<button type="button" class="dw-btn quiet" data-act="disarm:${at}" data-key="arms.${at}.drop" aria-label="Remove ${escaped(arm.name || label)}">Remove</button>` : "";
        return `<div class="dw-arm"><i class="dw-dot sq a${at ? 1 + ((at - 1) % 4) : 0}"></i>${input(`arms.${at}.name`, label, arm.name, "")}${share}${drop}</div>`;
      });
      const add = names || form.arms.length > 7 ? "" : '<button type="button" class="dw-btn" data-act="arm" data-key="act/arm">Add an arm</button>';
      return `<div><p class="small strong sub">${names ? "Arms" : "Allocation"}</p>${bar}<div class="dw-arms">${rows.join("")}</div>${add}</div>`;
    };
    const strata = (v) => {
      const { form } = v;
      if (!v.columns.length) return input("strata", "Balance within", form.strata.join(", "), "columns known before, separated by commas", "data-list");
      const named = new Set(Object.values(designAmounts.namedColumns(form)));
      const free = v.columns.filter(({ col, levels, dtype }) => levels.length > 1 && (dtype !== "number") && !named.has(col) && !form.metrics.some((metric) => metric.name === col && metric.role !== "ignore"));
      const offered = [...new Set([...free.map(({ col }) => col), ...form.strata])];
      if (!offered.length) return "";
      return `<fieldset class="dw-design-boxes"><legend>Balance within</legend>${offered.map((name) => tick("strata", name, form.strata.includes(name))).join("")}</fieldset>`;
    };
    const tick = (path, name, on) => `<label><input type="checkbox" data-path="${path}" data-member="${escaped(name)}" data-key="${path}/${escaped(name)}"${on ? " checked" : ""}><span dir="auto">${escaped(name)}</span></label>`;

    const assignment = (v) => (v.form.design === "between" ? clusters(v) : slots(v));
    const clusters = (v) =>
      heading("Who gets what, and what counts as one observation?") +
      `<div class="dw-fields">${columnField(v, "participant", "Randomise and cluster by", v.form.participant, "(every row is one)")}${strata(v)}</div><p class="small muted" data-icc></p>${arms(v)}${says}`;
    const slots = (v) => {
      const { form } = v;
      const minutes = minutesOf(form.slot) || 60;
      const steps = [...new Set([...SLOTS, minutes])].sort((a, b) => a - b);
      const burn = minutesOf(form.burn_in) ?? 0;
      const most = Math.max(60, Math.min(minutes, 720), burn);
      const days = designAmounts.wholeOf(form.days) ?? 14;
      const levels = v.columns.find(({ col }) => col === form.region)?.levels ?? [];
      const offered = [...new Set([...levels, ...form.regions])];
      const regions = !form.region ? "" : levels.length || v.columns.length ? `<fieldset class="dw-design-boxes"><legend>Regions</legend>${offered.map((name) => tick("regions", name, form.regions.includes(name))).join("")}</fieldset>` : input("regions", "Regions", form.regions.join(", "), "separated by commas", "data-list");
      return (
        heading("How will regions switch?") +
        `<div class="dw-knobs">${knob("slot", "Slot length", steps.indexOf(minutes), form.slot, { min: 0, max: steps.length - 1, step: 1 })}${knob("burn_in", "Burn-in", burn, form.burn_in || "0min", { min: 0, max: most, step: burn % 5 ? 1 : 5 })}${knob("days", "Days", days, form.days, { min: 1, max: Math.max(42, days), step: 1 })}</div>` +
        `${regions}<div data-preview></div><div data-facts></div>${says}` +
        `<div class="dw-fields">${select("assignment", "A coin is tossed for", form.assignment, [["pairs", "each pair, AB or BA"], ["slots", "each slot"], ["day-balanced", "half of each day"], ["days", "each day"], ["minimax", "stretches (minimax)"]])}` +
        (form.region ? select("together", "Regions switch", String(form.together), [["false", "separately"], ["true", "together"]]) : "") +
        select("cluster", "Cluster errors by", form.cluster, [["draw", "one draw of the coin"], ["slot", "slot"], ["region-slot", "region and slot"], ["day", "day"], ["region-day", "region and day"], ["region", "region"]]) +
        input("carryover", "Carry-over", form.carryover, "how long treatment acts on; empty: the burn-in", 'placeholder="2h"') +
        input("start", "Start", form.start, "first day, local time", 'placeholder="2026-11-09"') + input("seed", "Seed", form.seed, "rebuilds the schedule", 'inputmode="numeric"') +
        `</div>${arms(v, true)}`
      );
    };

    const power = (v) => {
      const { form } = v;
      const between = form.design === "between";
      const plan = between ? input("planned_participants", "Planned participants", form.planned_participants, "before it is reached, keep running", 'inputmode="numeric"') + input("planned_days", "Planned days", form.planned_days, form.time ? "before they are over, keep running" : "needs the time column", 'inputmode="numeric"') : "";
      return (
        heading(between ? "How many participants?" : "How long?") + '<div data-blocked class="stack"></div>' +
        `<div class="dw-fields">${input("lift", "Lift to find", form.lift, "empty: from the smallest effect of the metric", 'inputmode="decimal" placeholder="2%"')}${plan}</div>` +
        '<div class="row" data-deeds></div><div data-job role="status"></div>' + says
      );
    };
    return { design, data, metrics, assignment, power, profile, skeleton, steps: SLOTS };
  };

  // Day 1 of the schedule, or all days where a slot is a day or longer.
  const preview = (view, form) => {
    const { slots, arms } = view;
    if (!slots || !arms) return "";
    const perDay = slots.slot < designSlots.DAY ? designSlots.DAY / slots.slot : slots.n;
    const burn = Math.min(100, (100 * slots.burnIn) / slots.slot);
    const names = Object.keys(arms);
    const lanes = names.slice(0, SHOWN_LANES).map((name) => {
      const cells = [...arms[name].slice(0, perDay)].map((arm) => `<i class="${arm === "1" ? "on" : "off"}"></i>`).join("");
      const treated = [...arms[name]].filter((arm) => arm === "1").length;
      return `<span class="name" dir="auto">${escaped(name)}</span><div class="dw-design-lane" role="img" aria-label="${escaped(name)}: ${treated} treatment and ${arms[name].length - treated} control slots in all">${cells}</div>`;
    });
    const more = names.length > SHOWN_LANES ? `<p class="small muted">and ${names.length - SHOWN_LANES} more regions</p>` : "";
    const whole = slots.slot >= designSlots.DAY;
    const ticks = whole ? "" : [0, 6, 12, 18].map((hour) => `<span data-label="${String(hour).padStart(2, "0")}:00" style="left:${(hour / 24) * 100}%"></span>`).join("");
    const [control, treatment] = ["control", "treatment"].map((usual, at) => escaped(form.arms[at]?.name.trim() || usual));
    return (
      `<div class="dw-head sub"><p class="small strong">Schedule preview, ${whole ? "all days" : "day 1"}</p><span class="grow"></span><span class="dw-key"><span><i class="dw-sw"></i>${control}</span><span><i class="dw-sw on"></i>${treatment}</span><span><i class="dw-sw hat"></i>burn-in</span></span></div>` +
      `<div class="dw-design-sched small" style="--b:${burn.toFixed(1)}%">${lanes.join("")}<span></span><div class="hours" aria-hidden="true">${ticks}</div></div>${more}`
    );
  };
  const facts = (view) => {
    const { slots } = view;
    if (!slots || slots.burnIn >= slots.slot || !designSlots.fits(slots)) return "";
    const regions = slots.regions.length;
    const perDay = slots.slot <= designSlots.DAY ? `${designSlots.DAY / slots.slot} a day \u00d7 ${regions} \u00d7 ${slots.days} days` : `${regions} \u00d7 ${slots.days} days`;
    const fact = (name, value, note) => `<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
    return `<dl class="dw-design-facts">${fact("Slots", integer(slots.n * regions), perDay)}${fact("Clusters", integer(designSlots.clusters(slots)), escaped(slots.cluster === "draw" ? "draws of the coin" : slots.cluster))}${fact("Lost to burn-in", `${Math.round((100 * slots.burnIn) / slots.slot)}%`, "of the minutes of every slot")}</dl>`;
  };
  return { make, message, preview, facts };
})();
