"""An advice as its card reads it (``dw.power/1``): plain JSON values from which a browser can repaint by itself.

``inputs`` and ``grid`` hold all that sizes by day follow from. With day index d (0 for the first day):

- V = ``grid.variance[d]``·(1 − ``cuped``·``grid.variance_reduction[d]``), R = ``grid.level[d]``;
  without a grid V = ``inputs.variance`` and R = ``inputs.mean``.
- r the lift, signed as ``inputs.sign`` and a fraction of R; δ = r·R; V_c = V, V_t = V·max(1, 1 + r)²; of a binary
  metric V_t = V·p(1 − p)/(R(1 − R)) with p = R + δ. For a guardrail r = 0 and δ = margin·R.
- z = z(1 − alpha/sides) + z(power); the pair with shares (a, b) needs z²·(V_c/a + V_t/b)/δ² participants in all arms:
  the largest of all pairs counts. The noncentral t adds about z(1 − alpha/sides)²/4 participants to each of two equal
  arms, which the script adds too.
- participants of all arms after day d: ``grid.participants[d]``·``grid.traffic[d]``; the days are the first d where
  that is enough, rounded up to whole weeks.
- the lift from n and d: solve z²·(V_c/a + V_t/b) = n·δ²; with V_t = V it is z·√(V(1/a + 1/b)/n)/R, and a few steps
  that put the last r into V_t settle.

``others`` say what every other metric finds in the plan, ``answer.decides`` which metric the plan is made for when it
is another one, ``axis`` how far a chart goes. A card that a kernel answers adds ``what_if``: inputs and grid of every
metric, and shares, pairs and levels for every change (``analysis.what_if.circumstances``).

``curves`` are power by participants for some lifts, ``weeks`` the smallest effect by whole weeks, both Python's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from decision_widgets.design import Metric
from decision_widgets.design.yaml import write_design
from decision_widgets.errors import InputError
from decision_widgets.estimates import difference_power, sizing_difference
from decision_widgets.estimates.sizing_goal import SizingGoal
from decision_widgets.results.sizing_code import sizing_code
from decision_widgets.results.sizing_others import others_in_plan, rules_out, sign_of
from decision_widgets.results.sizing_records import MetricAdvice, NotSized, PairAdvice
from decision_widgets.results.sizing_sentence import leading_row, plan_sentence
from decision_widgets.views import numbers
from decision_widgets.vocabulary import readable

if TYPE_CHECKING:
    from decision_widgets.results.sizing import SizingAdvice

ROW_FIELDS: Final = (
    "metric", "arm", "control", "role", "solved", "n_control", "n_treatment", "n_participants", "n_observations",
    "days", "mde", "relative_mde", "power", "alpha", "icc", "design_effect", "codes",
)  # fmt: skip
LIFTS: Final = (0.5, 0.75, 1.0, 1.5)
POINTS: Final = 61
MONTH: Final = 31


def to_payload(advice: SizingAdvice) -> dict[str, Any]:
    """Gather the cards: the answer, then what could mislead; an error comes first."""
    kept = ("severity", "code", "title", "text", "do", "metric")
    items = [{key: getattr(message, key) for key in kept} for message in advice.messages]
    warnings = {
        "schema": "dw.warnings/1",
        "state": "ready",
        "checks_run": 2 + len(advice.design.metrics),
        "items": items,
    }
    return {
        "schema": "dw.result/1",
        "version": advice.version,
        "id": advice.design.name,
        "source": {"fingerprint": advice.design_fingerprint},
        "state": "ready",
        "cards": [power_card(advice), warnings],
    }


def shown_row(advice: SizingAdvice, metric: str | None = None) -> PairAdvice | None:
    """Return the row that a card is about: of the metric asked for, else of the one that decides."""
    own = [row for row in advice.rows if isinstance(row, PairAdvice) and row.metric == metric]
    return max(own, key=lambda row: row.mde, default=None) or leading_row(advice)


def power_card(advice: SizingAdvice, metric_shown: str | None = None) -> dict[str, Any]:
    """Return the payload of the power card, of one metric (by default the one that decides); others stand beside it."""
    row = shown_row(advice, metric_shown)
    shared: dict[str, Any] = {
        "schema": "dw.power/1",
        "state": "ready" if row is not None else "empty",
        "sentence": plan_sentence(advice),
        "rows": [_row(each) for each in advice.rows],
        "code": list(sizing_code(advice)),
        "yaml": write_design(advice.design),
        "confirmed": True,
    }
    if row is None or advice.plan is None:
        return shared | {"metric": None}
    metric = advice.metric(row.metric)
    planned = next(each for each in advice.design.metrics if each.name == row.metric)
    return shared | {
        "metric": row.metric,
        "label": readable(row.metric),
        "role": row.role,
        "kind": metric.kind,
        "evidence": metric.evidence,
        "solve": {"participants": "n", "effect": "mde", "power": "power"}[row.solved],
        "inputs": _inputs(advice, row, metric, planned),
        "answer": _answer(advice, row),
        "design_effect": metric.design_effect,
        "cluster_size_hist": list(metric.sizes),
        "arms": _arms(advice, metric),
        "pairs": [[each.control, each.arm] for each in advice.rows if each.metric == row.metric],
        "others": list(others_in_plan(advice, row.metric)),
        "grid": None if metric.daily is None else metric.daily.to_dict(),
        "weeks": [week.to_dict() for week in metric.weeks],
        "weeks_of": _weeks_of(advice, metric),
        "curves": list(_curves(advice, row, metric, planned)),
        "history": {"participants": metric.n_history, "as_of": metric.as_of, "source": metric.source},
        "axis": {"n_max": axis_end(advice, metric)},
        "method": metric.method_text,
    }


def _weeks_of(advice: SizingAdvice, metric: MetricAdvice) -> list[dict[str, Any]]:
    return [
        {"metric": each.metric, "label": readable(each.metric), "weeks": [week.to_dict() for week in each.weeks]}
        for each in advice.metrics
        if each.relative == metric.relative and each.weeks
    ]


def _inputs(advice: SizingAdvice, row: PairAdvice, metric: MetricAdvice, planned: Metric) -> dict[str, Any]:
    stated = advice.question.effects.get(row.metric)
    guardrail = rules_out(advice, planned)
    daily = metric.daily
    return {
        "mean": metric.level,
        "sd": metric.std_dev,
        "m": metric.observations_per_participant,
        "cv": metric.cv_observations,
        "icc": metric.icc,
        "variance": metric.variance,
        "vr": metric.variance_reduction,
        "cuped": metric.adjusted,
        "alpha": row.alpha,
        "power": advice.design.power,
        "sides": 1 if guardrail else 2,
        "sign": sign_of(planned, stated),
        "relative": metric.relative,
        "binary": metric.kind == "binary",
        "margin": planned.limit if guardrail else None,
        "minimum_effect": planned.minimum_effect,
        "shares": [share for _, share in _shares(advice)],
        "daily_units": None if daily is None else daily.participants[-1] / len(daily.participants),
        "max_days": None if daily is None else len(daily.participants),
        "traffic": list(advice.question.traffic),
    }


def _answer(advice: SizingAdvice, row: PairAdvice) -> dict[str, Any]:
    plan = advice.plan
    assert plan is not None
    n = plan.n_participants
    return {
        "n_units": n,
        "n_shown": numbers.plan_size(n),
        "n_observations": plan.n_observations,
        "days": plan.days,
        "first_day": plan.first_day or _first_day(advice, advice.metric(row.metric)),
        "mde_rel": row.relative_mde,
        "mde_abs": row.mde,
        "power": row.power,
        "decides": None if plan.metric == row.metric else readable(plan.metric),
        "best_control_share": plan.best_control_share,
        "n_lower": advice.metric(row.metric).n_lower,
        "n_upper": advice.metric(row.metric).n_upper,
        "text": "".join(str(each["text"]) for each in plan_sentence(advice)),
    }


def _first_day(advice: SizingAdvice, metric: MetricAdvice) -> int | None:
    """Return the first day by which the plan's participants have come."""
    if advice.plan is None or metric.daily is None:
        return None
    daily, n = metric.daily, advice.plan.n_participants
    come = [people * share for people, share in zip(daily.participants, daily.traffic, strict=True)]
    return next((day for day, so_far in enumerate(come, 1) if so_far >= n - len(advice.plan.n_arms)), None)


def axis_end(advice: SizingAdvice, metric: MetricAdvice) -> float:
    """Return up to how many participants a chart goes: a month or twice the plan, as far as the history knows."""
    assert advice.plan is not None
    n, daily = advice.plan.n_participants, metric.daily
    if daily is None:
        return 2.5 * n
    last = min(len(daily.participants), max(MONTH, 2 * (advice.plan.days or 0)))
    return max(1.15 * n, daily.participants[last - 1] * daily.traffic[last - 1])


def _shares(advice: SizingAdvice) -> list[tuple[str, float]]:
    assert advice.plan is not None
    if advice.design.arms is not None:
        return [(arm.name, arm.share) for arm in advice.design.arms]
    return [(name, 1 / len(advice.plan.n_arms)) for name in advice.plan.n_arms]


def _arms(advice: SizingAdvice, metric: MetricAdvice) -> list[dict[str, Any]]:
    plan = advice.plan
    assert plan is not None
    per_day = None if not plan.days else plan.days
    return [
        {
            "id": name,
            "index": at,
            "share": share,
            "units": plan.n_arms[name],
            "obs": round(plan.n_arms[name] * metric.observations_per_participant),
            "per_day": None if per_day is None else round(plan.n_arms[name] / per_day),
        }
        for at, (name, share) in enumerate(_shares(advice))
    ]


def _row(row: PairAdvice | NotSized) -> dict[str, Any]:
    plain = row.to_dict()
    shared = {key: plain.get(key) for key in ROW_FIELDS} | {"label": readable(row.metric), "error": None}
    if isinstance(row, NotSized):
        m = row.message
        return shared | {"error": {"code": m.code, "title": m.title, "text": m.text, "do": m.do}}
    return shared


def _curves(advice: SizingAdvice, row: PairAdvice, metric: MetricAdvice, planned: Metric) -> Iterator[dict[str, Any]]:
    """Compute power by participants of all arms, for the row's effect and some around it."""
    shares = dict(_shares(advice))
    share_c, share_t = shares[row.control], shares[row.arm]
    total = np.linspace(0, axis_end(advice, metric), POINTS)[1:]
    n_c, n_t = np.maximum(2.0, share_c * total), np.maximum(2.0, share_t * total)
    left = 1 - (metric.variance_reduction or 0.0) * metric.adjusted
    sign = sign_of(planned, advice.question.effects.get(row.metric))
    guardrail = rules_out(advice, planned)
    for lift in LIFTS:
        size = lift * row.mde
        try:
            if guardrail:
                goal = SizingGoal(effect=0.0, margin=size, direction=planned.direction, alpha=row.alpha)
            elif metric.relative and row.relative_mde is not None:
                share = sign * lift * row.relative_mde
                goal = SizingGoal(effect=share, relative=True, alpha=row.alpha, interval="fieller")
            else:
                goal = SizingGoal(effect=sign * size, alpha=row.alpha)
            distance, v_c, v_t = sizing_difference(
                goal, metric.level, metric.variance * left, binary=metric.kind == "binary"
            )
        except InputError:  # a share would leave 0 to 1
            continue
        power = difference_power(distance, v_c, v_t, n_c, n_t, alpha=goal.alpha, alternative=goal.side)
        relative = None if row.relative_mde is None else lift * row.relative_mde
        yield {"mde_rel": relative, "mde_abs": size, "n": total.tolist(), "power": power.tolist()}
