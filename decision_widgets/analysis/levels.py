"""Columns that divide participants: whether their levels were there before the arms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from decision_widgets.analysis.covariates import DIFFERS_BELOW
from decision_widgets.data import GroupReading, Reading, Unreadable
from decision_widgets.design import BetweenSubject
from decision_widgets.estimates import independence_p
from decision_widgets.results import Message
from decision_widgets.views import numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class DependsOnArm(Unreadable):
    """A column whose levels are not spread over the arms alike, so that they may be effects of the treatment."""

    p_value: float


def judge_groups(design: BetweenSubject, reading: Reading) -> tuple[Reading, list[Message]]:
    """Return the reading without the strata and segments whose levels depend on the arm, and what is said of them.

    Participants by level and arm, those of no single level together, are tested at 0.001 over the number of columns
    (χ², or exactly where few are expected). Within levels that the treatment changes, arms hold different people: the
    effects there, and their mean, are of nobody.
    """
    groups = {name: group for name, group in reading.groups.items() if isinstance(group, GroupReading)}
    found = {name: _p_value(reading, group) for name, group in groups.items()}
    dependent = {
        name: DependsOnArm(
            what=f"Its levels depend on the arm (p {numbers.p_value(p)}), so arms hold different people within them.",
            remedy="name a column that was known before the experiment",
            p_value=p,
        )
        for name, p in found.items()
        if p < DIFFERS_BELOW / len(found)
    }
    return replace(reading, groups={**reading.groups, **dependent}), list(_messages(design, dependent))


def _p_value(reading: Reading, group: GroupReading) -> float:
    counts = [[group.participants.get(level, {}).get(arm, 0) for arm in reading.arms] for level in group.levels]
    elsewhere = [reading.participants[arm] - sum(own[i] for own in counts) for i, arm in enumerate(reading.arms)]
    return independence_p([*counts, elsewhere])


def _messages(design: BetweenSubject, dependent: dict[str, DependsOnArm]) -> Iterator[Message]:
    for name, group in dependent.items():
        left = ["the effects are not adjusted by it"] if design.strata and name == design.strata_name else []
        left += ["no effect is given within its levels"] if name in design.segments else []
        p = numbers.p_value(group.p_value)
        yield Message.of("E_COV_POST", what=f"The mix of {name}", p=p, done=" and ".join(left))
