"""From effects to readings, and from readings to the decision."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from decision_widgets.data import Reading as TableReading
from decision_widgets.design import BetweenSubject, Bounds, Evidence, Judgement, Metric, decide
from decision_widgets.results import Decision, EffectEstimate, Message, NotEstimable
from decision_widgets.views import numbers
from decision_widgets.vocabulary import Reading, Verdict

Row = EffectEstimate | NotEstimable
SHARE_OF_MDE: Final = 0.7
FALSE_DISCOVERY_RATE: Final = 0.10
_FIRST: Final[tuple[Verdict, ...]] = ("invalid", "ship", "keep-running", "inconclusive", "dont-ship")


def read_and_decide(
    design: BetweenSubject, reading: TableReading, rows: list[Row], invalid: tuple[str, ...]
) -> tuple[tuple[Row, ...], Decision, list[Message]]:
    """Return the rows with their readings, the decision, and what the decision itself has to report."""
    metrics = {metric.name: metric for metric in design.metrics}
    rows = [
        replace(row, reading=_reading(metrics[row.metric], row))
        if isinstance(row, EffectEstimate) and row.recommended
        else row
        for row in rows
    ]
    n = sum(reading.participants.values())
    plan = _plan_reached(design, reading, n)
    judgements = {
        arm: decide(
            invalid=invalid,
            primaries=tuple(_evidence(design, metrics, row, n) for row in _of(rows, arm, "primary")),
            guardrails=tuple(_evidence(design, metrics, row, n) for row in _of(rows, arm, "guardrail")),
            plan_reached=plan,
        )
        for arm in reading.arms[1:]
    }
    arm = _leading(judgements, rows)
    verdict = judgements[arm].verdict
    decision = Decision(
        verdict=verdict,
        arm=arm,
        judgements=judgements,
        days_more=_days_more(design, reading, n) if verdict == "keep-running" else None,
    )
    messages = [] if invalid else list(_messages(design, rows, n, plan))
    return tuple(rows), decision, messages


def _of(rows: Sequence[Row], arm: str, role: str) -> list[Row]:
    return [row for row in rows if row.recommended and row.arm == arm and row.role == role]


def _reading(metric: Metric, row: EffectEstimate) -> Reading:
    bounds = _bounds(metric, row)
    if metric.role == "guardrail":
        if bounds is None or metric.limit is None:
            return "limit_not_ruled_out"
        if bounds.lower > -metric.limit:
            return "within_limit"
        return "limit_breached" if bounds.upper < -metric.limit else "limit_not_ruled_out"
    sign = 1 if metric.direction == "increase" else -1
    lower, upper = sorted((sign * row.effect_lower_simultaneous, sign * row.effect_upper_simultaneous))
    if metric.role == "secondary" and (row.p_value_adjusted or 0) > FALSE_DISCOVERY_RATE:
        return "unclear"
    return "better" if lower > 0 else "worse" if upper < 0 else "unclear"


def _bounds(metric: Metric, row: EffectEstimate) -> Bounds | None:
    """Return the interval the decision reads: relative, or absolute where only its sign matters."""
    relative = row.relative_effect, row.relative_effect_lower_simultaneous, row.relative_effect_upper_simultaneous
    effect, lower, upper = relative
    if effect is None or lower is None or upper is None:
        if metric.role == "guardrail" or metric.minimum_effect:
            return None
        effect, lower, upper = row.effect, row.effect_lower_simultaneous, row.effect_upper_simultaneous
    if metric.direction == "decrease":
        effect, lower, upper = -effect, -upper, -lower
    return Bounds(effect=effect, lower=lower, upper=upper)


def _evidence(design: BetweenSubject, metrics: dict[str, Metric], row: Row, n: int) -> Evidence:
    metric = metrics[row.metric]
    margin = metric.limit if metric.role == "guardrail" else _worth_shipping(design, metric, row, n)
    bounds = _bounds(metric, row) if isinstance(row, EffectEstimate) else None
    return Evidence(metric=metric.name, bounds=bounds, margin=margin)


def _worth_shipping(design: BetweenSubject, metric: Metric, row: Row, n: int) -> float:
    """Return the smallest effect worth shipping: stated, else 0.7 of what the plan could detect, else 0."""
    if metric.minimum_effect is not None:
        return metric.minimum_effect
    if design.planned_participants is None or not isinstance(row, EffectEstimate):
        return 0.0
    if row.relative_effect is None or row.relative_effect_lower_simultaneous is None:
        return 0.0  # the decision reads the absolute interval, where a relative size means nothing
    planned = row.detectable_effect / row.control_mean * math.sqrt(n / design.planned_participants)
    return SHARE_OF_MDE * planned


def _plan_reached(design: BetweenSubject, reading: TableReading, n: int) -> bool | None:
    parts = []
    if design.planned_participants is not None:
        parts.append(n >= design.planned_participants)
    if design.planned_days is not None and reading.days is not None:
        parts.append(reading.days >= design.planned_days)
    return all(parts) if parts else None


def _days_more(design: BetweenSubject, reading: TableReading, n: int) -> int | None:
    if reading.days is None:
        return None
    days = [0]
    if design.planned_days is not None:
        days.append(design.planned_days - reading.days)
    if design.planned_participants is not None:
        days.append(-(-(design.planned_participants - n) * reading.days // n))  # rounded up, exactly
    return max(days) or None


def _leading(judgements: dict[str, Judgement], rows: Sequence[Row]) -> str:
    """Return the treatment the verdict is about: the best verdict, then the largest primary effect."""

    def rank(arm: str) -> tuple[int, float]:
        effects = [
            abs(row.statistic) * (1 if row.reading == "better" else -1)
            for row in _of(rows, arm, "primary")
            if isinstance(row, EffectEstimate)
        ]
        return _FIRST.index(judgements[arm].verdict), -max(effects, default=0.0)

    return min(judgements, key=rank)


def _messages(design: BetweenSubject, rows: Sequence[Row], n: int, plan: bool | None) -> Iterator[Message]:
    for metric in design.metrics:
        if metric.role == "primary" and metric.minimum_effect is None:
            used = "Any improvement whose interval excludes 0 counts as worth shipping."
            if design.planned_participants is not None:
                used = "0.7 of what the planned sample can detect is used instead."
            yield Message.of("W_NO_DELTA_MIN", metric=metric.name, used=used)
    for row in rows:
        if isinstance(row, EffectEstimate) and row.role == "primary" and row.p_value_adjusted is not None:
            excludes = row.effect_lower_simultaneous > 0 or row.effect_upper_simultaneous < 0
            if excludes != (row.p_value_adjusted < design.alpha):
                yield Message.of("I_CI_MISMATCH", metric=row.metric, arm=row.arm)
    if plan is False:
        planned = design.planned_participants
        if planned is not None and n < planned:
            reached, wanted = numbers.integer(n), numbers.integer(planned)
        else:
            reached, wanted = "fewer days", "the plan"
        yield Message.of("W_PEEKED", reached=reached, planned=wanted)
