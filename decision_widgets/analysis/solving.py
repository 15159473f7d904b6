"""Every metric of a design at the size that it needs, or at the size that is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

from decision_widgets.analysis.arms import PlannedArms
from decision_widgets.analysis.past import Past
from decision_widgets.analysis.sizing import (
    Size,
    Wanted,
    arms_after,
    first_day_with,
    in_weeks,
    power_of,
    size_for_effect,
    size_for_participants,
    wanted_of,
)
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import best_control_share
from decision_widgets.results.sizing_records import SizingPlan, SizingQuestion
from decision_widgets.views.markup import count_of

Made = TypeVar("Made")
Found = Size | CannotEstimate
_NOTHING_DECIDES: Final = "No metric that decides could be sized, so there is no plan to look at it in."


def solve(
    design: BetweenSubject, pasts: Mapping[str, Past | CannotEstimate], arms: PlannedArms, question: SizingQuestion
) -> tuple[dict[str, Found], SizingPlan | None]:
    """Size every metric, or say why it cannot be sized, and make the plan.

    Raises
    ------
    InputError
        Nothing says what to find or what the experiment will hold.
    """
    wanted = {metric.name: attempt(partial(wanted_of, design, metric, arms, question)) for metric in design.metrics}
    given = question.participants is not None or question.days is not None
    if not given and not any(not isinstance(each, Wanted) or each.effect_known for each in wanted.values()):
        raise InputError(
            "A size needs an effect to find: give effect=, for example 0.02, or minimum_effect= of a primary metric; "
            "or give participants= or days= to learn the smallest effect."
        )
    found: dict[str, Found] = {}
    for name, each in wanted.items():
        past = pasts[name]
        if isinstance(past, CannotEstimate):
            found[name] = past
        elif isinstance(each, CannotEstimate):
            found[name] = each
        elif given:
            n_arms, index, days = _given(past, arms, question)
            found[name] = attempt(partial(size_for_participants, each, past, arms, question, n_arms, index, days))
        elif each.effect_known:
            found[name] = attempt(partial(size_for_effect, each, past, arms, question))
    plan = _plan(found, arms, question)
    for name, each in wanted.items():
        if name not in found:
            found[name] = _beside(each, pasts[name], plan, arms, question)
    return found, plan


def attempt(make: Callable[[], Made]) -> Made | CannotEstimate:
    """Return what is made, or why it cannot be; one metric's reason leaves the others alone."""
    try:
        return make()
    except CannotEstimate as problem:
        return problem
    except InputError as problem:
        remedy = "change the effect, the size or the history"
        return CannotEstimate("E_METRIC_KIND", str(problem), what=str(problem), remedy=remedy)


def _given(past: Past, arms: PlannedArms, question: SizingQuestion) -> tuple[tuple[int, ...], int, int | None]:
    """Return the participants of each arm, the place of their last day in the history, and the days in whole weeks."""
    if question.participants is None:
        assert question.days is not None
        return arms_after(past, arms, question, question.days), question.days - 1, question.days
    n_arms = _divided(question.participants, arms.shares)
    last = len(past.level) - 1
    if question.days is not None:
        known = past.participants is not None and question.days <= len(past.level)
        come = sum(arms_after(past, arms, question, question.days)) if known else question.participants
        if come + len(n_arms) < sum(n_arms):
            raise InputError(
                f"In {count_of(question.days, 'day')} {come:,} participants come, not {question.participants:,}; give "
                "participants= or days= alone."
            )
        return n_arms, min(question.days - 1, last), question.days
    enough = first_day_with(past, question, question.participants)
    if enough is None:
        return n_arms, last, None
    return n_arms, min(in_weeks(enough) - 1, last), in_weeks(enough)


def _divided(participants: int, shares: Sequence[float]) -> tuple[int, ...]:
    """Divide all participants among the arms; who is left over goes where most of one is missing.

    >>> _divided(83, (0.5, 0.5)), _divided(10, (0.25, 0.75))
    ((42, 41), (3, 7))
    """
    exact = [share * participants + 1e-9 for share in shares]
    whole = [int(each) for each in exact]
    first = sorted(range(len(shares)), key=lambda at: whole[at] - exact[at])[: max(0, participants - sum(whole))]
    return tuple(n + (at in first) for at, n in enumerate(whole))


def _plan(found: Mapping[str, Found], arms: PlannedArms, question: SizingQuestion) -> SizingPlan | None:
    sizes = {name: size for name, size in found.items() if isinstance(size, Size)}
    if not sizes:
        return None
    name, size = max(sizes.items(), key=lambda item: _need(item[1], arms))
    n_arms = tuple(max(column) for column in zip(*(each.n_arms for each in sizes.values()), strict=True))
    first, days = _when(sizes.values(), sum(n_arms), question)
    timed = next((each.past for each in sizes.values() if each.past.participants is not None), None)
    return SizingPlan(
        n_participants=sum(n_arms),
        n_observations=round(sum(n_arms) * size.planning.observations_per_participant),
        n_arms=dict(zip(arms.names, n_arms, strict=True)),
        days=days,
        first_day=first if size.solved == "participants" else None,
        horizon=None if timed is None else len(timed.level),
        metric=name,
        best_control_share=best_control_share(len(arms.names) - 1) if arms.versus_control else 1 / len(arms.names),
    )


def _need(size: Size, arms: PlannedArms) -> tuple[int, bool, float]:
    """Rank a metric: participants first, then primary ones, then the power that is least."""
    power = min(power_of(size, pair) for pair in arms.pairs) if size.solved == "power" else size.wanted.goal.power
    return sum(size.n_arms), size.wanted.metric.role == "primary", -power


def _when(sizes: Collection[Size], total: int, question: SizingQuestion) -> tuple[int | None, int | None]:
    """Return the first day and the days of a plan; one metric's days tell when the participants of all have come."""
    timed = [each for each in sizes if each.past.participants is not None]
    if not timed:
        return None, max((each.days for each in sizes if each.days), default=None)
    firsts, days = [each.first_day for each in timed], [each.days for each in timed]
    if len(timed) < len(sizes) and question.days is None:
        come = first_day_with(timed[0].past, question, total)
        firsts, days = [*firsts, come], [*days, None if come is None else in_weeks(come)]
    first = max(f for f in firsts if f) if all(firsts) else None
    return first, max(d for d in days if d) if all(days) else None


def _beside(
    wanted: Wanted | CannotEstimate,
    past: Past | CannotEstimate,
    plan: SizingPlan | None,
    arms: PlannedArms,
    question: SizingQuestion,
) -> Found:
    """Look at a metric without an effect in the plan that the others made."""
    assert isinstance(wanted, Wanted)
    assert isinstance(past, Past)
    if plan is None:
        return CannotEstimate("E_METRIC_KIND", _NOTHING_DECIDES, what=_NOTHING_DECIDES, remedy="give it an effect")
    index = len(past.level) - 1 if plan.days is None else plan.days - 1
    n_arms = tuple(plan.n_arms[name] for name in arms.names)
    return attempt(lambda: size_for_participants(wanted, past, arms, question, n_arms, index, plan.days))
