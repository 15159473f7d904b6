"""From a table and a switchback design to a result: the whole journey."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from decision_widgets.analysis.methods import check_methods
from decision_widgets.analysis.plan import Standing
from decision_widgets.analysis.provenance import in_order
from decision_widgets.analysis.segments import segment_messages
from decision_widgets.analysis.slot_carryover import carryover_check, carryover_messages, residual_correlation
from decision_widgets.analysis.slot_checks import schedule_check, schedule_messages
from decision_widgets.analysis.slot_effects import SlotAnswer, fixed_effect_messages
from decision_widgets.analysis.slot_messages import metric_messages
from decision_widgets.analysis.slot_parts import (
    checks_of,
    kinds_of,
    provenance_of_slots,
    segments_of,
    statistics_of,
    timeline_of,
)
from decision_widgets.analysis.slot_rows import answers_of, rows_of
from decision_widgets.analysis.slot_run import SlotRun, run_of
from decision_widgets.analysis.slot_tools import TOOLS, Slots, run_slot_tools
from decision_widgets.analysis.verdict import read_and_decide
from decision_widgets.data import Listener, SlotMetric, SlotReading
from decision_widgets.data.slots import read_slots
from decision_widgets.design import Switchback
from decision_widgets.estimates.panel_subgroups import THIN_UNITS
from decision_widgets.results import Message, SegmentComparison, ToolAnswer
from decision_widgets.results.switchback import SwitchbackResult
from decision_widgets.results.switchback_records import CarryoverCheck, ScheduleCheck

# What may be said of a metric whose clusters are too few for an interval.
REFUSED_TOOLS: Final = ("randomization",)


def analyze_switchback(
    data: Any,
    design: Switchback,
    *,
    methods: Sequence[str] | None = None,
    progress: bool | Listener | None = None,
) -> SwitchbackResult:
    """Analyse a switchback, as ``analyze`` says."""
    tools = check_methods(methods, [*TOOLS], [name for name, tool in TOOLS.items() if tool.usual])
    reading = read_slots(data, design.needs(), progress)
    return analyze_slots(design, reading, tools, usual=methods is None)


def analyze_slots(design: Switchback, reading: SlotReading, tools: Sequence[str], *, usual: bool) -> SwitchbackResult:
    """Analyse what was read; `tools` are the methods of the toolbox, the usual ones only where they fit."""
    run = run_of(design, reading)
    check, about_run = _judge(run)
    blocking = next((m for m in about_run if m.severity == "error"), None)
    invalid = tuple(m.code for m in about_run if m.severity == "error")
    about_metrics = list(metric_messages(run))
    refused = {m.metric: m for m in about_metrics if m.code == "E_METRIC_KIND" and m.metric is not None}
    answers = answers_of(run, refused, blocking)
    found = [answer for answer in answers.values() if isinstance(answer, SlotAnswer)]
    about_metrics += [m for m in answers.values() if isinstance(m, Message) and m is not blocking]
    about_metrics += [message for answer in found for message in answer.found]
    standing = _standing(run)
    estimates, decision, about_decision = read_and_decide(
        design, run.arms[1:], standing, rows_of(run, answers, standing), invalid, _dealt_again(found)
    )
    shown = [answer for answer in found if answer.refused is None]
    carryover, segments = _carryover(run, shown), segments_of(run, shown)
    about_parts = [*_about_carryover(reading, run, carryover), *_thin(segments)]
    messages = in_order([*about_run, *about_metrics, *about_decision, *about_parts])
    return SwitchbackResult(
        design=design,
        arms=run.arms,
        decision=decision,
        estimates=estimates,
        statistics=() if invalid else tuple(statistics_of(run)),
        kinds=kinds_of(reading),
        checks=checks_of(design, check, messages),
        messages=messages,
        provenance=provenance_of_slots(design, reading),
        timeline=timeline_of(run, withheld=bool(invalid)),
        schedule_check=replace(check, volume=None) if invalid else check,
        regressions=tuple(answer.facts for answer in found),
        carryover=tuple(carryover),
        residuals=residual_correlation(run, _leading(shown)) if shown else None,
        segments=tuple(segments),
        toolbox=tuple(_toolbox(run, found, tools, usual=usual)),
        methods=None if usual else tuple(tools),
    )


def _judge(run: SlotRun) -> tuple[ScheduleCheck, list[Message]]:
    """Check how slots were served, and that the fixed effects leave something to compare."""
    check = schedule_check(run)
    messages = list(schedule_messages(run, check))
    if not any(m.severity == "error" for m in messages):
        messages += fixed_effect_messages(run)
    return check, messages


def _about_carryover(reading: SlotReading, run: SlotRun, carryover: Sequence[CarryoverCheck]) -> Iterator[Message]:
    for each in carryover:
        read = reading.metrics[each.metric]
        assert isinstance(read, SlotMetric)
        yield from carryover_messages(run, each, read.recognition.kind)


def _thin(segments: list[SegmentComparison]) -> Iterator[Message]:
    yield from segment_messages(segments, units="slots", least=THIN_UNITS)


def _standing(run: SlotRun) -> Standing:
    planned: float | None = run.design.planned_days
    if planned is None and run.design.schedule is not None:
        planned = run.design.schedule.days
    if planned is None:
        return Standing(share=None)
    more = math.ceil(round(planned - run.days, 9))
    return Standing(
        share=run.days / planned,
        days_more=more if more > 0 else None,
        said=f"{run.days:.3g} of {planned:.3g} days",
        planned_size="run",
    )


def _dealt_again(found: Sequence[SlotAnswer]) -> dict[str, float]:
    return {answer.metric.name: answer.dealt.p_value for answer in found if answer.dealt is not None}


def _leading(shown: Sequence[SlotAnswer]) -> SlotAnswer:
    return next((answer for answer in shown if answer.metric.role == "primary"), shown[0])


def _carryover(run: SlotRun, shown: Sequence[SlotAnswer]) -> list[CarryoverCheck]:
    if not shown:
        return []
    wanted = [answer for answer in shown if answer.metric.role == "primary"] or [shown[0]]
    return [carryover_check(run, answer, _read(run, answer)) for answer in wanted]


def _read(run: SlotRun, answer: SlotAnswer) -> SlotMetric:
    read = run.reading.metrics[answer.metric.name]
    assert isinstance(read, SlotMetric)
    return read


def _toolbox(run: SlotRun, found: Sequence[SlotAnswer], tools: Sequence[str], *, usual: bool) -> list[ToolAnswer]:
    rows: list[ToolAnswer] = []
    for answer in found:
        fitting = tools if answer.refused is None else [name for name in tools if name in REFUSED_TOOLS]
        one = Slots(run=run, answer=answer, read=_read(run, answer))
        rows += run_slot_tools(one, fitting, usual=usual)
    return rows
