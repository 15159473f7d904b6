"""One effect estimated in every recommended way, and what each of them has to say about itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from decision_widgets.analysis.covariates import adjust_effect, adjustment_messages
from decision_widgets.analysis.diagnosis import KAPPA_ABOVE
from decision_widgets.analysis.strata import for_population, strata_messages, strata_refused, stratify_effect
from decision_widgets.data import MetricReading, Reading
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.estimates import (
    TAIL_PER_KAPPA,
    FewClusters,
    MeanDifference,
    NoRelativeEffect,
    clustered_difference,
    difference_skewness,
    few_clusters,
    relative_effect,
)
from decision_widgets.estimates.few_clusters import ENOUGH
from decision_widgets.moments import ArmMoments
from decision_widgets.results import Message
from decision_widgets.views import numbers

CLUSTERED: Final = "ols_cr2"
ADJUSTED: Final = "cuped"
STRATIFIED: Final = "post_stratified"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One way to estimate an effect, the share of the unadjusted variance that it removes, what is to be said of it."""

    method: str
    answer: MeanDifference
    reduction: float | None = None
    found: tuple[Message, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(message.code for message in self.found))


def answers_of(
    design: BetweenSubject, reading: Reading, metric: Metric, arm: str, read: MetricReading, messages: list[Message]
) -> list[Answer] | Message:
    """Estimate one effect in every recommended way, the one to report first; or say why there is none."""
    control, treatment = read.arms[design.control], read.arms[arm]
    plain = clustered_difference(control, treatment, alpha=design.alpha)
    if _few(control, treatment, plain) == "refuse":
        few = Message.of("E_FEW_CLUSTERS", metric=metric.name, arm=arm, **_counts(control, treatment, plain))
        messages.append(few)
        return few
    adjusted = [
        *_by_covariates(metric, read, (design.control, arm), alpha=design.alpha, raised=messages),
        *_by_strata(design, reading, metric, arm, read, plain, raised=messages),
    ]
    best = next((each for each in adjusted if each.reduction is not None and each.reduction >= 0), None)
    answers = [Answer(method=CLUSTERED, answer=plain), *adjusted]
    answers.sort(key=lambda each: each is not best)
    shared = list(_findings(metric.name, arm, control, treatment, answers[0].answer))
    messages += [*shared, *(m for each in adjusted for m in each.found)]
    return [replace(each, found=(*shared, *each.found)) for each in answers]


def _by_covariates(
    metric: Metric, read: MetricReading, arms: tuple[str, str], *, alpha: float, raised: list[Message]
) -> Iterator[Answer]:
    adjusted = adjust_effect(metric, read, arms, alpha=alpha, raised=raised)
    if adjusted is not None:
        reduction, after = adjusted.variance_reduction, adjusted.answer.effect
        effects = after - adjusted.change, after
        found = adjustment_messages(
            metric.name, arms[1], "covariates", reduction=reduction, effects=effects, shifted=adjusted.shifted
        )
        yield Answer(method=ADJUSTED, answer=adjusted.answer, reduction=reduction, found=tuple(found))


def _by_strata(
    design: BetweenSubject,
    reading: Reading,
    metric: Metric,
    arm: str,
    read: MetricReading,
    plain: MeanDifference,
    *,
    raised: list[Message],
) -> Iterator[Answer]:
    """Post-stratify, or say in `raised` why strata cannot be used."""
    stratified = stratify_effect(design, reading, read, arm)
    if isinstance(stratified, str):
        message = strata_refused(stratified)
        raised += [] if message in raised else [message]
    elif stratified is not None:
        answer = for_population(stratified)
        reduction = 1 - (answer.std_error / plain.std_error) ** 2
        found = [
            *strata_messages(metric.name, arm, stratified),
            *adjustment_messages(
                metric.name,
                arm,
                "strata",
                reduction=reduction,
                effects=(plain.effect, answer.effect),
                shifted=stratified.reduction.shifted,
            ),
        ]
        yield Answer(method=STRATIFIED, answer=answer, reduction=reduction, found=tuple(found))


def _few(control: ArmMoments, treatment: ArmMoments, answer: MeanDifference) -> FewClusters | None:
    """Judge whether participants, and what they weigh, are enough for the answer's clustered error."""
    assert answer.df is not None
    effective = min(control.effective_participants, treatment.effective_participants)
    return few_clusters(control.n_participants, treatment.n_participants, answer.df, effective=effective)


def _counts(control: ArmMoments, treatment: ArmMoments, answer: MeanDifference) -> dict[str, str]:
    assert answer.df is not None
    return {
        "n_control": _how_many(control),
        "n_treatment": _how_many(treatment),
        "df": numbers.df_text(answer.df),
    }


def _how_many(arm: ArmMoments) -> str:
    """Write how many participants an arm has, and how few it weighs like where a few hold most of the weight."""
    n, like = arm.n_participants, arm.effective_participants
    said = numbers.integer(n)
    return f"{said} (which weigh like {numbers.fixed(like, 1)} of equal weight)" if like < min(n / 2, ENOUGH) else said


def _findings(
    metric: str, arm: str, control: ArmMoments, treatment: ArmMoments, answer: MeanDifference
) -> Iterator[Message]:
    if _few(control, treatment, answer) is not None:
        yield Message.of("W_FEW_CLUSTERS", metric=metric, arm=arm, **_counts(control, treatment, answer))
    kappa = difference_skewness(control, treatment)
    if abs(kappa) >= KAPPA_ABOVE:
        points = numbers.fixed(100 * TAIL_PER_KAPPA * abs(kappa), 1)
        yield Message.of("W_SKEW", metric=metric, arm=arm, points=points, kappa=numbers.fixed(kappa, 2))
    relative = relative_effect(answer)
    if isinstance(relative, NoRelativeEffect):
        yield Message.of(relative.code, metric=metric, arm=arm, mean=numbers.level(control.level, "continuous"))
