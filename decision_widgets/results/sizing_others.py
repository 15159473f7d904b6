"""What every metric would find in a plan, whichever metric it was made for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from decision_widgets.design import Metric
from decision_widgets.errors import InputError
from decision_widgets.estimates import PlanningVariance, minimum_detectable_effect
from decision_widgets.estimates.sizing_goal import SizingGoal
from decision_widgets.results.sizing_records import MetricAdvice, PairAdvice
from decision_widgets.vocabulary import readable

if TYPE_CHECKING:
    from decision_widgets.results.sizing import SizingAdvice


def others_in_plan(advice: SizingAdvice, leading: str) -> Iterator[dict[str, Any]]:
    """Say of every other metric what it sees in the plan, in the pair of arms that sees least."""
    for metric in advice.metrics:
        own = [row for row in advice.rows if isinstance(row, PairAdvice) and row.metric == metric.metric]
        if own and metric.metric != leading:
            yield _other(advice, metric, own)


def _other(advice: SizingAdvice, metric: MetricAdvice, rows: list[PairAdvice]) -> dict[str, Any]:
    planned = next(each for each in advice.design.metrics if each.name == metric.metric)
    planning = _in_plan(advice, metric)
    relative = planning.level > 0
    seen = [_seen(advice, row, planned, planning, relative=relative) for row in rows]
    known = None if any(each is None for each in seen) else max(each for each in seen if each is not None)
    return {
        "metric": metric.metric,
        "label": readable(metric.metric),
        "role": metric.role,
        "kind": metric.kind,
        "mde_rel": known if relative else None,
        "mde_abs": known if known is None or not relative else known * planning.level,
    }


def _in_plan(advice: SizingAdvice, metric: MetricAdvice) -> PlanningVariance:
    """Return what one participant adds to a metric by the end of the plan."""
    assert advice.plan is not None
    daily, adjusted = metric.daily, metric.adjusted
    at = 0 if daily is None else min(advice.plan.days or len(daily.level), len(daily.level)) - 1
    reduction = (metric.variance_reduction or 0.0) if daily is None else daily.variance_reduction[at]
    return PlanningVariance(
        level=metric.level if daily is None else daily.level[at],
        variance=(metric.variance if daily is None else daily.variance[at]) * (1 - reduction * adjusted),
        observations_per_participant=metric.observations_per_participant,
        cv_observations=metric.cv_observations,
        binary=metric.kind == "binary",
    )


def _seen(
    advice: SizingAdvice, row: PairAdvice, planned: Metric, planning: PlanningVariance, *, relative: bool
) -> float | None:
    assert advice.plan is not None
    n_c, n_t = (advice.plan.n_arms[arm] for arm in (row.control, row.arm))
    rates: dict[str, Any] = {"alpha": row.alpha, "power": advice.design.power, "relative": relative}
    sign = sign_of(planned, advice.question.effects.get(row.metric))
    try:
        goal = (
            SizingGoal.noninferiority(0.01, direction=planned.direction, **rates)
            if rules_out(advice, planned)
            else SizingGoal(effect=sign * 0.01, interval="fieller", **rates)
        )
        return abs(minimum_detectable_effect(goal, planning, n_c, n_t))
    except InputError:  # nothing can be seen by so few
        return None


def sign_of(planned: Metric, stated: float | None) -> int:
    """Tell which way the treatment is to differ: +1 up, -1 down."""
    up = planned.direction == "increase"
    return 1 if up == (stated is None or stated > 0) else -1


def rules_out(advice: SizingAdvice, planned: Metric) -> bool:
    """Tell whether a loss is to be ruled out, and no effect to be found."""
    return planned.role == "guardrail" and planned.name not in advice.question.effects
