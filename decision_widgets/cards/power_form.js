// The fields of a card that opens empty. What is being typed is never rewritten, and the focus never moved.
function powerForm(card, model) {
  const fields = model.get("fields") ?? [];
  if (!fields.length) return () => {};
  const values = { ...Object.fromEntries(fields.map((field) => [field.name, field.value])), ...model.get("controls")?.form };
  const inputs = new Map();
  const pane = Object.assign(document.createElement("section"), { className: "dw-card" });
  pane.innerHTML = '<div class="dw-head"><p class="dw-title" role="heading" aria-level="4"><b></b></p></div><div class="dw-fields"></div><div role="status" data-form-says></div>';
  pane.querySelector("b").textContent = "What you know";

  const send = () => {
    resting.stop();
    if (JSON.stringify(model.get("controls")?.form) === JSON.stringify(values)) return;
    model.set("controls", { ...model.get("controls"), form: { ...values }, what: null });
    model.save_changes();
  };
  const resting = atRest(send, ASK_AFTER);

  for (const field of fields) {
    const made = fieldOf(field, values[field.name]);
    inputs.set(field.name, made);
    made.input.addEventListener("input", () => {
      values[field.name] = made.input.value;
      resting.later();
    });
    made.input.addEventListener("blur", send);
    pane.querySelector(".dw-fields").append(made.wrap);
  }
  const examples = fields.filter((field) => field.example);
  if (examples.length && !values.metric) {
    const example = button("Fill in an example", "form/example", () => {
      for (const field of examples) inputs.get(field.name).input.value = values[field.name] = field.example;
      inputs.get(examples[0].name).input.focus();
      example.remove();
      send();
    });
    pane.querySelector(".dw-head").append(example);
  }
  card.querySelector("[data-form]").replaceChildren(pane);
  shieldControls(pane);

  const show = () => {
    const problems = model.get("problems") ?? {};
    for (const [name, { input, wrong }] of inputs) {
      input.setAttribute("aria-invalid", name in problems);
      wrong.textContent = problems[name] ?? "";
    }
    const rest = Object.entries(problems).filter(([name]) => !inputs.has(name));
    pane.querySelector("[data-form-says]").replaceChildren(...rest.flatMap(([, text]) => errorMessage(text)));
  };
  model.on("change:problems", show);
  show();
  return () => {
    resting.stop();
    model.off("change:problems", show);
  };
}

function fieldOf({ name, label, help, options }, value) {
  const id = freshId(`field-${name}`);
  const wrap = Object.assign(document.createElement("div"), { className: "dw-field" });
  const input = Object.assign(document.createElement(options ? "select" : "input"), { id });
  for (const option of options ?? []) input.append(new Option(option || "(none)", option));
  if (!options) Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false });
  input.value = value ?? "";
  input.dataset.key = `field/${name}`;
  const called = Object.assign(document.createElement("label"), { htmlFor: id, textContent: label });
  const hint = Object.assign(document.createElement("small"), { id: `${id}-hint`, textContent: help ?? "" });
  const wrong = Object.assign(document.createElement("span"), { id: `${id}-wrong`, className: "wrong" });
  input.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
  wrap.append(called, input, hint, wrong);
  return { wrap, input, wrong };
}
