// While the kernel works it reads no message, so whoever owns the kernel is asked to interrupt it; the trait is for
// runners that look at it between two draws.
enhancers.simulation = ({ card, model }) => {
  const bar = card.querySelector(".dw-prog");
  if (!bar) return;
  const cancel = button("Cancel", "simulation/cancel", () => {
    cancel.textContent = "Cancelling…";
    cancel.setAttribute("aria-disabled", "true");
    model.set("controls", { ...model.get("controls"), cancel: true });
    model.save_changes();
    card.dispatchEvent(new CustomEvent("decision-widgets:interrupt", { bubbles: true, composed: true }));
  });
  bar.after(cancel);
};
