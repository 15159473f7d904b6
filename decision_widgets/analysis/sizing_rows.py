"""What was found for a metric as the records that a result holds."""

from __future__ import annotations

from decision_widgets.analysis.arms import PlannedArms
from decision_widgets.analysis.past import Past
from decision_widgets.analysis.sizing import (
    Size,
    detectable,
    other_total,
    power_of,
    size_bounds_of,
    traffic_so_far,
)
from decision_widgets.analysis.solving import Found, attempt
from decision_widgets.design import Metric
from decision_widgets.errors import CannotEstimate
from decision_widgets.estimates.sample_size import whole
from decision_widgets.moments import MetricSummary
from decision_widgets.results import Message
from decision_widgets.results.sizing_records import DailyOutlook, MetricAdvice, NotSized, PairAdvice, SizingQuestion
from decision_widgets.views import numbers


def pair_rows(
    metric: Metric, found: Found, arms: PlannedArms, messages: list[Message]
) -> tuple[list[Message], list[PairAdvice | NotSized]]:
    """Return a metric's messages, refusals included, and its row for every pair of arms."""
    messages = list(messages)
    rows: list[PairAdvice | NotSized] = []
    for control, treatment in arms.pairs:
        made = found if isinstance(found, CannotEstimate) else _pair(found, (control, treatment), arms, messages)
        if isinstance(made, PairAdvice):
            rows.append(made)
            continue
        facts = {
            name: numbers.integer(value) if isinstance(value, int) else value for name, value in made.facts.items()
        }
        arm = facts.pop("arm", None)
        message = Message.of(made.code, metric=metric.name, arm=None if arm is None else str(arm), **facts)
        messages += [message] if message not in messages else []
        rows.append(
            NotSized(
                metric=metric.name,
                arm=arms.names[treatment],
                control=arms.names[control],
                role=metric.role,
                message=message,
                codes=(made.code,),
            )
        )
    return messages, rows


def _pair(size: Size, pair: tuple[int, int], arms: PlannedArms, messages: list[Message]) -> PairAdvice | CannotEstimate:
    return attempt(lambda: _row(size, pair, arms, messages))


def _row(size: Size, pair: tuple[int, int], arms: PlannedArms, messages: list[Message]) -> PairAdvice:
    n_control, n_treatment = (size.n_arms[at] for at in pair)
    for at in pair:
        if size.n_arms[at] < 3:
            raise CannotEstimate("E_SMALL_N", "Too few.", arm=arms.names[at], n=size.n_arms[at])
    goal, planning, total = size.wanted.goal, size.planning, sum(size.n_arms)
    in_scale, power = _effect(size, pair)
    relative = in_scale if goal.relative else in_scale / planning.level if planning.level > 0 else None
    about = [m.code for m in messages if m.metric == size.wanted.metric.name and m.arm in (None, *_names(arms, pair))]
    return PairAdvice(
        metric=size.wanted.metric.name,
        arm=arms.names[pair[1]],
        control=arms.names[pair[0]],
        role=size.wanted.metric.role,
        solved=size.solved,
        n_control=n_control,
        n_treatment=n_treatment,
        n_participants=total,
        n_observations=round(total * size.past.observations[size.index]),
        days=size.days,
        mde=in_scale * planning.level if goal.relative else in_scale,
        relative_mde=relative,
        power=power,
        alpha=goal.alpha,
        icc=None if size.past.alike is None else size.past.alike.icc,
        design_effect=_design_effect(size),
        codes=tuple(dict.fromkeys(about)),
    )


def _design_effect(size: Size) -> float | None:
    return None if size.past.alike is None else float(size.past.design_effects()[size.index])


def _names(arms: PlannedArms, pair: tuple[int, int]) -> tuple[str, str]:
    return arms.names[pair[0]], arms.names[pair[1]]


def _effect(size: Size, pair: tuple[int, int]) -> tuple[float, float]:
    """Return the size of an effect (or of a loss) in the goal's scale, and with what power it is found."""
    goal = size.wanted.goal
    if size.solved == "effect":
        return detectable(size, pair), goal.power
    return goal.margin or abs(goal.effect), power_of(size, pair)


def metric_advice(size: Size, arms: PlannedArms, question: SizingQuestion) -> MetricAdvice:
    """Return the explanation of a metric's size."""
    past, wanted = size.past, size.wanted
    summary, alike, planning = past.summary, past.alike, past.at(size.index)
    read = summary if isinstance(summary, MetricSummary) else None
    bounds, other = size_bounds_of(size, arms), other_total(size, arms)
    return MetricAdvice(
        metric=wanted.metric.name,
        role=wanted.metric.role,
        kind=summary.kind,
        evidence="Typed numbers" if read is None else read.evidence,
        confidence=None if read is None else read.confidence,
        source=past.source,
        method_text=_method(size, question),
        level=planning.level,
        variance=planning.variance,
        std_dev=None if alike is None else alike.std_dev,
        icc=None if alike is None else alike.icc,
        observations_per_participant=planning.observations_per_participant,
        cv_observations=planning.cv_observations,
        design_effect=_design_effect(size),
        effective_observations=None if alike is None else alike.effective_observations,
        variance_reduction=None if past.reduction is None else past.left_out(size.index),
        adjusted=size.adjusted,
        total_exact=size.total_exact,
        n_lower=None if bounds is None else whole(bounds.n_lower),
        n_upper=None if bounds is None or bounds.n_upper is None else whole(bounds.n_upper),
        n_other_estimand=None if other is None else whole(other),
        relative=wanted.goal.relative,
        weeks=() if size.run is None else size.run.weeks,
        daily=_daily(past, question),
        sizes=() if read is None else read.sizes,
        n_history=None if read is None else read.n_participants,
        as_of=None if read is None else read.as_of,
    )


def _method(size: Size, question: SizingQuestion) -> str:
    parts = [
        "sums over participants, whatever their sizes"
        if size.past.source == "history"
        else "typed numbers: sd²·(1 + ((1 + CV²)·m − 1)·ICC)/m per participant",
        f"average of {question.estimand}s",
        size.wanted.alpha_text,
        f"power {numbers.level_percent(size.wanted.goal.power)} by the noncentral t",
    ]
    if size.adjusted:
        removed = numbers.level_percent(size.past.left_out(size.index))
        parts.append(f"covariates remove {removed} of the variance, as the window before would")
    return "; ".join(parts)


def _daily(past: Past, question: SizingQuestion) -> DailyOutlook | None:
    if past.participants is None:
        return None
    days = len(past.level)
    return DailyOutlook(
        level=tuple(past.level.tolist()),
        variance=tuple(past.variance.tolist()),
        variance_reduction=tuple(past.left_out(day) for day in range(days)),
        participants=tuple(past.participants.tolist()),
        observations_per_participant=tuple(past.observations.tolist()),
        traffic=tuple(traffic_so_far(past.participants, question).tolist()),
    )
