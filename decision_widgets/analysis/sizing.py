"""The size of one metric: participants, days, the effect that is found, for every pair of arms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from decision_widgets.analysis.arms import PlannedArms, pair_alpha
from decision_widgets.analysis.past import LEAST, Past
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    Duration,
    PlanningVariance,
    SizeBounds,
    SizingGoal,
    duration,
    enrolled_share,
    minimum_detectable_effect,
    planned_power,
    proportion_power,
    required_size,
    size_bounds,
)
from decision_widgets.estimates.sample_size import whole
from decision_widgets.moments import MetricSummary
from decision_widgets.results.sizing_records import SizingQuestion

# At power 0.8 and alpha 0.05 a true effect of minimum_effect/0.7 is found to be worth shipping as often as it is found
# at all: the estimate must exceed both the least that is worth it and what can be told from 0, and there the two are
# the same. Elsewhere the sentence says how often it ships.
SHIPPED: Final = 0.7
RARE_BELOW: Final = 10.0
WEEK: Final = 7
MOST_STEPS: Final = 400
Solved = Literal["participants", "effect", "power"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one metric is asked: a goal, with an effect to find unless only the smallest one is sought."""

    metric: Metric
    goal: SizingGoal
    alpha_text: str
    effect_known: bool
    asked_for: bool

    @property
    def margin(self) -> bool:
        return self.goal.margin > 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Size:
    """What was found for one metric: participants of each arm after `index` + 1 days of history."""

    wanted: Wanted
    past: Past
    solved: Solved
    index: int
    n_arms: tuple[int, ...]
    neediest: tuple[int, int]
    total_exact: float | None
    days: int | None
    first_day: int | None
    run: Duration | None

    @property
    def planning(self) -> PlanningVariance:
        """What one participant adds, covariates counted where the design has them."""
        return self.past.at(self.index, adjusted=self.adjusted)

    @property
    def adjusted(self) -> bool:
        return adjusts(self.wanted.metric, self.past)


def adjusts(metric: Metric, past: Past) -> bool:
    """Tell whether the plan counts on covariates: the design has them, and the history says what they do."""
    return bool(metric.covariates) and past.reduction is not None


def wanted_of(design: BetweenSubject, metric: Metric, arms: PlannedArms, question: SizingQuestion) -> Wanted:
    """Return what a metric is asked.

    Raises
    ------
    CannotEstimate
        A guardrail without a limit.
    """
    margin = metric.role == "guardrail"
    alpha, text = pair_alpha(design, metric, arms, margin=margin)
    sign = 1.0 if metric.direction == "increase" else -1.0
    if margin:
        if not metric.limit:
            raise CannotEstimate("E_NI_MARGIN", "A non-inferiority plan needs a margin; set limit=.")
        goal = SizingGoal.noninferiority(
            metric.limit, relative=True, direction=metric.direction, alpha=alpha, power=design.power
        )
        return Wanted(metric=metric, goal=goal, alpha_text=text, effect_known=True, asked_for=True)
    # Verdicts read a relative effect from Fieller's interval.
    base = SizingGoal(effect=sign * 0.01, relative=True, alpha=alpha, power=design.power, interval="fieller")
    stated = question.effects.get(metric.name)
    if stated is not None:
        goal = replace(base, effect=sign * stated, relative=question.relative)
        return Wanted(metric=metric, goal=goal, alpha_text=text, effect_known=True, asked_for=True)
    if metric.role == "primary" and metric.minimum_effect:
        goal = replace(base, effect=sign * metric.minimum_effect / SHIPPED)
        return Wanted(metric=metric, goal=goal, alpha_text=text, effect_known=True, asked_for=False)
    goal = replace(base, relative=question.relative)
    return Wanted(metric=metric, goal=goal, alpha_text=text, effect_known=False, asked_for=False)


def size_for_effect(wanted: Wanted, past: Past, arms: PlannedArms, question: SizingQuestion) -> Size:
    """Find the participants, and the days in which they come, that this metric's effect needs."""
    last = len(past.level) - 1
    adjusted = adjusts(wanted.metric, past)
    _needs_a_base(wanted, past.at(last))
    totals = _totals(wanted.goal, past.at(last, adjusted=adjusted), arms)
    neediest = arms.pairs[int(np.argmax(totals))]
    run = _run(wanted.goal, past, neediest, arms, question, adjusted=adjusted)
    days = None if run is None else _whole_weeks(run, wanted.goal.power)
    first = None if run is None else run.first_day
    index = last if days is None else min(days - 1, last)
    planning = past.at(index, adjusted=adjusted)
    total = max(_totals(wanted.goal, planning, arms))
    n_arms = _whole_arms(total, arms)
    if counted_out(wanted, past, planning, n_arms):
        n_arms = _enough_for_exact(wanted, planning, arms, n_arms, total)
        first = None if days is None else first_day_with(past, question, sum(n_arms))
        days = None if first is None or days is None else max(days, in_weeks(first))
    return Size(
        wanted=wanted, past=past, solved="participants", index=index, n_arms=n_arms, neediest=neediest,
        total_exact=total, days=days, first_day=first, run=run,
    )  # fmt: skip


def size_for_participants(
    wanted: Wanted,
    past: Past,
    arms: PlannedArms,
    question: SizingQuestion,
    n_arms: tuple[int, ...],
    index: int,
    days: int | None,
) -> Size:
    """Take the participants as given: the smallest effect follows, or the power of the one that was asked for."""
    index = min(index, len(past.level) - 1)
    if not wanted.effect_known and past.level[index] <= 0:
        wanted = replace(wanted, goal=replace(wanted.goal, relative=False))
    _needs_a_base(wanted, past.at(index))
    shares = np.array(arms.shares)
    neediest = max(arms.pairs, key=lambda pair: 1 / shares[pair[0]] + 1 / shares[pair[1]])
    adjusted = adjusts(wanted.metric, past)
    try:
        run = _run(wanted.goal, past, neediest, arms, question, adjusted=adjusted)
    except InputError:  # the days of a goal that cannot be reached are not asked for
        run = None
    return Size(
        wanted=wanted, past=past, solved="power" if wanted.asked_for and not wanted.margin else "effect", index=index,
        n_arms=n_arms, neediest=neediest, total_exact=None, days=days, first_day=None, run=run,
    )  # fmt: skip


def _needs_a_base(wanted: Wanted, planning: PlanningVariance) -> None:
    if wanted.goal.relative and planning.level <= 0:
        raise CannotEstimate("E_BASELINE_SIGN", "A percentage needs a positive level.", mean=f"{planning.level:.4g}")


def arms_after(past: Past, arms: PlannedArms, question: SizingQuestion, days: int) -> tuple[int, ...]:
    """Return the participants that each arm holds after so many days."""
    if past.participants is None:
        raise InputError(
            "days= needs a history with days: give the design's time= and a table, or participants_per_day= with "
            "typed numbers."
        )
    if days > len(past.participants):
        raise InputError(
            f"The history holds {len(past.participants)} days and says nothing of {days}; give a longer one, or "
            "participants=."
        )
    available = past.participants[days - 1] * traffic_so_far(past.participants, question)[days - 1]
    return tuple(int(share * available + 1e-9) for share in arms.shares)


def first_day_with(past: Past, question: SizingQuestion, participants: int) -> int | None:
    """Return the first day by which so many have come; ``None`` when they do not, or nothing is known of days."""
    if past.participants is None:
        return None
    come = past.participants * traffic_so_far(past.participants, question)
    enough = np.flatnonzero(come + 1e-9 >= participants)
    return int(enough[0]) + 1 if len(enough) else None


def in_weeks(days: int) -> int:
    """Round days up to whole weeks."""
    return -(-days // WEEK) * WEEK


def traffic_so_far(participants: NDArray[np.float64], question: SizingQuestion) -> NDArray[np.float64]:
    """Return which share of all participants is in the experiment by each day."""
    return enrolled_share(participants, _schedule(question, len(participants)))


def _schedule(question: SizingQuestion, days: int) -> NDArray[np.float64]:
    # The last share goes on.
    return np.array([*question.traffic, *[question.traffic[-1]] * days][:days])


def detectable(size: Size, pair: tuple[int, int]) -> float:
    """Return the size of the smallest effect that a pair finds (of the loss that it rules out), in the goal's scale."""
    n_control, n_treatment = (size.n_arms[at] for at in pair)
    return abs(minimum_detectable_effect(size.wanted.goal, size.planning, n_control, n_treatment))


def power_of(size: Size, pair: tuple[int, int]) -> float:
    """Return with what probability a pair finds the goal's effect; exactly where a binary metric is rare."""
    n_control, n_treatment = (size.n_arms[at] for at in pair)
    planning, goal = size.planning, size.wanted.goal
    if counted_out(size.wanted, size.past, planning, (n_control, n_treatment)):
        return _exact_power(planning, goal, n_control, n_treatment)
    return planned_power(goal, planning, n_control, n_treatment)


# Rows and messages both ask; a size is the same only as itself.
@lru_cache(maxsize=16)
def size_bounds_of(size: Size, arms: PlannedArms) -> SizeBounds | None:
    """Return within which bounds all arms together lie (90 %); ``None`` where the history cannot say."""
    summary = size.past.summary
    if size.total_exact is None or not isinstance(summary, MetricSummary) or size.past.of_participants:
        return None
    control, treatment = (arms.shares[at] for at in size.neediest)
    found = size_bounds(
        size.wanted.goal,
        summary.windows[size.index],
        shift=summary.shift,
        binary=size.past.binary,
        allocation=treatment / control,
    )
    factor = size.total_exact / found.n_total
    upper = None if found.n_upper is None else found.n_upper * factor
    return replace(found, n_total=size.total_exact, n_lower=found.n_lower * factor, n_upper=upper)


@lru_cache(maxsize=16)
def other_total(size: Size, arms: PlannedArms) -> float | None:
    """Return the participants of all arms that the same effect on the other average needs."""
    past = size.past
    if size.total_exact is None or past.other_level is None or past.other_variance is None:
        return None
    level, variance = float(past.other_level[size.index]), float(past.other_variance[size.index])
    if not variance > 0:
        return None
    try:
        return max(_totals(size.wanted.goal, replace(past.at(size.index), level=level, variance=variance), arms))
    except InputError:
        return None


def counted_out(wanted: Wanted, past: Past, planning: PlanningVariance, n_arms: tuple[int, ...]) -> bool:
    """Tell whether all outcomes are counted out: single draws of a rare binary metric, and a difference to find.

    A margin has no exact test here, so it keeps the normal.
    """
    single = past.binary and planning.observations_per_participant == 1.0 and not adjusts(wanted.metric, past)
    return single and not wanted.margin and fewest_events(planning, wanted.goal, n_arms) < RARE_BELOW


def fewest_events(planning: PlanningVariance, goal: SizingGoal, n_arms: tuple[int, ...]) -> float:
    """Return the least of expected events and non-events in any arm."""
    shares = (planning.level, _treated_share(planning, goal))
    m = planning.observations_per_participant
    return min(min(p, 1 - p) * n * m for p in shares for n in n_arms)


def _treated_share(planning: PlanningVariance, goal: SizingGoal) -> float:
    return planning.level + goal.effect * (planning.level if goal.relative else 1.0)


def _exact_power(planning: PlanningVariance, goal: SizingGoal, n_control: int, n_treatment: int) -> float:
    found = proportion_power(
        planning.level,
        _treated_share(planning, goal),
        n_control,
        n_treatment,
        alpha=goal.alpha,
        alternative=goal.alternative,
    )
    return found.power


def _enough_for_exact(
    wanted: Wanted, planning: PlanningVariance, arms: PlannedArms, n_arms: tuple[int, ...], total: float
) -> tuple[int, ...]:
    """Enlarge arms until every pair has its power by the exact test, or events are no longer rare."""
    goal = wanted.goal
    for _ in range(MOST_STEPS):
        enough = all(_exact_power(planning, goal, n_arms[a], n_arms[b]) >= goal.power for a, b in arms.pairs)
        if enough:
            break
        total *= 1.02
        n_arms = _whole_arms(total, arms)
    return n_arms


def _totals(goal: SizingGoal, planning: PlanningVariance, arms: PlannedArms) -> list[float]:
    """Return for each pair the participants of all arms together that it needs, at the planned shares."""
    share = arms.shares
    return [
        required_size(goal, planning, allocation=share[b] / share[a]).control_exact / share[a] for a, b in arms.pairs
    ]


def _whole_arms(total: float, arms: PlannedArms) -> tuple[int, ...]:
    return tuple(max(LEAST, whole(share * total)) for share in arms.shares)


def _run(
    goal: SizingGoal, past: Past, pair: tuple[int, int], arms: PlannedArms, question: SizingQuestion, *, adjusted: bool
) -> Duration | None:
    if past.participants is None:
        return None
    days = len(past.level)
    left = 1 - np.maximum(past.reduction, 0.0) if adjusted and past.reduction is not None else np.ones(days)
    return duration(
        goal,
        level=past.level,
        variance=past.variance * left,
        participants=past.participants,
        observations_per_participant=past.observations,
        traffic=_schedule(question, days),
        control_share=arms.shares[pair[0]],
        treatment_share=arms.shares[pair[1]],
        binary=past.binary,
    )


def _whole_weeks(run: Duration, power: float) -> int | None:
    """Return the first whole weeks that hold the power; more days may need more participants."""
    if run.first_day is None or run.days is None:
        return None
    enough = [week.days for week in run.weeks if week.days >= run.first_day and week.power >= power]
    return enough[0] if enough else run.days if run.days > run.horizon else None
