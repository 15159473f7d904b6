// What the form says as Python and as a cell, written as cards/design_code.py writes it.
const designCode = (() => {
  const { effectOf, shareOf, wholeOf, read, chosen } = designAmounts;
  const UNWRITABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  const NOT_TEXT = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

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
    const [slot, burnIn, reach] = ["slot", "burn_in", "carryover"].map((key) => read(designSlots.minutesOf(form[key])));
    return without({
      design: "switchback", name: form.name.trim() || null, time: form.time, slot: slot === null ? null : designSlots.lengthText(slot), metrics,
      arm: form.arm.trim() || null, control: arms[0].name.trim() || null, treatment: arms[1]?.name.trim() || null,
      region: form.region || null, regions: form.together && form.region ? "together" : null,
      assignment: form.assignment === "pairs" ? null : form.assignment, burn_in: burnIn ? designSlots.lengthText(burnIn) : null,
      carryover: reach === null ? null : designSlots.lengthText(reach), schedule: form.schedule, seed: read(wholeOf(form.seed)) || null,
      timezone: form.timezone.trim() || null, cluster: form.cluster === "draw" ? null : form.cluster,
      planned_days: read(wholeOf(form.days)), ...form.kept.switchback,
    });
  };
  const drawnWords = (form) => {
    const [start, days] = [read(designSlots.momentOf(form.start)), read(wholeOf(form.days))];
    if (form.design !== "switchback" || form.schedule !== null || start === null || !days) return null;
    return { start, days, ...(form.region ? { regions: form.regions } : {}) };
  };

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
    if (asked && arms) words.schedule = { start: asked.start, slot: designSlots.minutesOf(words.slot), arms };
    const line = (metric) => Object.keys(metric).length === 1 ? scalar(metric.name) : `{${Object.entries(metric).map(([key, value]) => `${key}: ${literal(value, true)}`).join(", ")}}`;
    const lines = Object.entries(words).flatMap(([key, value]) => key === "metrics" ? ["metrics:", ...value.map((metric) => `  - ${line(metric)}`)] : [`${key}: ${scalar(value)}`]);
    return `${["%%decision design --as design", ...comment(form), ...lines].join("\n")}\n`;
  };
  return { asPython, asCell };
})();
