// The arithmetic of the card, as analysis/sizing.py does it, from what Python knew (payload.what_if).
const sizing = (() => {
  // Abramowitz & Stegun 26.2.17, to 7.5e-8.
  const normal = (z) => {
    const t = 1 / (1 + 0.2316419 * Math.abs(z));
    const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    const tail = Math.exp((-z * z) / 2) * 0.3989422804014327 * series;
    return z > 0 ? 1 - tail : tail;
  };

  const known = new Map();
  const quantile = (p) => {
    if (!known.has(p)) {
      let [low, high] = [-9, 9];
      for (let step = 0; step < 60; step++) {
        const middle = (low + high) / 2;
        normal(middle) < p ? (low = middle) : (high = middle);
      }
      known.set(p, (low + high) / 2);
    }
    return known.get(p);
  };

  const scenarioOf = (base, s) =>
    base.scenarios.find((each) => each.more_arms === s.moreArms && each.other_split === s.otherSplit && each.other_level === s.otherLevel);

  const days = (metric) => (metric.grid ? metric.grid.participants.length : 1);
  const come = (metric, day) => metric.grid.participants[day] * metric.grid.traffic[day];
  const level = (metric, day) => (metric.grid ? metric.grid.level[day] : metric.mean);
  const perParticipant = (metric, day) => (metric.grid ? metric.grid.observations_per_participant[day] : metric.m);
  // What a history showed, or what another correlation would make of as many observations per participant.
  const designEffect = (metric, icc, day) => icc === null ? metric.alike.design_effects[day] : 1 + metric.alike.per_icc[day] * icc;

  const shown = (base, s) => base.metrics.find((each) => each.metric === s.metric);
  const isShown = (metric, s) => metric.metric === s.metric;

  const variance = (metric, s, day) => {
    const raw = metric.grid ? metric.grid.variance[day] : metric.variance;
    const removed = metric.grid ? metric.grid.variance_reduction[day] : metric.vr ?? 0;
    const adjusts = isShown(metric, s) && s.otherCovariates ? !metric.cuped : metric.cuped;
    const alike = isShown(metric, s) && s.icc !== null ? designEffect(metric, s.icc, day) / metric.alike.design_effects[day] : 1;
    return raw * (adjusts ? 1 - removed : 1) * alike;
  };

  const rates = (base, metric, s) => {
    const alpha = scenarioOf(base, s).alphas[metric.metric];
    const reject = quantile(1 - (metric.rules_out ? alpha : alpha / 2));
    return { reject, both: reject + quantile(base.powers[s.otherPower ? 1 : 0]) };
  };

  // What has to be shown, and the variances of one control and one treatment participant.
  const difference = (metric, lift, R, V) => {
    if (!(V > 0)) return null;
    if (metric.relative && !(R > 0)) return null;
    const unit = metric.relative ? R : 1;
    if (metric.rules_out) return { delta: lift * unit, control: V, treatment: V };
    const change = metric.sign * lift * unit;
    const grown = metric.relative ? Math.max(1, 1 + metric.sign * lift) ** 2 : 1;
    if (!metric.binary) return { delta: Math.abs(change), control: V, treatment: V * grown };
    const [before, after] = [R, R + change];
    if (before <= 0 || before >= 1 || after <= 0 || after >= 1) return null;
    return { delta: Math.abs(change), control: V, treatment: (V * after * (1 - after)) / (before * (1 - before)) };
  };

  // The noncentral t asks for z²/4 more participants in each of two equal arms (Guenther 1981), z²/2 in any pair.
  const needAt = (base, metric, s, day, lift) => {
    const { reject, both } = rates(base, metric, s);
    const { shares, pairs } = scenarioOf(base, s);
    const to = difference(metric, lift, level(metric, day), variance(metric, s, day));
    if (!to) return Infinity;
    return Math.max(
      ...pairs.map(([c, t]) => (both ** 2 * (to.control / shares[c] + to.treatment / shares[t])) / to.delta ** 2 + reject ** 2 / 2 / (shares[c] + shares[t])),
    );
  };

  const seenAt = (base, metric, s, n, day) => {
    const { reject, both } = rates(base, metric, s);
    const { shares, pairs } = scenarioOf(base, s);
    const [R, V] = [level(metric, day), variance(metric, s, day)];
    const unit = metric.relative ? R : 1;
    if (!(V > 0) || !(unit > 0)) return null;
    const each = pairs.map(([c, t]) => {
      const pair = Math.max(0.5, n - reject ** 2 / 2 / (shares[c] + shares[t]));
      const [nc, nt] = [shares[c] * pair, shares[t] * pair];
      if (metric.rules_out) return (both * Math.sqrt(V / nc + V / nt)) / unit;
      const perLevel = metric.relative && !metric.binary && metric.sign > 0 ? 1 / R : 0;
      const scale = metric.binary ? V / (R * (1 - R)) : 0;
      const square = 1 - (both ** 2 * (V * perLevel ** 2 - scale)) / nt;
      const half = (both ** 2 * (2 * V * perLevel + scale * (1 - 2 * R))) / nt / 2;
      if (square <= 0) return NaN;
      const change = (half + metric.sign * Math.sqrt(half ** 2 + square * both ** 2 * (V / nc + V / nt))) / square;
      if (metric.binary && (R + change <= 0 || R + change >= 1)) return NaN;
      return Math.abs(change) / unit;
    });
    const found = Math.max(...each);
    return Number.isFinite(found) ? found : null;
  };

  const powerAt = (base, metric, s, n, day, lift) => {
    const { reject } = rates(base, metric, s);
    const { shares, pairs } = scenarioOf(base, s);
    const to = difference(metric, lift, level(metric, day), variance(metric, s, day));
    if (!to || n <= 0) return metric.rules_out ? 0 : 2 * normal(-reject);
    return Math.min(
      ...pairs.map(([c, t]) => {
        const pair = Math.max(0.5, n - reject ** 2 / 2 / (shares[c] + shares[t]));
        const apart = to.delta / Math.sqrt(to.control / (shares[c] * pair) + to.treatment / (shares[t] * pair));
        return normal(apart - reject) + (metric.rules_out ? 0 : normal(-apart - reject));
      }),
    );
  };

  const wholeWeeks = (day) => Math.ceil(day / WEEK) * WEEK;

  const sizeOf = (base, metric, s, lift) => {
    const last = days(metric) - 1;
    let [first, plan] = [null, null];
    if (metric.grid) {
      for (let day = 0; day <= last && first === null; day++) {
        if (needAt(base, metric, s, day, lift) <= come(metric, day)) first = day + 1;
      }
      plan = first === null ? null : wholeWeeks(first);
    }
    const index = plan === null ? last : Math.min(plan - 1, last);
    const need = needAt(base, metric, s, index, lift);
    const { shares } = scenarioOf(base, s);
    const n = shares.reduce((sum, share) => sum + Math.max(3, Math.ceil(share * need - 1e-9)), 0);
    return { n, first, plan, index };
  };

  const firstDay = (metric, n, arms) => {
    if (!metric.grid) return null;
    for (let day = 0; day < days(metric); day++) if (come(metric, day) >= n - arms) return day + 1;
    return null;
  };

  // Everything that a state of the controls leads to.
  const solve = (base, s) => {
    const metric = shown(base, s);
    const scenario = scenarioOf(base, s);
    const arms = scenario.shares.length;
    let found;
    if (s.solve === "n") {
      found = { ...sizeOf(base, metric, s, s.lift), lift: s.lift, decides: metric };
      found.own = found.index;
      for (const other of base.metrics) {
        if (other === metric || !other.goal) continue;
        const own = sizeOf(base, other, s, other.goal);
        if (own.n > found.n) found = { ...found, n: own.n, index: own.index, decides: other };
        const both = found.first !== null && own.first !== null;
        found.first = both ? Math.max(found.first, own.first) : null;
        found.plan = both ? Math.max(found.plan, own.plan) : null;
      }
    } else if (s.by === "days") {
      const n = scenario.shares.reduce((sum, share) => sum + Math.floor(share * come(metric, s.days - 1) + 1e-9), 0);
      found = { n, first: s.days, plan: s.days, index: s.days - 1, lift: seenAt(base, metric, s, n, s.days - 1), decides: metric };
    } else {
      const n = scenario.shares.reduce((sum, share) => sum + Math.floor(share * s.n + 1e-9), 0);
      const first = firstDay(metric, n, arms);
      const index = first === null ? days(metric) - 1 : Math.min(wholeWeeks(first) - 1, days(metric) - 1);
      found = { n, first, plan: first === null ? null : wholeWeeks(first), index, lift: seenAt(base, metric, s, n, index), decides: metric };
    }
    const last = Math.min(found.index, days(metric) - 1);
    const R = level(metric, found.own ?? last);
    const inUnits = found.lift === null ? null : found.lift * (metric.relative ? R : 1);
    return {
      ...found,
      solve: s.solve,
      metric,
      scenario,
      power: base.powers[s.otherPower ? 1 : 0],
      reached: found.lift === null ? 0 : powerAt(base, metric, s, found.n, last, found.lift),
      level: R,
      absolute: inUnits,
      relative: metric.relative ? found.lift : R > 0 && inUnits !== null ? inUnits / R : null,
      m: perParticipant(metric, last),
      icc: s.icc ?? metric.icc,
      designEffect: metric.alike ? designEffect(metric, s.icc, last) : null,
      cuped: s.otherCovariates ? !metric.cuped : metric.cuped,
    };
  };

  return { normal, quantile, seenAt, powerAt, solve, come, days, level, shown };
})();
