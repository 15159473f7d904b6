"""From a table and a between-subject design to a result: the whole journey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from decision_widgets.analysis.comparisons import compare
from decision_widgets.analysis.diagnosis import metric_messages, run_messages
from decision_widgets.analysis.family import adjust
from decision_widgets.analysis.levels import judge_groups
from decision_widgets.analysis.methods import check_methods
from decision_widgets.analysis.plan import standing_of
from decision_widgets.analysis.provenance import in_order, provenance_of
from decision_widgets.analysis.segments import compare_segments, segment_messages
from decision_widgets.analysis.spread import describe_metrics, diagnose_split
from decision_widgets.analysis.toolbox import TOOLS, run_toolbox, wanted
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


def analyze_between(
    data: Any,
    design: BetweenSubject,
    *,
    methods: Sequence[str] | None = None,
    progress: bool | Listener | None = None,
) -> DecisionResult:
    """Analyse a between-subject experiment, as ``analyze`` says."""
    tools = check_methods(methods, [*TOOLS], [name for name, tool in TOOLS.items() if tool.usual])
    reading = read_moments(data, wanted(design.needs(), tools), progress)
    ratio = _sample_ratio(design, reading)
    about_run = run_messages(design, reading, ratio)
    invalid = tuple(m.code for m in about_run if m.severity == "error")
    blocking = next((m for m in about_run if m.severity == "error"), None)
    diagnosis = diagnose_split(reading, ratio)  # before levels whose split is off are left out of the analysis
    reading, about_groups = judge_groups(design, reading)
    about_metrics = [*metric_messages(design, reading), *about_groups]
    effects = adjust(design, compare(design, reading, about_metrics, blocking))
    standing = standing_of(design, reading)
    estimates, decision, about_decision = read_and_decide(design, reading.arms[1:], standing, effects, invalid)
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
        diagnosis=diagnosis,
        distributions=() if invalid else tuple(describe_metrics(design, reading)),
        methods=None if methods is None else tools,
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
