"""The words of the verdict: what a product manager can repeat, with the same digits as the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from decision_widgets.design import Rule
from decision_widgets.results.records import EffectEstimate, NotEstimable
from decision_widgets.views import numbers
from decision_widgets.vocabulary import Kind

if TYPE_CHECKING:
    from decision_widgets.results.result import DecisionResult

Piece = dict[str, Any]


def piece(text: str, *, strong: bool = False) -> Piece:
    """Make one run of a sentence."""
    return {"text": text, "strong": strong}


def effect_text(row: EffectEstimate, kind: Kind) -> numbers.EffectText:
    """Write an effect as the table does: relative where it exists, absolute otherwise."""
    if (
        row.relative_effect is not None
        and row.relative_effect_lower is not None
        and row.relative_effect_upper is not None
    ):
        return numbers.relative(row.relative_effect, row.relative_effect_lower, row.relative_effect_upper)
    return numbers.absolute(row.effect, row.effect_lower, row.effect_upper, kind)


def verdict_sentence(result: DecisionResult, rows: Sequence[EffectEstimate | NotEstimable]) -> list[Piece]:
    """Say what happened to the primary metric, then what the guardrails and the split say."""
    if result.decision.verdict == "invalid":
        return _invalid(result)
    primary = next((row for row in rows if row.role == "primary"), None)
    pieces = (
        [piece("No primary metric was named, so nothing decides.")] if primary is None else _primary(result, primary)
    )
    return [*pieces, *_others(rows), *_closing(result)]


def rule_text(result: DecisionResult, rule: Rule, arm: str) -> str:
    """Write one line of the checklist."""
    if rule.id == "validity":
        p = numbers.p_value(result.sample_ratio.p_value)
        return f"Nothing breaks the comparison (sample ratio p {p})" if rule.status == "pass" else _broken(result)
    if rule.id == "plan":
        words = {"note": "No plan was stated", "pass": "Planned sample reached", "fail": "Planned sample not reached"}
        return words[rule.status]
    label = result.label(rule.metric or "")
    row = result.effect(rule.metric or "", arm)
    if rule.status == "not_run" or isinstance(row, NotEstimable):
        why = "no limit was set" if rule.id == "guardrail" and rule.margin is None else "it could not be estimated"
        return f"{label}: {why}"
    sign = 1 if result.metric(row.metric).direction == "increase" else -1
    worst = _simultaneous(row, result.kind(row.metric) or "continuous").split(" to ")[0 if sign > 0 else 1]
    if rule.id == "guardrail":
        return f"{label}: worst case {worst}, limit {_share(-sign * (rule.margin or 0))}"
    worth = f", worth shipping from {_share(sign * rule.margin)}" if rule.margin else ""
    return f"{label}: {'better' if rule.status == 'pass' else 'not clearly better'} (worse end {worst}{worth})"


def _simultaneous(row: EffectEstimate, kind: Kind) -> str:
    relative = row.relative_effect_lower_simultaneous, row.relative_effect_upper_simultaneous
    if row.relative_effect is not None and relative[0] is not None and relative[1] is not None:
        return numbers.relative(row.relative_effect, relative[0], relative[1]).interval
    return numbers.absolute(row.effect, row.effect_lower_simultaneous, row.effect_upper_simultaneous, kind).interval


def _share(share: float) -> str:
    return ("+" if share > 0 else numbers.MINUS) + f"{abs(share) * 100:.3g}%"


def _primary(result: DecisionResult, row: EffectEstimate | NotEstimable) -> list[Piece]:
    label = result.label(row.metric)
    if isinstance(row, NotEstimable):
        return [piece(f"{label} could not be estimated: {row.message.text}")]
    kind = result.kind(row.metric) or "continuous"
    said = effect_text(row, kind)
    at = f"{100 * (1 - result.design.alpha):g}% interval"
    levels = f"from {numbers.level(row.control_mean, kind)} to {numbers.level(row.treatment_mean, kind)}"
    levels += f" under {row.arm}" if len(result.treatments()) > 1 else ""
    if row.reading in ("better", "worse"):
        verb = " rose " if row.effect > 0 else " fell "
        tail = f" ({at} {numbers.in_sentence(said.interval)}), {levels}."
        return [piece(label + verb), piece(numbers.in_sentence(said.effect), strong=True), piece(tail)]
    seen = row.detectable_effect / row.control_mean if row.relative_effect is not None else row.detectable_effect
    could = numbers.relative(seen, 0, 2 * seen) if row.relative_effect is not None else None
    size = could.effect if could is not None else numbers.absolute(seen, 0, 2 * seen, kind).effect
    return [
        piece(label + " did not change clearly: "),
        piece(said.effect, strong=True),
        piece(f" ({at} {said.interval}), {levels}. "),
        piece(f"The experiment could have seen {numbers.in_sentence(size)} or more."),
    ]


def _others(rows: Sequence[EffectEstimate | NotEstimable]) -> list[Piece]:
    guardrails = [row for row in rows if row.role == "guardrail"]
    inside = [row for row in guardrails if isinstance(row, EffectEstimate) and row.reading == "within_limit"]
    if not guardrails:
        return []
    if len(inside) == len(guardrails):
        text = "The guardrail is" if len(guardrails) == 1 else f"All {len(guardrails)} guardrails are"
        return [piece(f" {text} within its limit." if len(guardrails) == 1 else f" {text} within their limits.")]
    return [piece(f" {len(inside)} of {len(guardrails)} guardrails are within their limits.")]


def _closing(result: DecisionResult) -> list[Piece]:
    if result.decision.verdict == "keep-running":
        return [piece(" The plan is not reached, so this is not yet an answer.")]
    return [piece(" The split is as planned.")]


def _invalid(result: DecisionResult) -> list[Piece]:
    message = next(m for m in result.messages if m.severity == "error" and m.metric is None)
    return [piece(message.title, strong=True), piece(f" {message.text} No uplift is shown. Do: {message.do}.")]


def _broken(result: DecisionResult) -> str:
    return next(m for m in result.messages if m.severity == "error" and m.metric is None).title
