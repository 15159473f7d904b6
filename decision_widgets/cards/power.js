enhancers.power = ({ card }) => {
  const sentence = card.querySelector(".dw-answer");
  if (!sentence?.textContent) return;
  const acts = Object.assign(document.createElement("div"), { className: "row acts" });
  acts.append(copyButton("Copy sentence", "power/copy", sentence.textContent));
  sentence.after(acts);
};
