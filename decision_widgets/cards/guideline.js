enhancers.guideline = ({ card }) => {
  for (const block of card.querySelectorAll("[data-copy]")) {
    block.before(copyButton("Copy", `guideline/copy/${block.dataset.copy}`, () => block.textContent));
  }
};
