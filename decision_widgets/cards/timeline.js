// One window of one region is repainted in place; Python wrote every date and every label (data-plan).

enhancers.timeline = ({ card, model }) => {
  const payload = partOf(model, card, "dw.timeline/1");
  if (!payload || !card.dataset.plan) return;
  const plan = JSON.parse(card.dataset.plan);
  const painter = timelinePainter(card, payload, plan);
  const chosen = () => {
    const kept = model.get("controls")?.timeline ?? {};
    const within = (at, all) => (Number.isInteger(at) && at >= 0 && at < all.length ? at : 0);
    return {
      metric: within(kept.metric, plan.metrics),
      region: within(kept.region, payload.regions),
      window: within(kept.window, plan.windows),
    };
  };
  const choose = (name, at) => {
    model.set("controls", { ...model.get("controls"), timeline: { ...chosen(), [name]: at } });
    model.save_changes();
  };
  const picks = timelinePicks(payload, plan, choose);
  card.querySelector("[data-slot=picks]").replaceChildren(...picks.map((each) => each.label));
  const show = () => {
    const now = chosen();
    for (const { name, select } of picks) select.selectedIndex = now[name];
    painter(now);
  };
  model.on("change:controls", show);
  show();
  return () => model.off("change:controls", show);
};

function timelinePicks(payload, plan, choose) {
  const given = [
    ["metric", "Metric", plan.metrics.map(([, label]) => label)],
    ["region", "Region", payload.regions],
    ["window", "From", plan.windows.map(([, , label]) => label)],
  ];
  return given
    .filter(([, , options]) => options.length > 1)
    .map(([name, word, options]) => ({ name, ...picker(word, `timeline/${name}`, options, (at) => choose(name, at)) }));
}

function timelinePainter(card, payload, plan) {
  const slot = (name) => card.querySelector(`[data-slot=${name}]`);
  const [caption, gaps, over, marks, grid] = ["caption", "gaps", "over", "marks", "grid"].map(slot);
  const [lane, ticks, plot] = [".under .dw-lane", ".under .dw-ticks", ".dw-plot"].map((each) => card.querySelector(each));
  const line = marks?.querySelector("path");
  const heights = plot?.querySelector(".ticks");
  const folds = [...card.querySelectorAll("details")].filter((each) => each.dataset.key.startsWith("timeline/values/"));
  let axisOf = null;

  return ({ metric, region, window }) => {
    const [id, label] = plan.metrics[metric];
    const [first, size, when, labels] = plan.windows[window];
    const served = payload.served[region].slice(first, first + size);
    const title = `${label}, ${payload.regions[region]}. ${when}`;
    caption.textContent = title;
    paintLane(lane, { payload, plan, region, first, served });
    const counts = [...served].reduce((all, arm) => ({ ...all, [arm]: (all[arm] ?? 0) + 1 }), {});
    const missing = counts["."] ?? 0;
    const without = missing ? `, ${missing} without data` : "";
    lane.setAttribute("aria-label", `${title}: ${counts[1] ?? 0} treatment and ${counts[0] ?? 0} control slots${without}`);
    gaps.textContent = missing ? `${missing} of these ${size} slots have no data: gaps in the line.` : "";
    fill(ticks, labels.length, "span", (span, at) => {
      const [left, text, isDay] = labels[at];
      span.className = isDay ? "day" : "";
      span.style.left = `${left}%`;
      span.dataset.label = text;
    });
    folds.forEach((each, at) => (each.hidden = at !== metric));
    if (!plot) return;
    plot.setAttribute("aria-label", title);
    const scale = plan.scales[metric];
    if (axisOf !== metric) paintAxis(scale);
    axisOf = metric;
    paintValues(payload.values[id]?.[region]?.slice(first, first + size) ?? [], served, scale);
  };

  function paintAxis(scale) {
    fill(heights, scale.ticks.length, "span", (span, at) => {
      span.className = "yt";
      span.style.cssText = `left:0;top:${scale.ticks[at][0]}%`;
      span.dataset.label = scale.ticks[at][1];
    });
    grid.innerHTML = scale.ticks.map(([top]) => `<line class="g" x1="0" x2="100" y1="${+top}" y2="${+top}"/>`).join("");
  }

  function paintValues(values, served, scale) {
    const top = (value) => ((scale.high - value) / (scale.high - scale.low)) * 100;
    const points = values.map((value, at) =>
      value === null || served[at] === "." ? null : { left: ((at + 0.5) / served.length) * 100, top: top(value), arm: served[at] },
    );
    let pen = "M";
    let path = "";
    for (const point of points) {
      if (point) path += `${pen}${point.left.toFixed(2)} ${point.top.toFixed(2)}`;
      pen = point ? "L" : "M";
    }
    line.setAttribute("d", path);
    const known = points.filter(Boolean);
    fill(over, known.length, "span", (dot, at) => {
      const { left, top: y, arm } = known[at];
      dot.className = arm === "1" ? `dw-dot ${plan.colour}` : "dw-dot hollow a0";
      dot.style.left = `${left.toFixed(2)}%`;
      dot.style.top = `${y.toFixed(2)}%`;
    });
  }
}

function paintLane(lane, { payload, plan, region, first, served }) {
  const changed = payload.switch?.[region] ?? "";
  const planned = payload.planned?.[region];
  fill(lane, served.length, "i", (cell, at) => {
    const arm = served[at];
    const wanted = planned?.[first + at] ?? arm;
    const kind = { 1: `on ${plan.colour}`, ".": "gap" }[arm] ?? "";
    const hatched = changed[first + at] === "1" ? " b" : "";
    const off = wanted !== arm && arm !== "." && wanted !== "." ? " off" : "";
    cell.className = `${kind}${hatched}${off}`;
  });
}
