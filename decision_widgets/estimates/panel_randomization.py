"""Randomisation inference for a panel: the regression repeated under treatments that could have been dealt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from decision_widgets.errors import InputError
from decision_widgets.estimates.fixed_effects import NEGLIGIBLE, Codes, Matrix
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.mechanisms import Deal, Mechanism, deal
from decision_widgets.estimates.panel import stata_factor
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel
from decision_widgets.estimates.randomization import LEAST_DRAWS, TIE
from decision_widgets.moments import floats
from decision_widgets.records import Record

Flags = NDArray[np.bool_]
BATCH = 200_000  # numbers at a time, which stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RandomizationInference(Record):
    """How often treatments that could have been dealt look as effective as the one that was.

    Attributes
    ----------
    effect, null_effect : float
        The estimate, and the effect on every unit that the null hypothesis claims.
    statistic : float
        ``(effect − null_effect)/SE`` with the CR1 standard error.
    p_value : float
        Two-sided: share of dealt treatments with ``|t*| ≥ |t|``, ties counted; where they are drawn at random, the
        observed one counts among them.
    n_draws : int
        Dealt treatments with an estimate: every possible one if `enumerated`.
    n_without_estimate : int
        Dealt treatments that the fixed effects determine, such as one arm only; left out.
    n_units, n_clusters : int
    """

    effect: float
    null_effect: float
    statistic: float
    p_value: float
    n_draws: int
    n_without_estimate: int
    enumerated: bool
    n_units: int
    n_clusters: int
    seed: int


def randomization_inference(
    cells: PanelCells,
    unit: ArrayLike,
    mechanism: Mechanism,
    *,
    block: ArrayLike | None = None,
    null_effect: float = 0.0,
    draws: int = 999,
    seed: int = 0,
) -> RandomizationInference:
    """Test the treatment effect of a panel by dealing treatment again, as it was dealt, and repeating the regression.

    ``t* = τ*/SE*`` with clustered (CR1) errors, of outcomes less ``null_effect·D``, on D* of the recorded mechanism.
    Exact under the null hypothesis that every unit has this effect, with any number of units (Fisher 1935); being
    studentised, it also holds for the average effect in large samples (Wu & Ding 2021). Cluster by what was dealt
    together: the unit, or the pair or block.

    Parameters
    ----------
    cells : PanelCells
        Treatment 0 or 1.
    unit : array_like, shape (C,)
        Label of what treatment was dealt to, such as a slot, or region × slot.
    mechanism : IndependentUnits, Pairs, Complete or Blocks
    block : array_like, shape (C,), optional
        Label of the pair or block of each cell's unit; needed by `Pairs` and `Blocks`.
    null_effect : float
    draws : int
        Random treatments, at least 99; every possible one instead, if they are not more.

    Raises
    ------
    InputError
        As `panel_regression`; treatment that is not 0 or 1, or varies within a unit; a block that does; treatment
        that the mechanism cannot have dealt; or too few draws.

    Examples
    --------
    >>> from decision_widgets.estimates.mechanisms import Complete
    >>> cells = PanelCells(weight=[1] * 8, mean=[1, 2, 3, 4, 5, 6, 7, 8], within=[0] * 8,
    ...                    treatment=[0, 0, 0, 0, 1, 1, 1, 1], fixed_effects={}, cluster=range(8))
    >>> test = randomization_inference(cells, range(8), Complete(n_treated=4))
    >>> test.n_draws, round(test.p_value, 6)
    (70, 0.028571)
    """
    if draws < LEAST_DRAWS:
        raise InputError(f"A randomisation p-value needs at least {LEAST_DRAWS} draws; got {draws}.")
    solution = solve_panel(cells)
    dealt, units = _deal(cells, unit, mechanism, block)
    enumerated = dealt.n_assignments <= draws
    batches = _every(dealt, len(units)) if enumerated else _drawn(dealt, len(units), draws, seed)
    difference, square = float(solution.estimates[0]) - null_effect, _square(solution, null_effect)
    count = _count(solution, units, null_effect, square, batches)
    observed = 0 if enumerated else 1
    return RandomizationInference(
        effect=difference + null_effect,
        null_effect=null_effect,
        statistic=math.copysign(math.sqrt(square / stata_factor(solution)), difference),
        p_value=(observed + count.extreme) / (observed + count.possible),
        n_draws=count.n_draws,
        n_without_estimate=count.n_without,
        enumerated=enumerated,
        n_units=int(units.max()) + 1,
        n_clusters=solution.n_clusters,
        seed=seed,
    )


def _deal(cells: PanelCells, unit: ArrayLike, mechanism: Mechanism, block: ArrayLike | None) -> tuple[Deal, Codes]:
    treatment = floats("treatment", cells.treatment)
    if not np.isin(treatment, (0, 1)).all():
        raise InputError("Randomisation inference needs a treatment of 0 or 1 in every cell.")
    units = label_codes(unit, len(treatment), "unit")
    treated = _of_units(treatment.astype(np.intp), units, "Treatment") == 1
    blocks = None
    if block is not None:
        labels = _of_units(label_codes(block, len(treatment), "block"), units, "The block")
        blocks = label_codes(labels, len(labels), "block")
    return deal(mechanism, treated, blocks), units


def _of_units(values: Codes, units: Codes, what: str) -> Codes:
    """Return the value of each unit, shape (U,), the same in all its cells."""
    own = np.empty(units.max() + 1, dtype=np.intp)
    own[units] = values
    if (own[units] != values).any():
        raise InputError(f"{what} varies within a unit; a unit is what treatment was dealt to.")
    return own


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """Probability of treatments at least as extreme, and of those with an estimate; how many have one, or none."""

    extreme: float
    possible: float
    n_draws: int
    n_without: int


def _count(
    solution: PanelSolution,
    units: Codes,
    null_effect: float,
    square: float,
    batches: Iterator[tuple[Flags, Matrix]],
) -> _Count:
    outcome, clear = _under_null(solution, null_effect), _clearing(solution, units)
    extreme, possible, n_draws, n_without = 0.0, 0.0, 0, 0
    for treated, probability in batches:
        numerator, error, estimable = _statistics(clear(treated), outcome, solution)
        # Without a division: where numerator and error both vanish the draw is a tie.
        far = estimable & (numerator**2 >= square * (1 - TIE) ** 2 * error)
        extreme += float(probability[far].sum())
        possible += float(probability[estimable].sum())
        n_draws += int(estimable.sum())
        n_without += int((~estimable).sum())
    return _Count(extreme=extreme, possible=possible, n_draws=n_draws, n_without=n_without)


def _under_null(solution: PanelSolution, null_effect: float) -> Matrix:
    """Return the outcome less ``null_effect·D``, cleared of fixed effects and controls, shape (C,)."""
    b = solution.contributions[:, 0]
    return np.asarray(solution.residual + (float(solution.estimates[0]) - null_effect) * b / (b @ b))


def _square(solution: PanelSolution, null_effect: float) -> float:
    """Return the square of ``(τ̂ − null_effect)/SE``, errors clustered without small-sample factor."""
    b = solution.contributions[:, 0]
    error = float((np.bincount(solution.cluster, b * solution.residual) ** 2).sum())
    if error <= solution.only_rounding(solution.contributions)[0] ** 2:
        raise InputError("The clustered error of the treatment is 0; nothing is left to compare its effect with.")
    return (float(solution.estimates[0]) - null_effect) ** 2 / error


def _clearing(solution: PanelSolution, units: Codes) -> Callable[[Flags], Matrix]:
    """Return the map from dealt treatments, shape (U, n), to cells cleared of fixed effects and controls, (C, n).

    What is taken away is linear in the units: means of levels, and a few directions with a load for each unit.
    """
    span, position = solution.span, solution.position[:, :1]
    n_cells, n_units = len(units), int(units.max()) + 1
    of_units = sparse.csr_array((span.root, (units, np.arange(n_cells))), shape=(n_units, n_cells))
    level_means = sparse.diags_array(1 / span.level_weight) @ (span.incidence @ of_units.T)
    # The span holds the observed treatment too; what is orthogonal to its direction is the other regressors.
    others = span.basis @ np.linalg.qr(position, mode="complete")[0][:, 1:]
    loads = np.asarray(of_units @ others).T

    def cleared(treated: Flags) -> Matrix:
        dealt = treated.astype(np.float64)
        cells = dealt[units]
        cells -= np.asarray(level_means @ dealt)[span.level]
        cells *= span.root[:, None]
        cells -= others @ (loads @ dealt)
        return np.asarray(cells)

    return cleared


def _statistics(cleared: Matrix, outcome: Matrix, solution: PanelSolution) -> tuple[Matrix, Matrix, Flags]:
    """Return ``D̃ᵀy``, ``Σ_g(Σ_{c∈g} D̃e)²`` and whether there is an estimate, for each column D̃; shapes (n,)."""
    cells, shape = np.arange(len(outcome)), (solution.n_clusters, len(outcome))
    with_outcome, squares = (
        np.asarray(sparse.csr_array((values, (solution.cluster, cells)), shape=shape) @ columns)
        for values, columns in ((outcome, cleared), (np.ones(len(outcome)), cleared**2))
    )
    length, numerator = squares.sum(axis=0), with_outcome.sum(axis=0)
    estimable = length > NEGLIGIBLE * solution.n_rows
    scores = with_outcome - numerator / np.where(estimable, length, 1.0) * squares
    return numerator, (scores**2).sum(axis=0), estimable


def _every(dealt: Deal, n_cells: int) -> Iterator[tuple[Flags, Matrix]]:
    treated, probability = dealt.every()
    step = max(1, BATCH // n_cells)
    for first in range(0, len(probability), step):
        yield treated[:, first : first + step], probability[first : first + step]


def _drawn(dealt: Deal, n_cells: int, draws: int, seed: int) -> Iterator[tuple[Flags, Matrix]]:
    rng, step = np.random.default_rng(seed), max(1, BATCH // n_cells)
    for first in range(0, draws, step):
        n = min(step, draws - first)
        yield dealt.draw(n, rng), np.ones(n)
