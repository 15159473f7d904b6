"""The result as the cards read it: plain JSON values, in the fixed order of the cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.results.code import analysis_code
from decision_widgets.results.records import EffectEstimate, NotEstimable, Row
from decision_widgets.results.review import (
    arm_names,
    distributions_card,
    sample_ratio_card,
    segments_card,
    statistics_card,
    tests_card,
)
from decision_widgets.results.sentence import decision_text, effect_text, leading_row, rule_text, verdict_sentence
from decision_widgets.views import numbers
from decision_widgets.vocabulary import HEADLINES, Severity

if TYPE_CHECKING:
    from decision_widgets.results.result import DecisionResult

ROW_FIELDS: Final = (
    "control_mean",
    "treatment_mean",
    "n_observations",
    "n_clusters",
    "n_control",
    "n_treatment",
    "effect",
    "effect_lower",
    "effect_upper",
    "relative_effect",
    "relative_effect_lower",
    "relative_effect_upper",
    "effect_lower_simultaneous",
    "effect_upper_simultaneous",
    "relative_effect_lower_simultaneous",
    "relative_effect_upper_simultaneous",
    "simultaneous_level",
    "p_value",
    "p_value_adjusted",
    "adjustment",
    "family",
    "variance_reduction",
    "reading",
    "codes",
)


def to_payload(result: DecisionResult) -> dict[str, Any]:
    """Gather the cards; an error-level message moves the warnings to second place."""
    first = [_verdict(result), _metrics(result), _warnings(result)]
    if any(message.severity == "error" for message in result.messages):
        first = [first[0], first[2], first[1]]
    reviewed = (
        sample_ratio_card(result),
        distributions_card(result),
        segments_card(result),
        statistics_card(result),
        tests_card(result),
    )
    source = {"rows": result.provenance.n_rows, "fingerprint": result.provenance.fingerprint}
    return {
        "schema": "dw.result/1",
        "version": result.provenance.version,
        "id": result.design.name,
        "source": source,
        "state": "ready",
        "code": analysis_code(result.design, result.methods),
        "cards": [*first, *(card for card in reviewed if card is not None)],
    }


def _verdict(result: DecisionResult) -> dict[str, Any]:
    decision = result.decision
    rows = [row for row in result.recommended() if row.arm == decision.arm]
    judgement = decision.judgements[decision.arm] if decision.arm is not None else None
    several = len(result.treatments()) > 1
    named = decision.verdict == "ship" or (several and decision.verdict == "dont-ship")
    return {
        "schema": "dw.verdict/1",
        "state": "ready",
        "verdict": decision.verdict,
        "headline": HEADLINES[decision.verdict],
        "object": decision.arm if named else None,
        "days_more": decision.days_more,
        "kicker": " · ".join(_kicker(result)),
        "sentence": verdict_sentence(result, rows),
        "facts": _facts(result, rows),
        "rules": [
            {"id": rule.id, "status": rule.status, "text": rule_text(result, rule, decision.arm or "")}
            for rule in (judgement.rules if judgement is not None else ())
        ],
        "policy": "default",
        "basis": decision.basis,
    }


def _kicker(result: DecisionResult) -> list[str]:
    parts = [result.design.name] if result.design.name else []
    parts.append(result.design.design)
    p = result.provenance
    if p.first_day and p.last_day:
        first, last = date.fromisoformat(p.first_day), date.fromisoformat(p.last_day)
        year = "" if first.year == last.year else f" {first.year}"
        days = f"{p.days} of {result.design.planned_days}" if result.design.planned_days else f"{p.days}"
        parts.append(f"{first.day} {first:%b}{year} to {last.day} {last:%b} {last.year} ({days} days)")
    return parts


def _facts(result: DecisionResult, rows: Sequence[Row]) -> list[dict[str, str]]:
    ratio, facts = result.sample_ratio, []
    primary = leading_row(result, rows)
    if isinstance(primary, EffectEstimate):
        said = decision_text(primary, result.kind(primary.metric) or "continuous")
        tone = {"better": "good", "worse": "bad"}.get(primary.reading or "", "none")
        facts.append(_fact("Primary uplift", said.effect, said.interval, tone))
    n, planned = sum(ratio.observed), result.design.planned_participants
    plan = f"of {numbers.integer(planned)} planned" if planned else "no plan was stated"
    facts.append(_fact("Participants", numbers.integer(n), plan))
    guardrails = [row for row in rows if row.role == "guardrail"]
    if guardrails and result.decision.verdict != "invalid":
        inside = sum(isinstance(row, EffectEstimate) and row.reading == "within_limit" for row in guardrails)
        names = ", ".join(result.label(row.metric).lower() for row in guardrails)
        facts.append(_fact("Guardrails", f"{inside} of {len(guardrails)} within limit", names))
    raised = {message.code for message in result.messages}
    held = "As planned" if "I_EQUAL_SPLIT" not in raised else "Equal arms"
    split = "Mismatch" if "E_SRM" in raised else "Watch" if "W_SRM_WATCH" in raised else held
    tone = {"Mismatch": "bad", "Watch": "warn"}.get(split, "none")
    facts.append(_fact("Sample ratio", split, f"p {numbers.p_value(ratio.p_value)}", tone))
    facts.append(_fact("Warnings", *_warning_count(result)))
    return facts


def _fact(label: str, value: str, detail: str, tone: str = "none") -> dict[str, str]:
    return {"label": label, "value": value, "detail": detail, "tone": tone}


def _warning_count(result: DecisionResult) -> tuple[str, str]:
    names: tuple[tuple[Severity, str], ...] = (("error", "error"), ("warning", "warning"), ("info", "note"))
    counts = [(sum(m.severity == level for m in result.messages), noun) for level, noun in names]
    said = ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in counts if n)
    return said or "None", f"{len(result.checks)} checks ran"


def _metrics(result: DecisionResult) -> dict[str, Any]:
    names = arm_names(result)
    arms = [{"id": name, "label": name, "index": i} for i, name in enumerate(names)]
    rows = [_metric_row(result, row, names.index(row.arm)) for row in result.recommended()]
    return {
        "schema": "dw.metrics/1",
        "state": "ready",
        "level": 1 - result.design.alpha,
        "arms": arms,
        "rows": rows,
    }


def _metric_row(result: DecisionResult, row: Row, arm_index: int) -> dict[str, Any]:
    metric = result.metric(row.metric)
    shared: dict[str, Any] = {
        "metric": row.metric,
        "label": metric.label,
        "kind": result.kind(row.metric),
        "role": row.role,
        "direction": metric.direction,
        "limit": metric.limit,
        "arm": row.arm,
        "arm_index": arm_index,
        "error": None,
    }
    if isinstance(row, NotEstimable):
        m = row.message
        if result.decision.verdict == "invalid":
            withheld = {"title": "Withheld.", "text": "The comparison is invalid; the reason stands above.", "do": ""}
            return shared | {"error": {"code": m.code, **withheld}}
        return shared | {"error": {"code": m.code, "title": m.title, "text": m.text, "do": m.do}}
    plain = row.to_dict()
    evidence = next((kind.evidence for kind in result.kinds if kind.metric == row.metric), "")
    return (
        shared
        | {key: plain[key] for key in ROW_FIELDS}
        | {"method": row.method_text, "evidence": evidence, "companion": _companion(result, row)}
    )


def _companion(result: DecisionResult, row: EffectEstimate) -> str | None:
    for other in result.estimates:
        same = (other.metric, other.arm, other.segment) == (row.metric, row.arm, row.segment)
        beside = ("ols_cr2",) if row.method in ("cuped", "post_stratified") else ("welch", "delta")
        if same and isinstance(other, EffectEstimate) and other.method in beside:
            said = effect_text(other, result.kind(row.metric) or "continuous")
            return f"{other.method_text}: {said.effect} ({said.interval})"
    return None


def _warnings(result: DecisionResult) -> dict[str, Any]:
    kept = ("severity", "code", "title", "text", "do", "metric")
    items = [{key: getattr(message, key) for key in kept} for message in result.messages]
    return {"schema": "dw.warnings/1", "state": "ready", "checks_run": len(result.checks), "items": items}
