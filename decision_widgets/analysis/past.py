"""What the history says about a metric, day by day, whichever way it was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from decision_widgets.analysis.definitions import as_defined
from decision_widgets.analysis.sources import Known, kept_source
from decision_widgets.data import Listener
from decision_widgets.data.history import read_history
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    HistorySums,
    ObservationSums,
    PlanningVariance,
    correlation_from_history,
    design_effect,
    participant_mean_variance,
    previous_window_reduction,
    typed_variance,
    variance_from_history,
)
from decision_widgets.moments import (
    HistorySpec,
    MetricSummary,
    TypedSummary,
    WindowSums,
)
from decision_widgets.vocabulary import Estimand

HORIZON: Final = 42
LEAST: Final = 3
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How alike observations of one participant are, and what follows; for the explanation, not for the size.

    `design_effect` is of the longest window, whose observations are worth `effective_observations`.
    """

    std_dev: float
    icc: float | None
    icc_found: float
    negative: bool
    design_effect: float
    effective_observations: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """One metric's past: arrays of shape (D,), one value for each length d of the window.

    `participants` is ``None`` when there are no days; then D = 1. `usable` says which lengths hold enough to plan from.
    `other_level` and `other_variance` are of the other average, ``None`` where there is none. `reduction` is the share
    of the variance that the window before explains (``None``: unknown). `of_participants`: level and variance are of
    the average of participants.
    """

    summary: MetricSummary | TypedSummary
    level: Array
    variance: Array
    observations: Array
    cv: Array
    participants: Array | None
    other_level: Array | None
    other_variance: Array | None
    reduction: Array | None
    alike: Alike | None
    of_participants: bool = False

    @property
    def binary(self) -> bool:
        return self.summary.kind == "binary"

    @property
    def source(self) -> Literal["history", "typed"]:
        return "typed" if isinstance(self.summary, TypedSummary) else "history"

    def at(self, index: int, *, adjusted: bool = False) -> PlanningVariance:
        """Return what one participant adds after ``index + 1`` days."""
        left = 1.0 - self.left_out(index) if adjusted else 1.0
        return PlanningVariance(
            level=float(self.level[index]),
            variance=float(self.variance[index]) * left,
            observations_per_participant=float(self.observations[index]),
            cv_observations=float(self.cv[index]),
            binary=self.binary,
        )

    def design_effects(self, icc: float | None = None) -> Array:
        """Return the design effect of each length of the window, at another correlation if one is given; shape (D,)."""
        assert self.alike is not None
        known = 0.0 if self.alike.icc is None else self.alike.icc
        # (1 + CV²)·m̄ = Σn²/Σn does not change with participants who have no observation, of whom m̄ may be below 1.
        return 1 + ((1 + self.cv**2) * self.observations - 1) * (known if icc is None else icc)

    def left_out(self, index: int) -> float:
        """Return the share of the variance that covariates remove, never below 0."""
        return 0.0 if self.reduction is None else max(0.0, float(self.reduction[index]))


def read_pasts(
    design: BetweenSubject, history: Any, estimand: Estimand, progress: bool | Listener | None
) -> dict[str, Past | CannotEstimate]:
    """Return the past of every metric of the design.

    Raises
    ------
    InputError
        The history lacks a metric, or nobody's history is long enough for a variance.
    """
    source = kept_source(history)
    known: dict[str, Known]
    if source is None:
        read = read_history(history, needs_of_past(design), progress)
        known = {metric.name: read.summary(metric.name) for metric in design.metrics}
    else:
        known = {m.name: as_defined(design, m, source.summary(m.name)) for m in design.metrics}
    counts = [each.n_participants for each in known.values() if isinstance(each, MetricSummary)]
    if counts and max(counts) < LEAST:
        n = "1 participant" if max(counts) == 1 else f"{max(counts)} participants"
        raise InputError(
            f"The history holds {n}; a variance needs at least 3. Give a longer history, or typed numbers."
        )
    return {name: past_from(each, estimand) for name, each in known.items()}


def needs_of_past(design: BetweenSubject) -> HistorySpec:
    """Return what a design needs from a table of the past."""
    return HistorySpec(
        participant=design.participant,
        time=design.time,
        metrics=tuple(metric.columns() for metric in design.metrics),
        missing=design.missing,
    )


def past_from(known: Known, estimand: Estimand) -> Past | CannotEstimate:
    """Return the past of one metric from its summary, or why there is none."""
    if isinstance(known, TypedSummary):
        return _typed(known, estimand)
    if isinstance(known, MetricSummary):
        return _from_sums(known, estimand)
    return _refusal(known.what, known.remedy)


def _refusal(what: str, remedy: str) -> CannotEstimate:
    return CannotEstimate("E_METRIC_KIND", what, what=what, remedy=remedy)


def _typed(typed: TypedSummary, estimand: Estimand) -> Past | CannotEstimate:
    if estimand == "participant":
        what = "Typed numbers describe observations; the average of participants needs a history."
        return _refusal(what, "give a history, or plan for the other average")
    learnt = typed_variance(
        typed.mean,
        typed.std_dev,
        observations_per_participant=typed.observations_per_participant,
        cv_observations=typed.cv_observations,
        icc=typed.icc,
    )
    days = HORIZON if typed.participants_per_day else 1
    rate: Array | None = (
        None if typed.participants_per_day is None else typed.participants_per_day * np.arange(1.0, days + 1)
    )
    deff = float(design_effect(typed.observations_per_participant, typed.icc, cv=typed.cv_observations))
    std_dev = typed.std_dev if typed.std_dev is not None else (typed.mean * (1 - typed.mean)) ** 0.5
    return Past(
        summary=typed,
        level=np.full(days, learnt.level),
        variance=np.full(days, learnt.variance),
        observations=np.full(days, learnt.observations_per_participant),
        cv=np.full(days, learnt.cv_observations),
        participants=rate,
        other_level=None,
        other_variance=None,
        reduction=np.full(days, typed.variance_reduction) if typed.variance_reduction else None,
        alike=Alike(
            std_dev=std_dev,
            icc=typed.icc,
            icc_found=typed.icc,
            negative=False,
            design_effect=deff,
            effective_observations=None,
        ),
    )


def _from_sums(summary: MetricSummary, estimand: Estimand) -> Past | CannotEstimate:
    binary = summary.kind == "binary"
    totals = [_of_observations(window, summary.shift, binary=binary) for window in summary.windows]
    means = [_of_participants(window, summary.shift, binary=binary) for window in summary.windows]
    first, second = (totals, means) if estimand == "observation" else (means, totals)
    if first[-1] is None:
        return _no_variance(summary, estimand)
    timed = summary.n_days is not None
    level, variance = _columns(first)
    other = _columns(second) if second[-1] is not None else (None, None)
    return Past(
        summary=summary,
        level=level,
        variance=variance,
        observations=np.array([1.0 if t is None else t.observations_per_participant for t in totals]),
        cv=np.array([0.0 if t is None else t.cv_observations for t in totals]),
        participants=np.array([float(w.n_people) for w in summary.windows]) if timed else None,
        other_level=other[0],
        other_variance=other[1],
        reduction=_reduction(summary) if estimand == "observation" else None,
        of_participants=estimand == "participant",
        alike=_alike(summary.windows[-1], summary.shift),
    )


def _no_variance(summary: MetricSummary, estimand: Estimand) -> CannotEstimate:
    window = summary.windows[-1]
    if estimand == "participant" and window.rows is None:
        return _refusal("A ratio of totals has no average of participants.", "plan for the other average")
    if window.n_participants < LEAST:
        what = f"Its history holds {window.n_participants} participants; a variance needs at least 3."
        return _refusal(what, "give a longer history")
    value = f"{summary.shift + window.sum_s / window.sum_m:.10g}" if window.sum_m > 0 else "nothing"
    who = f"{window.n_participants:,} participants"
    return CannotEstimate("E_NO_VARIATION", "It does not vary.", where="the history", n=who, value=value)


def _of_observations(window: WindowSums, shift: float, *, binary: bool) -> PlanningVariance | None:
    # Who has no value weighs 0 in the ratio of totals, so the same sums hold for everybody who is assigned.
    everybody = replace(_sums(window, shift), n_participants=window.n_people)
    if window.n_participants < LEAST:
        return None
    try:
        return variance_from_history(everybody, binary=binary)
    except InputError:  # too few participants yet, or all the same
        return None


def _of_participants(window: WindowSums, shift: float, *, binary: bool) -> PlanningVariance | None:
    try:
        learnt = participant_mean_variance(_sums(window, shift), _rows(window), binary=binary)
    except InputError:
        return None
    return replace(learnt, variance=learnt.variance * window.n_people / window.n_participants)


def _columns(learnt: Sequence[PlanningVariance | None]) -> tuple[Array, Array]:
    # 0 variance says "not usable" wherever sizes by day are computed.
    level = np.array([0.0 if each is None else each.level for each in learnt])
    return level, np.array([0.0 if each is None else each.variance for each in learnt])


def _sums(window: WindowSums, shift: float) -> HistorySums:
    return HistorySums(
        n_participants=window.n_participants,
        sum_m=window.sum_m,
        sum_m2=window.sum_m2,
        sum_s=window.sum_s,
        sum_s2=window.sum_s2,
        sum_sm=window.sum_sm,
        shift=shift,
    )


def _rows(window: WindowSums) -> ObservationSums:
    rows = window.rows
    if rows is None:
        raise InputError("A ratio of totals has no observations of its own.")
    return ObservationSums(
        sum_y2=rows.sum_y2,
        sum_inverse_m=rows.sum_inverse_m,
        sum_mean=rows.sum_mean,
        sum_mean2=rows.sum_mean2,
        within=max(0.0, rows.within),
    )


def _alike(window: WindowSums, shift: float) -> Alike | None:
    if window.rows is None:
        return None
    sums = _sums(window, shift)
    if window.n_observations <= window.n_participants:
        return Alike(
            std_dev=variance_from_history(sums).variance ** 0.5,
            icc=None,
            icc_found=0.0,
            negative=False,
            design_effect=1.0,
            effective_observations=float(window.n_observations),
        )
    found = correlation_from_history(sums, _rows(window))
    between = max(0.0, (found.mean_square_between - found.mean_square_within) / found.m0)
    return Alike(
        std_dev=(between + found.mean_square_within) ** 0.5,
        icc=found.icc,
        icc_found=found.icc_anova,
        negative=found.negative,
        design_effect=found.design_effect,
        effective_observations=found.effective_observations,
    )


def _reduction(summary: MetricSummary) -> Array | None:
    """Return for each length the R² of the windows whose length is nearest, the shorter of two."""
    by_days: dict[int, float] = {}
    for days, halves in groupby(sorted(summary.previous, key=lambda half: (half.days, half.half)), lambda h: h.days):
        with_both = list(halves)
        if len(with_both) == 2 and min(half.n_participants for half in with_both) >= LEAST:
            by_days[days] = _share_removed(with_both, ratio=summary.windows[-1].rows is None)
    by_days = {days: share for days, share in by_days.items() if np.isfinite(share)}
    if not by_days:
        return None
    lengths: Iterable[int] = range(1, len(summary.windows) + 1)
    return np.array([by_days[min(by_days, key=lambda days: (abs(days - d), days))] for d in lengths])


def _share_removed(halves: list[Any], *, ratio: bool) -> float:
    try:
        return previous_window_reduction(halves, ratio=ratio)
    except InputError:
        return float("nan")
