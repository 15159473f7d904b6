"""The looks of a running experiment as the cards read them: plain JSON values and the sentence of the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from decision_widgets.results.code import monitoring_code
from decision_widgets.results.monitored import MonitoredEffect, NotMonitored
from decision_widgets.views import numbers
from decision_widgets.vocabulary import MONITORING_HEADLINES, Kind

if TYPE_CHECKING:
    from decision_widgets.results.monitoring import MonitoringResult

# How an interval holds, for a sentence.
HOLDS: Final = {
    "stagewise": "corrected for the looks",
    "repeated": "holds at every planned look",
    "confidence sequence": "holds at every look",
}
PLACES_SHOWN: Final = 5


def to_payload(result: MonitoringResult) -> dict[str, Any]:
    """Gather the cards: what the looks say, then what could mislead."""
    kept = ("severity", "code", "title", "text", "do", "metric")
    items = [{key: getattr(message, key) for key in kept} for message in result.messages]
    source = {"rows": result.provenance.n_rows, "fingerprint": result.provenance.fingerprint}
    warnings = {"schema": "dw.warnings/1", "state": "ready", "checks_run": 2 + len(result.watched()), "items": items}
    return {
        "schema": "dw.result/1",
        "version": result.provenance.version,
        "id": result.design.name,
        "source": source,
        "state": "ready",
        "code": monitoring_code(result.design, [look.date for look in result.looks]),
        "cards": [_monitoring(result), warnings],
    }


def _monitoring(result: MonitoringResult) -> dict[str, Any]:
    decision = result.decision
    several = len(result.treatments()) > 1
    names = [result.design.control, *result.treatments()]
    return {
        "schema": "dw.monitoring/1",
        "state": "ready",
        "verdict": decision.verdict,
        "headline": MONITORING_HEADLINES[decision.verdict],
        "object": decision.arm if several and decision.verdict.startswith("stop") else None,
        "kicker": " · ".join(_kicker(result)),
        "sentence": monitoring_sentence(result),
        "arms": [{"id": name, "index": at, "verdict": decision.by_arm.get(name)} for at, name in enumerate(names)],
        "rows": [_row(result, each, names.index(each.arm)) for each in result.reports],
        "looks": _looks(result),
        "looks_to_come": list(result.looks_to_come),
        "sample_ratio": {"p_value": result.sample_ratio.p_value, "alarm": result.sample_ratio.alarm},
        "diagnosis": _diagnosis(result),
    }


def _kicker(result: MonitoringResult) -> list[str]:
    rule = "unplanned looks" if result.design.monitoring is None else f"rule {result.design.monitoring.rule}"
    looks = "1 look" if len(result.looks) == 1 else f"{len(result.looks)} looks"
    return [*([result.design.name] if result.design.name else []), rule, looks]


def monitoring_sentence(result: MonitoringResult) -> str:
    """Say what the decision rests on: the metric, its effect and the interval that the looks allow."""
    verdict = result.decision.verdict
    if verdict == "invalid":
        return next(f"{m.title} {m.text}" for m in result.messages if m.severity == "error")
    report = result.report(result.decision.metric or "", result.decision.arm)
    coming = f" The next planned look is {result.looks_to_come[0]}." if result.looks_to_come else ""
    if isinstance(report, NotMonitored):
        if verdict == "too-early":
            return f"No look counts yet, because looks count from 100 participants in each arm.{coming}"
        return f"{_label(result, report)} cannot be judged: {report.reason}{coming}"
    if report.role == "guardrail" and report.past_limit_at is not None:
        return _past_limit(result, report)
    look = report.report.decided_at
    said = f"{_label(result, report)} {_effect(result, report)}"
    if verdict.startswith("stop"):
        return f"{said}, at the look of {look}."
    if verdict == "plan-reached":
        return f"No boundary was crossed up to the end of the plan. {said}, at the look of {look}."
    return f"No boundary is crossed. {said}, at the look of {look}.{coming}"


def _label(result: MonitoringResult, report: MonitoredEffect | NotMonitored) -> str:
    label = next(metric.label for metric in result.watched() if metric.name == report.metric)
    return f"{label} under {report.arm}" if len(result.treatments()) > 1 else label


def _effect(result: MonitoringResult, effect: MonitoredEffect) -> str:
    report = effect.report
    shown = report.naive_effect if report.effect is None else report.effect
    if shown is None:
        return "has no look that counts"
    said = numbers.absolute(shown, report.effect_lower, report.effect_upper, _kind(result, effect.metric))
    if report.interval is None:
        return said.effect
    level = numbers.fixed(100 * (1 - report.alpha), 1).removesuffix(".0")
    return f"{said.effect} ({level}% interval {said.interval}, {HOLDS[report.interval]})"


def _past_limit(result: MonitoringResult, effect: MonitoredEffect) -> str:
    metric = next(metric for metric in result.watched() if metric.name == effect.metric)
    levels = next(each for each in effect.levels if each.date == effect.past_limit_at)
    assert levels.relative_effect is not None
    limits = levels.relative_effect_lower_always_valid, levels.relative_effect_upper_always_valid
    said = numbers.relative(levels.relative_effect, *limits)
    level = numbers.fixed(100 * (1 - effect.plan.alpha), 1).removesuffix(".0")
    return (
        f"{_label(result, effect)} {said.effect} ({level}% interval {said.interval}, {HOLDS['confidence sequence']}) "
        f"is past its limit of {100 * (metric.limit or 0.0):.3g}%, at the look of {levels.date}."
    )


def _kind(result: MonitoringResult, metric: str) -> Kind:
    return next((kind.kind for kind in result.kinds if kind.metric == metric and kind.kind), "continuous")


def _row(result: MonitoringResult, effect: MonitoredEffect | NotMonitored, arm_index: int) -> dict[str, Any]:
    metric = next(metric for metric in result.watched() if metric.name == effect.metric)
    shared: dict[str, Any] = {
        "metric": effect.metric,
        "label": metric.label,
        "kind": _kind(result, effect.metric),
        "role": effect.role,
        "direction": metric.direction,
        "limit": metric.limit,
        "arm": effect.arm,
        "arm_index": arm_index,
        "error": None,
    }
    if isinstance(effect, NotMonitored):
        return shared | {"error": {"code": effect.code, "text": effect.reason}, "series": []}
    report, (look, _) = effect.report, effect.deciding()
    verdict = report.decision
    if effect.role == "guardrail":
        verdict = "stop-harm" if effect.is_past_limit else verdict
    return shared | {
        "verdict": verdict,
        "is_past_limit": effect.is_past_limit,
        "rule": report.rule,
        "level": 1 - report.alpha,
        "decided_at": report.decided_at,
        "information": report.information,
        "statistic": look.statistic,
        "boundary": look.critical_value,
        "effect": report.naive_effect if report.effect is None else report.effect,
        "effect_lower": report.effect_lower,
        "effect_upper": report.effect_upper,
        "interval": report.interval,
        "p_value": report.p_value,
        "naive_effect": report.naive_effect,
        "is_exaggerated": report.is_exaggerated,
        "conditional_power": report.conditional_power,
        "is_futile": report.is_futile,
        "planned_by": effect.planned_by,
        "series": [_point(each) for each in report.looks],
    }


def _point(look: Any) -> dict[str, Any]:
    return {
        "date": look.date,
        "status": look.status,
        "information": look.information,
        "effect": look.effect,
        "std_error": look.std_error,
        "effect_lower": look.always_valid_lower,
        "effect_upper": look.always_valid_upper,
        "boundary": None if look.critical_value is None else look.critical_value * look.std_error,
        "crossed": look.is_crossed,
    }


def _looks(result: MonitoringResult) -> list[dict[str, Any]]:
    p_by_day = dict(zip(result.enrolment, result.sample_ratio.p_values, strict=True))
    return [
        {
            "date": look.date,
            "day": look.day,
            "is_planned": look.is_planned,
            "participants": dict(look.participants),
            "p_value": next((p for day, p in reversed(p_by_day.items()) if day <= look.date), None),
        }
        for look in result.looks
    ]


def _diagnosis(result: MonitoringResult) -> dict[str, Any] | None:
    found = result.diagnosis
    if found is None:
        return None
    places = [
        {
            "place": each.place,
            "name": each.name,
            "level": each.level,
            "observed": list(each.observed),
            "p_value": each.p_value_adjusted,
            "p_value_elsewhere": each.p_value_elsewhere,
        }
        for each in found.places[:PLACES_SHOWN]
    ]
    return {"first_alarm_day": found.first_alarm_day, "places": places}
