"""What has to be said about a history and about the sizes that follow from it, in codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from decision_widgets.analysis.arms import PlannedArms
from decision_widgets.analysis.diagnosis import (
    LEAST_EVENTS,
    LEAST_TO_TRUST,
    MISSING_ABOVE,
    MODAL_SHARE_ABOVE,
    TOP_SHARE_ABOVE,
    dominant,
)
from decision_widgets.analysis.past import Past
from decision_widgets.analysis.sizing import Size, fewest_events, other_total, size_bounds_of
from decision_widgets.data.kinds import TWO_VALUES
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import CannotEstimate
from decision_widgets.estimates import allocation
from decision_widgets.moments import STALE_AFTER, MetricSummary
from decision_widgets.results import Message
from decision_widgets.results.sizing_records import SizingQuestion
from decision_widgets.views import numbers
from decision_widgets.views.markup import count_of

ZEROS_ABOVE: Final = 0.5
APART_ABOVE: Final = 1.2
THIN_ABOVE: Final = 1.2
WEAK_BELOW: Final = 0.05
COSTLY_ABOVE: Final = 1.02
LEAST_FOR_TOP: Final = 100


def history_messages(metric: Metric, past: Past | CannotEstimate, today: date, *, kept: bool) -> list[Message]:
    """Judge what a metric was planned from; `kept` says that it is a summary made earlier."""
    if isinstance(past, CannotEstimate) or not isinstance(past.summary, MetricSummary):
        return []
    summary = past.summary
    found = [*_values(metric.name, summary), *_missing(metric.name, summary)]
    if kept and summary.as_of is not None:
        age = (today - date.fromisoformat(summary.as_of)).days
        if age > STALE_AFTER:
            found.append(Message.of("W_STALE", metric=metric.name, days=age, as_of=summary.as_of))
    if metric.kind is None and summary.kind != "binary" and summary.evidence.startswith(TWO_VALUES):
        found.append(Message.of("I_TWO_NUMBERS", metric=metric.name, evidence=summary.evidence))
    found += _run(metric.name, past)
    if past.alike is not None and past.alike.negative:
        found.append(Message.of("I_ICC_NEG", metric=metric.name, icc=numbers.fixed(past.alike.icc_found, 3)))
    return found


def _values(name: str, summary: MetricSummary) -> Iterator[Message]:
    if summary.kind == "binary" and summary.mapping is not None:
        yield Message.of("I_BINARY_MAP", metric=name, zero=f"'{summary.mapping[0]}'", one=f"'{summary.mapping[1]}'")
    if summary.largest is not None:
        yield Message.of("I_COUNT_OR_MONEY", metric=name, largest=numbers.integer(summary.largest))
    if summary.kind in ("binary", "ratio"):
        return
    if MODAL_SHARE_ABOVE < summary.modal_share < 1:
        value = "0" if summary.zero_share > MODAL_SHARE_ABOVE else "the same"
        share = numbers.level_percent(summary.modal_share)
        yield Message.of("W_LOW_VARIATION", metric=name, percent=share, value=value)
    if summary.zero_share > ZEROS_ABOVE:
        yield Message.of("W_ZERO_INFLATED", metric=name, percent=numbers.level_percent(summary.zero_share))
    if summary.top_share > TOP_SHARE_ABOVE and summary.n_participants >= LEAST_FOR_TOP:
        share = numbers.level_percent(summary.top_share)
        who = dominant(summary.n_participants)
        yield Message.of("W_DOMINANT", metric=name, who=who, percent=share, where="the history")


def _run(name: str, past: Past) -> Iterator[Message]:
    """Say that without a time the history is of one length; single observations are the same for all lengths."""
    if past.participants is None and float(past.observations[-1]) > 1:
        yield Message.of("I_NO_DAYS", metric=name, each=numbers.fixed(float(past.observations[-1]), 2))


def _missing(name: str, summary: MetricSummary) -> Iterator[Message]:
    if summary.n_missing:
        share = summary.n_missing / summary.n_rows
        code = "W_MISSING" if share > MISSING_ABOVE else "I_MISSING"
        facts = {"percent": numbers.level_percent(share), "n": numbers.integer(summary.n_missing)}
        yield Message.of(code, metric=name, handled="left out", by_arm="", **facts)


def size_messages(size: Size, arms: PlannedArms, question: SizingQuestion) -> list[Message]:
    """Judge the size of one metric."""
    return [*_events(size, arms), *_covariates(size), *_how_sure(size, arms, question), *_days(size)]


def _events(size: Size, arms: PlannedArms) -> Iterator[Message]:
    name = size.wanted.metric.name
    for arm, n in zip(arms.names, size.n_arms, strict=True):
        if n < LEAST_TO_TRUST:
            yield Message.of("W_SMALL_N", metric=name, arm=arm, n=numbers.integer(n))
        if size.past.binary:
            fewest = fewest_events(size.planning, size.wanted.goal, (n,))
            if fewest < LEAST_EVENTS:
                word = "events" if size.planning.level <= 0.5 else "non-events"
                yield Message.of("W_RARE", metric=name, arm=arm, n=numbers.fixed(fewest, 1), events=f"expected {word}")


def _covariates(size: Size) -> Iterator[Message]:
    metric, past = size.wanted.metric, size.past
    if not metric.covariates:
        return
    if past.reduction is None:
        why = "The history has no two windows of equal length, one after the other, to learn from what they remove."
        if past.of_participants:
            why = "What they remove is known for the average of observations alone."
        elif past.source == "typed":
            why = "The typed numbers do not say what they remove (variance_reduction=)."
        what = f"covariates of {metric.name}"
        yield Message.of("W_NOT_APPLIED", metric=metric.name, what=what, why=f"{why} The size is without.")
    elif past.reduction[size.index] < WEAK_BELOW:
        share = numbers.level_percent(past.left_out(size.index))
        yield Message.of("I_CUPED_WEAK", metric=metric.name, percent=share)


def _how_sure(size: Size, arms: PlannedArms, question: SizingQuestion) -> Iterator[Message]:
    if size.total_exact is None:
        return
    name, n = size.wanted.metric.name, numbers.integer(size.total_exact)
    bounds = size_bounds_of(size, arms)
    if bounds is not None and (bounds.upper_ratio is None or bounds.upper_ratio > THIN_ABOVE):
        upper = "far more" if bounds.n_upper is None else numbers.integer(bounds.n_upper)
        yield Message.of("W_HISTORY_THIN", metric=name, n=n, n_upper=upper)
    other = other_total(size, arms)
    if other is not None and max(other / size.total_exact, size.total_exact / other) > APART_ABOVE:
        averages = ("observations", "participants")
        this, that = averages if question.estimand == "observation" else averages[::-1]
        yield Message.of("W_ESTIMAND", metric=name, n=n, n_other=numbers.integer(other), this=this, other=that)


def _days(size: Size) -> Iterator[Message]:
    run = size.run
    if size.solved != "participants" or run is None or size.days is not None:
        return
    seen = run.detectable_at_horizon
    instead = "No effect would be found by then."
    if seen is not None:
        goal = size.wanted.goal
        shown = numbers.level_percent(abs(seen)) if goal.relative else numbers.fixed(abs(seen), 4)
        what = "a loss of" if goal.margin else "an effect of"
        instead = f"What it finds by then is {what} {shown}."
    remedy = "take a larger share of traffic, covariates, a larger effect or another metric"
    if run.horizon < 42:
        remedy = "give a longer history, for this one says nothing of later days; or " + remedy
    yield Message.of(
        "W_UNREACHABLE",
        metric=size.wanted.metric.name,
        n=numbers.integer(sum(size.n_arms)),
        days=count_of(run.horizon, "day"),
        instead=instead,
        remedy=remedy,
    )


def arms_messages(design: BetweenSubject, arms: PlannedArms) -> list[Message]:
    """Judge the split."""
    found = [] if design.arms is not None else [Message.of("I_EQUAL_SPLIT")]
    if design.participant is None:
        found.append(Message.of("I_ROWS_ARE_PARTICIPANTS"))
    split = allocation(arms.shares, compare="control" if arms.versus_control else "all")
    if split.sample_factor > COSTLY_ABOVE:
        best = numbers.level_percent(split.best_control_share)
        found.append(Message.of("I_ALLOC_COST", factor=numbers.fixed(split.sample_factor, 2), best=best))
    return found
