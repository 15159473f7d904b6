enhancers.schedule = ({ card, model }) => {
  const payload = partOf(model, card, "dw.schedule/1");
  if (!payload || !card.dataset.plan) return;
  const { windows, colour } = JSON.parse(card.dataset.plan);
  const chosen = () => {
    const at = model.get("controls")?.schedule;
    return Number.isInteger(at) && at >= 0 && at < windows.length ? at : 0;
  };
  const { label, select } = picker("Day", "schedule/day", windows.map((each) => each[2]), (at) => {
    model.set("controls", { ...model.get("controls"), schedule: at });
    model.save_changes();
  });
  if (windows.length > 1) card.querySelector("[data-slot=picks]").replaceChildren(label);
  const lanes = [...card.querySelectorAll(".dw-lane")];
  const caption = card.querySelector("[data-slot=caption]");
  const ticks = card.querySelector(".dw-ticks");
  const show = () => {
    const at = (select.selectedIndex = chosen());
    const [first, size, when, labels] = windows[at];
    caption.textContent = when;
    lanes.forEach((lane, region) => {
      const served = payload.served[region];
      const shown = served.slice(first, first + size);
      const treated = [...shown].filter((arm) => arm === "1").length;
      const controls = [...shown].filter((arm) => arm === "0").length;
      fill(lane, shown.length, "i", (cell, slot) => {
        const arm = shown[slot];
        const kind = { 1: `on ${colour}`, ".": "gap" }[arm] ?? "";
        cell.className = `${kind}${served[first + slot - 1] === arm ? "" : " b"}`;
      });
      lane.setAttribute("aria-label", `${payload.regions[region]}, ${when}: ${treated} treatment and ${controls} control slots`);
    });
    fill(ticks, labels.length, "span", (span, each) => {
      const [left, text, isDay] = labels[each];
      span.className = isDay ? "day" : "";
      span.style.left = `${left}%`;
      span.dataset.label = text;
    });
  };
  model.on("change:controls", show);
  show();
  return () => model.off("change:controls", show);
};
