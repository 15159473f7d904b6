"""From effects to readings, and from readings to the decision."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from decision_widgets.analysis.family import FALSE_DISCOVERY_RATE
from decision_widgets.analysis.plan import days_more, share_of_plan
from decision_widgets.data import Reading as TableReading
from decision_widgets.design import BetweenSubject, Bounds, Evidence, Judgement, Metric, decide
from decision_widgets.results import Decision, EffectEstimate, Message, Row
from decision_widgets.views import numbers
from decision_widgets.vocabulary import Reading, Verdict

SHARE_OF_MDE: Final = 0.7
UNADJUSTED: Final = "ols_cr2"
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
    share = share_of_plan(design, reading)
    judgements = {
        arm: decide(
            invalid=invalid,
            primaries=tuple(_evidence(design, metrics, row, rows, share) for row in _of(rows, arm, "primary")),
            guardrails=tuple(_evidence(design, metrics, row, rows, share) for row in _of(rows, arm, "guardrail")),
            plan_reached=None if share is None else share >= 1,
        )
        for arm in reading.arms[1:]
    }
    arm = _leading(judgements, metrics, rows)
    verdict = judgements[arm].verdict
    decision = Decision(
        verdict=verdict,
        arm=arm,
        judgements=judgements,
        days_more=days_more(design, reading) if verdict == "keep-running" else None,
        basis="fixed_n" if share is None or share >= 1 else "always_valid",
    )
    messages = [] if invalid else list(_messages(design, reading, rows, share))
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


def _evidence(
    design: BetweenSubject, metrics: dict[str, Metric], row: Row, rows: Sequence[Row], share: float | None
) -> Evidence:
    metric = metrics[row.metric]
    fragile = metric.role != "secondary" and _fragile(row, rows)
    margin = metric.limit if metric.role == "guardrail" else _worth_shipping(design, metric, row, share)
    bounds = _bounds(metric, row) if isinstance(row, EffectEstimate) else None
    return Evidence(metric=metric.name, bounds=bounds, margin=margin, fragile=fragile)


def _fragile(row: Row, rows: Sequence[Row]) -> bool:
    """Tell whether what an adjusted effect says rests on the adjustment, so that it may not win or prove harmless.

    It does where the adjusted interval excludes 0 and the unadjusted effect lies on the other side of 0, and where the
    adjustment moved the effect by more than 3 standard errors of the move (``W_ADJ_SHIFT``), whatever it says then:
    chance moves it so far in 0.3% of experiments, a covariate or stratum that the treatment changes moves it as a rule.
    An unadjusted interval that still holds 0, or that lacks the adjusted effect, is no sign of it: the first is what
    adjusting is for, and the second comes by chance in up to 5% of experiments when covariates explain nearly all.
    """
    beside = _unadjusted(row, rows)
    if not isinstance(row, EffectEstimate) or beside is None:
        return False
    clear = row.effect_lower_simultaneous > 0 or row.effect_upper_simultaneous < 0
    return "W_ADJ_SHIFT" in row.codes or (clear and beside.effect * row.effect < 0)


def _unadjusted(row: Row, rows: Sequence[Row]) -> EffectEstimate | None:
    """Return what stands beside an adjusted effect; ``None`` beside one that is not adjusted."""
    if row.method == UNADJUSTED:
        return None
    place = (row.metric, row.arm, UNADJUSTED)
    same = (other for other in rows if (other.metric, other.arm, other.method) == place)
    return next((other for other in same if isinstance(other, EffectEstimate)), None)


def _fragile_message(row: Row, rows: Sequence[Row]) -> Message:
    beside = _unadjusted(row, rows)
    assert isinstance(row, EffectEstimate)
    assert beside is not None
    effects = {"adjusted": f"{row.effect:.4g}", "unadjusted": f"{beside.effect:.4g}"}
    return Message.of("W_FRAGILE", metric=row.metric, arm=row.arm, **effects)


def _worth_shipping(design: BetweenSubject, metric: Metric, row: Row, share: float | None) -> float:
    """Return the smallest effect worth shipping: stated, else 0.7 of what the plan could detect, else 0."""
    if metric.minimum_effect is not None:
        return metric.minimum_effect
    if share is None or design.planned_participants is None or not isinstance(row, EffectEstimate):
        return 0.0
    if row.relative_effect is None or row.relative_effect_lower_simultaneous is None:
        return 0.0  # the decision reads the absolute interval, where a relative size means nothing
    planned = row.detectable_effect / row.control_mean * math.sqrt(share)
    return SHARE_OF_MDE * planned


def _leading(judgements: Mapping[str, Judgement], metrics: Mapping[str, Metric], rows: Sequence[Row]) -> str:
    """Return the treatment the verdict is about: the best verdict, then the clearest gain on a primary metric."""

    def rank(arm: str) -> tuple[int, float]:
        gains = [
            row.statistic if metrics[row.metric].direction == "increase" else -row.statistic
            for row in _of(rows, arm, "primary")
            if isinstance(row, EffectEstimate)
        ]
        return _FIRST.index(judgements[arm].verdict), -max(gains, default=0.0)

    return min(judgements, key=rank)


def _messages(
    design: BetweenSubject, reading: TableReading, rows: Sequence[Row], share: float | None
) -> Iterator[Message]:
    open_ended = [m.name for m in design.metrics if m.role == "primary" and m.minimum_effect is None]
    if open_ended:
        used = "Any improvement whose interval excludes 0 counts as worth shipping."
        if design.planned_participants is not None:
            used = "0.7 of what the planned sample can detect is used instead."
        yield Message.of("W_NO_DELTA_MIN", which=" and ".join(open_ended), used=used)
    for row in rows:
        if row.recommended and row.role != "secondary" and _fragile(row, rows):
            yield _fragile_message(row, rows)
        if isinstance(row, EffectEstimate) and row.role == "primary" and row.p_value_adjusted is not None:
            excludes = row.effect_lower_simultaneous > 0 or row.effect_upper_simultaneous < 0
            if excludes != (row.p_value_adjusted < design.alpha) and (share is None or share >= 1):
                yield Message.of("I_CI_MISMATCH", metric=row.metric, arm=row.arm)
    if share is not None and share < 1:
        yield Message.of(
            "W_PEEKED",
            what=f"The plan is not reached: {_progress(design, reading)}.",
            meaning="The table's intervals hold for one look, at the end of the plan; the verdict reads wider ones "
            "that hold at every look.",
            remedy="wait for the plan, unless the verdict says otherwise",
        )


def _progress(design: BetweenSubject, reading: TableReading) -> str:
    n, planned = sum(reading.participants.values()), design.planned_participants
    if planned is not None and n < planned:
        return f"{numbers.integer(n)} of {numbers.integer(planned)} participants"
    return f"{reading.days} of {design.planned_days} days"
