"""The words of the verdict: what a product manager can repeat, with the digits of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from decision_widgets.design import Rule
from decision_widgets.results.records import EffectEstimate, NotEstimable, Row
from decision_widgets.views import numbers
from decision_widgets.vocabulary import Kind

if TYPE_CHECKING:
    from decision_widgets.results.experiment import ExperimentResult

Piece = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What only one kind of design says.

    Attributes
    ----------
    validity : str
        The line of the checklist when nothing breaks the comparison.
    closing : str
        The last sentence.
    after : str
        What the effect was cleared of; empty where the two levels are said instead.
    raw : str
        A sentence on the gap before that; may be empty.
    cause : str
        Where to look when the sample ratio is broken; empty where nothing is known of it.
    """

    validity: str
    closing: str
    after: str = ""
    raw: str = ""
    cause: str = ""


def piece(text: str, *, strong: bool = False) -> Piece:
    """Make one run of a sentence."""
    return {"text": text, "strong": strong}


def effect_text(row: EffectEstimate, kind: Kind) -> numbers.EffectText:
    """Write an effect with its plain interval, as the table does: relative where it exists, absolute otherwise."""
    lower, upper = row.relative_effect_lower, row.relative_effect_upper
    if row.relative_effect is not None and lower is not None and upper is not None:
        return numbers.relative(row.relative_effect, lower, upper)
    return numbers.absolute(row.effect, row.effect_lower, row.effect_upper, kind)


def decision_text(row: EffectEstimate, kind: Kind) -> numbers.EffectText:
    """Write an effect with the interval that the decision reads."""
    lower, upper = row.relative_effect_lower_simultaneous, row.relative_effect_upper_simultaneous
    if row.relative_effect is not None and lower is not None and upper is not None:
        return numbers.relative(row.relative_effect, lower, upper)
    return numbers.absolute(row.effect, row.effect_lower_simultaneous, row.effect_upper_simultaneous, kind)


def verdict_sentence(result: ExperimentResult, rows: Sequence[Row], words: Words) -> list[Piece]:
    """Say what happened to the metric that decides, why that gives this verdict, and what else holds."""
    if result.decision.verdict == "invalid":
        return _invalid(result, words)
    lead = leading_row(result, rows)
    pieces = (
        [piece("No primary metric was named, so nothing decides.")] if lead is None else _effect(result, lead, words)
    )
    reason = _reason(result, lead, rows)
    rest = _guardrails_hold(rows) if not reason else ""
    closing = "The plan is not reached." if result.decision.verdict == "keep-running" else words.closing
    return [*pieces, *(piece(f" {text}") for text in (words.raw, reason, rest, closing) if text)]


def leading_row(result: ExperimentResult, rows: Sequence[Row]) -> Row | None:
    """Return the primary row that carries the verdict: what was won, or what was lost; else the first."""
    primaries = [row for row in rows if row.role == "primary"]
    wanted = {"ship": "better", "dont-ship": "worse"}.get(result.decision.verdict)
    carrying = [row for row in primaries if isinstance(row, EffectEstimate) and row.reading == wanted]
    return next(iter(carrying or primaries), None)


def rule_text(result: ExperimentResult, rule: Rule, arm: str, words: Words) -> str:
    """Write one line of the checklist."""
    if rule.id == "validity":
        return words.validity if rule.status == "pass" else _broken(result)
    if rule.id == "plan":
        return {"note": "No plan was stated", "pass": "Plan reached", "fail": "Plan not reached"}[rule.status]
    label = result.label(rule.metric or "")
    row = result.effect(rule.metric or "", arm)
    if rule.status == "not_run" or isinstance(row, NotEstimable):
        return f"{label}: {_why_not_run(result, rule, row)}"
    up = result.metric(row.metric).direction == "increase"
    worst = _end(result, row, "lower" if up else "upper")
    if rule.id == "guardrail":
        return f"{label}: worst case {worst}, limit {_share(-(rule.margin or 0) if up else (rule.margin or 0))}"
    worth = f", worth shipping from {_share((rule.margin or 0) if up else -(rule.margin or 0))}" if rule.margin else ""
    return f"{label}: {_primary_words(rule, row)} (worse end {worst}{_level_note(result, row)}{worth})"


def _primary_words(rule: Rule, row: EffectEstimate) -> str:
    if rule.status == "pass":
        clear = rule.value is not None and rule.margin is not None and rule.value >= rule.margin
        return "better, clearly worth shipping" if rule.margin and clear else "better"
    words = {"better": "better, but less than is worth shipping", "worse": "worse"}
    return words.get(row.reading or "", "not clearly better")


def _why_not_run(result: ExperimentResult, rule: Rule, row: Row) -> str:
    if isinstance(row, NotEstimable):
        return "withheld" if result.decision.verdict == "invalid" else "it could not be estimated"
    if rule.id == "guardrail" and rule.margin is None:
        return "no limit was set"
    return "a share of the control means nothing here, so the margin cannot be judged"


def _level_note(result: ExperimentResult, row: EffectEstimate) -> str:
    if result.decision.basis == "always_valid":
        return ", at any look"
    return "" if _usual_level(result, row) else f" at {_percent(row.simultaneous_level)}"


def _usual_level(result: ExperimentResult, row: EffectEstimate) -> bool:
    return abs(row.simultaneous_level - (1 - result.design.alpha)) < 1e-12


def _end(result: ExperimentResult, row: EffectEstimate, which: Literal["lower", "upper"]) -> str:
    kind = result.kind(row.metric) or "continuous"
    lower, upper = row.relative_effect_lower_simultaneous, row.relative_effect_upper_simultaneous
    if row.relative_effect is not None and lower is not None and upper is not None:
        return numbers.worst_end(row.relative_effect, lower, upper, which=which)
    ends = row.effect_lower_simultaneous, row.effect_upper_simultaneous
    return numbers.worst_end(row.effect, *ends, kind, which=which)


def _share(share: float) -> str:
    return ("+" if share > 0 else numbers.MINUS if share < 0 else "") + f"{abs(share) * 100:.3g}%"


def _percent(share: float) -> str:
    return f"{share * 100:.4g}%"


def _effect(result: ExperimentResult, row: Row, words: Words) -> list[Piece]:
    label = result.label(row.metric)
    if isinstance(row, NotEstimable):
        return [piece(f"{label} could not be estimated: {row.message.text}")]
    kind = result.kind(row.metric) or "continuous"
    said = decision_text(row, kind)
    looks = "always-valid " if result.decision.basis == "always_valid" else ""
    wider = "" if _usual_level(result, row) else ", widened for several comparisons,"
    at = f"{looks}{_percent(row.simultaneous_level)} interval{wider}"
    control, treatment = numbers.levels(row.control_mean, row.treatment_mean, kind)
    levels = f"from {control} to {treatment}"
    levels += f" under {row.arm}" if len(result.treatments()) > 1 else ""
    levels = words.after or levels
    if row.reading in ("better", "worse"):
        verb = " rose " if row.effect > 0 else " fell "
        tail = f" ({at} {numbers.in_sentence(said.interval)}), {levels}."
        return [piece(label + verb), piece(numbers.in_sentence(said.effect), strong=True), piece(tail)]
    middle = f" ({at} {said.interval}), {levels}."
    return [piece(label + " did not change clearly: "), piece(said.effect, strong=True), piece(middle)]


def _reason(result: ExperimentResult, lead: Row | None, rows: Sequence[Row]) -> str:
    """Say what stands between the effect and a "ship"; nothing when nothing does."""
    verdict = result.decision.verdict
    if verdict == "ship":
        return ""
    guardrails = [row for row in rows if row.role == "guardrail" and isinstance(row, EffectEstimate)]
    for reading, words in (
        ("limit_breached", "is past its limit"),
        ("limit_not_ruled_out", "does not rule out its limit"),
    ):
        for row in guardrails:
            limit = result.metric(row.metric).limit
            if row.reading == reading and limit is not None:
                up = result.metric(row.metric).direction == "increase"
                worst = _end(result, row, "lower" if up else "upper")
                limit_text = _share(-limit if up else limit)
                return f"{result.label(row.metric)} {words} of {limit_text}: its worst case is {worst}."
    if not isinstance(lead, EffectEstimate) or lead.reading == "worse":
        return ""
    return _short_of_worth(result, lead)


def _short_of_worth(result: ExperimentResult, lead: EffectEstimate) -> str:
    judgement = result.decision.judgements[lead.arm]
    rule = next(rule for rule in judgement.rules if rule.id == "primary" and rule.metric == lead.metric)
    if rule.status == "not_run":
        return (
            "Its level under control is not clearly above 0, so the least worth shipping, a share of it, is no measure."
        )
    if rule.margin and result.decision.verdict == "dont-ship":
        return f"An effect of {_share(rule.margin).lstrip('+')}, the least worth shipping, is ruled out."
    if rule.margin and lead.reading == "better":
        return f"That is not clearly the {_share(rule.margin).lstrip('+')} that is worth shipping."
    if lead.reading == "unclear" and result.decision.verdict == "inconclusive":
        return f"The experiment could have seen {_detectable(result, lead)} or more."
    return ""


def _detectable(result: ExperimentResult, row: EffectEstimate) -> str:
    seen, kind = row.detectable_effect, result.kind(row.metric) or "continuous"
    if row.relative_effect is not None:
        share = seen / row.control_mean
        return numbers.in_sentence(numbers.relative(share, 0, 2 * share).effect)
    return numbers.in_sentence(numbers.absolute(seen, 0, 2 * seen, kind).effect)


def _guardrails_hold(rows: Sequence[Row]) -> str:
    guardrails = [row for row in rows if row.role == "guardrail"]
    inside = [row for row in guardrails if isinstance(row, EffectEstimate) and row.reading == "within_limit"]
    if not guardrails:
        return ""
    if len(inside) < len(guardrails):
        return f"{len(inside)} of {len(guardrails)} guardrails are known to be within their limits."
    if len(guardrails) == 1:
        return "The guardrail is within its limit."
    return f"{'Both' if len(guardrails) == 2 else f'All {len(guardrails)}'} guardrails are within their limits."


def _invalid(result: ExperimentResult, words: Words) -> list[Piece]:
    message = next(m for m in result.messages if m.severity == "error" and m.metric is None)
    cause = words.cause if message.code == "E_SRM" else ""
    todo = cause or f"Do: {message.do}."
    return [piece(message.title, strong=True), piece(f" {message.text} No uplift is shown. {todo}")]


def _broken(result: ExperimentResult) -> str:
    return next(m for m in result.messages if m.severity == "error" and m.metric is None).title
