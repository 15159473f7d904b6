"""From a table and a design to a result: two lines for the analyst, the whole journey here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from decision_widgets.analysis.comparisons import compare
from decision_widgets.analysis.diagnosis import metric_messages, run_messages
from decision_widgets.analysis.family import adjust
from decision_widgets.analysis.levels import judge_groups
from decision_widgets.analysis.provenance import in_order, provenance_of
from decision_widgets.analysis.segments import compare_segments, segment_messages
from decision_widgets.analysis.toolbox import check_methods, run_toolbox, wanted
from decision_widgets.analysis.verdict import read_and_decide
from decision_widgets.data import Listener, MetricReading, Reading, Unreadable, read_moments
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError
from decision_widgets.estimates import SampleRatio, sample_ratio
from decision_widgets.moments import ArmMoments
from decision_widgets.results import (
    ArmStatistics,
    Check,
    DecisionResult,
    Message,
    MetricKind,
)


def analyze(
    data: Any,
    design: BetweenSubject,
    *,
    methods: Sequence[str] | None = None,
    progress: bool | Listener | None = None,
) -> DecisionResult:
    """Give the recommended analysis of an experiment, with its verdict.

    Parameters
    ----------
    data : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per observation; a participant may have many.
    design : BetweenSubject
    methods : sequence of str, optional
        Tests of the toolbox to show beside the recommended analysis, which is always there: ``"student"``,
        ``"equivalence"``, ``"proportions"``, ``"mann_whitney"``, ``"ks"``, ``"normality"``, ``"shapiro_wilk"``,
        ``"quantiles"``, ``"levene"``, ``"logit"``, ``"mlrate"``, ``"individual_effects"``, ``"joint"``,
        ``"all_pairs"``, ``"romano_wolf"``, ``"paired_t"``, ``"wilcoxon"``. Left out, the usual ones; an empty list
        leaves them all out.
    progress : bool, callable, optional
        Whether a line of standard error tells how far the read has come. By default it appears after two seconds, at a
        prompt or in a notebook only, and goes when the read is done. A function receives a ``Progress`` instead: the
        stage in words, the share done of the running statement (``None`` when the engine does not say), the seconds.

    Returns
    -------
    DecisionResult
        Basic statistics, sample-ratio check, Welch on participants, the recommended regression with errors clustered
        by participant (CR2) and adjusted by the design's covariates or strata, relative uplift with Fieller's interval,
        the toolbox, effects in segments, messages by code, and the decision. A metric that cannot be computed is
        refused with its reason; the others are computed. When the comparison is invalid no effect is given at all.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues
        The data do not fit the design; nothing was computed.
    """
    if not isinstance(design, BetweenSubject):
        raise InputError(
            f"The design must be a BetweenSubject; got {type(design).__name__}. "
            "Call it as analyze(data, design), the data first."
        )
    tools = check_methods(methods)
    reading = read_moments(data, wanted(design.needs(), tools), progress)
    ratio = _sample_ratio(design, reading)
    about_run = run_messages(design, reading, ratio)
    invalid = tuple(m.code for m in about_run if m.severity == "error")
    blocking = next((m for m in about_run if m.severity == "error"), None)
    reading, about_groups = judge_groups(design, reading)
    about_metrics = [*metric_messages(design, reading), *about_groups]
    effects = adjust(design, compare(design, reading, about_metrics, blocking))
    estimates, decision, about_decision = read_and_decide(design, reading, effects, invalid)
    segments = [] if invalid else compare_segments(design, reading)
    messages = in_order([*about_run, *about_metrics, *about_decision, *segment_messages(segments)])
    return DecisionResult(
        design=design,
        decision=decision,
        estimates=estimates,
        statistics=tuple(_statistics(reading)),
        sample_ratio=ratio,
        kinds=tuple(_kind(name, metric) for name, metric in reading.metrics.items()),
        checks=_checks(design, reading, ratio, messages),
        messages=messages,
        provenance=provenance_of(design, reading),
        segments=tuple(segments),
        toolbox=() if invalid else tuple(run_toolbox(design, reading, tools)),
    )


def _sample_ratio(design: BetweenSubject, reading: Reading) -> SampleRatio:
    planned = {arm.name: arm.share for arm in design.arms or ()}
    shares = [planned.get(name, 1 / len(reading.arms)) for name in reading.arms]
    counts = [reading.participants[name] for name in reading.arms]
    if sum(counts) == 0:
        raise InputError("Every participant was seen in more than one arm; check the participant and arm columns.")
    return sample_ratio(counts, shares)


def _statistics(reading: Reading) -> list[ArmStatistics]:
    return [
        _arm_statistics(name, arm, moments)
        for name, metric in reading.metrics.items()
        if isinstance(metric, MetricReading)
        for arm, moments in metric.arms.items()
    ]


def _arm_statistics(metric: str, arm: str, moments: ArmMoments) -> ArmStatistics:
    variance = None
    if moments.observations is not None and moments.n_observations > 1:
        variance = moments.observations.variance("y")
    elif moments.observations is None and moments.n_participants > 1:
        variance = moments.linearised_variance
    return ArmStatistics(
        metric=metric,
        arm=arm,
        n_participants=moments.n_participants,
        n_observations=moments.n_observations,
        n_missing=moments.n_missing,
        mean=moments.level,
        std_dev=None if variance is None else variance**0.5,
        variance=variance,
    )


def _kind(name: str, metric: MetricReading | Unreadable) -> MetricKind:
    if isinstance(metric, Unreadable):
        return MetricKind(metric=name, kind=None, evidence=metric.what, confidence=None)
    found = metric.recognition
    return MetricKind(metric=name, kind=found.kind, evidence=found.evidence, confidence=found.confidence)


def _checks(
    design: BetweenSubject, reading: Reading, ratio: SampleRatio, messages: tuple[Message, ...]
) -> tuple[Check, ...]:
    raised = {message.code for message in messages}
    run = [
        Check(name="sample ratio", passed="E_SRM" not in raised, text=f"p = {ratio.p_value:.4g} ({ratio.method})"),
        Check(
            name="one arm per participant",
            passed="E_CONTAMINATION" not in raised,
            text=f"{reading.n_contaminated:,} participants in more than one arm",
        ),
        Check(
            name="whole weeks",
            passed=None if reading.days is None else "W_SHORT_RUN" not in raised,
            text="no time column" if reading.days is None else f"{reading.days} days",
        ),
    ]
    per_metric = [
        Check(
            name=f"metric {metric.name}",
            passed=not any(m.metric == metric.name and m.severity != "info" for m in messages),
            text=", ".join(sorted({m.code for m in messages if m.metric == metric.name})) or "nothing to report",
        )
        for metric in design.metrics
    ]
    return (*run, *per_metric)
