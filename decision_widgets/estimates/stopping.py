"""May the experiment stop? Every look against its plan, and what may be claimed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

import scipy

from decision_widgets.errors import InputError
from decision_widgets.estimates.after_stopping import after_stopping
from decision_widgets.estimates.boundary_crossing import LEAST_GAIN
from decision_widgets.estimates.confidence_sequence import AlwaysValid, mixing_variance, mixture_test
from decision_widgets.estimates.group_sequential import GroupSequentialBounds, spending_bounds
from decision_widgets.estimates.stopping_plan import (
    Decision,
    Interval,
    JudgedLook,
    Look,
    LookStatus,
    StoppingPlan,
    StoppingReport,
)

LEAST_PARTICIPANTS_PER_ARM: Final = 100
LEAST_UNITS: Final = 20
FUTILE_BELOW: Final = 0.1
FUTILE_FROM: Final = 0.5
# Participants who are seen in another arm later leave both, so an arm may lose a few.
MAY_LEAVE: Final = 0.01
# Where the mixture is narrowest, as a share of the plan's information.
TUNED_TO: Final = 0.5

Limit = float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What may be claimed; lower and upper as a benefit counts."""

    effect: float | None = None
    lower: Limit = None
    upper: Limit = None
    p_value: float | None = None
    interval: Interval | None = None


def stopping_report(looks: Sequence[Look], plan: StoppingPlan) -> StoppingReport:
    """Tell whether an experiment may stop, look by look, and what its effect is after having looked.

    Boundaries by `spending_bounds` at the information really reached, or by `mixture_half_width` with its mixture tuned
    to half the plan; after a stop, `after_stopping`. A look that brings no information spends nothing and cannot stop.

    Parameters
    ----------
    looks : sequence of Look
        Of all data so far each, in time order; an arm may lose 1% of its participants, not more.
    plan : StoppingPlan

    Raises
    ------
    InputError
        No look, dates that fall from look to look, participants that fall by more than 1%.

    >>> days = {"2026-05-14": (2.0, 1.41, 500), "2026-05-21": (2.6, 1.12, 800)}
    >>> looks = [Look(date=day, effect=effect, std_error=error, n_control=n, n_treatment=n)
    ...          for day, (effect, error, n) in days.items()]
    >>> report = stopping_report(looks, StoppingPlan(planned_std_error=1.0))
    >>> report.decision, report.naive_effect, round(report.effect, 2)
    ('stop-benefit', 2.6, 2.59)
    """
    _refuse(looks)
    statuses = _statuses(looks, plan)
    bounds = _bounds(looks, statuses, plan)
    judged = _judged(looks, statuses, bounds, plan)
    at = _deciding(judged)
    ended = any(_ends(each, plan) for each, status in zip(looks, statuses, strict=True) if status != "too-early")
    decision = _decision(judged, at, ended, plan)
    claim = _Claim() if at is None else _claim(judged, at, decision, bounds, plan)
    lower, upper = _facing(claim.lower, claim.upper, plan)
    chance = _conditional_power(judged, at, plan) if decision == "continue" and at is not None else None
    look = None if at is None else judged[at]
    return StoppingReport(
        decision=decision,
        decided_at=None if look is None else look.date,
        rule=plan.rule,
        alpha=plan.alpha,
        sides=plan.sides,
        information=None if look is None else look.information,
        naive_effect=None if look is None else look.effect,
        is_exaggerated=at is not None and decision.startswith("stop") and not _ends(looks[at], plan),
        effect=claim.effect if claim.effect is None else _sign(plan) * claim.effect,
        effect_lower=lower,
        effect_upper=upper,
        p_value=claim.p_value,
        interval=claim.interval,
        conditional_power=chance,
        is_futile=look is not None and look.information >= FUTILE_FROM and chance is not None and chance < FUTILE_BELOW,
        unplanned_looks=tuple(each.date for each in judged if plan.rule != "mixture" and not each.is_planned),
        looks=judged,
    )


def _refuse(looks: Sequence[Look]) -> None:
    if not looks:
        raise InputError("A stopping report needs at least one look.")
    for earlier, later in pairwise(looks):
        if later.date < earlier.date:
            raise InputError(f"Looks must come in time order; {later.date} follows {earlier.date}.")
        before, after = (earlier.n_control, earlier.n_treatment), (later.n_control, later.n_treatment)
        if any(now < then * (1 - MAY_LEAVE) for then, now in zip(before, after, strict=True)):
            raise InputError(
                f"Each look must hold all data so far, but on {later.date} an arm has fewer participants than on "
                f"{earlier.date}; give cumulative looks."
            )


def _statuses(looks: Sequence[Look], plan: StoppingPlan) -> list[LookStatus]:
    statuses: list[LookStatus] = []
    reached, over = 0.0, False
    for look in looks:
        information = _information(look, plan)
        if not _has_started(look, plan):
            statuses.append("too-early")
            continue
        if over:
            statuses.append("after-the-end")
        elif plan.rule != "mixture" and information - reached < 2 * LEAST_GAIN * information:
            statuses.append("no-new-information")
        else:
            statuses.append("judged")
            reached = max(reached, information)
        over = over or (plan.rule != "mixture" and _ends(look, plan))
    return statuses


def _has_started(look: Look, plan: StoppingPlan) -> bool:
    if plan.design == "between":
        return min(look.n_control, look.n_treatment) >= LEAST_PARTICIPANTS_PER_ARM
    return min(look.n_control, look.n_treatment) > 0 and look.n_control + look.n_treatment >= LEAST_UNITS


def _information(look: Look, plan: StoppingPlan) -> float:
    return (plan.planned_std_error / look.std_error) ** 2


def _ends(look: Look, plan: StoppingPlan) -> bool:
    # Days are ISO texts, which sort as days.
    return _information(look, plan) >= 1 or (plan.planned_looks is not None and look.date >= plan.planned_looks[-1])


def _bounds(looks: Sequence[Look], statuses: Sequence[LookStatus], plan: StoppingPlan) -> GroupSequentialBounds | None:
    counted = [look for look, status in zip(looks, statuses, strict=True) if status == "judged"]
    if plan.rule == "mixture" or not counted:
        return None
    return spending_bounds(
        [_information(look, plan) for look in counted],
        alpha=plan.alpha,
        sides=plan.sides,
        spending=plan.rule,
        final=_ends(counted[-1], plan),
    )


def _judged(
    looks: Sequence[Look], statuses: Sequence[LookStatus], bounds: GroupSequentialBounds | None, plan: StoppingPlan
) -> tuple[JudgedLook, ...]:
    phi = mixing_variance(plan.planned_std_error**2 / TUNED_TO, alpha=plan.alpha, sides=plan.sides)
    tests = [
        mixture_test(_sign(plan) * look.effect, look.std_error, mixing_variance=phi, alpha=plan.alpha, sides=plan.sides)
        if status != "too-early"
        else None
        for look, status in zip(looks, statuses, strict=True)
    ]
    smallest = list(accumulate((1.0 if test is None else test.p_value for test in tests), min))
    boundaries = iter([] if bounds is None else zip(bounds.critical_values, bounds.cumulative_alpha, strict=True))
    judged = []
    for look, status, test, p_value in zip(looks, statuses, tests, smallest, strict=True):
        value, spent = next(boundaries) if bounds and status == "judged" else (None, None)
        if test is not None and plan.rule == "mixture":
            value = (test.effect - test.effect_lower) / test.std_error
        judged.append(_look(look, status, test, p_value, value, spent, plan))
    return tuple(judged)


def _look(
    look: Look,
    status: LookStatus,
    test: AlwaysValid | None,
    p_value: float,
    value: float | None,
    spent: float | None,
    plan: StoppingPlan,
) -> JudgedLook:
    lower, upper = (None, None) if test is None else _facing(test.effect_lower, test.effect_upper, plan)
    statistic = look.effect / look.std_error
    beyond = abs(statistic) if plan.sides == 2 else _sign(plan) * statistic
    return JudgedLook(
        date=look.date,
        status=status,
        is_planned=plan.planned_looks is None or look.date in plan.planned_looks,
        effect=look.effect,
        std_error=look.std_error,
        n_control=look.n_control,
        n_treatment=look.n_treatment,
        information=_information(look, plan),
        statistic=statistic,
        critical_value=value,
        cumulative_alpha=spent,
        is_crossed=value is not None and beyond >= value,
        always_valid_lower=lower,
        always_valid_upper=upper,
        always_valid_p=None if test is None else p_value,
    )


def _deciding(judged: Sequence[JudgedLook]) -> int | None:
    """Return the first look that crossed, else the last that was judged, else nothing."""
    counted = [i for i, look in enumerate(judged) if look.status == "judged"]
    return next((i for i in counted if judged[i].is_crossed), counted[-1] if counted else None)


def _decision(judged: Sequence[JudgedLook], at: int | None, ended: bool, plan: StoppingPlan) -> Decision:
    if at is None:
        return "too-early"
    if judged[at].is_crossed:
        return "stop-benefit" if _sign(plan) * judged[at].effect > 0 else "stop-harm"
    return "plan-reached" if ended else "continue"


def _claim(
    judged: Sequence[JudgedLook],
    at: int,
    decision: Decision,
    bounds: GroupSequentialBounds | None,
    plan: StoppingPlan,
) -> _Claim:
    look = judged[at]
    effect = _sign(plan) * look.effect
    if bounds is None:
        lower, upper = _facing(look.always_valid_lower, look.always_valid_upper, plan)
        return _Claim(lower=lower, upper=upper, p_value=look.always_valid_p, interval="confidence sequence")
    if decision == "continue":
        half = None if look.critical_value is None else look.critical_value * look.std_error
        if half is None:
            return _Claim()
        return _Claim(lower=effect - half, upper=effect + half if plan.sides == 2 else None, interval="repeated")
    taken = sum(each.status == "judged" for each in judged[: at + 1])
    stopped = after_stopping(_first(bounds, taken), effect=effect, std_error=look.std_error)
    return _Claim(
        effect=stopped.effect,
        lower=stopped.effect_lower,
        upper=stopped.effect_upper,
        p_value=stopped.p_value,
        interval="stagewise",
    )


def _first(bounds: GroupSequentialBounds, looks: int) -> GroupSequentialBounds:
    """Return the first looks of a plan, whose boundaries do not depend on the later ones."""
    return GroupSequentialBounds(
        information=bounds.information[:looks],
        critical_values=bounds.critical_values[:looks],
        cumulative_alpha=bounds.cumulative_alpha[:looks],
        alpha=bounds.alpha,
        sides=bounds.sides,
        rule=bounds.rule,
    )


def _conditional_power(judged: Sequence[JudgedLook], at: int, plan: StoppingPlan) -> float | None:
    """Return the chance of a benefit at the end if the effect goes on as it is (Lan & Wittes 1988)."""
    if plan.rule == "mixture":
        return None
    information = [look.information for look in judged if look.status == "judged"]
    t, z = information[-1], _sign(plan) * judged[at].statistic
    if 1 - t < 2 * LEAST_GAIN:
        return None
    final = spending_bounds([*information, 1.0], alpha=plan.alpha, sides=plan.sides, spending=plan.rule)
    needed = final.critical_values[-1]
    if needed is None:
        return None
    # B = Z·√t so far, and the drift B/t over what is left.
    return float(scipy.special.ndtr((z / math.sqrt(t) - needed) / math.sqrt(1 - t)))


def _sign(plan: StoppingPlan) -> float:
    return 1.0 if plan.direction == "increase" else -1.0


def _facing(lower: Limit, upper: Limit, plan: StoppingPlan) -> tuple[Limit, Limit]:
    """Turn limits over where a decrease is the benefit; turning twice gives them back."""
    if plan.direction == "increase":
        return lower, upper
    return (None if upper is None else -upper), (None if lower is None else -lower)
