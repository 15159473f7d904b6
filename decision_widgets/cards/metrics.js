// The switch changes the numbers and never the bars: all metrics share one relative axis.
const SCALES = [["relative", "Relative"], ["absolute", "Absolute"]];

enhancers.metrics = ({ card, model }) => {
  if (!card.querySelector(".v-abs")) return;
  const group = freshId("scale");
  const choose = (scale) => {
    model.set("controls", { ...model.get("controls"), scale });
    model.save_changes();
  };
  const field = scaleSwitch(group, choose);
  card.querySelector(".dw-head").append(field);
  const show = () => {
    const scale = model.get("controls")?.scale === "absolute" ? "absolute" : "relative";
    card.dataset.scale = scale;
    field.querySelector(`[value=${scale}]`).checked = true;
  };
  model.on("change:controls", show);
  show();
  return () => model.off("change:controls", show);
};

function scaleSwitch(group, choose) {
  const field = Object.assign(document.createElement("fieldset"), { className: "dw-seg" });
  const legend = Object.assign(document.createElement("legend"), { className: "vh", textContent: "Uplift scale" });
  const labels = SCALES.map(([value, word]) => {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: group, value });
    radio.dataset.key = `scale/${value}`;
    radio.addEventListener("change", () => choose(value));
    const label = document.createElement("label");
    label.append(radio, word);
    return label;
  });
  field.append(legend, ...labels);
  return field;
}
