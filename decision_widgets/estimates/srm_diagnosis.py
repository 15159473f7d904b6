"""Where does a wrong sample ratio come from: a segment, a step of the pipeline, a day?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.multiple import adjust_p_values
from decision_widgets.estimates.sample_ratio import sample_ratio
from decision_widgets.estimates.ssrm import SequentialSampleRatio, sequential_sample_ratio
from decision_widgets.records import Record

Place = Literal["segment", "stage", "day"]
Counts = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SuspectedPlace(Record):
    """One place where the split was tested.

    Attributes
    ----------
    place, name, level
        What kind of place; for a segment its dimension and level, else the stage or day, twice.
    p_value, p_value_adjusted : float
        Of the sample ratio there; adjusted by Holm over all places of the kind.
    p_value_elsewhere : float or None
        Of the sample ratio of the dimension's other levels together (or of the other days): large, where the fault is
        in this place alone. ``None`` for stages, or when there is nobody elsewhere.
    """

    place: Place
    name: str
    level: str
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    p_value: float
    p_value_adjusted: float
    p_value_elsewhere: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StageLoss(Record):
    """Participants between two stages: the share kept in each arm, and whether the arms differ in it."""

    before: str
    after: str
    kept_share: tuple[float | None, ...]
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SampleRatioDiagnosis(Record):
    """The search for the cause.

    Attributes
    ----------
    places : tuple of SuspectedPlace
        Strongest evidence first.
    losses : tuple of StageLoss
        In the order of the stages.
    by_day : SequentialSampleRatio or None
        The test of the cumulative counts.
    first_alarm_day : str or None
        The day on which the cumulative split first failed.
    empty : tuple of str
        Places without participants, which were not tested.
    """

    places: tuple[SuspectedPlace, ...]
    losses: tuple[StageLoss, ...]
    by_day: SequentialSampleRatio | None
    first_alarm_day: str | None
    empty: tuple[str, ...]


def diagnose_sample_ratio(
    shares: Sequence[float],
    *,
    segments: Mapping[str, Counts] | None = None,
    stages: Counts | None = None,
    days: Counts | None = None,
    planned_participants: float | None = None,
) -> SampleRatioDiagnosis:
    """Tell where the split departs from the plan, strongest evidence first.

    `sample_ratio` in every segment level, stage and day, each kind adjusted by Holm; between stages, Pearson's χ² of
    the share kept by arm; over days, `sequential_sample_ratio` of the cumulative counts.

    Parameters
    ----------
    shares : sequence of float, shape (arms,)
        Planned shares; all counts below are of participants per arm, in this order.
    segments : mapping of mapping
        Dimension → level → counts; levels must be known before assignment.
    stages : mapping
        Stage → counts, in the order assigned, exposed, analysed; counts cannot rise.
    days : mapping
        Enrolment day → participants who enrolled that day, in time order.

    Raises
    ------
    InputError
        Nothing to test, counts that do not fit the shares, stages that grow.

    >>> found = diagnose_sample_ratio([1, 1], segments={"browser": {"Safari": [900, 600], "Chrome": [2000, 2010]}})
    >>> found.places[0].level, round(found.places[0].p_value_elsewhere, 2)
    ('Safari', 0.87)
    """
    empty: list[str] = []
    by_segment = [
        place for name, levels in (segments or {}).items() for place in _places("segment", name, levels, shares, empty)
    ]
    by_stage = _places("stage", None, stages or {}, shares, empty)
    by_day = _places("day", None, days or {}, shares, empty)
    if not (by_segment or by_stage or by_day):
        raise InputError("A diagnosis needs participants in at least one segment, stage or day; all counts are 0.")
    places = [place for kind in (by_segment, by_stage, by_day) for place in _adjusted(kind)]
    sequence = _sequence(days, shares, planned_participants) if days else None
    alarm = None if sequence is None else sequence.first_alarm
    return SampleRatioDiagnosis(
        places=tuple(sorted(places, key=lambda place: (place.p_value_adjusted, place.p_value, -place.statistic))),
        losses=tuple(_loss(*each) for each in pairwise((stages or {}).items())),
        by_day=sequence,
        first_alarm_day=None if alarm is None else list(days or {})[alarm],
        empty=tuple(empty),
    )


def _places(
    place: Place, name: str | None, levels: Counts, shares: Sequence[float], empty: list[str]
) -> list[SuspectedPlace]:
    tables = {level: np.asarray(counts) for level, counts in levels.items()}
    if any(table.shape != (len(shares),) for table in tables.values()):
        raise InputError(f"Every {place} needs one count for each of the {len(shares)} arms.")
    total = sum(tables.values(), np.zeros(len(shares), dtype=np.int64))
    found = []
    for level, counts in tables.items():
        if not counts.any():
            empty.append(str(level) if name is None else f"{name}: {level}")
            continue
        test, elsewhere = sample_ratio(counts.tolist(), shares), (total - counts).tolist()
        found.append(
            SuspectedPlace(
                place=place,
                name=str(level) if name is None else name,
                level=str(level),
                observed=test.observed,
                expected=test.expected,
                statistic=test.statistic,
                p_value=test.p_value,
                p_value_adjusted=test.p_value,
                p_value_elsewhere=sample_ratio(elsewhere, shares).p_value
                if place != "stage" and any(elsewhere)
                else None,
            )
        )
    return found


def _adjusted(places: list[SuspectedPlace]) -> list[SuspectedPlace]:
    adjusted = adjust_p_values([place.p_value for place in places], "holm")
    return [replace(place, p_value_adjusted=p) for place, p in zip(places, adjusted, strict=True)]


def _loss(before: tuple[str, Sequence[int]], after: tuple[str, Sequence[int]]) -> StageLoss:
    (first, had), (second, kept) = before, after
    lost = [a - b for a, b in zip(had, kept, strict=True)]
    if min(lost) < 0:
        raise InputError(
            f"Stage {second!r} has more participants in an arm than {first!r}; give stages in their order."
        )
    return StageLoss(
        before=str(first),
        after=str(second),
        kept_share=tuple(k / h if h else None for k, h in zip(kept, had, strict=True)),
        p_value=homogeneity_p(list(kept), lost),
    )


def _sequence(days: Counts, shares: Sequence[float], planned_participants: float | None) -> SequentialSampleRatio:
    cumulative = np.cumsum([list(counts) for counts in days.values()], axis=0)
    return sequential_sample_ratio(cumulative.tolist(), shares, planned_participants=planned_participants)
