"""Which days are looked at, and what one look finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from decision_widgets.analysis.comparisons import recommended_answer
from decision_widgets.analysis.diagnosis import metric_messages
from decision_widgets.analysis.levels import judge_groups
from decision_widgets.data import MetricReading, Reading
from decision_widgets.data.enrolment import Enrolment
from decision_widgets.design import BetweenSubject, day_problems, read_looks
from decision_widgets.errors import InputError
from decision_widgets.estimates import MeanDifference
from decision_widgets.estimates.stopping import LEAST_PARTICIPANTS_PER_ARM
from decision_widgets.results import Message
from decision_widgets.results.monitored import TakenLook

DAILY_FOR: Final = 14
THEN_EVERY: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The days that are looked at (`taken`), those planned (``None``: any day), and the last day that is known."""

    taken: tuple[str, ...]
    planned: tuple[str, ...] | None
    last: date

    @property
    def to_come(self) -> tuple[str, ...]:
        """Planned looks after what is known."""
        return tuple(day for day in self.planned or () if day > self.last.isoformat())


def schedule(design: BetweenSubject, enrolment: Enrolment, asked: Iterable[str | date] | None) -> Schedule:
    """Choose the looks: those asked for, else the planned ones that have come, else `_open_ended` ones."""
    first, last = enrolment.first_day, enrolment.last_day
    plan = design.monitoring
    planned = None if plan is None else plan.days(first, design.planned_days)
    if asked is not None:
        days = read_looks(asked)
        problems = day_problems(days) or _outside(days, first, last)
        if problems:
            raise InputError.together("monitor", problems)
        return Schedule(taken=days, planned=planned, last=date.fromisoformat(days[-1]))
    if planned is None:
        return Schedule(taken=_open_ended(enrolment), planned=None, last=last)
    come = tuple(day for day in planned if first.isoformat() <= day <= last.isoformat())
    return Schedule(taken=come, planned=planned, last=last)


def _outside(days: Sequence[str], first: date, last: date) -> list[str]:
    early = [day for day in days if day < first.isoformat()]
    late = [day for day in days if day > last.isoformat()]
    problems = [f"The look of {early[0]} lies before the first row, of {first}; leave it out."] if early else []
    return problems + (
        [f"The look of {late[0]} lies after the last row, of {last}; leave it out until its day is in the data."]
        if late
        else []
    )


def _open_ended(enrolment: Enrolment) -> tuple[str, ...]:
    """Return every day of two weeks from the first on which something can be judged, then every week, and the last.

    Which days they are must not depend on how long the experiment has run, but for the last.
    """
    last = enrolment.last_day
    begun = next((day for day in enrolment.days if has_begun(enrolment.until(day))), last)
    offsets = [*range(DAILY_FOR), *range(DAILY_FOR + THEN_EVERY - 1, (last - begun).days, THEN_EVERY)]
    days = {begun + timedelta(days=offset) for offset in offsets} | {last}
    return tuple(day.isoformat() for day in sorted(days) if day <= last)


def has_begun(participants: Sequence[int]) -> bool:
    """Tell whether control and some treatment have the participants from which looks count."""
    return participants[0] >= LEAST_PARTICIPANTS_PER_ARM and max(participants[1:]) >= LEAST_PARTICIPANTS_PER_ARM


def taken_looks(days: Schedule, enrolment: Enrolment, *, is_open: bool) -> tuple[TakenLook, ...]:
    """Describe the looks; where looks at any time were planned (`is_open`) each is."""
    return tuple(
        TakenLook(
            date=day,
            day=(date.fromisoformat(day) - enrolment.first_day).days + 1,
            is_planned=is_open if days.planned is None else day in days.planned,
            participants=dict(zip(enrolment.arms, enrolment.until(date.fromisoformat(day)), strict=True)),
        )
        for day in days.taken
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What one look finds on one metric of one treatment."""

    method: str
    answer: MeanDifference
    n_control: int
    n_treatment: int


def look_at(
    design: BetweenSubject, reading: Reading
) -> tuple[Mapping[tuple[str, str], Found | Message], list[Message]]:
    """Estimate every effect of one look as `analyze` does, by metric and arm, with what is to be said about it."""
    reading, about_groups = judge_groups(design, reading)
    messages = [*metric_messages(design, reading), *about_groups]
    found: dict[tuple[str, str], Found | Message] = {}
    for metric in design.metrics:
        read = reading.metrics[metric.name]
        for arm in reading.arms[1:]:
            best = recommended_answer(design, reading, metric, arm, messages)
            if isinstance(best, Message) or not isinstance(read, MetricReading):
                assert isinstance(best, Message)
                found[metric.name, arm] = best
                continue
            method, answer = best
            counts = (read.arms[name].n_participants for name in (design.control, arm))
            n_control, n_treatment = counts
            found[metric.name, arm] = Found(method=method, answer=answer, n_control=n_control, n_treatment=n_treatment)
    return found, messages
