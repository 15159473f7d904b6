"""From the table of a running experiment to what its looks say: may it stop?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import accumulate
from typing import Any, Final

from decision_widgets.analysis.diagnosis import metric_messages, run_messages
from decision_widgets.analysis.looks import Schedule, has_begun, look_at, schedule, taken_looks
from decision_widgets.analysis.provenance import in_order, provenance_of
from decision_widgets.analysis.stopping_reports import Looks, decide_monitoring
from decision_widgets.data import Listener, MetricReading, Reading, Unreadable, read_moments
from decision_widgets.data.enrolment import Enrolment, read_enrolment
from decision_widgets.data.missing import rows_without
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError, MissingValues, listed
from decision_widgets.estimates import (
    SampleRatioDiagnosis,
    SequentialSampleRatio,
    diagnose_sample_ratio,
    sequential_sample_ratio,
)
from decision_widgets.moments import MetricColumns, MomentSpec
from decision_widgets.results import Message, MetricKind
from decision_widgets.results.monitored import MonitoredEffect, MonitoringDecision, NotMonitored
from decision_widgets.results.monitoring import MonitoringResult

# Without a plan the split is tested as if so many were to come: the test of many more is blind among the first
# thousands, that of many fewer loses little among millions.
ASSUMED_PARTICIPANTS: Final = 2_000


def monitor(
    data: Any,
    design: BetweenSubject,
    *,
    looks: Iterable[str | date] | None = None,
    progress: bool | Listener | None = None,
) -> MonitoringResult:
    """Tell whether a running experiment may stop, however often it is looked at.

    Each look is the analysis of all rows up to and including its day. Primary metrics follow the rule of
    ``design.monitoring``, guardrails and unplanned looks the confidence sequence, which holds at every look. The split
    is tested on every day of enrolment; when it fails, or too many participants saw several arms, no effect is given
    at all and the segments and days that depart most are named.

    The table is scanned twice for enrolment (once more for the levels of each of the `segments`) and twice for each
    look at which an arm has 100 participants.

    Parameters
    ----------
    data : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per observation; a participant may have many.
    design : BetweenSubject
        With `time`. The standard error planned for the end is the one of the first look, scaled by how much of
        `planned_participants` (else of `planned_days`, else of the days to the last planned look) was there.
    looks : sequence of days, optional
        The days on which somebody really looked, such as ``["2026-11-09", "2026-11-16"]``. Left out: the planned looks
        that have come; without a plan of looks every day of the first two weeks, then every seventh, and the last.
    progress : bool, callable, optional
        As in `analyze`, read by read.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues
        The data or the looks do not fit the design; nothing was computed.

    Examples
    --------
    >>> import decision_widgets as dw
    >>> design = dw.BetweenSubject(
    ...     participant="rider_id", arm="variant", control="control", time="time", metrics=["booked"],
    ...     planned_days=14, monitoring=dw.Monitoring(rule="obf", looks=2))
    >>> dw.monitor(dw.examples.ride_hailing(riders=4000), design).decision.verdict
    'stop-benefit'
    """
    watched = _watched(design)
    enrolment, days = _enrolled(data, design, looks, progress)
    spec = replace(watched.needs(), arms=enrolment.arms)
    read = partial(read_moments, data, progress=progress)
    known = _with_timeless(read(replace(spec, until=days.last)), design, enrolment)
    ratio = _sample_ratio(design, enrolment)
    about_run = run_messages(watched, known, ratio)
    invalid = any(message.severity == "error" for message in about_run)
    reports, about_metrics = (
        ([], [])
        if invalid
        else _report(watched, enrolment, days, known, lambda day: read(replace(_declared(spec, known), until=day)))
    )
    messages = [*about_run, *about_metrics, *_peeked(design, days), *_unread(enrolment)]
    withheld = MonitoringDecision(
        verdict="invalid", metric=None, arm=None, by_arm=dict.fromkeys(enrolment.arms[1:], "invalid")
    )
    return MonitoringResult(
        design=design,
        decision=withheld if invalid else decide_monitoring(reports),
        looks=taken_looks(days, enrolment, is_open=design.monitoring is not None),
        looks_to_come=days.to_come,
        reports=tuple(reports),
        sample_ratio=ratio,
        enrolment={str(day): dict(zip(enrolment.arms, n, strict=True)) for day, n in enrolment.days.items()},
        diagnosis=_diagnosis(design, enrolment) if ratio.first_alarm is not None else None,
        kinds=tuple(_kind(name, read) for name, read in known.metrics.items()),
        messages=in_order(messages),
        provenance=provenance_of(design, known),
    )


def _enrolled(
    data: Any, design: BetweenSubject, looks: Iterable[str | date] | None, progress: bool | Listener | None
) -> tuple[Enrolment, Schedule]:
    """Count who came when, up to the last look, and choose the looks."""
    spec = replace(design.needs(), groups=design.segments)
    enrolment = read_enrolment(data, spec, progress=progress)
    _refuse_missing(design, enrolment)
    days = schedule(design, enrolment, looks)
    if days.last == enrolment.last_day:
        return enrolment, days
    earlier = read_enrolment(data, replace(spec, arms=enrolment.arms, until=days.last), progress=progress)
    return replace(earlier, without_time=enrolment.without_time), days


def _watched(design: BetweenSubject) -> BetweenSubject:
    """Return the design of what is monitored: primary metrics and guardrails, not within segments."""
    if not isinstance(design, BetweenSubject):
        raise InputError(
            f"The design must be a BetweenSubject; got {type(design).__name__}. "
            "Call it as monitor(data, design), the data first."
        )
    if design.time is None:
        raise InputError("Looks by day need the design's time=, the column of dates or timestamps.")
    metrics = tuple(metric for metric in design.metrics if metric.role != "secondary")
    if not metrics:
        raise InputError("Only primary metrics and guardrails are monitored, and the design has none; give one a role.")
    return replace(design, metrics=metrics, segments=())


def _refuse_missing(design: BetweenSubject, enrolment: Enrolment) -> None:
    if design.missing == "raise" and enrolment.without_time:
        (timeless,) = rows_without({str(design.time): enrolment.without_time}, design.time)
        raise MissingValues(
            f"Values are missing: {timeless}, so no look can place them. "
            'missing="drop" leaves them out and counts them.'
        )


def _with_timeless(known: Reading, design: BetweenSubject, enrolment: Enrolment) -> Reading:
    """Count rows of no day among those left out; no look has read them."""
    if not enrolment.without_time:
        return known
    left_out = {str(design.time): enrolment.without_time} | dict(known.left_out)
    return replace(known, left_out=left_out, n_rows=known.n_rows + enrolment.without_time)


def _sample_ratio(design: BetweenSubject, enrolment: Enrolment) -> SequentialSampleRatio:
    cumulative = list(accumulate(enrolment.days.values(), _added))
    if not cumulative:
        raise InputError("Every participant was seen in more than one arm; check the participant and arm columns.")
    return sequential_sample_ratio(cumulative, _shares(design, enrolment), planned_participants=_expected(design))


def _added(before: tuple[int, ...], new: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(before, new, strict=True))


def _expected(design: BetweenSubject) -> int:
    return design.planned_participants or ASSUMED_PARTICIPANTS


def _shares(design: BetweenSubject, enrolment: Enrolment) -> list[float]:
    planned = {arm.name: arm.share for arm in design.arms or ()}
    return [planned.get(name, 1 / len(enrolment.arms)) for name in enrolment.arms]


def _diagnosis(design: BetweenSubject, enrolment: Enrolment) -> SampleRatioDiagnosis:
    return diagnose_sample_ratio(
        _shares(design, enrolment),
        segments=enrolment.segments,
        days={str(day): counts for day, counts in enrolment.days.items()},
        planned_participants=_expected(design),
    )


def _report(
    watched: BetweenSubject,
    enrolment: Enrolment,
    days: Schedule,
    known: Reading,
    read_until: Callable[[date], Reading],
) -> tuple[list[MonitoredEffect | NotMonitored], list[Message]]:
    """Look on every day that counts; what is to be said is said about the last."""
    found, messages = {}, metric_messages(watched, known)
    for day in map(date.fromisoformat, days.taken):
        if has_begun(enrolment.until(day)):
            reading = known if day == days.last else read_until(day)
            found[day.isoformat()], messages = look_at(watched, reading)
    return Looks(design=watched, enrolment=enrolment, days=days, found=found).reports(), messages


def _declared(spec: MomentSpec, known: Reading) -> MomentSpec:
    """Declare what all rows showed the columns to be: those of the first days may look like something else."""
    return replace(spec, metrics=tuple(_of_known_kind(columns, known) for columns in spec.metrics))


def _of_known_kind(columns: MetricColumns, known: Reading) -> MetricColumns:
    read = known.metrics[columns.metric]
    if columns.denominator is not None or isinstance(read, Unreadable):
        return columns
    return replace(columns, kind=read.recognition.kind)


def _peeked(design: BetweenSubject, days: Schedule) -> Iterator[Message]:
    plan, taken = design.monitoring, days.taken
    if plan is None:
        yield Message.of(
            "W_PEEKED",
            what="1 look, which nobody planned." if len(taken) == 1 else f"{len(taken)} looks, none of them planned.",
            meaning="Each is judged by an interval that holds at every look, wider than one of a few planned looks.",
            remedy='plan them before launch, for example monitoring={"rule": "obf", "looks": 4}',
        )
    elif plan.rule != "mixture" and days.planned is not None:
        extra = [day for day in taken if day not in days.planned]
        if extra:
            yield Message.of(
                "W_PEEKED",
                what=f"{'1 look was' if len(extra) == 1 else f'{len(extra)} looks were'} not planned: {listed(extra)}.",
                meaning="They spent their share of the error, which holds if their days did not depend on the effects; "
                "the always-valid intervals hold in any case.",
                remedy="look on the planned days",
            )


def _unread(enrolment: Enrolment) -> Iterator[Message]:
    for name, why in enrolment.unreadable.items():
        yield Message.of("W_NOT_APPLIED", what=f"segment '{name}'", why=why.what)


def _kind(name: str, read: MetricReading | Unreadable) -> MetricKind:
    if isinstance(read, Unreadable):
        return MetricKind(metric=name, kind=None, evidence=read.what, confidence=None)
    found = read.recognition
    return MetricKind(metric=name, kind=found.kind, evidence=found.evidence, confidence=found.confidence)
