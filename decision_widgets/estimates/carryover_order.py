"""Does treatment still act after the time that was planned for? The lag model's test, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.contrasts import contrasted, joint_test, too_few
from decision_widgets.estimates.hotelling import JointTest
from decision_widgets.estimates.panel import PanelCoefficient, panel_coefficients
from decision_widgets.estimates.panel_cells import TREATMENT, PanelCells, solve_panel
from decision_widgets.estimates.subgroups import LEAST_DF
from decision_widgets.moments import floats
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CarryoverOrder(Record):
    """What earlier treatment still does.

    Attributes
    ----------
    joint : JointTest
        That the effects of all late lags are 0.
    late : PanelCoefficient
        Their sum, in the outcome's unit, with its interval: what the test could have missed.
    lag_effects : tuple of float
        Of every lag in the model, the earliest last.
    late_lags : tuple of int
        Which lags were tested.
    """

    joint: JointTest
    late: PanelCoefficient
    lag_effects: tuple[float, ...]
    late_lags: tuple[int, ...]
    n_clusters: int


def carryover_order(
    cells: PanelCells, earlier: ArrayLike, *, late: Sequence[int], alpha: float = 0.05
) -> CarryoverOrder:
    """Test whether treatment of some periods ago still acts, beside present treatment.

    ``y = τ_0 D_0 + Σ_j τ_j D_j + fixed effects (+ controls) + e`` with errors clustered; the joint F of ``τ_j = 0`` for
    the late lags is the approximate Hotelling test of `joint_test` (Tipton & Pustejovsky 2015; the idea of testing the
    order is Bojinov, Simchi-Levi & Zhao's 2023). Not to reject is no proof of nothing: read the interval of the sum.
    Lags reach across slots, so cluster by day or longer.

    Parameters
    ----------
    cells : PanelCells
        With the present treatment.
    earlier : array_like, shape (C, L)
        Treatment 1, …, L periods before each cell.
    late : sequence of int
        The lags, from 1 to L, that should no longer act.

    Raises
    ------
    InputError
        As `panel_regression`; lags that depend on each other or on the fixed effects; late lags that are not there.
    CannotEstimate
        ``E_FEW_CLUSTERS``: too few clusters to test so many lags.
    """
    before = floats("earlier", earlier)
    if before.ndim != 2 or before.shape[0] != np.size(cells.treatment):
        raise InputError(f"earlier needs one row for each of the {np.size(cells.treatment)} cells; got {before.shape}.")
    chosen = sorted(set(late))
    if not chosen or chosen[0] < 1 or chosen[-1] > before.shape[1]:
        raise InputError(f"late must name lags from 1 to {before.shape[1]}; got {list(late)!r}.")
    lags = {f"lag {j}": column for j, column in enumerate(before.T, start=1)}
    solution = solve_panel(replace(cells, controls=lags | dict(cells.controls)))
    names = solution.names
    single = {f"lag {j}": [float(name == f"lag {j}") for name in names] for j in chosen}
    total = {"late lags": np.sum(list(single.values()), axis=0).tolist()}
    joint = joint_test(contrasted(solution, single))
    total_effect = panel_coefficients(contrasted(solution, total), alpha=alpha)[0]
    if min(joint.df_denominator, total_effect.df) < LEAST_DF:
        raise too_few(solution.n_clusters, len(chosen))
    return CarryoverOrder(
        joint=joint,
        late=total_effect,
        lag_effects=tuple(
            float(solution.estimates[names.index(name)])
            for name in (TREATMENT, *(f"lag {j}" for j in range(1, before.shape[1] + 1)))
        ),
        late_lags=tuple(chosen),
        n_clusters=solution.n_clusters,
    )
