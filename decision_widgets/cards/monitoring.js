enhancers.monitoring = ({ card }) => {
  const top = card.querySelector(".top");
  const sentence = card.querySelector(".dw-say");
  if (!top || !sentence?.textContent) return;
  const acts = Object.assign(document.createElement("div"), { className: "row acts" });
  const title = card.querySelector(".dw-verdict-title").textContent;
  acts.append(copyButton("Copy sentence", "monitoring/copy", `${title}${sentence.textContent}`));
  top.append(acts);
};
