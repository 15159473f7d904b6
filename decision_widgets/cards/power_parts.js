// The parts of the card as HTML: every name goes through `escaped`.
function answerHtml(view) {
  return words.answer(view).map((part) => part.map((text, at) => (at === 1 ? `<b>${escaped(text)}</b>` : escaped(text))).join("")).join("");
}

function armsOf(view) {
  const { arms, shares } = view.scenario;
  const n = words.planSize(view.n);
  const daily = view.metric.grid ? view.metric.grid.participants.at(-1) / sizing.days(view.metric) : null;
  const colour = (at) => `a${at ? 1 + ((at - 1) % 4) : 0}`;
  const rows = arms.map((arm, at) => {
    const cells = [words.percent(shares[at]), integer(n * shares[at]), integer(n * shares[at] * view.m), ...(daily ? [integer(daily * shares[at])] : [])];
    const name = `<span class="arm"><i class="dw-dot sq ${colour(at)}"></i>${escaped(arm)}</span>`;
    return `<tr><th scope="row">${name}</th>${cells.map((text) => `<td class="num">${text}</td>`).join("")}</tr>`;
  });
  const head = ["Share", "Participants", "Observations", ...(daily ? ["A day"] : [])].map((text) => `<th scope="col" class="num">${text}</th>`).join("");
  return (
    `<div class="dw-scroll" tabindex="0" role="region" aria-label="Arms, scrollable" data-lm-suppress-shortcuts="true"><table class="dw-table" aria-label="Arms">` +
    `<thead><tr><th scope="col">Arm</th>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
  );
}

function likenessOf(view) {
  const { metric } = view;
  const collected = integer(words.planSize(view.n * view.m));
  const lines = [
    ...(view.icc === null ? [] : [[`Intraclass correlation${view.icc === metric.icc ? "" : ` (what if; ${fixed(metric.icc, 3)} is known)`}`, fixed(view.icc, 3)]]),
    ["Observations per participant", `${fixed(view.m, 2)} ± ${fixed(view.m * metric.cv, 2)}`],
    ...(view.designEffect === null ? [] : [["Design effect", `×${NBSP}${fixed(view.designEffect, 2)}`]]),
    ...(metric.vr === null ? [] : [["CUPED", view.cuped ? `\u2212${fixed(metric.vr * 100, 1)}% variance` : "off"]]),
    ["Observations you collect", collected],
    ...(view.designEffect === null ? [] : [["… worth, if independent", integer(words.planSize((view.n * view.m) / view.designEffect))]]),
  ];
  return lines.map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`).join("");
}

function seesOf(base, s, view) {
  const ordered = [view.metric, ...base.metrics.filter((each) => each !== view.metric)];
  return ordered
    .map((metric) => {
      const day = Math.min(view.index, sizing.days(metric) - 1);
      const seen = metric === view.metric ? view.lift : sizing.seenAt(base, metric, s, view.n, day);
      const R = sizing.level(metric, day);
      const absolute = seen === null ? null : seen * (metric.relative ? R : 1);
      const relative = seen === null ? null : metric.relative ? seen : R > 0 ? absolute / R : null;
      const mark = metric.role === "secondary" ? "" : `<span class="dw-tag">${metric.role}</span>`;
      return `<dt>${escaped(metric.label)} ${mark}</dt><dd>${words.change(relative, absolute, metric.binary)}</dd>`;
    })
    .join("");
}

function noteHtml(off) {
  const text = `The quick estimate in the browser was ${fixed(off * 100, 1)}% off; the numbers shown are Python's.`;
  return `<div class="dw-msg t-wait"><span></span><div class="body"><b>Estimate replaced.</b> ${text}</div><div class="do"><code class="muted">POWER_APPROX</code></div></div>`;
}
