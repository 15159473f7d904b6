"""The result as the cards read it: plain JSON values, in the fixed order of the cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from decision_widgets.results.cause import cause_text
from decision_widgets.results.effects_card import (
    fact_of,
    gathered,
    kicker_of,
    metrics_card,
    verdict_card,
    warning_count,
    warnings_card,
)
from decision_widgets.results.records import EffectEstimate, Row
from decision_widgets.results.review import (
    distributions_card,
    sample_ratio_card,
    segments_card,
    statistics_card,
    tests_card,
)
from decision_widgets.results.sentence import Words, decision_text, leading_row
from decision_widgets.views import numbers

if TYPE_CHECKING:
    from decision_widgets.results.result import DecisionResult


def to_payload(result: DecisionResult) -> dict[str, Any]:
    """Gather the cards; an error-level message moves the warnings to second place."""
    rows = [row for row in result.recommended() if row.arm == result.decision.arm]
    verdict = verdict_card(result, _words(result), kicker_of(result), _facts(result, rows))
    reviewed = [
        sample_ratio_card(result),
        distributions_card(result),
        segments_card(result),
        statistics_card(result),
        tests_card(result),
    ]
    return gathered(result, [verdict, metrics_card(result), warnings_card(result)], reviewed)


def _words(result: DecisionResult) -> Words:
    raised = {message.code for message in result.messages}
    closing = "The arms are equally large." if "I_EQUAL_SPLIT" in raised else "The split is as planned."
    p = numbers.p_value(result.sample_ratio.p_value)
    return Words(
        validity=f"Nothing breaks the comparison (sample ratio p {p})",
        cause=cause_text(result.diagnosis),
        closing="The split is drifting from the plan." if "W_SRM_WATCH" in raised else closing,
    )


def _facts(result: DecisionResult, rows: Sequence[Row]) -> list[dict[str, str]]:
    ratio, facts = result.sample_ratio, []
    primary = leading_row(result, rows)
    if isinstance(primary, EffectEstimate):
        said = decision_text(primary, result.kind(primary.metric) or "continuous")
        tone = {"better": "good", "worse": "bad"}.get(primary.reading or "", "none")
        facts.append(fact_of("Primary uplift", said.effect, said.interval, tone))
    n, planned = sum(ratio.observed), result.design.planned_participants
    plan = f"of {numbers.integer(planned)} planned" if planned else "no plan was stated"
    facts.append(fact_of("Participants", numbers.integer(n), plan))
    guardrails = [row for row in rows if row.role == "guardrail"]
    if guardrails and result.decision.verdict != "invalid":
        inside = sum(isinstance(row, EffectEstimate) and row.reading == "within_limit" for row in guardrails)
        names = ", ".join(result.label(row.metric).lower() for row in guardrails)
        facts.append(fact_of("Guardrails", f"{inside} of {len(guardrails)} within limit", names))
    raised = {message.code for message in result.messages}
    held = "As planned" if "I_EQUAL_SPLIT" not in raised else "Equal arms"
    split = "Mismatch" if "E_SRM" in raised else "Watch" if "W_SRM_WATCH" in raised else held
    tone = {"Mismatch": "bad", "Watch": "warn"}.get(split, "none")
    facts.append(fact_of("Sample ratio", split, f"p {numbers.p_value(ratio.p_value)}", tone))
    facts.append(fact_of("Warnings", *warning_count(result)))
    return facts
