"""When an effect is adjusted by covariates, and what has to be said about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from decision_widgets.data import Adjustment, CovariateReading, MetricReading
from decision_widgets.design import Metric
from decision_widgets.errors import listed
from decision_widgets.estimates import Adjusted, adjusted_difference, balance_p, homogeneity_p
from decision_widgets.results import Message
from decision_widgets.views import numbers

DIFFERS_BELOW: Final = 0.001
MISSING_ABOVE: Final = 0.5


def covariate_messages(metric: Metric, read: MetricReading) -> Iterator[Message]:
    """Judge the covariates of one metric, before any effect is looked at; those left out too, as they were promised."""
    if read.adjustment is None:
        return
    found = {covariate.name: list(_differences(metric, read, covariate)) for covariate in read.adjustment.covariates}
    tests = sum(map(len, found.values()))
    for covariate in read.adjustment.covariates:
        facts = {"metric": metric.name, "covariate": covariate.name}
        differing = [(what, p) for what, p in found[covariate.name] if p < DIFFERS_BELOW / tests]
        for what, p in differing:
            done = "the effect is not adjusted"
            yield Message.of("E_COV_POST", metric=metric.name, what=what, p=numbers.p_value(p), done=done)
        if not covariate.used and not differing:
            reason = covariate.reason or ""
            yield Message.of("I_COVARIATE_LEFT_OUT", reason=reason[:1].upper() + reason[1:].rstrip(".") + ".", **facts)
        if covariate.used and covariate.missing_share > MISSING_ABOVE:
            yield Message.of("W_CUPED_MISSING", percent=numbers.level_percent(covariate.missing_share), **facts)


def _differences(metric: Metric, read: MetricReading, covariate: CovariateReading) -> Iterator[tuple[str, float]]:
    """Test whether the covariate, and who has none, are the same in every arm."""
    named = f"ovariate {covariate.name} of {metric.name}"
    if covariate.missing_share == 1:
        return
    if len(covariate.arms) > 1:
        yield f"C{named}", balance_p(list(covariate.arms.values()), skewness=covariate.skewness)
    if covariate.missing_share > 0:
        known = [covariate.arms[arm].n if arm in covariate.arms else 0 for arm in read.arms]
        missing = [each.n_participants - n for each, n in zip(read.arms.values(), known, strict=True)]
        yield f"The share without c{named}", homogeneity_p(missing, known)


def adjust_effect(
    metric: Metric, read: MetricReading, arms: tuple[str, str], *, alpha: float, raised: list[Message]
) -> Adjusted | None:
    """Adjust one comparison (control, treatment), unless a covariate differs by arm or nothing adjusts."""
    broken = any(message.code == "E_COV_POST" and message.metric == metric.name for message in raised)
    if broken or not _adjustable(read.adjustment, arms):
        alone = None if broken or read.adjustment is None else _alone(metric, read.adjustment, arms)
        raised += [alone] if alone is not None and alone not in raised else []
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


def _alone(metric: Metric, adjustment: Adjustment, arms: tuple[str, str]) -> Message | None:
    """Say that a coefficient of an arm rests on one participant, who then has no residual and no error."""
    arm = next((arm for arm in arms if arm in adjustment.arms and not adjustment.arms[arm].complete), None)
    used = [covariate.name for covariate in adjustment.covariates if covariate.used]
    if arm is None or not used:
        return None
    reason = f"In {arm} a coefficient rests on one participant alone, such as the only one without a value; unadjusted."
    return Message.of("I_COVARIATE_LEFT_OUT", metric=metric.name, covariate=listed(used), reason=reason)


def adjustment_messages(
    metric: str, arm: str, by: str, *, reduction: float, effects: tuple[float, float], shifted: bool
) -> Iterator[Message]:
    """Say when adjusting did not help, or moved the effect (before, after) further than it should."""
    if reduction < 0:
        wider = numbers.level_percent((1 - reduction) ** 0.5 - 1)
        yield Message.of("I_VR_NEGATIVE", metric=metric, arm=arm, by=by, percent=wider)
    if shifted:
        facts = {"unadjusted": f"{effects[0]:.4g}", "adjusted": f"{effects[1]:.4g}"}
        yield Message.of("W_ADJ_SHIFT", metric=metric, arm=arm, by=by, **facts)
