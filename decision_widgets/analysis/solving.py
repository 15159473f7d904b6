"""Every metric of a design at the size that it needs, or at the size that is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

import numpy as np

from decision_widgets.analysis.arms import PlannedArms
from decision_widgets.analysis.past import Past
from decision_widgets.analysis.sizing import (
    WEEK,
    Size,
    Wanted,
    arms_after,
    size_for_effect,
    size_for_participants,
    traffic_so_far,
    wanted_of,
)
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import best_control_share
from decision_widgets.results import SizingPlan, SizingQuestion

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
    n_arms = tuple(int(share * question.participants + 1e-9) for share in arms.shares)
    last = len(past.level) - 1
    if question.days is not None:
        return n_arms, min(question.days - 1, last), question.days
    if past.participants is None:
        return n_arms, last, None
    enough = np.flatnonzero(past.participants * traffic_so_far(question, last + 1) >= question.participants)
    if not len(enough):
        return n_arms, last, None
    days = -(-(int(enough[0]) + 1) // WEEK) * WEEK
    return n_arms, min(days - 1, last), days


def _plan(found: Mapping[str, Found], arms: PlannedArms, question: SizingQuestion) -> SizingPlan | None:
    sizes = {name: size for name, size in found.items() if isinstance(size, Size)}
    if not sizes:
        return None
    # Of equally needy metrics a primary one decides.
    name, size = max(sizes.items(), key=lambda item: (sum(item[1].n_arms), item[1].wanted.metric.role == "primary"))
    n_arms = tuple(max(column) for column in zip(*(each.n_arms for each in sizes.values()), strict=True))
    days = [each.days for each in sizes.values()]
    firsts = [each.run.first_day if each.run is not None else None for each in sizes.values()]
    solved = size.solved == "participants"
    return SizingPlan(
        n_participants=sum(n_arms),
        n_observations=round(sum(n_arms) * size.planning.observations_per_participant),
        n_arms=dict(zip(arms.names, n_arms, strict=True)),
        days=max(d for d in days if d) if all(days) else None,
        first_day=max(f for f in firsts if f) if solved and all(firsts) else None,
        horizon=None if size.past.participants is None else len(size.past.participants),
        metric=name,
        best_control_share=best_control_share(len(arms.names) - 1) if arms.versus_control else 1 / len(arms.names),
    )


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
