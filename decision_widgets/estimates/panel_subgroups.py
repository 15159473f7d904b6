"""Does the effect of a switchback differ between conditions (rain, weekend, region)? The panel's subgroups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import CannotEstimate, InputError, did_you_mean
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.contrasts import contrasted, joint_test
from decision_widgets.estimates.fixed_effects import Codes, Matrix, absorb, unit_rank
from decision_widgets.estimates.hotelling import JointTest
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.panel import panel_coefficients
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel
from decision_widgets.estimates.subgroups import (
    LEAST_DF,
    Answer,
    LevelContrasts,
    NoSubgroupEffect,
    Reason,
    SubgroupComparison,
    check_enough,
    check_levels,
    read,
)
from decision_widgets.moments import label

Labels = NDArray[np.str_]

LEAST_UNITS: Final = 3
THIN_UNITS: Final = 5
# With less of the treatment's variation left (W_FE_ABSORBS), or effects richer than this share of the units
# (W_FE_RICH), the calendar does not permit effects of time in every level; with LEAST_VARIATION it permits nothing.
ENOUGH_VARIATION: Final = 0.50
MOST_EFFECTS: Final = 0.25
LEAST_VARIATION: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PanelSubgroupComparison(SubgroupComparison):
    """Effects in the levels of a condition, and whether they differ; units are the clusters of the cells.

    Attributes
    ----------
    time_interacted : bool
        Whether every level has effects of time of its own; else they are shared.
    retained_variation : float
        The least share, over levels, of the treatment's variation within the level that the fixed effects leave.
    """

    time_interacted: bool
    retained_variation: float


def compare_panel_subgroups(
    cells: PanelCells,
    level: ArrayLike,
    *,
    time: Sequence[str] = (),
    reference: str | None = None,
    confirmatory: bool = False,
    alpha: float = 0.05,
) -> PanelSubgroupComparison:
    """Compare the effect between levels of a condition within one panel regression.

    ``y = Σ_s τ_s·D·1[S = s] + level effects + fixed effects (+ controls) + e``, errors clustered as the cells say: CR2
    with Bell–McCaffrey degrees of freedom for every τ_s and difference, and an AHT joint test (`joint_test`). The
    fixed effects named in `time` are taken within levels where that leaves each level at least half of its treatment's
    variation and the effects at most a quarter of the units; outcomes play no part in that choice. The treatment must
    not move the condition.

    Parameters
    ----------
    cells : PanelCells
        With a treatment of 0 and 1.
    level : array_like, shape (C,)
        The condition, constant within a cell: 2 to 10 different values.
    time : sequence of str
        Which of the fixed effects are of time.
    reference, confirmatory, alpha
        As `compare_subgroups`.

    Raises
    ------
    InputError
        A number of levels that is not 2 to 10, an unknown reference or effect of time, or cells that do not fit.
    CannotEstimate
        Fewer than 2 levels (or no reference) in which an effect can be estimated, or too few units to test so many
        levels together.
    """
    checked_alpha(alpha)
    labels = _checked(cells, level, time)
    check_levels(np.unique(labels).tolist(), reference)
    model = _Model.of(cells, labels, time)
    refused: list[NoSubgroupEffect] = []
    while found := _refusals(model):
        refused += found
        kept = [name for name in model.levels if name not in {one.level for one in found}]
        check_enough(kept, refused, reference)
        model = model.only(kept)
    contrasts = LevelContrasts.of(
        model.levels, _floats(np.bincount(model.codes, _floats(model.cells.weight))), reference
    )
    solution = model.solution()
    answers = _answers(solution, contrasts.weights)
    return PanelSubgroupComparison(
        joint=_joint(model, solution, least_df=min(answer.df for answer in answers)),
        refused=tuple(refused),
        time_interacted=model.time_interacted,
        retained_variation=float(model.retained.min()),
        **read(contrasts, answers, model.units, thin=THIN_UNITS, confirmatory=confirmatory, alpha=alpha),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Model:
    """The regression of the L levels that are left.

    Attributes
    ----------
    cells : PanelCells
        As they came, without those of other levels.
    codes : ndarray of int, shape (C,)
        Position of each cell's level in `levels`.
    effects : dict of str to array_like
        The fixed effects that enter: levels, and those of `cells`, of time perhaps within levels.
    retained : ndarray, shape (L,)
        Share of the treatment's variation within each level that the effects leave.
    """

    cells: PanelCells
    time: Sequence[str]
    levels: list[str]
    codes: Codes
    effects: dict[str, ArrayLike]
    retained: Matrix
    time_interacted: bool

    @classmethod
    def of(cls, cells: PanelCells, labels: Labels, time: Sequence[str]) -> _Model:
        levels, inverse = np.unique(labels, return_inverse=True)
        codes = inverse.astype(np.intp)
        shared = dict(cells.fixed_effects) | {f"{max(cells.fixed_effects, key=len, default='')} level": codes}
        within = shared | {name: _joined(shared[name], codes) for name in time}
        retained, rank_share = _left(cells, codes, within)
        interacted = bool(time) and retained.min() >= ENOUGH_VARIATION and rank_share <= MOST_EFFECTS
        return cls(
            cells=cells,
            time=time,
            levels=levels.tolist(),
            codes=codes,
            effects=within if interacted else shared,
            retained=retained if interacted else _left(cells, codes, shared)[0],
            time_interacted=interacted,
        )

    def only(self, kept: Sequence[str]) -> _Model:
        """Return the model without the cells of other levels."""
        labels = np.array(self.levels)[self.codes]
        rows = np.isin(labels, kept)
        cells = self.cells
        part = PanelCells(
            weight=np.asarray(cells.weight)[rows],
            mean=np.asarray(cells.mean)[rows],
            within=np.asarray(cells.within)[rows],
            treatment=np.asarray(cells.treatment)[rows],
            fixed_effects={name: np.asarray(values)[rows] for name, values in cells.fixed_effects.items()},
            cluster=np.asarray(cells.cluster)[rows],
            controls={name: np.asarray(values)[rows] for name, values in cells.controls.items()},
        )
        return _Model.of(part, labels[rows], self.time)

    @property
    def units(self) -> list[tuple[int, int]]:
        """Clusters with control and with treatment, by level."""
        cluster = label_codes(self.cells.cluster, len(self.codes), "cluster", "cell")
        treated = _floats(self.cells.treatment) == 1
        return [
            (len(np.unique(cluster[here & ~treated])), len(np.unique(cluster[here & treated])))
            for here in (self.codes == s for s in range(len(self.levels)))
        ]

    def solution(self) -> PanelSolution:
        """Return the regression on ``D·1[S = s]``, whose coefficients come first, in the order of the levels."""
        first, *others = _treatments(self.cells, self.codes).T
        named = dict(zip((f"treatment in {name}" for name in self.levels[1:]), others, strict=True))
        if named.keys() & self.cells.controls.keys():
            raise InputError(f"A control cannot be named {min(named.keys() & self.cells.controls)!r}; rename it.")
        controls = named | dict(self.cells.controls)
        return solve_panel(replace(self.cells, treatment=first, fixed_effects=self.effects, controls=controls))


def _refusals(model: _Model) -> list[NoSubgroupEffect]:
    """Return the levels in which nothing can be estimated, for the first reason that there is."""
    facts: dict[int, tuple[Reason, dict[str, float]]] = {
        s: ("E_FEW_CLUSTERS", {"df": max(min(n) - 1, 0)}) for s, n in enumerate(model.units) if min(n) < LEAST_UNITS
    } or {
        s: ("E_FE_COLLINEAR", {"retained_variation": float(share)})
        for s, share in enumerate(model.retained)
        if share < LEAST_VARIATION
    }
    if not facts:
        own = _answers(model.solution(), np.eye(len(model.levels)))
        facts = {s: ("E_FEW_CLUSTERS", {"df": one.df}) for s, one in enumerate(own) if one.df < LEAST_DF}
    return [
        NoSubgroupEffect(
            level=model.levels[s], code=code, n_control=model.units[s][0], n_treatment=model.units[s][1], facts=numbers
        )
        for s, (code, numbers) in facts.items()
    ]


def _answers(solution: PanelSolution, weights: Matrix) -> list[Answer]:
    """Return the contrasts of the levels' effects, one per row of `weights`, shape (·, L)."""
    found = panel_coefficients(_contrasts(solution, weights), alpha=0.05)
    return [Answer(effect=one.effect, std_error=one.std_error, df=one.df) for one in found]


def _contrasts(solution: PanelSolution, weights: Matrix) -> PanelSolution:
    rest = np.zeros(len(solution.names) - weights.shape[1])
    return contrasted(solution, {f"contrast {i}": [*row, *rest] for i, row in enumerate(weights)})


def _joint(model: _Model, solution: PanelSolution, least_df: float) -> JointTest:
    n_levels = len(model.levels)
    from_first = np.hstack([-np.ones((n_levels - 1, 1)), np.eye(n_levels - 1)])
    with suppress(CannotEstimate):
        joint = joint_test(_contrasts(solution, from_first))
        least_df = min(least_df, joint.df_denominator)
        if least_df >= LEAST_DF:
            return joint
    n_control, n_treatment = min(model.units, key=min)
    raise CannotEstimate(
        "E_FEW_CLUSTERS",
        f"{solution.n_clusters} randomised units are too few to compare {n_levels} levels; merge levels.",
        n_control=n_control,
        n_treatment=n_treatment,
        df=least_df,
    )


def _left(cells: PanelCells, codes: Codes, effects: Mapping[str, ArrayLike]) -> tuple[Matrix, float]:
    """Return the share of the treatment's variation that is left in each level, and the effects' share of the units."""
    levels = [label_codes(values, len(codes), f"The fixed effect {name!r}", "cell") for name, values in effects.items()]
    cluster = label_codes(cells.cluster, len(codes), "cluster", "cell")
    by_level, weight = absorb([codes], _floats(cells.weight)), _floats(cells.weight)
    columns = np.sqrt(weight)[:, None] * _treatments(cells, codes)
    left, whole = ((span.residual(columns) ** 2).sum(axis=0) for span in (absorb(levels, weight), by_level))
    share = np.divide(left, whole, out=np.zeros_like(left), where=whole > 0)
    return share, unit_rank(levels, cluster) / (cluster.max() + 1)


def _treatments(cells: PanelCells, codes: Codes) -> Matrix:
    return np.asarray(_floats(cells.treatment)[:, None] * (codes[:, None] == np.arange(codes.max() + 1)))


def _joined(values: ArrayLike, codes: Codes) -> Codes:
    """Return codes of the pairs of an effect's level and the condition's."""
    return np.asarray(label_codes(values, len(codes), "An effect of time", "cell") * (codes.max() + 1) + codes)


def _floats(values: ArrayLike) -> Matrix:
    return np.asarray(values, dtype=np.float64)


def _checked(cells: PanelCells, level: ArrayLike, time: Sequence[str]) -> Labels:
    solve_panel(cells)  # refuses cells that do not fit together
    values = np.asarray(level)
    if values.shape != np.shape(cells.mean):
        raise InputError(f"The condition needs one level for each of the {np.size(cells.mean)} cells.")
    if any(value is None or value != value for value in values.tolist()):
        raise InputError("The condition must be known in every cell; give the unknown a level of their own.")
    if not np.isin(_floats(cells.treatment), (0, 1)).all():
        raise InputError("A comparison of levels needs a treatment of 0 and 1 in every cell.")
    unknown = [name for name in time if name not in cells.fixed_effects]
    if unknown:
        raise InputError(f"There is no fixed effect {unknown[0]!r}.{did_you_mean(unknown[0], cells.fixed_effects)}")
    return np.array([label(value) for value in values.tolist()])
