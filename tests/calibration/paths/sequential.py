"""Looking every day: group-sequential plans, confidence sequences, sample ratios, and what naive looking does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, partial

import numpy as np
from calibration.path import ALPHA, Answers, Array, Path, around, at_most, claimed
from calibration.worlds.looks import DailyCounts, DailyLooks
from numpy.typing import NDArray

from decision_widgets.estimates import (
    GroupSequentialBounds,
    Look,
    MeanDifference,
    StoppingPlan,
    clustered_difference,
    sample_ratio,
    sequential_sample_ratio,
    spending_bounds,
    stopping_report,
)
from decision_widgets.estimates.stopping_plan import StoppingRule
from decision_widgets.moments import ArmMoments, arm_moments

Draws = tuple[Array, Array]
SECTION = "Looking every day for 28 days"
ALARM = 0.001
WORLD = DailyLooks()
PILOT = 100
STARTS = 2
"""Looks begin on the third day, when each arm has its 100 participants."""
WEEKLY, DAILY = (6, 13, 20, 27), tuple(range(STARTS, 28))


def looks_of(m: Array, s: Array) -> list[tuple[int, int, MeanDifference]]:
    """Compare the arms after each day; participants count once they were seen."""
    half = m.shape[1] // 2
    found = []
    for day_m, day_s in zip(m, s, strict=True):
        control, treatment = (_arm(day_m[arm], day_s[arm]) for arm in (slice(half), slice(half, None)))
        estimate = clustered_difference(control, treatment)
        found.append((control.n_participants, treatment.n_participants, estimate))
    return found


def _arm(m: Array, s: Array) -> ArmMoments:
    seen = m > 0
    return arm_moments(m[seen], s[seen], shift=0.0)


def by_plan(draws: Draws) -> Answers:
    """Claim at the first day beyond the boundaries, drawn up for the information that was planned for each day."""
    bounds = np.array(planned_bounds().upper())
    z = [[abs(e.statistic) for *_, e in looks_of(m[STARTS:], s[STARTS:])] for m, s in zip(*draws, strict=True)]
    return Answers(claims=(np.array(z) > bounds).any(axis=1).astype(float))


def reported(draws: Draws, *, rule: StoppingRule, days: Sequence[int]) -> Answers:
    """Ask for the stopping report on these days; its boundaries are for the information really reached."""
    dates = [str(date(2026, 3, 2) + timedelta(days=day)) for day in days]
    planned_std_error = float(pilot_information()[-1] ** -0.5)
    plan = StoppingPlan(planned_std_error=planned_std_error, rule=rule, planned_looks=tuple(dates))
    chosen = list(days)
    reports = []
    for m, s in zip(*draws, strict=True):
        looks = [
            Look(date=day, effect=e.effect, std_error=e.std_error, n_control=n_c, n_treatment=n_t)
            for day, (n_c, n_t, e) in zip(dates, looks_of(m[chosen], s[chosen]), strict=True)
        ]
        reports.append(stopping_report(looks, plan))
    lower, upper = np.array([(report.effect_lower, report.effect_upper) for report in reports], dtype=float).T
    stopped = np.array([report.decision.startswith("stop") for report in reports], dtype=float)
    return Answers(claims=stopped, lower=lower, upper=upper)


@cache
def planned_bounds() -> GroupSequentialBounds:
    """Draw up the boundaries of daily looks."""
    information = pilot_information()[STARTS:]
    return spending_bounds((information / information[-1]).tolist(), alpha=ALPHA)


@cache
def pilot_information() -> Array:
    """Return the mean information of each day in a few experiments of their own."""
    m, s = WORLD.draw(np.random.default_rng(6999), PILOT, 0.0)
    errors = [[e.std_error for *_, e in looks_of(m[i], s[i])] for i in range(PILOT)]
    return np.asarray((np.array(errors) ** -2).mean(axis=0))


def naive(draws: Draws) -> Answers:
    """Claim at the first day with p ≤ .05."""
    smallest = [min(e.p_value for _, _, e in looks_of(m, s)) for m, s in zip(*draws, strict=True)]
    return Answers(claims=claimed(smallest))


def watched(counts: NDArray[np.int64], *, shares: tuple[float, ...]) -> Answers:
    total = float(counts[0, -1].sum())
    tests = [sequential_sample_ratio(each.tolist(), shares, planned_participants=total) for each in counts]
    return Answers(claims=np.array([test.p_value < ALARM for test in tests], dtype=float))


def once(counts: NDArray[np.int64], *, shares: tuple[float, ...]) -> Answers:
    tests = [sample_ratio(each[-1].tolist(), shares) for each in counts]
    return Answers(claims=np.array([test.p_value < ALARM for test in tests], dtype=float))


def _splits() -> list[Path]:
    found = []
    for shares in ((0.5, 0.5), (0.5, 0.3, 0.2)):
        text = " : ".join(f"{share:g}" for share in shares)
        for name, analyse, band in (
            (f"sequential sample ratio, alarm at .001, {text}", watched, at_most(ALARM)),
            (f"χ² sample ratio on the last day only, alarm at .001, {text}", once, around(ALARM)),
        ):
            found.append(
                Path(
                    section=SECTION,
                    name=name,
                    seed=6100 + len(found),
                    draw=DailyCounts(shares=shares).draw,
                    analyse=partial(analyse, shares=shares),
                    band=band,
                )
            )
    return found


PATHS = (
    Path(
        section=SECTION,
        name="Lan–DeMets O'Brien–Fleming, boundaries of the plan, participants returning",
        seed=6000,
        draw=WORLD.draw,
        analyse=by_plan,
        band=at_most(ALPHA),
        batch=100,
    ),
    Path(
        section=SECTION,
        name="Lan–DeMets O'Brien–Fleming once a week at the information reached; the report's stagewise interval",
        seed=6003,
        draw=WORLD.draw,
        analyse=partial(reported, rule="obf", days=WEEKLY),
        band=at_most(ALPHA),
        cover=0.15,
        batch=100,
    ),
    Path(
        section=SECTION,
        name="normal-mixture confidence sequence, participants returning",
        seed=6001,
        draw=WORLD.draw,
        analyse=partial(reported, rule="mixture", days=DAILY),
        band=at_most(ALPHA),
        cover=0.15,
        batch=100,
    ),
    *_splits(),
    Path(
        section="Negative controls",
        name="a fixed-horizon p-value looked at every day",
        seed=6002,
        draw=WORLD.draw,
        analyse=naive,
        band=around(ALPHA),
        batch=100,
        must_fail=True,
    ),
)
