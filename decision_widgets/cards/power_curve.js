// Power against participants: the curve of the size asked for, its ghosts, the weeks and their labels.
const GHOSTS = [0.5, 0.75, 1.5];
const STEPS = 60;

// Other sizes stay where they are while one moves, so that the eye has something to hold on to.
const ghostSizes = (base) => {
  const metric = base.metrics.find((each) => each.metric === base.metric);
  const from = metric.goal ?? base.lift;
  return GHOSTS.map((factor) => factor * from);
};

function curveOf(base, s, view, end, lift) {
  let path = "";
  const day = Math.min(view.index, sizing.days(view.metric) - 1);
  for (let at = 0; at <= STEPS; at++) {
    const power = sizing.powerAt(base, view.metric, s, (at / STEPS) * end, day, lift);
    path += `${at ? "L" : "M"}${((at / STEPS) * 100).toFixed(1)} ${(100 - power * 100).toFixed(2)}`;
  }
  return path;
}

function weeksOf(view, end) {
  const found = [];
  const { metric } = view;
  for (let day = WEEK; metric.grid && day <= sizing.days(metric); day += WEEK) {
    const at = (sizing.come(metric, day - 1) / end) * 100;
    if (at <= 100 && (!found.length || at - found.at(-1)[1] > 6)) found.push([day, at]);
  }
  return found;
}

function marksOf(base, s, view, end) {
  const x = Math.min(100, (view.n / end) * 100).toFixed(2);
  const height = (100 - view.power * 100).toFixed(2);
  return (
    ghostSizes(base).map((lift) => `<path class="ghost" d="${curveOf(base, s, view, end, lift)}"/>`).join("") +
    weeksOf(view, end).map(([, at]) => `<line class="g" x1="${at.toFixed(2)}" x2="${at.toFixed(2)}" y1="0" y2="100"/>`).join("") +
    `<line class="asked" x1="0" x2="100" y1="${height}" y2="${height}"/>` +
    `<line class="stem" x1="${x}" x2="${x}" y1="${(100 - view.reached * 100).toFixed(2)}" y2="100"/>` +
    (view.lift === null ? "" : `<path class="curve" d="${curveOf(base, s, view, end, view.lift)}"/>`)
  );
}

function labelsOf(base, s, view, end) {
  const mark = (text, left, top, css) => `<span class="${css}" style="left:${left.toFixed(2)}%;top:${top.toFixed(2)}%" data-label="${text}"></span>`;
  const day = Math.min(view.index, sizing.days(view.metric) - 1);
  const { metric } = view;
  const ghosts = ghostSizes(base).map((lift) => {
    let [at, power] = [STEPS, 0];
    for (at = 1; at < STEPS; at++) if ((power = sizing.powerAt(base, metric, s, (at / STEPS) * end, day, lift)) > 0.52) break;
    if (at === STEPS) power = sizing.powerAt(base, metric, s, end, day, lift);
    const x = (at / STEPS) * 100;
    const text = metric.relative ? words.lift(lift) : words.change(null, lift, metric.binary);
    return mark(text, x, 100 - power * 100, x > 92 ? "ghost end" : "ghost");
  });
  const n = Math.min(100, (view.n / end) * 100);
  return (
    ghosts.join("") +
    weeksOf(view, end).map(([days, at]) => mark(`${days}${NBSP}d`, at, 0, "week")).join("") +
    mark(`${words.percent(view.power)} power`, 0, 100 - view.power * 100, "asked") +
    mark(`${integer(words.planSize(view.n))} participants`, n, 100, n > 60 ? "n end" : "n")
  );
}
