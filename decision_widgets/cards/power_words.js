// What the card says, as views/power_words.py says it.
const words = (() => {
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
  return { planSize, lift, percent, dayCount, change, noun, people, answer, below };
})();
