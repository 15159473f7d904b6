"""How many days an experiment has to run, and what it could see after each week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array, finite, together
from decision_widgets.estimates.power import difference_power
from decision_widgets.estimates.sample_size import detectable_noncentrality
from decision_widgets.estimates.sizing_goal import SizingGoal, can_serve, detectable_change, sizing_difference
from decision_widgets.records import Record

WEEK = 7
# No plan is longer.
LONGEST = 42
LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WeekOutlook(Record):
    """What one pair of arms holds after some whole weeks, and the smallest effect it would find.

    ``detectable_effect`` is in the scale and direction of the goal (the margin, with one), ``None`` when there is none.
    """

    days: int
    n_control: int
    n_treatment: int
    observations_per_participant: float
    power: float
    detectable_effect: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Duration(Record):
    """How long until the goal is reached.

    Attributes
    ----------
    days : int or None
        Whole weeks, at least 7; ``None`` when the goal is not reached by `horizon`.
    first_day : int or None
        The first day with enough participants.
    reached : bool
    horizon : int
        The last day looked at: 42, or the days of history if they are fewer.
    n_control, n_treatment : int
        Of the neediest pair on `first_day`, or at the horizon.
    detectable_at_horizon : float or None
        Smallest effect at the horizon.
    weeks : tuple of WeekOutlook
        One per whole week up to the horizon.
    """

    days: int | None
    first_day: int | None
    reached: bool
    horizon: int
    n_control: int
    n_treatment: int
    detectable_at_horizon: float | None
    weeks: tuple[WeekOutlook, ...]


def duration(
    goal: SizingGoal,
    *,
    level: ArrayLike,
    variance: ArrayLike,
    participants: ArrayLike,
    observations_per_participant: ArrayLike,
    traffic: ArrayLike = 1.0,
    control_share: float = 0.5,
    treatment_share: float = 0.5,
    binary: bool = False,
) -> Duration:
    """Tell how many days the experiment has to run, in whole weeks.

    The first day d whose participants are enough, rounded up. Everything is read from history at the same length d,
    for ``V(d)`` falls only to a floor: more days do not replace participants. On day d each arm holds
    ``share·traffic(d)·N(d)``, with ``traffic(d)`` as in `enrolled_share`.

    Parameters
    ----------
    level, variance, participants, observations_per_participant : array_like, shape (D,)
        ``R(d)``, ``V(d)``, distinct participants ``N(d)`` and ``m̄(d)`` of the first d = 1…D days of history.
    traffic : array_like, scalar or shape (D,)
        Share of the traffic in the experiment on each day, 0 to 1; a ramp rises.
    control_share, treatment_share : float
        Of the experiment's participants, for the pair that decides: with several treatments the smallest one (and
        ``alpha/#pairs`` in the goal).

    Raises
    ------
    InputError
        Arrays of different lengths, participants that fall from day to day, shares above 1 together.

    Examples
    --------
    >>> run = duration(SizingGoal(effect=0.5), level=[1] * 14, variance=[1] * 14, observations_per_participant=[1] * 14,
    ...                participants=[14 * d for d in range(1, 15)])
    >>> run.first_day, run.days, run.weeks[0].n_control
    (10, 14, 49)
    """
    r, v, n, m, schedule = _history(level, variance, participants, observations_per_participant, traffic)
    shares = finite("control_share and treatment_share", [control_share, treatment_share], 0, 1)
    if shares.sum() > 1 + 1e-9:
        raise InputError(f"The shares of a pair add up to 1 at most; got {shares.sum():g}.")
    available = n * enrolled_share(n, schedule)
    # Participants are whole; 1e-9 undoes the rounding of share times count.
    n_c, n_t = (np.floor(share * available + 1e-9) for share in shares)
    power, detectable = _outlook(goal, r, v, n_c, n_t, binary=binary)
    enough = np.flatnonzero(power >= goal.power)
    day = int(enough[0]) + 1 if len(enough) else None
    at = (day or len(n)) - 1
    return Duration(
        days=-(-day // WEEK) * WEEK if day else None,
        first_day=day,
        reached=day is not None,
        horizon=len(n),
        n_control=int(n_c[at]),
        n_treatment=int(n_t[at]),
        detectable_at_horizon=_or_none(detectable[-1]),
        weeks=_weeks(n_c, n_t, m, power, detectable),
    )


def enrolled_share(participants: ArrayLike, traffic: ArrayLike) -> Array:
    """Tell which share of all distinct participants so far is in the experiment, for each day.

    The mean of the schedule so far; where it falls, those who came on their first day at a larger share stay:
    ``Σ (N(d) − N(d−1))·traffic(d)`` of them, and never fewer than the day before.

    >>> enrolled_share([100, 150], [1.0, 0.1]).round(3).tolist(), enrolled_share([100, 150], [0.1, 1.0]).tolist()
    ([1.0, 0.7], [0.1, 0.55])
    """
    n, schedule = together(np.asarray(participants, np.float64), np.asarray(traffic, np.float64))
    by_mean = n * np.cumsum(schedule) / np.arange(1, len(n) + 1)
    newcomers = np.cumsum(np.diff(n, prepend=0.0) * schedule)
    enrolled = np.maximum.accumulate(np.maximum(by_mean, newcomers))
    return np.asarray(enrolled / np.where(n > 0, n, 1.0))


def _weeks(n_c: Array, n_t: Array, m: Array, power: Array, detectable: Array) -> tuple[WeekOutlook, ...]:
    return tuple(
        WeekOutlook(
            days=d,
            n_control=int(n_c[d - 1]),
            n_treatment=int(n_t[d - 1]),
            observations_per_participant=float(m[d - 1]),
            power=float(power[d - 1]),
            detectable_effect=_or_none(detectable[d - 1]),
        )
        for d in range(WEEK, len(n_c) + 1, WEEK)
    )


def _history(
    level: ArrayLike, variance: ArrayLike, participants: ArrayLike, observations: ArrayLike, traffic: ArrayLike
) -> list[Array]:
    columns = [
        finite("level", level),
        finite("variance", variance, 0, closed=True),
        finite("participants", participants, 0, closed=True),
        finite("observations_per_participant", observations, 0),
    ]
    if any(column.ndim != 1 or len(column) != columns[0].size for column in columns) or not columns[0].size:
        raise InputError(f"History needs one number per day; got shapes {', '.join(str(c.shape) for c in columns)}.")
    if (np.diff(columns[2]) < 0).any():
        raise InputError("participants must count all distinct ones so far, so they never fall.")
    every = together(*columns, finite("traffic", traffic, 0, 1, closed=True))
    return [column[:LONGEST] for column in every]


def _outlook(
    goal: SizingGoal, level: Array, variance: Array, n_c: Array, n_t: Array, *, binary: bool
) -> tuple[Array, Array]:
    """Return the power on each day and the smallest effect it would find; 0 and NaN where a day cannot say.

    Early days may hold too few participants, or not one event yet; the last day has to serve the goal.
    """
    power, detectable = np.zeros(len(level)), np.full(len(level), np.nan)
    possible = can_serve(goal, level, variance, binary=binary)
    if not possible[-1]:
        sizing_difference(goal, level[-1], variance[-1], binary=binary)
    some = possible & (np.minimum(n_c, n_t) >= LEAST)
    if some.any():
        r, v, c, t = level[some], variance[some], n_c[some], n_t[some]
        distance, v_c, v_t = sizing_difference(goal, r, v, binary=binary)
        power[some] = difference_power(distance, v_c, v_t, c, t, alpha=goal.alpha, alternative=goal.side)
        nc = detectable_noncentrality(c + t - 2, alpha=goal.alpha, power=goal.power, alternative=goal.side)
        detectable[some] = detectable_change(goal, nc, r, v, c, t, binary=binary)
    return power, detectable


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
