"""An advice under other circumstances: the same history, another lift, size, split, level, or correlation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final, Self

from decision_widgets import checks
from decision_widgets.analysis.advice import advice_of
from decision_widgets.analysis.arms import pair_alpha, planned_arms
from decision_widgets.analysis.kept import kept_pasts
from decision_widgets.analysis.past import Past
from decision_widgets.analysis.sizing import SHIPPED
from decision_widgets.design import Arm, BetweenSubject, Metric
from decision_widgets.errors import CannotEstimate, InputError, did_you_mean, listed
from decision_widgets.moments import TypedSummary
from decision_widgets.records import Record
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.sizing_others import rules_out, sign_of
from decision_widgets.results.sizing_payload import shown_row
from decision_widgets.results.sizing_records import MetricAdvice, SizingQuestion
from decision_widgets.vocabulary import readable

SKEWED: Final = 0.8
_RULES: Final[Mapping[str, checks.Rule]] = {
    "metric": checks.Name(),
    "lift": checks.Optional(checks.Positive()),
    "participants": checks.Optional(checks.Positive(whole=True)),
    "days": checks.Optional(checks.Positive(whole=True)),
    "other_power": checks.TrueOrFalse(),
    "other_level": checks.TrueOrFalse(),
    "more_arms": checks.TrueOrFalse(),
    "other_split": checks.TrueOrFalse(),
    "other_covariates": checks.TrueOrFalse(),
    "icc": checks.Optional(checks.Between(0, 1, or_low=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WhatIf(Record):
    """What is asked of an advice: a `lift` to find, or `participants` or `days` to see with; and what else is changed.

    `lift` is a size in the scale of the advice's question (of a guardrail the loss to rule out). `icc` replaces the
    correlation of a participant's observations.

    Raises
    ------
    InputError
        All problems together.
    """

    metric: str
    lift: float | None = None
    participants: int | None = None
    days: int | None = None
    other_power: bool = False
    other_level: bool = False
    more_arms: bool = False
    other_split: bool = False
    other_covariates: bool = False
    icc: float | None = None

    def __post_init__(self) -> None:
        problems = checks.problems(_RULES, {name: getattr(self, name) for name in _RULES})
        if sum(each is not None for each in (self.lift, self.participants, self.days)) != 1:
            problems.append("Give exactly one of lift, participants and days.")
        if problems:
            raise InputError.together("The what-if", problems)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read a request from its plain form; a key that it does not know is named with the nearest."""
        known = [each.name for each in fields(cls)]
        wrong = [f"unknown key {key!r}.{did_you_mean(str(key), known)}" for key in given if key not in known]
        if wrong or "metric" not in given:
            raise InputError.together("The what-if", wrong or [f"metric is missing. It takes: {listed(known)}."])
        return cls(**given)


def ask(advice: SizingAdvice, what: WhatIf) -> SizingAdvice:
    """Answer a what-if from the history that the advice keeps.

    Raises
    ------
    InputError
        The advice has no such metric, or was saved without its history.
    """
    metric = _metric_of(advice.design, what.metric)
    if what.other_covariates:
        metric = replace(metric, covariates=() if metric.covariates else (f"{metric.name}_before",))
    if what.lift is not None:
        metric = _with_goal(advice, metric, what.lift)
    design = replace(
        advice.design,
        metrics=tuple(metric if each.name == metric.name else each for each in advice.design.metrics),
        arms=_arms(advice, more=what.more_arms, other=what.other_split),
        alpha=other_alpha(advice.design.alpha) if what.other_level else advice.design.alpha,
        power=other_power(advice.design.power) if what.other_power else advice.design.power,
    )
    pasts = kept_pasts(advice)
    if what.icc is not None:
        pasts[metric.name] = with_icc(pasts[metric.name], what.icc)
    typed = [past.summary for past in pasts.values() if isinstance(past, Past) and past.source == "typed"]
    code = f"dw.{typed[0]!r}" if advice.history is not None and len(typed) == 1 else advice.history
    return advice_of(
        design, pasts, _question(advice, metric, what), today=date.today(), kept=advice.typed == (), history=code
    )


def with_icc(past: Past | CannotEstimate, icc: float) -> Past | CannotEstimate:
    """Return the past if observations of one participant were correlated by `icc`.

    The variance of each window is scaled by its own design effect: a longer one holds more observations of each.

    >>> from decision_widgets.analysis.past import past_from
    >>> from decision_widgets.moments import TypedSummary
    >>> typed = TypedSummary("y", mean=1, std_dev=1, icc=0.5, observations_per_participant=3)
    >>> round(float(with_icc(past_from(typed, "observation"), 0).variance[0]), 6)
    0.333333
    """
    if isinstance(past, CannotEstimate) or past.alike is None or past.alike.icc is None:
        return past
    deff = past.design_effects(icc)
    scale = deff / past.design_effects()
    summary = replace(past.summary, icc=icc) if isinstance(past.summary, TypedSummary) else past.summary
    effective = past.alike.effective_observations
    alike = replace(
        past.alike,
        icc=icc,
        icc_found=icc,
        negative=False,
        design_effect=float(deff[-1]),
        effective_observations=None if effective is None else effective / float(scale[-1]),
    )
    return replace(past, variance=past.variance * scale, alike=alike, summary=summary)


def other_power(power: float) -> float:
    """Return the power that a plan is compared with: 90 %, or 80 % when that is planned."""
    return 0.9 if power < 0.9 else 0.8


def other_alpha(alpha: float) -> float:
    """Return the level that a plan is compared with: 10 %, or 5 % when that is planned."""
    return 0.05 if alpha == 0.1 else 0.1


def circumstances(advice: SizingAdvice) -> dict[str, Any] | None:
    """Return all that a browser needs to answer a `WhatIf` by itself, as plain values.

    ``metrics`` hold what a participant adds and each metric's goal; ``scenarios`` the shares, pairs and levels for
    every combination of the changes that touch them. ``None`` when nothing could be sized.
    """
    row = shown_row(advice)
    if row is None or advice.plan is None:
        return None
    pasts = kept_pasts(advice)
    return {
        "key": _key(advice),
        "metric": row.metric,
        "lift": row.relative_mde if advice.metric(row.metric).relative else row.mde,
        "asked_days": advice.question.days,
        "metrics": [_known(advice, each, pasts[each.metric]) for each in advice.metrics],
        "powers": [advice.design.power, other_power(advice.design.power)],
        "levels": [advice.design.alpha, other_alpha(advice.design.alpha)],
        "scenarios": list(_scenarios(advice)),
        "horizon": advice.plan.horizon,
    }


def _key(advice: SizingAdvice) -> str:
    """Tell one plan from another: the design, the question and what was typed."""
    said = "".join(each.to_json() for each in (advice.design, advice.question, *advice.typed))
    return sha256(said.encode()).hexdigest()[:12]


def _known(advice: SizingAdvice, metric: MetricAdvice, past: Past | CannotEstimate) -> dict[str, Any]:
    planned, stated = _metric_of(advice.design, metric.metric), advice.question.effects.get(metric.metric)
    margin = rules_out(advice, planned)
    worth = _worth(advice, planned)
    return {
        "metric": metric.metric,
        "label": readable(metric.metric),
        "role": metric.role,
        "kind": metric.kind,
        "binary": metric.kind == "binary",
        "sign": sign_of(planned, stated),
        "relative": metric.relative,
        "rules_out": margin,
        "goal": planned.limit if margin else worth if stated is None else abs(stated),
        "mean": metric.level,
        "m": metric.observations_per_participant,
        "cv": metric.cv_observations,
        "icc": metric.icc,
        "variance": metric.variance,
        "vr": metric.variance_reduction,
        "cuped": metric.adjusted,
        "alike": None if isinstance(past, CannotEstimate) else _alike(past),
        "grid": None if metric.daily is None else metric.daily.to_dict(),
    }


def _alike(past: Past) -> dict[str, list[float]] | None:
    """Return what the correlation of a participant's observations does, by length of the window."""
    if past.alike is None:
        return None
    return {"design_effects": past.design_effects().tolist(), "per_icc": (past.design_effects(1.0) - 1).tolist()}


def _scenarios(advice: SizingAdvice) -> Iterator[dict[str, Any]]:
    for more in (False, True):
        for other in (False, True):
            for level in (False, True):
                alpha = other_alpha(advice.design.alpha) if level else advice.design.alpha
                design = replace(advice.design, arms=_arms(advice, more=more, other=other), alpha=alpha)
                arms = planned_arms(design, advice.question.compare)
                yield {
                    "more_arms": more,
                    "other_split": other,
                    "other_level": level,
                    "arms": list(arms.names),
                    "shares": list(arms.shares),
                    "pairs": [list(pair) for pair in arms.pairs],
                    "alphas": {
                        metric.name: pair_alpha(design, metric, arms, margin=rules_out(advice, metric))[0]
                        for metric in design.metrics
                    },
                }


def _arms(advice: SizingAdvice, *, more: bool, other: bool) -> tuple[Arm, ...] | None:
    if not more and not other:
        return advice.design.arms
    arms = planned_arms(advice.design, advice.question.compare)
    names = list(arms.names)
    even = max(arms.shares) - min(arms.shares) < 1e-9
    if more:
        names.append(next(name for at in range(2, 99) if (name := f"treatment {at}") not in names))
    count = len(names)
    control = (SKEWED if even else 1 / count) if other else 1 / count if even else arms.shares[0]
    # Whoever reads the shares again reads 0.2, not what is left of 1 after 0.8.
    rest = control if control == 1 / count else round((1 - control) / (count - 1), 12)
    shares = [control, *[rest] * (count - 1)]
    return tuple(Arm(name=name, share=share) for name, share in zip(names, shares, strict=True))


def _metric_of(design: BetweenSubject, name: str) -> Metric:
    for metric in design.metrics:
        if metric.name == name:
            return metric
    names = [metric.name for metric in design.metrics]
    raise InputError(f"The design has no metric {name!r}.{did_you_mean(name, names)} It has: {listed(names)}.")


def _worth(advice: SizingAdvice, metric: Metric) -> float | None:
    """Return the effect planned for because it is worth shipping, where none was stated."""
    if metric.name in advice.question.effects or metric.role != "primary" or not metric.minimum_effect:
        return None
    return metric.minimum_effect / SHIPPED


def _with_goal(advice: SizingAdvice, metric: Metric, lift: float) -> Metric:
    if rules_out(advice, metric):
        return replace(metric, limit=lift)
    return metric if _worth(advice, metric) is None else replace(metric, minimum_effect=lift * SHIPPED)


def _question(advice: SizingAdvice, metric: Metric, what: WhatIf) -> SizingQuestion:
    effects = dict(advice.question.effects)
    stated = effects.pop(metric.name, None)
    question = replace(advice.question, participants=what.participants, days=what.days)
    if what.lift is None or rules_out(advice, metric) or _worth(advice, metric) is not None:
        return replace(question, effects=effects)
    lift = what.lift if stated is None or stated > 0 else -what.lift
    return replace(question, effects=effects | {metric.name: lift})
