"""W4: a switchback from its cells; the words are the cluster, then what to compute.

That is fit, cv3, bootstrap (which is held against every set of signs), draws of it alone, or randomisation.
"""

from __future__ import annotations

from benchmarks.line import NULL_EFFECT, asked, say, second, words

from decision_widgets.data.cells import CellSpec, read_cells
from decision_widgets.estimates import (
    IndependentUnits,
    PanelCells,
    PanelRegression,
    panel_regression,
    randomization_inference,
    wild_bootstrap,
)

EVERY_SIGN = 2**20  # of 20 regions
DRAWS = 10_000


def panel(path: str, cluster: str, treatment: str = "treated") -> PanelCells:
    """Read the file to cells."""
    keys = tuple(dict.fromkeys(["region", "hour", treatment, cluster]))
    cells = read_cells(path, CellSpec(keys=keys, outcomes=("spend",)))
    spend = cells.outcomes["spend"]
    return PanelCells(
        weight=spend.weight,
        mean=spend.mean,
        within=spend.within,
        treatment=cells.keys[treatment],
        fixed_effects={name: cells.keys[name] for name in ("hour", "region")},
        cluster=cells.keys[cluster],
    )


def numbers(fit: PanelRegression) -> dict[str, float]:
    """Name the treatment's effect and all its errors."""
    assert fit.std_error_cv3 is not None
    errors = {"cr0": fit.std_error_cr0, "cr1": fit.std_error_cr1, "cr2": fit.std_error, "cv3": fit.std_error_cv3}
    named = {f"spend.treatment.std_error_{name}": value for name, value in errors.items()}
    return {"spend.treatment.effect": fit.effect, "spend.treatment.df_cr2": fit.df} | named


def main(path: str, cluster: str, what: str) -> None:
    if what == "randomisation":
        dealt = panel(path, cluster, "by_day")
        test, seconds = second(lambda: randomization_inference(dealt, dealt.cluster, IndependentUnits(), draws=DRAWS))
        say(_of_treatment({"effect": test.effect, "statistic": test.statistic}), seconds=seconds)
        return
    if what == "fit":
        fit, compute = asked(lambda: panel_regression(panel(path, cluster)))
        say(numbers(fit), seconds=compute)
        return
    cells = panel(path, cluster)
    if what == "cv3":
        fit, seconds = second(lambda: panel_regression(cells))
        say(numbers(fit), seconds=seconds)
        return
    drawn, seconds = second(lambda: wild_bootstrap(cells, draws=9_999))
    found = {"effect": drawn.effect, "statistic": drawn.statistic}
    if what == "draws":
        say(_of_treatment(found), seconds=seconds)
        return
    every, some = (wild_bootstrap(cells, draws=draws, null_effect=NULL_EFFECT) for draws in (EVERY_SIGN, 9_999))
    note = f"testing {NULL_EFFECT}, p = {every.p_value:.4f} by all 2^20 signs and {some.p_value:.4f} by 9,999 draws"
    say(_of_treatment(found | {"p_value_of_every_sign": every.p_value}), seconds=seconds, note=note)


def _of_treatment(found: dict[str, float]) -> dict[str, float]:
    return {f"spend.treatment.{name}": value for name, value in found.items()}


if __name__ == "__main__":
    main(*words())
