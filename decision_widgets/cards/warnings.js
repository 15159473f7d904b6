enhancers.warnings = ({ card }) => {
  card.querySelectorAll(".do > span > code").forEach((code, at) => {
    code.parentElement.after(copyButton("Copy", `warnings/copy/${at}`, code.textContent));
  });
};
