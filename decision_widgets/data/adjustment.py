"""Participants → moments adjusted by covariates: each arm's normal equations, then the sums around their solution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from decision_widgets.data.engine import Engine, Row
from decision_widgets.data.people import Covariate, People, Terms
from decision_widgets.data.reading import Adjustment, CovariateReading
from decision_widgets.data.reduction import joined_with
from decision_widgets.moments import AdjustedMoments, ArmMoments, Moments, NormalEquations, usable_columns
from decision_widgets.moments.adjusted import COLLINEAR

PARTICIPANTS_PER_COVARIATE: Final = 20
SPREAD_SUMS: Final = 4  # of a covariate's powers: how many, Σx, Σx², Σx³


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjuster:
    """One metric that is to be adjusted: its place among the metrics, its terms, its unadjusted arms by code."""

    k: int
    term: Terms
    arms: Mapping[int, ArmMoments]
    covariates: Sequence[Covariate]
    codes: Mapping[int, str]

    @property
    def columns(self) -> list[str]:
        """Everything that varies over participants: covariates, then indicators of their absence."""
        at = [(j, covariate) for j, covariate in zip(self.term.covariates, self.covariates, strict=True)]
        return [f"x{j}" for j, _ in at] + [f"i{j}" for j, covariate in at if not covariate.complete]

    @property
    def weight(self) -> str:
        return "1.0E0" if self.term.ratio else f"m{self.k}"


def adjust_people(engine: Engine, people: People, adjusters: Sequence[Adjuster]) -> list[Adjustment]:
    """Adjust each metric by its covariates: two statements for all metrics together."""
    parts, widths = ["arm"], []
    for each in adjusters:
        sums = list(_first_level(each))
        widths.append(len(sums))
        parts += sums
    rows = {row[0]: row[1:] for row in engine.query(f"SELECT {', '.join(parts)} FROM {people.source} GROUP BY 1")}
    solved, at = [], 0
    for each, width in zip(adjusters, widths, strict=True):
        own = {arm: row[at : at + width] for arm, row in rows.items() if arm in each.arms}
        solved.append(_solve(each, own))
        at += width
    around = _around(engine, people, solved)
    return [
        Adjustment(
            arms={each.adjuster.codes[arm]: _moments(each, arm, row) for arm, row in found.items()},
            covariates=each.readings,
            mean_covariance=each.mean_covariance,
        )
        for each, found in zip(solved, around, strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solved:
    """The regressions of one metric: the columns kept, and by arm the solution and ``B·g``."""

    adjuster: Adjuster
    readings: tuple[CovariateReading, ...]
    columns: tuple[str, ...] = ()
    coefficients: Mapping[int, np.ndarray]
    inverse: Mapping[int, np.ndarray]
    toward_mean: np.ndarray
    mean_covariance: np.ndarray

    def constants(self, arm: int) -> dict[str, float]:
        k, arms = self.adjuster.k, self.adjuster.arms[arm]
        values = {f"level{k}": arms.level_above_shift, f"total{k}": arms.weight, f"size{k}": float(arms.n_participants)}
        at = self.inverse[arm] @ self.toward_mean
        for p in range(len(self.columns) + 1):
            values |= {f"b{k}_{p}": self.coefficients[arm][p], f"g{k}_{p}": at[p]}
            values |= {f"v{k}_{p}_{r}": self.inverse[arm][p, r] for r in range(p + 1)}
        return {name: float(value) for name, value in values.items()}


def _first_level(each: Adjuster) -> Iterator[str]:
    """Ask for the sums of the normal equations, then for the spread of each covariate over participants."""
    k, z, used = each.k, each.columns, f"c{each.k} > 0"

    def total(what: str) -> str:
        return f"sum(CASE WHEN {used} THEN {what} END)"

    for weight in (each.weight, f"{each.weight} * {each.weight}"):
        yield total(weight)
        for p, column in enumerate(z):
            yield total(f"{weight} * {column}")
            yield from (total(f"{weight} * {column} * {other}") for other in z[: p + 1])
    for column in ("1.0E0", *z):
        yield total(f"s{k} * {column}")
        yield total(f"m{k} * {column}")
    for square in (f"s{k} * s{k}", f"s{k} * m{k}", f"m{k} * m{k}"):
        yield total(f"{square} / {each.weight}")
    for j in each.term.covariates:
        known = f"(1 - i{j})"
        yield from (total(" * ".join([known, *[f"x{j}"] * power])) for power in range(SPREAD_SUMS))


def _solve(each: Adjuster, rows: Mapping[int, Row]) -> _Solved:
    columns = each.columns
    read = {arm: _equations(each, row) for arm, row in rows.items()}
    equations = {arm: own for arm, (own, _) in read.items()}
    spreads = {
        arm: np.array(row[-SPREAD_SUMS * len(each.covariates) :], dtype=float).reshape(-1, SPREAD_SUMS)
        for arm, row in rows.items()
    }
    fewest = min((each.arms[arm].n_participants for arm in equations), default=0)
    wanted = list(range(1 + min(len(columns), fewest // PARTICIPANTS_PER_COVARIATE)))
    kept, copies = usable_columns([e.columns(wanted) for e in equations.values()]) if len(wanted) > 1 else ([0], [])
    used = [columns[p - 1] for p in kept[1:]]
    readings = tuple(
        _reading(each, place, used, [columns[p - 1] for p in copies], spreads) for place in range(len(each.covariates))
    )
    nothing = np.zeros((1, 1))
    solved = _Solved(
        adjuster=each, readings=readings, coefficients={}, inverse={}, toward_mean=nothing[0], mean_covariance=nothing
    )
    if not any(column.startswith("x") for column in used):
        return solved
    solutions = {arm: e.columns(kept).solve() for arm, e in equations.items()}
    total = np.sum([e.columns(kept).cross[0] for e in equations.values()], axis=0)
    squared = np.sum([own[np.ix_(kept, kept)] for _, own in read.values()], axis=0)
    return replace(
        solved,
        columns=tuple(used),
        coefficients={arm: beta for arm, (beta, _) in solutions.items()},
        inverse={arm: inverse for arm, (_, inverse) in solutions.items()},
        toward_mean=total / total[0],
        mean_covariance=_mean_covariance(squared, total),
    )


def _mean_covariance(squared: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return ``Σ w²(z − z̄)(z − z̄)ᵀ/(Σw)²`` from ``Σ w²zzᵀ`` and ``Σ wz``, the constant being first in z."""
    mean = total / total[0]
    crossed = np.outer(mean, squared[0])
    covariance: np.ndarray = (squared - crossed - crossed.T + squared[0, 0] * np.outer(mean, mean)) / total[0] ** 2
    return covariance


def _equations(each: Adjuster, row: Row) -> tuple[NormalEquations, np.ndarray]:
    """Return an arm's normal equations, and the cross-products weighted by squares."""
    p = len(each.columns) + 1
    values = iter(float(x or 0) for x in row)
    cross, squared = _symmetric(values, p), _symmetric(values, p)
    s, m = np.array([(next(values), next(values)) for _ in range(p)]).T
    squares = np.array([next(values) for _ in range(3)])
    if not each.term.ratio:
        return NormalEquations(cross=cross, right=s, outcome=float(squares[0])), squared
    level, size = float(s[0] / m[0]) if m[0] else 0.0, m[0] / cross[0, 0]
    outcome = float(squares @ (1.0, -2 * level, level**2)) / size**2
    return NormalEquations(cross=cross, right=(s - level * m) / size, outcome=outcome), squared


def _symmetric(values: Iterator[float], p: int) -> np.ndarray:
    matrix = np.zeros((p, p))
    for a in range(p):
        for b in range(a + 1):
            matrix[a, b] = matrix[b, a] = next(values)
    return matrix


def _reading(
    each: Adjuster, place: int, used: Sequence[str], copies: Sequence[str], spreads: Mapping[int, np.ndarray]
) -> CovariateReading:
    j, covariate = each.term.covariates[place], each.covariates[place]
    own = {arm: spread[place] for arm, spread in spreads.items() if spread[place][0]}
    arms = {each.codes[arm]: _moments_of(sums) for arm, sums in own.items()}
    everybody = sum(each.arms[arm].n_participants for arm in spreads)
    known = sum(moments.n for moments in arms.values())
    used_here = f"x{j}" in used
    return CovariateReading(
        name=covariate.name,
        arms=arms,
        skewness=_skewness(np.sum([*own.values()], axis=0)) if own else 0.0,
        missing_share=1 - known / everybody if everybody else 1.0,
        used=used_here,
        reason=None if used_here else _why_not(each, place, arms, len(spreads), copied=f"x{j}" in copies),
    )


def _moments_of(sums: np.ndarray) -> Moments:
    """Take the moments of a covariate from its powers' sums; what varies by no more than rounding is constant."""
    n, total, squares, _ = sums
    mean = total / n
    cross = squares - n * mean**2
    cross = cross if cross > COLLINEAR * squares else 0.0
    return Moments(columns=("x",), n=int(n), mean=np.array([mean]), cross=np.array([[cross]]))


def _skewness(sums: np.ndarray) -> float:
    n = float(sums[0])
    mean, square, cube = (float(total) / n for total in sums[1:])
    variance = square - mean * mean
    if variance <= COLLINEAR * square:
        return 0.0
    std_dev = variance**0.5
    found = (cube - 3 * mean * square + 2 * mean * mean * mean) / std_dev / std_dev / std_dev
    # No n values are more skewed than one that stands apart from all others; rounding may say so.
    return float(max(-(n**0.5), min(found, n**0.5)))


def _why_not(each: Adjuster, place: int, spread: Mapping[str, Moments], n_arms: int, *, copied: bool) -> str:
    if copied:
        return "with it nothing of the metric is left, which nothing measured before exposure does"
    if len(spread) < n_arms or any(moments.cross[0, 0] == 0 for moments in spread.values()):
        return "it does not vary in every arm"
    fewest = min((arm.n_participants for arm in each.arms.values()), default=0)
    most = fewest // PARTICIPANTS_PER_COVARIATE
    return f"an arm of {fewest} participants supports {most}" if place >= most else "other covariates determine it"


def _around(engine: Engine, people: People, solved: Sequence[_Solved]) -> list[dict[int, Row]]:
    """Take the sums that need each arm's solution."""
    constants: dict[tuple[int, int], dict[str, float | None]] = {}
    for each in solved:
        for arm in each.coefficients:
            constants.setdefault((arm, 0), {}).update(each.constants(arm))
    if not constants:
        return [{} for _ in solved]
    names = list(dict.fromkeys(name for values in constants.values() for name in values))
    full = {cell: {name: values.get(name) for name in names} for cell, values in constants.items()}
    inner, parts, widths = ["arm"], ["arm"], []
    for each in solved:
        own = _sums_around(each) if each.columns else []
        inner += _terms_around(each) if each.columns else []
        parts += own
        widths.append(len(own))
    joined = joined_with(f"(SELECT *, 0 AS part FROM {people.source}) AS parted", full)
    rows = engine.query(
        f"SELECT {', '.join(parts)} FROM (SELECT {', '.join(inner)} FROM {joined}) AS around GROUP BY 1"
    )
    found, at = [], 1
    for each, width in zip(solved, widths, strict=True):
        found.append({row[0]: row[at : at + width] for row in rows if row[0] in each.coefficients})
        at += width
    return found


def _terms_around(each: _Solved) -> list[str]:
    """Write of a participant: residual total e, leverage h, ``a = gᵀB z``, weight and unadjusted share."""
    k, ratio = each.adjuster.k, each.adjuster.term.ratio
    z = ["1.0E0", *each.columns]
    fitted = " + ".join(f"b{k}_{p} * {column}" for p, column in enumerate(z))
    reach = " + ".join(f"g{k}_{p} * {column}" for p, column in enumerate(z))
    spread = " + ".join(
        f"{'' if p == r else '2 * '}v{k}_{p}_{r} * {z[p]} * {z[r]}" for p in range(len(z)) for r in range(p + 1)
    )
    above = f"(s{k} - level{k} * m{k})"
    outcome = f"{above} * size{k} / total{k}" if ratio else f"s{k}"
    used = f"CASE WHEN c{k} > 0 THEN"
    return [
        f"{used} {outcome} - {each.adjuster.weight} * ({fitted}) END AS e{k}",
        f"{used} {each.adjuster.weight} * ({spread}) END AS leverage{k}",
        f"{used} {reach} END AS a{k}",
        f"{each.adjuster.weight} AS weight{k}",
        f"{above} / total{k} AS plain{k}",
        *(f"{column} AS z{k}_{p}" for p, column in enumerate(each.columns, 1)),
    ]


def _sums_around(each: _Solved) -> list[str]:
    k = each.adjuster.k
    free = f"CASE WHEN leverage{k} < 1 THEN 1 - leverage{k} ELSE 1.0E0 END"
    own = f"(weight{k} * a{k} * a{k} / {free})"
    score = f"a{k} * e{k}"
    z = ["1.0E0", *(f"z{k}_{p}" for p in range(1, len(each.columns) + 1))]
    return [
        f"sum({score} * {score})", f"sum({score} * {score} / {free})", f"sum({own} * {own})",
        f"sum({own} * {own} * leverage{k})", f"max(leverage{k})",
        f"sum(({score} - plain{k}) * ({score} - plain{k}))",
        *(f"sum({own} * weight{k} * {z[p]} * {z[r]})" for p in range(len(z)) for r in range(p + 1)),
    ]  # fmt: skip


def _moments(each: _Solved, arm: int, row: Row) -> AdjustedMoments:
    residual, adjusted, own2, own2h, widest, change, *products = (float(x or 0) for x in row)
    p = len(each.columns) + 1
    through = each.inverse[arm] @ _symmetric(iter(products), p)
    unadjusted = each.adjuster.arms[arm]
    level = float(each.coefficients[arm] @ each.toward_mean)
    return AdjustedMoments(
        n_participants=unadjusted.n_participants,
        shift=unadjusted.shift,
        level_above_shift=level + (unadjusted.level_above_shift if each.adjuster.term.ratio else 0.0),
        coefficients=tuple(float(b) for b in each.coefficients[arm]),
        residual=residual,
        adjusted_residual=adjusted,
        trace=float(each.toward_mean @ each.inverse[arm] @ each.toward_mean),
        own2=own2,
        own2h=own2h,
        gram2=float(np.trace(through @ through)),
        change=change,
        complete=widest < 1,
    )
