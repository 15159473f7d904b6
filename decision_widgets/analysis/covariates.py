"""When an effect is adjusted by covariates, and what has to be said about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from decision_widgets.data import Adjustment, MetricReading
from decision_widgets.design import Metric
from decision_widgets.estimates import Adjusted, adjusted_difference, balance_p
from decision_widgets.results import Message
from decision_widgets.views import numbers

DIFFERS_BELOW: Final = 0.001
MISSING_ABOVE: Final = 0.5


def covariate_messages(metric: Metric, read: MetricReading) -> Iterator[Message]:
    """Judge the covariates of one metric, before any effect is looked at."""
    if read.adjustment is None:
        return
    used = [covariate for covariate in read.adjustment.covariates if covariate.used]
    for covariate in read.adjustment.covariates:
        facts = {"metric": metric.name, "covariate": covariate.name}
        if not covariate.used:
            reason = covariate.reason or ""
            yield Message.of("I_COVARIATE_LEFT_OUT", reason=reason[:1].upper() + reason[1:].rstrip(".") + ".", **facts)
            continue
        p = balance_p(list(covariate.arms.values()))
        if p < DIFFERS_BELOW / len(used):
            yield Message.of("E_COV_POST", p=numbers.p_value(p), **facts)
        if covariate.missing_share > MISSING_ABOVE:
            yield Message.of("W_CUPED_MISSING", percent=numbers.level_percent(covariate.missing_share), **facts)


def adjust_effect(
    metric: Metric, read: MetricReading, arms: tuple[str, str], *, alpha: float, raised: list[Message]
) -> Adjusted | None:
    """Adjust one comparison (control, treatment), unless a covariate differs by arm or nothing adjusts."""
    broken = any(message.code == "E_COV_POST" and message.metric == metric.name for message in raised)
    if broken or not _adjustable(read.adjustment, arms):
        return None
    assert read.adjustment is not None
    control, treatment = (read.adjustment.arms[arm] for arm in arms)
    return adjusted_difference(
        control,
        treatment,
        (read.arms[arms[0]], read.arms[arms[1]]),
        mean_covariance=read.adjustment.mean_covariance,
        alpha=alpha,
    )


def _adjustable(adjustment: Adjustment | None, arms: tuple[str, str]) -> bool:
    return adjustment is not None and all(
        arm in adjustment.arms and adjustment.arms[arm].complete and adjustment.arms[arm].adjusted_residual > 0
        for arm in arms
    )


def adjustment_messages(metric: Metric, arm: str, adjusted: Adjusted) -> Iterator[Message]:
    """Say when adjusting did not help, or moved the effect further than it should."""
    if adjusted.variance_reduction < 0:
        wider = numbers.level_percent((1 - adjusted.variance_reduction) ** 0.5 - 1)
        yield Message.of("I_VR_NEGATIVE", metric=metric.name, arm=arm, percent=wider)
    elif adjusted.shifted:
        after = adjusted.answer.effect
        facts = {"unadjusted": f"{after - adjusted.change:.4g}", "adjusted": f"{after:.4g}"}
        yield Message.of("W_ADJ_SHIFT", metric=metric.name, arm=arm, **facts)
