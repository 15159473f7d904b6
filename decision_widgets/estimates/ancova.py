"""Differences between arms adjusted for covariates: one common slope (ANCOVA), or slopes of each arm (Lin)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.covariates import (
    Mask,
    Matrix,
    finite_outcome,
    orthonormal,
    read_covariates,
    refuse_decisive_units,
    treated_units,
)
from decision_widgets.estimates.difference import MeanDifference, difference, welch_t
from decision_widgets.estimates.influence import Codes, Influence, degrees_of_freedom, influence
from decision_widgets.estimates.variance_reduction import AdjustedDifference, variance_reduction
from decision_widgets.moments import Moments


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmLevel:
    """The level that least squares inside one arm gives at some value of the covariates."""

    level: float
    slopes: Matrix
    influence: Influence


def ancova(
    outcome: ArrayLike, treatment: ArrayLike, covariates: Mapping[str, ArrayLike], *, alpha: float = 0.05
) -> AdjustedDifference:
    """Tell whether two arms differ once covariates are held equal, with the same slopes in both (ANCOVA).

    OLS of ``y = a + τD + xᵀβ + e``: ``τ = ȳ_t − ȳ_c − (x̄_t − x̄_c)ᵀβ``, β from within arms; HC2 errors (MacKinnon &
    White 1985), t with Bell–McCaffrey degrees of freedom. One covariate with β from within arms is CUPED (Deng et al.
    2013). Where slopes differ and arms are unequal it can lose precision; `lin_regression` cannot, in large samples.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        One value per independent unit.
    treatment : array_like, shape (n,)
        0 for control, 1 for treatment; at least 2 units of each.
    covariates : mapping of str to array_like, shape (n,)
        Measured before exposure; they are centred here.

    Raises
    ------
    InputError
        Values that are not finite, too few units, an outcome that never varies or that the covariates reproduce; a
        covariate that is constant, a combination of others, or set by a single unit (the message names it).

    Examples
    --------
    >>> answer = ancova([1, 2, 5, 4, 5, 7], [0, 0, 0, 1, 1, 1], {"past": [1, 2, 3, 2, 3, 4]})
    >>> round(answer.unadjusted.effect, 6), round(answer.adjusted.effect, 6)
    (2.666667, 0.916667)
    """
    treated, y, x = _read(outcome, treatment, covariates)
    names, n_arms = tuple(covariates), np.array([(~treated).sum(), treated.sum()])
    if len(y) < len(names) + 3:
        raise InputError(f"Both arms together need {len(names) + 3} units or more; there are {len(y)}.")
    offset, centre = float(y.mean()), x.mean(axis=0)
    arms = (~treated, treated)
    mean_y, mean_x = (np.array([v[arm].mean(axis=0) for arm in arms]) for v in (y - offset, x - centre))
    arm = treated.astype(np.intp)
    y_within, x_within = y - offset - mean_y[arm], x - centre - mean_x[arm]
    q, r = orthonormal(x_within, np.abs(x).max(axis=0), names, "")
    basis = np.column_stack([np.column_stack(arms) / np.sqrt(n_arms), q])
    refuse_decisive_units((basis**2).sum(axis=1), q, r, names, "")
    slopes = np.linalg.solve(r, q.T @ y_within)
    gap = mean_x[1] - mean_x[0]
    coordinates = np.concatenate([[-1, 1] / np.sqrt(n_arms), -np.linalg.solve(r.T, gap)])
    both = influence(basis, coordinates, y_within - q @ (q.T @ y_within))
    level = float(mean_y[0] - slopes @ mean_x[0])
    adjusted = difference(
        level,
        level + float(mean_y[1] - mean_y[0] - slopes @ gap),
        *(float((both.values[arm] ** 2).sum()) for arm in arms),
        df=degrees_of_freedom(both),
        alpha=alpha,
        control_offset=offset,
        treatment_offset=offset,
    )
    return _beside(
        "ancova",
        names,
        (slopes, slopes),
        (adjusted, _welch(y, treated, alpha)),
        np.concatenate([both.values[arm] for arm in arms]),
        _signed(_levels(y - offset, x[:, :0], treated, (), None)),
        n_arms,
    )


def lin_regression(
    outcome: ArrayLike, treatment: ArrayLike, covariates: Mapping[str, ArrayLike], *, alpha: float = 0.05
) -> AdjustedDifference:
    """Tell whether two arms differ once covariates are held equal, with slopes of each arm (Lin 2013).

    OLS of ``y = a + τD + x̃ᵀβ + D·x̃ᵀγ + e`` with x̃ centred at the mean of all units; HC2 errors, t with Bell–McCaffrey
    degrees of freedom. It never has a larger variance than the plain difference in large samples.

    Parameters
    ----------
    outcome, treatment, covariates
        As `ancova`; each arm needs at least 2 units more than covariates.

    Raises
    ------
    InputError
        As `ancova`; a covariate must vary inside each arm, by more than one unit.

    Examples
    --------
    >>> answer = lin_regression([1, 2, 5, 4, 5, 7], [0, 0, 0, 1, 1, 1], {"past": [1, 2, 3, 2, 3, 4]})
    >>> round(answer.adjusted.effect, 6), round(answer.adjusted.std_error, 6)
    (0.916667, 0.618017)
    """
    treated, y, x = _read(outcome, treatment, covariates)
    return interacted("lin", y, treated, x, tuple(covariates), None, alpha)


def interacted(
    method: Literal["lin", "mlrate"],
    y: Matrix,
    treated: Mask,
    x: Matrix,
    names: tuple[str, ...],
    cluster: Codes | None,
    alpha: float,
) -> AdjustedDifference:
    """Fit each arm by itself at the common mean of the covariates; `cluster` numbers units that hold several rows.

    For the population, x̄ varies too: each unit adds ``(β_t − β_c)ᵀ(x − x̄)/n`` to the influence.
    """
    offset, centre = float(y.mean()), x.mean(axis=0)
    plain = _levels(y - offset, x[:, :0], treated, (), cluster)
    fitted = _levels(y - offset, x - centre, treated, names, cluster, np.abs(x).max(axis=0))
    slopes = fitted[0].slopes, fitted[1].slopes
    common = (x - centre) @ (slopes[1] - slopes[0]) / len(y)
    by_unit = [common[rows] if own is None else np.bincount(own, common[rows]) for rows, own in _arms(treated, cluster)]
    adjusted = _difference(fitted, offset, alpha)
    unadjusted = _welch(y, treated, alpha) if cluster is None else _difference(plain, offset, alpha)
    n_arms = np.array([len(level.influence.values) for level in fitted])
    population = _signed(fitted) + np.concatenate(by_unit)
    return _beside(method, names, slopes, (adjusted, unadjusted), population, _signed(plain), n_arms)


def _read(outcome: ArrayLike, treatment: ArrayLike, covariates: Mapping[str, ArrayLike]) -> tuple[Mask, Matrix, Matrix]:
    treated = treated_units(treatment)
    y = finite_outcome(outcome, treated)
    return treated, y, read_covariates(covariates, len(treated))


def _arms(treated: Mask, cluster: Codes | None) -> list[tuple[Mask, Codes | None]]:
    """Return the rows of each arm, control first, and their clusters numbered from 0."""
    arms = (~treated, treated)
    if cluster is None:
        return [(rows, None) for rows in arms]
    return [(rows, np.unique(cluster[rows], return_inverse=True)[1].astype(np.intp)) for rows in arms]


def _levels(
    y: Matrix, x: Matrix, treated: Mask, names: tuple[str, ...], cluster: Codes | None, size: Matrix | None = None
) -> tuple[ArmLevel, ArmLevel]:
    size = np.zeros(0) if size is None else size
    control, treatment = (
        _level(y[rows], x[rows], own, names, size, f" in {arm}")
        for (rows, own), arm in zip(_arms(treated, cluster), ("control", "treatment"), strict=True)
    )
    return control, treatment


def _level(y: Matrix, x: Matrix, cluster: Codes | None, names: tuple[str, ...], size: Matrix, where: str) -> ArmLevel:
    """Fit one arm and read the line where the (already centred) covariates are 0."""
    n, n_units = len(y), len(y) if cluster is None else int(cluster.max()) + 1
    if n_units < len(names) + 2:
        raise InputError(f"An arm needs {len(names) + 2} units or more; there are {n_units}{where}.")
    mean_y, mean_x = float(y.mean()), x.mean(axis=0)
    y_within = y - mean_y
    q, r = orthonormal(x - mean_x, size, names, where)
    basis = np.column_stack([np.full(n, 1 / math.sqrt(n)), q])
    if cluster is None and names:
        refuse_decisive_units((basis**2).sum(axis=1), q, r, names, where)
    slopes: Matrix = np.linalg.solve(r, q.T @ y_within).astype(np.float64)
    coordinates = np.concatenate([[1 / math.sqrt(n)], -np.linalg.solve(r.T, mean_x)])
    return ArmLevel(
        level=mean_y - float(mean_x @ slopes),
        slopes=slopes,
        influence=influence(basis, coordinates, y_within - q @ (q.T @ y_within), cluster),
    )


def _difference(levels: tuple[ArmLevel, ArmLevel], offset: float, alpha: float) -> MeanDifference:
    control, treatment = levels
    return difference(
        control.level,
        treatment.level,
        control.influence.variance,
        treatment.influence.variance,
        df=degrees_of_freedom(control.influence, treatment.influence),
        alpha=alpha,
        control_offset=offset,
        treatment_offset=offset,
    )


def _welch(y: Matrix, treated: Mask, alpha: float) -> MeanDifference:
    return welch_t(Moments.of({"y": y[~treated]}), Moments.of({"y": y[treated]}), alpha=alpha)


def _signed(levels: tuple[ArmLevel, ArmLevel]) -> Matrix:
    """Return the influence of each unit on treatment minus control, control's units first."""
    return np.concatenate([-levels[0].influence.values, levels[1].influence.values])


def _beside(
    method: Literal["ancova", "lin", "mlrate"],
    names: tuple[str, ...],
    slopes: tuple[Matrix, Matrix],
    estimates: tuple[MeanDifference, MeanDifference],
    population: Matrix,
    plain: Matrix,
    n_arms: Matrix,
) -> AdjustedDifference:
    """Set the adjusted estimate beside the plain one; `population` and `plain` are the influence of units on each."""
    adjusted, unadjusted = estimates
    apart = population - plain
    return AdjustedDifference(
        method=method,
        adjusted=adjusted,
        unadjusted=unadjusted,
        std_error_population=math.sqrt(float(population @ population)),
        covariates=names,
        control_slopes=tuple(slopes[0].tolist()),
        treatment_slopes=tuple(slopes[1].tolist()),
        n_control=int(n_arms[0]),
        n_treatment=int(n_arms[1]),
        most_covariates=int(n_arms.min()) // 20,
        reduction=variance_reduction(
            adjusted, unadjusted, std_error_shift=math.sqrt(float(apart @ apart)), n_units=len(plain)
        ),
    )
