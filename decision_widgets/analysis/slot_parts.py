"""The parts of a switchback's result beside its effects: timeline, basic statistics, segments, checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from hashlib import sha256
from typing import Final

import numpy as np

import decision_widgets
from decision_widgets.analysis.segments import adjusted_joint_tests
from decision_widgets.analysis.slot_carryover import only
from decision_widgets.analysis.slot_cells import analysed, is_per_hour, time_names
from decision_widgets.analysis.slot_checks import burn_in_share
from decision_widgets.analysis.slot_effects import SlotAnswer, units_of
from decision_widgets.analysis.slot_run import Arms, SlotRun
from decision_widgets.data import SlotMetric, SlotReading
from decision_widgets.design import Metric, Switchback
from decision_widgets.design.clock import DAY
from decision_widgets.errors import InputError
from decision_widgets.estimates import SubgroupComparison, compare_panel_subgroups
from decision_widgets.results import (
    ArmStatistics,
    Check,
    Message,
    MetricKind,
    Provenance,
    SegmentComparison,
)
from decision_widgets.results.switchback_records import ScheduleCheck, Timeline

RUN_CHECKS: Final = {
    "schedule": ("E_SCHEDULE_MISMATCH", "E_CONTAMINATION"),
    "arms and the clock": ("E_SCHEDULE_ALIAS", "E_FE_COLLINEAR"),
    "number of treated slots": ("E_SRM", "W_SRM_WATCH"),
    "clusters": ("E_CLUSTER_FINE", "W_REGION_CLUSTER"),
    "burn-in": ("W_NO_BURN_IN", "W_SHORT_BURN_IN"),
    "carry-over": ("W_CARRYOVER",),
    "rows per slot": ("W_VOLUME_SHIFT",),
    "hours without rows": ("W_PANEL_GAPS",),
    "fixed effects": ("W_FE_ABSORBS", "W_FE_RICH"),
    "weights": ("W_POST_WEIGHT",),
    "randomisation inference": ("W_RI_DISAGREES", "W_FRAGILE"),
    "whole weeks": ("W_SHORT_RUN",),
}


def timeline_of(run: SlotRun, *, withheld: bool) -> Timeline:
    """Write when each region had which arm, with the level of every slot unless that is withheld."""
    kept = np.where(run.kept, run.served, -1)
    values = {} if withheld else {name: _levels(run, name) for name in run.reading.metrics if _is_read(run, name)}
    return Timeline(
        start=run.moment(0),
        slot=run.design.slot,
        burn_in=run.design.burn_in,
        assignment=run.design.assignment,
        together=not run.separate,
        regions=run.reading.regions,
        served=_texts(run.served),
        planned=None if run.planned is None else _texts(run.planned),
        values=values,
        n_control=int((kept == 0).sum()),
        n_treatment=int((kept == 1).sum()),
        burn_in_share=burn_in_share(run),
        balance=_balance(run),
    )


def _texts(arms: Arms) -> tuple[str, ...]:
    return tuple("".join("01"[arm] if arm in (0, 1) else "." for arm in own) for own in arms.tolist())


def _is_read(run: SlotRun, name: str) -> bool:
    return isinstance(run.reading.metrics[name], SlotMetric)


def _levels(run: SlotRun, name: str) -> tuple[tuple[float | None, ...], ...]:
    """Return total over size of every slot, after its burn-in."""
    read, at = run.reading.metrics[name], analysed(run, 1 if run.design.burn_in else 0)
    assert isinstance(read, SlotMetric)
    place = run.reading.region[at] * run.n_slots + run.reading.slot[at]
    n = run.shape[0] * run.n_slots
    total, size = (np.bincount(place, each[at], minlength=n) for each in (read.total, read.size))
    levels = [float(t / s) if s > 0 else None for t, s in zip(total, size, strict=True)]
    return tuple(tuple(levels[i : i + run.n_slots]) for i in range(0, n, run.n_slots))


def _balance(run: SlotRun) -> str | None:
    """Say how the arms share each day, where every region and day is alike."""
    if run.design.slot >= DAY or not run.kept.all() or run.n_slots % (DAY // run.design.slot):
        return None
    days = run.served.reshape(run.shape[0], -1, DAY // run.design.slot)
    treated = np.unique((days == 1).sum(axis=2))
    if len(treated) > 1:
        return None
    n, who = int(treated[0]), "per region and day" if run.shape[0] > 1 else "per day"
    return f"{days.shape[2] - n} + {n} slots {who}"


def statistics_of(run: SlotRun) -> Iterator[ArmStatistics]:
    """Describe the analysed hours of each arm: levels of totals, and how slots (rows, of a mean) scatter."""
    at = analysed(run, 1 if run.design.burn_in else 0)
    region, slot = run.reading.region[at], run.reading.slot[at]
    arm = run.served[region, slot]
    for metric in run.design.metrics:
        read = run.reading.metrics[metric.name]
        if not isinstance(read, SlotMetric):
            continue
        for code, name in enumerate(run.arms):
            own = at[(arm == code) & (read.size[at] > 0)]
            if len(own):
                yield _arm_statistics(run, metric, read, name, own)


def _arm_statistics(run: SlotRun, metric: Metric, read: SlotMetric, arm: str, at: np.ndarray) -> ArmStatistics:
    total, size = read.total[at], read.size[at]
    mean, n_rows = float(total.sum() / size.sum()), int(read.rows[at].sum())
    unit = run.unit[run.reading.region[at], run.reading.slot[at]]
    n_units = len(np.unique(unit))
    if metric.denominator is None:
        squares = float(read.within[at].sum() + (size * (total / size - mean) ** 2).sum())
        variance = squares / (n_rows - 1) if n_rows > 1 else None
    else:
        _, place = np.unique(unit, return_inverse=True)
        sums, sizes = (np.bincount(place, each) for each in (total, size))
        linear = (sums - mean * sizes) / sizes.mean()
        variance = float((linear**2).sum() / (n_units - 1)) if n_units > 1 else None
    hours = is_per_hour(run, metric)
    return ArmStatistics(
        metric=metric.name,
        arm=arm,
        n_participants=n_units,
        n_observations=int(run.reading.rows[at].sum()) if hours else n_rows,
        n_missing=int(read.missing[at].sum()),
        mean=mean,
        std_dev=None if variance is None else variance**0.5,
        variance=variance,
    )


def segments_of(run: SlotRun, answers: Sequence[SlotAnswer]) -> list[SegmentComparison]:
    """Compare each effect between the levels of every condition."""
    return [
        each
        for answer in answers
        for each in adjusted_joint_tests([_segment(run, answer, name) for name in run.design.segments])
    ]


def _segment(run: SlotRun, answer: SlotAnswer, name: str) -> SegmentComparison:
    at, panel = answer.cells.at, answer.cells.panel
    labels = run.reading.labels[name][at]
    known = np.array([label != "" for label in labels], dtype=bool)
    without = int(run.reading.rows[at[~known]].sum())
    comparison, reason = None, None
    try:
        found = compare_panel_subgroups(
            only(panel, known), labels[known].tolist(), time=time_names(run), alpha=run.design.alpha
        )
        kept = {item.name: getattr(found, item.name) for item in fields(SubgroupComparison)}
        # Read off clusters, shown in what was dealt, as everywhere else in the result.
        effects = tuple(
            replace(each, n_control=n[0], n_treatment=n[1])
            for each in found.effects
            for n in [units_of(run, at[labels == each.level])]
        )
        comparison = SubgroupComparison(**kept | {"effects": effects})
    except InputError as problem:
        reason = str(problem)
    return SegmentComparison(
        metric=answer.metric.name,
        arm=run.arms[1],
        segment=name,
        comparison=comparison,
        reason=reason,
        n_without=without,
    )


def kinds_of(reading: SlotReading) -> tuple[MetricKind, ...]:
    """Say what kind every metric is, and how that was seen."""
    return tuple(
        MetricKind(
            metric=name, kind=read.recognition.kind, evidence=read.recognition.evidence,
            confidence=read.recognition.confidence,
        )
        if isinstance(read, SlotMetric)
        else MetricKind(metric=name, kind=None, evidence=read.what, confidence=None)
        for name, read in reading.metrics.items()
    )  # fmt: skip


def checks_of(design: Switchback, check: ScheduleCheck, messages: Sequence[Message]) -> tuple[Check, ...]:
    """List what was looked at, and what came of it."""
    raised = {message.code for message in messages}
    run = [
        Check(name=name, passed=not raised & set(codes), text=", ".join(sorted(raised & set(codes))) or "passed")
        for name, codes in RUN_CHECKS.items()
    ]
    if check.status == "unknown" and run[0].passed:
        why = "no schedule was given" if design.schedule is None else "what was served is not recorded"
        run[0] = replace(run[0], passed=None, text=f"{why}, so nothing was compared with a plan")
    if check.balance_p is not None:
        text = f"p = {check.balance_p:.4g} ({check.balance_method})"
        run.append(Check(name="hours of the day by arm", passed=check.balance_p >= 0.001, text=text))
    per_metric = [
        Check(
            name=f"metric {metric.name}",
            passed=not any(m.metric == metric.name and m.severity != "info" for m in messages),
            text=", ".join(sorted({m.code for m in messages if m.metric == metric.name})) or "nothing to report",
        )
        for metric in design.metrics
    ]
    return (*run, *per_metric)


def provenance_of_slots(design: Switchback, reading: SlotReading) -> Provenance:
    """Say which rows and which design the numbers come from."""
    return Provenance(
        version=decision_widgets.__version__,
        n_rows=reading.n_rows,
        left_out=dict(reading.left_out),
        n_contaminated=0,
        first_day=reading.first_day,
        last_day=reading.last_day,
        days=reading.days,
        fingerprint=reading.fingerprint,
        design_fingerprint=sha256(design.to_json().encode()).hexdigest()[:12],
    )
