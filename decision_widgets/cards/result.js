enhancers.result = ({ card }) => {
  const folds = [...card.querySelectorAll("details")];
  if (!folds.length) return;
  const all = button("", "result/all", () => {
    const open = folds.some((each) => !each.open);
    folds.forEach((each) => (each.open = open));
  });
  const word = () => (all.textContent = folds.some((each) => !each.open) ? "Show all details" : "Hide all details");
  folds.forEach((each) => each.addEventListener("toggle", word));
  word();
  card.querySelector(".dw-foot").append(all);
};
