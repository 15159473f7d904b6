"""Every treatment against control, metric by metric, by each method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from decision_widgets.analysis.answers import ADJUSTED, CLUSTERED, STRATIFIED, Answer, answers_of
from decision_widgets.analysis.effect_rows import numbers_of, refused_row
from decision_widgets.analysis.family import selected_alpha, share_control, simultaneous_alpha
from decision_widgets.analysis.intervals import decision_quantile
from decision_widgets.analysis.plan import share_of_plan
from decision_widgets.data import MetricReading, Reading
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import CannotEstimate, listed
from decision_widgets.estimates import (
    MeanDifference,
    difference,
    ratio_difference,
    student_t,
    welch_t,
)
from decision_widgets.moments import ArmMoments
from decision_widgets.results import EffectEstimate, Message, NotEstimable, Row
from decision_widgets.views import numbers

REFUSING: Final = ("E_METRIC_KIND", "E_NO_VARIATION", "E_SMALL_N", "E_FEW_CLUSTERS")


def compare(design: BetweenSubject, reading: Reading, messages: list[Message], blocking: Message | None) -> list[Row]:
    """Estimate every effect; what the comparison finds out about itself is added to `messages`."""
    found: dict[tuple[str, str], list[Answer] | Message] = {}
    for metric in design.metrics:
        read = reading.metrics[metric.name]
        for arm in reading.arms[1:]:
            stop = blocking or _stop(design, metric, arm, messages)
            if stop is not None or not isinstance(read, MetricReading):
                assert stop is not None
                found[metric.name, arm] = stop
            else:
                found[metric.name, arm] = answers_of(design, reading, metric, arm, read, messages)
    secondary = {metric.name for metric in design.metrics if metric.role == "secondary"}
    picked = selected_alpha(design, {key: _best(own) for key, own in found.items() if key[0] in secondary})
    rows: list[Row] = []
    for metric in design.metrics:
        own = {arm: found[metric.name, arm] for arm in reading.arms[1:]}
        rows += _metric_rows(design, reading, metric, own, picked)
    return rows


def recommended_answer(
    design: BetweenSubject, reading: Reading, metric: Metric, arm: str, messages: list[Message]
) -> tuple[str, MeanDifference] | Message:
    """Estimate one effect in the way that is reported first, with that way's name; or say why there is none."""
    read, stop = reading.metrics[metric.name], _stop(design, metric, arm, messages)
    if stop is not None or not isinstance(read, MetricReading):
        assert stop is not None
        return stop
    answers = answers_of(design, reading, metric, arm, read, messages)
    return answers if isinstance(answers, Message) else (answers[0].method, answers[0].answer)


def _best(answers: list[Answer] | Message) -> MeanDifference | None:
    return None if isinstance(answers, Message) else answers[0].answer


def _metric_rows(
    design: BetweenSubject,
    reading: Reading,
    metric: Metric,
    answers: Mapping[str, list[Answer] | Message],
    picked: Mapping[tuple[str, str], float],
) -> Iterator[Row]:
    read = reading.metrics[metric.name]
    best = {arm: answer for arm, own in answers.items() if (answer := _best(own)) is not None}
    shared = share_control(design, metric, best) if len(best) == len(answers) else None
    usual = simultaneous_alpha(design, metric, len(answers))
    for arm, own in answers.items():
        if isinstance(own, Message) or not isinstance(read, MetricReading):
            assert isinstance(own, Message)
            yield _refused(reading, design, metric, arm, own)
            continue
        adjusted_p, family = (None, picked.get((metric.name, arm), usual)) if shared is None else shared[arm]
        yield from _rows(design, reading, metric, arm, read, own, family, adjusted_p)


def _stop(design: BetweenSubject, metric: Metric, arm: str, messages: list[Message]) -> Message | None:
    about = (m for m in messages if m.code in REFUSING and m.metric == metric.name)
    return next((m for m in about if m.arm in (None, arm, design.control)), None)


def _rows(
    design: BetweenSubject,
    reading: Reading,
    metric: Metric,
    arm: str,
    read: MetricReading,
    answers: list[Answer],
    family: float,
    adjusted_p: float | None,
) -> Iterator[Row]:
    best = answers[0]
    comparison = _Comparison(
        design=design,
        metric=metric,
        arm=arm,
        read=read,
        control=read.arms[design.control],
        treatment=read.arms[arm],
        family_alpha=family,
        decision_quantile=decision_quantile(best.answer, family, share_of_plan(design, reading)),
    )
    for each in answers:
        row = comparison.estimate(each, recommended=each is best)
        if each is best and adjusted_p is not None:
            row = replace(row, p_value_adjusted=adjusted_p, adjustment="Dunnett", family=len(reading.arms) - 1)
        yield row
    yield from comparison.companions()


def _refused(reading: Reading, design: BetweenSubject, metric: Metric, arm: str, message: Message) -> NotEstimable:
    read = reading.metrics[metric.name]
    arms = read.arms if isinstance(read, MetricReading) else {}
    control, treatment = (arms[name].n_participants if name in arms else 0 for name in (design.control, arm))
    return refused_row(metric, arm, CLUSTERED, (control, treatment), message)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Comparison:
    """What the methods of one comparison share."""

    design: BetweenSubject
    metric: Metric
    arm: str
    read: MetricReading
    control: ArmMoments
    treatment: ArmMoments
    family_alpha: float
    decision_quantile: float

    def companions(self) -> Iterator[EffectEstimate]:
        """Give the other methods: participants equally weighted, and plain OLS where rows repeat."""
        alpha = self.design.alpha
        means = self.control.participant_means, self.treatment.participant_means
        rows = self.control.observations, self.treatment.observations
        with suppress(CannotEstimate):  # what does not vary by one weight may vary by another
            if means[0] is None:
                totals = self.control.totals.of_columns("s", "m"), self.treatment.totals.of_columns("s", "m")
                yield self._companion("delta", ratio_difference(*totals, alpha=alpha))
            elif means[1] is not None:
                yield self._companion("welch", welch_t(means[0], means[1], alpha=alpha))
        if rows[0] is None or rows[1] is None or rows[0].n + rows[1].n == self.clusters:
            return
        with suppress(CannotEstimate):
            yield self._companion("ols", student_t(rows[0], rows[1], alpha=alpha))

    def _companion(self, method: str, answer: MeanDifference) -> EffectEstimate:
        return self.estimate(Answer(method=method, answer=self._level(answer)))

    def _level(self, answer: MeanDifference) -> MeanDifference:
        """Put back what was subtracted from each arm before summing."""
        return difference(
            answer.control_mean,
            answer.treatment_mean,
            answer.control_variance,
            answer.treatment_variance,
            df=answer.df,
            alpha=answer.alpha,
            control_offset=self.control.shift,
            treatment_offset=self.treatment.shift,
        )

    @property
    def rows(self) -> int:
        return self.control.n_observations + self.treatment.n_observations

    @property
    def clusters(self) -> int:
        return self.control.n_participants + self.treatment.n_participants

    def estimate(self, given: Answer, *, recommended: bool = False) -> EffectEstimate:
        """Put one answer into its place in the table."""
        method, answer = given.method, given.answer
        quantile = self.decision_quantile if recommended else answer.quantile(self.family_alpha)
        return EffectEstimate(
            metric=self.metric.name,
            arm=self.arm,
            method=method,
            method_text=self._method_text(method),
            estimand=self._estimand(method),
            role=self.metric.role,
            recommended=recommended,
            **numbers_of(answer, alpha=self.family_alpha, quantile=quantile, power=self.design.power),
            n_control=self.control.n_participants,
            n_treatment=self.treatment.n_participants,
            n_observations=self.rows,
            n_clusters=self.rows if method == "ols" else self.clusters,
            variance_reduction=given.reduction,
            codes=given.codes,
        )

    def _method_text(self, method: str) -> str:
        who, n = self._who, numbers.integer(self.clusters)
        if method == "welch":
            return f"Welch's t-test on the means of each {who}"
        if method == "delta":
            return "Delta method, normal quantiles"
        if method == "ols":
            return "OLS, not recommended: ignores repeated observations"
        start = "OLS"
        if self.read.recognition.kind == "ratio":
            start = f"Ratio of totals ({self.metric.numerator} ÷ {self.metric.denominator})"
            if self.metric.denominator == who:
                start = f"OLS on the total {self.metric.numerator} of each {who}"
        if method == ADJUSTED and self.read.adjustment is not None:
            names = [covariate.name for covariate in self.read.adjustment.covariates if covariate.used]
            start += f" adjusted by {listed(names, 3)} (CUPED, slopes by arm)"
        if method == STRATIFIED:
            start += f" post-stratified by {self.design.strata_name}"
        clusters = f"SE clustered by {who}" if self.design.participant is not None else "one row per participant"
        return f"{start}, {clusters}, CR2, {n} clusters"

    @property
    def _who(self) -> str:
        return self.design.participant or "participant"

    def _estimand(self, method: str) -> str:
        if method == "welch":
            return f"difference in means, every {self._who} counting once"
        if self.read.recognition.kind == "ratio":
            per = "" if self.metric.denominator == self.design.participant else "total "
            return f"difference in total {self.metric.numerator} per {per}{self.metric.denominator}"
        return "difference in means, every observation counting once"
