"""With what probability an experiment of the planned size ends in "ship"."""

from __future__ import annotations

from scipy.special import ndtr

from decision_widgets.estimates import SizingGoal, sizing_difference
from decision_widgets.results.sizing_records import MetricAdvice, PairAdvice


def chance_to_ship(row: PairAdvice, metric: MetricAdvice, least: float, sign: int) -> float:
    """Return how often the planned effect is both told from 0 and estimated at `least`, a fraction of the control.

    Both ask that one estimate is large enough, so the rarer of the two is the answer: the power, or
    ``P(R̂_t ≥ (1 ± least)·R̂_c)`` by the normal, with the variance ``V_t/n_t + (1 ± least)²·V_c/n_c``.
    """
    goal = SizingGoal(effect=sign * row.mde)
    if metric.relative and row.relative_mde is not None:
        goal = SizingGoal(effect=sign * row.relative_mde, relative=True, interval="fieller")
    left = 1 - (metric.variance_reduction or 0.0) * metric.adjusted
    distance, v_c, v_t = sizing_difference(goal, metric.level, metric.variance * left, binary=metric.kind == "binary")
    spread = (v_t / row.n_treatment + (1 + sign * least) ** 2 * v_c / row.n_control) ** 0.5
    return min(row.power, float(ndtr((distance - least * metric.level) / spread)))
