// Everything that the form says, read in the browser as cards/design_*.py reads it, within a frame; and the form after a
// change, which never touches the one before.
const designForm = (() => {
  const SCHEDULED = ["slot", "days", "regions", "region", "assignment", "seed", "start", "together", "carryover"];

  const read = (form, known) => {
    const slots = form.design === "switchback" ? designSlots.slotsOf(form, designAmounts.wholeOf) : null;
    const drawable = slots && designSlots.fits(slots) && !(slots.assignment === "minimax" && !slots.carryover);
    const arms = form.schedule?.arms ?? (drawable ? designSlots.draw(slots) : null);
    const view = { messages: designMessages.messagesOf(form, known), plan: designPlan.planOf(form), checks: designPlan.checksOf(form, known), steps: designPlan.summaryOf(form, known.rows), slots, arms };
    view.python = designCode.asPython(form, known.data);
    view.cell = designCode.asCell(form, drawable && form.schedule === null ? arms : null);
    return view;
  };

  const valueAt = (form, path) => path.split(".").reduce((at, key) => at?.[key], form);
  const withValue = (form, path, value) => {
    const next = structuredClone(form);
    const keys = path.split(".");
    const last = keys.pop();
    keys.reduce((at, key) => at[key], next)[last] = value;
    if (path === "days") delete next.kept.switchback?.planned_days;
    if (SCHEDULED.includes(path)) next.schedule = null;
    return next;
  };
  const withMember = (form, path, member, on, order) => {
    const others = valueAt(form, path).filter((each) => each !== member);
    const now = on ? [...others, member] : others;
    return withValue(form, path, order.length ? now.sort((a, b) => order.indexOf(a) - order.indexOf(b)) : now);
  };
  const blank = (name, more) => ({ name, role: "ignore", kind: "", direction: "increase", effect: "", limit: "", numerator: "", denominator: "", covariates: [], kept: {}, ...more });
  const withMetric = (form, name, more = {}) => {
    const role = form.metrics.some((metric) => metric.role === "primary") ? "secondary" : "primary";
    return { ...structuredClone(form), metrics: [...structuredClone(form.metrics), blank(name, { role, ...more })] };
  };
  const withRatio = (form) => withMetric(form, `ratio_${form.metrics.filter(({ kind }) => kind === "ratio").length + 1}`, { kind: "ratio" });
  const even = (n) => (Number.isInteger(10000 / n) ? String(100 / n) : `1/${n}`);
  const shared = (form, arms) => ({ ...form, arms: arms.map((arm) => ({ ...arm, share: even(arms.length) })) });
  const withArm = (form) => shared(form, [...form.arms, { name: `treatment ${form.arms.length}`, share: "" }]);
  const withoutArm = (form, at) => shared(form, form.arms.filter((_, n) => n !== at));
  return { read, valueAt, withValue, withMember, withMetric, withRatio, withArm, withoutArm };
})();
