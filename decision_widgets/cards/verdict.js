enhancers.verdict = ({ card }) => {
  const top = card.querySelector(".top");
  const sentence = card.querySelector(".dw-say");
  // Within a result, its menu copies the sentence.
  if (!top || !sentence?.textContent || card.closest("[data-card=result]")) return;
  const acts = Object.assign(document.createElement("div"), { className: "row acts" });
  const title = card.querySelector(".dw-verdict-title").textContent;
  acts.append(copyButton("Copy sentence", "verdict/copy", `${title}. ${sentence.textContent}`));
  top.append(acts);
};
