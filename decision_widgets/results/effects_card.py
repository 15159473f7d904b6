"""The cards that every experiment has: effects by metric, and what there is to know about them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.results.code import analysis_code
from decision_widgets.results.records import EffectEstimate, NotEstimable, Row
from decision_widgets.results.sentence import Words, effect_text, rule_text, verdict_sentence
from decision_widgets.vocabulary import HEADLINES, Severity

if TYPE_CHECKING:
    from decision_widgets.results.experiment import ExperimentResult

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


# The method shown in small beside a recommended one.
BESIDE: Final = {"cuped": ("ols_cr2",), "post_stratified": ("ols_cr2",), "panel_cuped": ("panel_cr2",)}


def gathered(
    result: ExperimentResult, first: list[dict[str, Any]], reviewed: list[dict[str, Any] | None]
) -> dict[str, Any]:
    """Gather the cards: verdict, metrics, warnings, then the others; an error moves the warnings to second place."""
    if any(message.severity == "error" for message in result.messages):
        first = [first[0], first[2], first[1]]
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


def verdict_card(
    result: ExperimentResult, words: Words, kicker: list[str], facts: list[dict[str, str]]
) -> dict[str, Any]:
    """Show what to do, with the facts and rules behind it."""
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
        "kicker": " · ".join(kicker),
        "sentence": verdict_sentence(result, rows, words),
        "facts": facts,
        "rules": [
            {"id": rule.id, "status": rule.status, "text": rule_text(result, rule, decision.arm or "", words)}
            for rule in (judgement.rules if judgement is not None else ())
        ],
        "policy": "default",
        "basis": decision.basis,
    }


def kicker_of(result: ExperimentResult) -> list[str]:
    """Say which experiment, of what kind and when."""
    parts = [result.design.name] if result.design.name else []
    parts.append(result.design.design)
    p = result.provenance
    if p.first_day and p.last_day:
        first, last = date.fromisoformat(p.first_day), date.fromisoformat(p.last_day)
        year = "" if first.year == last.year else f" {first.year}"
        days = f"{p.days} of {result.design.planned_days}" if result.design.planned_days else f"{p.days}"
        parts.append(f"{first.day} {first:%b}{year} to {last.day} {last:%b} {last.year} ({days} days)")
    return parts


def fact_of(label: str, value: str, detail: str, tone: str = "none") -> dict[str, str]:
    """Make one fact of the verdict card."""
    return {"label": label, "value": value, "detail": detail, "tone": tone}


def warning_count(result: ExperimentResult) -> tuple[str, str]:
    """Count the messages, and say of how many checks."""
    names: tuple[tuple[Severity, str], ...] = (("error", "error"), ("warning", "warning"), ("info", "note"))
    counts = [(sum(m.severity == level for m in result.messages), noun) for level, noun in names]
    said = ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in counts if n)
    return said or "None", f"{len(result.checks)} checks ran"


def metrics_card(result: ExperimentResult) -> dict[str, Any]:
    """Show every recommended effect."""
    names = result.arm_names()
    arms = [{"id": name, "label": name, "index": i} for i, name in enumerate(names)]
    rows = [_metric_row(result, row, names.index(row.arm)) for row in result.recommended()]
    return {
        "schema": "dw.metrics/1",
        "state": "ready",
        "level": 1 - result.design.alpha,
        "arms": arms,
        "rows": rows,
    }


def _metric_row(result: ExperimentResult, row: Row, arm_index: int) -> dict[str, Any]:
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


def _companion(result: ExperimentResult, row: EffectEstimate) -> str | None:
    for other in result.estimates:
        same = (other.metric, other.arm, other.segment) == (row.metric, row.arm, row.segment)
        beside = BESIDE.get(row.method, ("welch", "delta"))
        if same and isinstance(other, EffectEstimate) and other.method in beside:
            said = effect_text(other, result.kind(row.metric) or "continuous")
            return f"{other.method_text}: {said.effect} ({said.interval})"
    return None


def warnings_card(result: ExperimentResult) -> dict[str, Any]:
    """Show the messages."""
    kept = ("severity", "code", "title", "text", "do", "metric")
    items = [{key: getattr(message, key) for key in kept} for message in result.messages]
    return {"schema": "dw.warnings/1", "state": "ready", "checks_run": len(result.checks), "items": items}
