"""Effects within the segments of the design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from decision_widgets.data import GroupReading, MetricReading, Reading
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError
from decision_widgets.estimates import adjust_p_values, compare_subgroups
from decision_widgets.results import Message, SegmentComparison
from decision_widgets.views import numbers


def compare_segments(design: BetweenSubject, reading: Reading) -> list[SegmentComparison]:
    """Compare each effect between the levels of every segment column."""
    found = []
    for metric in design.metrics:
        read = reading.metrics[metric.name]
        for segment in design.segments:
            group = reading.groups.get(segment)
            if isinstance(read, MetricReading):
                found += [_one(design, metric.name, arm, segment, read, group) for arm in reading.arms[1:]]
    return [
        each
        for metric in design.metrics
        for each in adjusted_joint_tests([e for e in found if e.metric == metric.name])
    ]


def adjusted_joint_tests(own: list[SegmentComparison]) -> list[SegmentComparison]:
    """Adjust the joint tests of one metric for their number: no false claim among all its columns is wanted."""
    p_values = [each.comparison.joint.p_value for each in own if each.comparison is not None]
    adjusted = iter(adjust_p_values(p_values, "holm") if p_values else ())
    return [
        each if each.comparison is None else replace(each, p_value_adjusted=next(adjusted), family=len(p_values))
        for each in own
    ]


def _one(
    design: BetweenSubject, metric: str, arm: str, segment: str, read: MetricReading, group: object
) -> SegmentComparison:
    if not isinstance(group, GroupReading):
        reason = getattr(group, "what", "It could not be read.")
        return SegmentComparison(metric=metric, arm=arm, segment=segment, comparison=None, reason=str(reason))
    levels = {level: (arms.get(design.control), arms.get(arm)) for level, arms in read.parts[segment].items()}
    comparison, reason = None, None
    try:
        comparison = compare_subgroups(levels, alpha=design.alpha)
    except InputError as problem:
        reason = str(problem)
    return SegmentComparison(
        metric=metric,
        arm=arm,
        segment=segment,
        comparison=comparison,
        reason=reason,
        n_without=group.without,
        n_several=group.several,
    )


def segment_messages(segments: list[SegmentComparison], **facts: object) -> Iterator[Message]:
    """Say which subgroups are thin, once each; `facts` say what units they hold and how many are enough."""
    seen: set[tuple[str, str]] = set()
    more: dict[str, Any] = dict(facts)
    for each in segments:
        for effect in each.comparison.effects if each.comparison is not None else ():
            if effect.thin and (each.segment, effect.level) not in seen:
                seen.add((each.segment, effect.level))
                n = numbers.integer(min(effect.n_control, effect.n_treatment))
                yield Message.of("W_SUBGROUP_THIN", level=f"{each.segment} = {effect.level}", n=n, **more)
