"""What a row of the table of effects holds whatever the design: the numbers of one answer, or why there are none."""

from __future__ import annotations

from typing import Any

from decision_widgets.analysis.intervals import relative, simultaneous
from decision_widgets.design import Metric
from decision_widgets.estimates import MeanDifference, detectable_effect
from decision_widgets.results import Message, NotEstimable


def numbers_of(answer: MeanDifference, *, alpha: float, quantile: float, power: float) -> dict[str, Any]:
    """Return the numbers of an answer: intervals of one look and of the decision, which reaches `quantile` errors."""
    return {
        "control_mean": answer.control_mean,
        "treatment_mean": answer.treatment_mean,
        "effect": answer.effect,
        "effect_lower": answer.effect_lower,
        "effect_upper": answer.effect_upper,
        **simultaneous(answer, quantile),
        **relative(answer, answer.quantile(answer.alpha)),
        "simultaneous_level": 1 - alpha,
        "std_error": answer.std_error,
        "df": answer.df,
        "statistic": answer.statistic,
        "p_value": answer.p_value,
        "detectable_effect": detectable_effect(answer.std_error, df=answer.df, alpha=alpha, power=power),
    }


def refused_row(metric: Metric, arm: str, method: str, counts: tuple[int, int], message: Message) -> NotEstimable:
    """Return the row of an effect that cannot be computed; `counts` are of control and treatment."""
    return NotEstimable(
        metric=metric.name,
        arm=arm,
        method=method,
        role=metric.role,
        recommended=True,
        message=message,
        n_control=counts[0],
        n_treatment=counts[1],
        codes=(message.code,),
    )
