"""The words of an advice: what a product manager can repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from decision_widgets.results.sentence import Piece, piece
from decision_widgets.results.sizing_chance import chance_to_ship
from decision_widgets.results.sizing_records import MetricAdvice, NotSized, PairAdvice
from decision_widgets.views import numbers
from decision_widgets.views.markup import count_of
from decision_widgets.vocabulary import readable

if TYPE_CHECKING:
    from decision_widgets.results.sizing import SizingAdvice

WEEK = 7


def plan_sentence(advice: SizingAdvice) -> list[Piece]:
    """Say what is needed to see what, or what is seen with what is there; first what could not be planned."""
    plan = advice.plan
    row = leading_row(advice)
    if plan is None or row is None:
        why = next((f"{row.message.title} {row.message.text}" for row in advice.rows if isinstance(row, NotSized)), "")
        return [piece("No size can be given.", strong=True), piece(f" {why}".rstrip())]
    n = piece(f"{numbers.integer(plan.n_participants)} participants", strong=True)
    refused = list(_refused(advice))
    if row.solved != "participants":
        return [*refused, piece("With "), n, piece(f" ({_when(advice)}) "), *_seen(advice, row), piece(".")]
    metric = advice.metric(row.metric)
    return [
        *refused, piece("You need "), n, piece(f" ({_when(advice)}) to {_verb(row)} "),
        piece(effect_words(row, metric), strong=True),
        piece(f" {_in(row)} with {_share(advice.design.power)} power.{_meaning(advice, row, metric)}"),
    ]  # fmt: skip


def leading_row(advice: SizingAdvice) -> PairAdvice | None:
    """Return the row that the plan is made for: of its metric the pair that sees least."""
    sized = _sized(advice)
    own = [row for row in sized if advice.plan is not None and row.metric == advice.plan.metric] or sized
    primary = [row for row in own if row.role == "primary"] or own
    return weakest(primary)


def weakest(rows: Iterable[PairAdvice]) -> PairAdvice | None:
    """Return the pair of a metric that sees least."""
    return max(rows, key=sees_least, default=None)


def sees_least(row: PairAdvice) -> tuple[float, float]:
    """Rank pairs of a metric: the one that sees least has the largest effect, and of equal ones the least power."""
    return row.mde, -row.power


def effect_words(row: PairAdvice, metric: MetricAdvice) -> str:
    """Write the size of an effect as it was asked for: a fraction of the control, or the metric's unit with it."""
    share = None if row.relative_mde is None else numbers.lift(row.relative_mde)
    if metric.relative and share is not None:
        return share
    points = metric.kind == "binary"
    amount = f"{100 * row.mde:.3g} percentage points" if points else numbers.level(row.mde, metric.kind)
    return amount if share is None else f"{amount} ({share})"


def _sized(advice: SizingAdvice) -> list[PairAdvice]:
    return [row for row in advice.rows if isinstance(row, PairAdvice)]


def _primaries(advice: SizingAdvice) -> list[PairAdvice]:
    return [row for row in _sized(advice) if row.role == "primary" and row.solved == "participants"]


def _refused(advice: SizingAdvice) -> Iterator[Piece]:
    """Name the primary metrics that no pair could be planned for."""
    planned = {row.metric for row in _sized(advice)}
    told: set[str] = set()
    for row in advice.rows:
        if isinstance(row, NotSized) and row.role == "primary" and row.metric not in planned | told:
            told.add(row.metric)
            yield piece(f"{readable(row.metric)} is not planned.", strong=True)
            yield piece(f" {row.message.title} {row.message.text} ")


def _seen(advice: SizingAdvice, leading: PairAdvice) -> Iterator[Piece]:
    """Say what the given participants see of the metric that leads, and of the other primary ones."""
    rows = [leading]
    for name in dict.fromkeys(row.metric for row in _sized(advice) if row.role == "primary"):
        least = weakest(row for row in _sized(advice) if row.metric == name)
        if least is not None and name != leading.metric and leading.role == "primary":
            rows.append(least)
    for at, row in enumerate(rows):
        effect, power, where = effect_words(row, advice.metric(row.metric)), _share(row.power), _in(row)
        if len(_of(advice, row.metric)) > 1:
            where += f" ({row.arm} against {row.control})"
        before = "" if not at else "; "
        if row.solved == "power":
            yield piece(f"{before}{effect} {where} is found with ")
            yield piece(f"{power} power", strong=True)
        else:
            yield piece(f"{before}you can {_verb(row)} ")
            yield piece(effect, strong=True)
            yield piece(f" {where} with {power} power")


def _of(advice: SizingAdvice, metric: str) -> list[PairAdvice | NotSized]:
    return [row for row in advice.rows if row.metric == metric]


def _share(power: float) -> str:
    return f"{100 * power:.3g}%"


def _verb(row: PairAdvice) -> str:
    return "rule out a loss of" if row.role == "guardrail" else "find a change of"


def _in(row: PairAdvice) -> str:
    return f"in {readable(row.metric)}"


def _when(advice: SizingAdvice) -> str:
    plan = advice.plan
    assert plan is not None
    if plan.days:
        return count_of(plan.days, "day") if plan.days % WEEK else count_of(plan.days // WEEK, "week")
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
    sign = 1 if (planned.direction == "increase") == (stated is None or stated > 0) else -1
    control, treatment = numbers.levels(metric.level, metric.level + sign * row.mde, metric.kind)
    said = f" That is from {control} to {treatment}."
    if stated is None and planned.minimum_effect:
        least = numbers.level_percent(planned.minimum_effect)
        ships = _share(chance_to_ship(row, metric, planned.minimum_effect, sign))
        said += (
            f" An effect of that size ships with {ships} probability; {least}, the least worth shipping, would seem "
            "less half the time."
        )
    return said
