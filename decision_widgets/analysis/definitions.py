"""Whether a summary that was made earlier is of the metric that the design means, and not only called the same."""

from __future__ import annotations

from typing import Final

from decision_widgets.analysis.sources import Known
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.moments import MetricSummary, RefusedMetric, TypedSummary
from decision_widgets.vocabulary import Missing

_PER_PARTICIPANT: Final = "per participant"
_MISSING: Final[dict[Missing, str]] = {"raise": "refused", "drop": "left out", "zero": "counted as 0"}


def as_defined(design: BetweenSubject, metric: Metric, known: Known) -> Known:
    """Return what is known of a metric, or both definitions where the design's is another one."""
    if isinstance(known, MetricSummary):
        pairs = _of_summary(design, metric, known)
    elif isinstance(known, TypedSummary):
        pairs = _kinds(metric, known.kind)
    else:
        return known
    if not pairs:
        return known
    here, there = (", ".join(side) for side in zip(*pairs, strict=True))
    remedy = "plan from a summary of this definition, or change the design's"
    if isinstance(known, TypedSummary):
        remedy = "leave std_dev= out for a binary metric, give it for any other"
    what = f"Its history is another metric of that name: {there}; in the design: {here}."
    return RefusedMetric(metric=metric.name, what=what, remedy=remedy)


def _of_summary(design: BetweenSubject, metric: Metric, known: MetricSummary) -> list[tuple[str, str]]:
    """Return what differs, the design's word first."""
    columns, pairs = metric.columns(), []
    here, there = _by(design.participant), _by(known.participant)
    if here != there:
        pairs.append((here, there))
    over = _over(columns.denominator, design.participant), _over(known.denominator, known.participant)
    # Under another name than its own, a plain metric is in another column too.
    renamed = known.metric != metric.name and columns.denominator is None
    if over[0] != over[1] or (columns.numerator != known.numerator and not renamed):
        pairs.append((f"{columns.numerator!r} {over[0]}", f"{known.numerator!r} {over[1]}"))
    elif columns.denominator is None:
        pairs += _kinds(metric, known.kind)
    if known.n_missing and known.missing is not None and (known.missing == "zero") != (design.missing == "zero"):
        pairs.append((f"missing values {_MISSING[design.missing]}", f"missing values {_MISSING[known.missing]}"))
    return pairs


def _kinds(metric: Metric, kind: str) -> list[tuple[str, str]]:
    # Counts and amounts are planned alike; two values read as 0 and 1 are another metric.
    differ = metric.kind is not None and (metric.kind == "binary") != (kind == "binary")
    return [(f"kind {metric.kind}", f"kind {kind}")] if differ else []


def _by(participant: str | None) -> str:
    return "every row a participant" if participant is None else f"by participant {participant!r}"


def _over(denominator: str | None, participant: str | None) -> str:
    if denominator is None:
        return "per observation"
    return _PER_PARTICIPANT if denominator == participant else f"over {denominator!r}"
