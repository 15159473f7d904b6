// The plan in a sentence, its checks and the line of each step, as cards/design_plan.py writes them.
const designPlan = (() => {
  const PARTS = { 0.5: "half", 0.3333: "a third", 0.25: "a quarter", 0.6667: "two thirds", 0.75: "three quarters" };
  const CLUSTERS = { draw: "draws", slot: "slots", "region-slot": "region-slots", day: "days", "region-day": "region-days", region: "regions" };
  const { effectOf, shareOf, wholeOf, tidy, chosen, whoWords } = designAmounts;

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
    const slots = designSlots.slotsOf(form, wholeOf);
    if (!slots) return check(false, "Slots cannot be cut yet");
    check(3 * slots.burnIn <= slots.slot, `Burn-in takes ${Math.floor((100 * slots.burnIn) / slots.slot + 0.5)}% of every slot of ${designSlots.lengthText(slots.slot)}`);
    if (designSlots.fits(slots)) {
      const n = designSlots.clusters(slots);
      check(n >= 20, `${integer(n)} clusters (${CLUSTERS[slots.cluster]}), ${n >= 20 ? "at least" : "fewer than"} 20`);
      const free = form.schedule !== null || !designSlots.tied(Object.values(designSlots.draw(slots)), slots.slot);
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
  return { planOf, checksOf, summaryOf };
})();
