// The reader sorts by any column; what is missing stays last either way.
enhancers.basics = ({ card, model }) => {
  const table = card.querySelector("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells].map((cell) => ({ cell, name: cell.textContent }));
  const chosen = () => model.get("controls")?.basics;
  const choose = (name) => {
    const again = chosen()?.column === name && chosen().direction === "ascending";
    const basics = { column: name, direction: again ? "descending" : "ascending" };
    model.set("controls", { ...model.get("controls"), basics });
    model.save_changes();
  };
  for (const { cell, name } of heads) {
    const sort = button(name, `basics/sort/${name}`, () => choose(name));
    sort.className = "dw-sort";
    cell.replaceChildren(sort);
  }
  const show = () => {
    const at = heads.findIndex(({ name }) => name === chosen()?.column);
    heads.forEach(({ cell }, own) => {
      if (own === at) cell.setAttribute("aria-sort", chosen().direction);
      else cell.removeAttribute("aria-sort");
    });
    if (at >= 0) body.append(...sortedRows(rows, at, heads[at].cell.classList.contains("num"), chosen().direction));
  };
  model.on("change:controls", show);
  show();
  return () => model.off("change:controls", show);
};

function sortedRows(rows, at, numeric, direction) {
  const value = (row) => row.cells[at].dataset.v;
  const [known, missing] = [rows.filter((row) => value(row) !== undefined), rows.filter((row) => value(row) === undefined)];
  const sign = direction === "ascending" ? 1 : -1;
  const compare = numeric ? (one, other) => value(one) - value(other) : (one, other) => value(one).localeCompare(value(other));
  return [...known.sort((one, other) => sign * compare(one, other)), ...missing];
}
