"""Covariates measured before exposure: read, completed where missing, and compared between arms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.balance import balance_p
from decision_widgets.moments import ROUNDING, Moments, floats
from decision_widgets.records import Record

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

BALANCE_P = 0.001
# An indicator of missing values needs this many units with and without in each arm, or a few units set its slope.
LEAST_MISSING = 10
# A column whose part of its own is below this share of it is a combination of the others.
COLLINEAR = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompletedCovariates:
    """Covariates without gaps.

    Attributes
    ----------
    columns : dict of str to ndarray, shape (n,)
        The covariates with gaps filled by their mean, then the indicators, named "<covariate> is missing".
    share_missing : dict of str to float
        Of each covariate as given (above 0.5 adjustment gains little).
    """

    columns: dict[str, Matrix]
    share_missing: dict[str, float]

    def __post_init__(self) -> None:
        for column in self.columns.values():
            column.flags.writeable = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Balance(Record):
    """One covariate in both arms; `p_value` is ``None`` where it is the same constant in both."""

    covariate: str
    control_mean: float
    treatment_mean: float
    p_value: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CovariateBalance(Record):
    """Whether covariates are the same in both arms, as what was measured before exposure must be.

    Attributes
    ----------
    covariates : tuple of Balance
    threshold : float
        ``0.001/(number of covariates)``.
    differing : tuple of str
        Covariates with a p-value below it: probably measured after exposure, so not to be adjusted for.
    """

    covariates: tuple[Balance, ...]
    threshold: float
    differing: tuple[str, ...]


def covariate_balance(covariates: Mapping[str, ArrayLike], treatment: ArrayLike) -> CovariateBalance:
    """Tell which covariates differ between arms by more than chance (`balance_p` below 0.001/number of covariates).

    Parameters
    ----------
    covariates : mapping of str to array_like, shape (n,)
        One finite value per independent unit.
    treatment : array_like, shape (n,)
        0 for control, 1 for treatment; at least 2 units of each.

    Examples
    --------
    >>> balance = covariate_balance({"age": [30, 41] * 10, "late": [0] * 10 + [1] * 10}, [0] * 10 + [1] * 10)
    >>> balance.differing
    ('late',)
    """
    treated = treated_units(treatment)
    x = read_covariates(covariates, len(treated))
    rows = tuple(_balance(name, column, treated) for name, column in zip(covariates, x.T, strict=True))
    threshold = BALANCE_P / len(rows)
    differing = tuple(row.covariate for row in rows if row.p_value is not None and row.p_value < threshold)
    return CovariateBalance(covariates=rows, threshold=threshold, differing=differing)


def complete_covariates(covariates: Mapping[str, ArrayLike], treatment: ArrayLike) -> CompletedCovariates:
    """Fill gaps in covariates so that nobody is dropped: their mean, and an indicator of the gap.

    The mean is taken over both arms, so that the filled covariate is still one measured before exposure. Covariates
    missing for the same units share one indicator; it is left out where an arm has fewer than 10 units with or
    without a value, for then it would rest on those few.

    Parameters
    ----------
    covariates : mapping of str to array_like, shape (n,)
        NaN (or ``None``) where missing.
    treatment : array_like, shape (n,)
        0 for control, 1 for treatment.

    Raises
    ------
    InputError
        A covariate that is missing everywhere, infinite values, or wrong shapes.

    Examples
    --------
    >>> complete_covariates({"past": [1.0, None, 3.0, 2.0]}, [0, 0, 1, 1]).columns["past"].tolist()
    [1.0, 2.0, 3.0, 2.0]
    """
    treated = treated_units(treatment)
    x = read_covariates(covariates, len(treated), gaps=True)
    missing = np.isnan(x)
    for name, gaps in zip(covariates, missing.T, strict=True):
        if gaps.all():
            raise InputError(f"Covariate {name!r} is missing for everybody; leave it out.")
    filled = np.where(missing, np.nanmean(x, axis=0), x)
    columns = dict(zip(covariates, filled.T, strict=True))
    seen: set[bytes] = set()
    for name, gaps in zip(covariates, missing.T, strict=True):
        pattern = gaps.tobytes()
        if pattern not in seen and _in_both_arms(gaps, treated):
            if f"{name} is missing" in columns:
                raise InputError(
                    f"The indicator of {name!r} needs the name '{name} is missing'; rename that covariate."
                )
            columns[f"{name} is missing"] = gaps.astype(np.float64)
        seen.add(pattern)
    shares = dict(zip(covariates, missing.mean(axis=0).tolist(), strict=True))
    return CompletedCovariates(columns=columns, share_missing=shares)


def read_covariates(covariates: Mapping[str, ArrayLike], n: int, *, gaps: bool = False) -> Matrix:
    """Return the covariates as columns, shape (n, K); they must be finite, or missing where `gaps` are allowed."""
    if not len(covariates):
        raise InputError("An adjustment needs at least one covariate; got none.")
    columns = [numbers(column, f"covariate {name!r}", n) for name, column in covariates.items()]
    for name, column in zip(covariates, columns, strict=True):
        if np.isinf(column).any() or not (gaps or np.isfinite(column).all()):
            raise InputError(
                f"Covariate {name!r} holds values that are not finite."
                + ("" if gaps else " Fill missing ones with complete_covariates.")
            )
    return np.column_stack(columns)


def treated_units(treatment: ArrayLike) -> Mask:
    """Read 0 and 1, or booleans, as a mask of treated units; at least 2 in each arm."""
    values = numbers(treatment, "treatment")
    if not np.isin(values, (0, 1)).all():
        raise InputError("treatment must hold 0 (control) and 1 (treatment) only.")
    treated: Mask = values == 1
    fewest = int(min(treated.sum(), (~treated).sum()))
    if fewest < 2:
        raise InputError(f"A comparison needs at least 2 units in each arm; one has {fewest}.")
    return treated


def finite_outcome(outcome: ArrayLike, treated: Mask) -> Matrix:
    """Read one outcome per unit, which must vary in an arm."""
    values = numbers(outcome, "outcome", len(treated))
    if not np.isfinite(values).all():
        raise InputError("outcome must be finite; drop or fill missing values first.")
    if max(np.ptp(values[treated]), np.ptp(values[~treated])) <= ROUNDING * np.abs(values).max():
        raise InputError("A test needs an outcome that varies; each arm has one value only.")
    return values


def numbers(values: ArrayLike, name: str, n: int | None = None) -> Matrix:
    """Read a column of numbers of the given length."""
    array = floats(name, values)
    if array.ndim != 1 or not len(array) or (n is not None and len(array) != n):
        wanted = "(n,)" if n is None else f"({n},)"
        raise InputError(f"{name} must hold one value per unit, shape {wanted}; got shape {array.shape}.")
    return array


def orthonormal(x: Matrix, size: Matrix, names: tuple[str, ...], where: str) -> tuple[Matrix, Matrix]:
    """Return Q and R of centred columns; a column that is constant, or made of the ones before it, is refused.

    Parameters
    ----------
    x : ndarray, shape (n, K)
        Columns centred within arms.
    size : ndarray, shape (K,)
        Largest absolute value of each column before it was centred, which says what is rounding.
    where : str
        "" or " in arm …", for the message.
    """
    norm = np.sqrt((x**2).sum(axis=0))
    rounding = ROUNDING * size * math.sqrt(len(x))
    for name, constant in zip(names, norm <= rounding, strict=True):
        if constant:
            raise InputError(f"Covariate {name!r} is constant{where or ' within the arms'}; leave it out.")
    if len(x) <= x.shape[1]:
        raise InputError(f"{x.shape[1]} covariates need more units than the {len(x)}{where}.")
    q, r = np.linalg.qr(x / norm)
    for j, own in enumerate(np.abs(np.diag(r))):
        if own < max(COLLINEAR, rounding[j] / norm[j]):
            raise InputError(f"Covariate {names[j]!r} is a linear combination of the ones before it{where}; drop it.")
    return q, r * norm


def refuse_decisive_units(leverage: Matrix, q: Matrix, r: Matrix, names: tuple[str, ...], where: str) -> None:
    """Refuse a covariate that a single unit determines (leverage 1, where HC2 does not exist)."""
    alone = np.flatnonzero(leverage > 1 - 1e-10)
    if len(alone):
        slopes = np.linalg.solve(r, q[alone[0]]) * np.sqrt((r**2).sum(axis=0))
        name = names[int(np.abs(slopes).argmax())]
        raise InputError(f"The slope of covariate {name!r} rests on a single unit{where}; leave it out.")


def _balance(name: str, column: Matrix, treated: Mask) -> Balance:
    control, treatment = (float(column[arm].mean()) for arm in (~treated, treated))
    p_value = None
    if np.ptp(column) > ROUNDING * np.abs(column).max():
        unit = (column - column.mean()) / np.ptp(column)
        arms = [Moments.of({name: unit[arm]}) for arm in (~treated, treated)]
        p_value = balance_p(arms, skewness=float(np.mean(unit**3) / np.mean(unit**2) ** 1.5))
    return Balance(covariate=name, control_mean=control, treatment_mean=treatment, p_value=p_value)


def _in_both_arms(gaps: Mask, treated: Mask) -> bool:
    counts = [int((gaps[arm] == kind).sum()) for arm in (treated, ~treated) for kind in (True, False)]
    return min(counts) >= LEAST_MISSING
