"""The words of an advice: what a product manager can repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decision_widgets.results.sentence import Piece, piece
from decision_widgets.results.sizing_records import MetricAdvice, NotSized, PairAdvice
from decision_widgets.views import numbers
from decision_widgets.views.markup import count_of
from decision_widgets.vocabulary import readable

if TYPE_CHECKING:
    from decision_widgets.results.sizing import SizingAdvice

WEEK = 7


def plan_sentence(advice: SizingAdvice) -> list[Piece]:
    """Say what is needed to see what, or what is seen with what is there."""
    plan = advice.plan
    row = leading_row(advice)
    if plan is None or row is None:
        why = next((f"{row.message.title} {row.message.text}" for row in advice.rows if isinstance(row, NotSized)), "")
        return [piece("No size can be given.", strong=True), piece(f" {why}".rstrip())]
    metric = advice.metric(row.metric)
    n = piece(f"{numbers.integer(plan.n_participants)} participants", strong=True)
    effect, power = effect_words(row, metric), f"{100 * row.power:.3g}%"
    if row.solved == "participants":
        return [
            piece("You need "), n, piece(f" ({_when(advice)}) to {_verb(row)} "), piece(effect, strong=True),
            piece(f" {_in(row)} with {power} power.{_meaning(advice, row, metric)}"),
        ]  # fmt: skip
    if row.solved == "power":
        return [
            piece("With "), n, piece(f" ({_when(advice)}) {effect} {_in(row)} is found with "),
            piece(f"{power} power", strong=True), piece("."),
        ]  # fmt: skip
    return [
        piece("With "), n, piece(f" ({_when(advice)}) you can {_verb(row)} "), piece(effect, strong=True),
        piece(f" {_in(row)} with {power} power."),
    ]  # fmt: skip


def leading_row(advice: SizingAdvice) -> PairAdvice | None:
    """Return the row that the plan is made for: of its metric the pair that sees least."""
    sized = [row for row in advice.rows if isinstance(row, PairAdvice)]
    own = [row for row in sized if advice.plan is not None and row.metric == advice.plan.metric] or sized
    primary = [row for row in own if row.role == "primary"] or own
    return max(primary, key=lambda row: row.mde, default=None)


def _primaries(advice: SizingAdvice) -> list[PairAdvice]:
    sized = [row for row in advice.rows if isinstance(row, PairAdvice)]
    return [row for row in sized if row.role == "primary" and row.solved == "participants"]


def effect_words(row: PairAdvice, metric: MetricAdvice) -> str:
    """Write the size of an effect: a fraction of the control where there is one."""
    if row.relative_mde is not None:
        return numbers.lift(row.relative_mde)
    return numbers.level(row.mde, metric.kind)


def _verb(row: PairAdvice) -> str:
    return "rule out a loss of" if row.role == "guardrail" else "find a change of"


def _in(row: PairAdvice) -> str:
    return f"in {readable(row.metric)}"


def _when(advice: SizingAdvice) -> str:
    plan = advice.plan
    assert plan is not None
    if plan.days:
        if plan.days % WEEK:
            return f"{plan.days} days"
        return "1 week" if plan.days == WEEK else f"{plan.days // WEEK} weeks"
    if plan.horizon is not None:
        return f"more than come in {count_of(plan.horizon, 'day')}"
    return "in all arms together"


def _meaning(advice: SizingAdvice, row: PairAdvice, metric: MetricAdvice) -> str:
    """Say from where to where, and what the least worthwhile effect has to do with it."""
    if row.role == "guardrail":
        alone = max((each.n_participants for each in _primaries(advice)), default=None)
        return "" if alone is None else f" Primary metrics alone would need {numbers.integer(alone)}."
    planned = next(each for each in advice.design.metrics if each.name == row.metric)
    stated = advice.question.effects.get(row.metric)
    up = (planned.direction == "increase") == (stated is None or stated > 0)
    control, treatment = numbers.levels(metric.level, metric.level + (row.mde if up else -row.mde), metric.kind)
    said = f" That is from {control} to {treatment}."
    if stated is None and planned.minimum_effect:
        least = numbers.level_percent(planned.minimum_effect)
        said += (
            f" An effect of that size ships as often; {least}, the least worth shipping, would seem less half the time."
        )
    return said
