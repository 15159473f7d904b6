"""The decision rule: intervals and margins in, verdict out.

P-values never enter; the same inputs give the same verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

from decision_widgets.records import Record
from decision_widgets.vocabulary import RuleStatus, Verdict


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Bounds(Record):
    """An effect and its interval, as fractions of the control, turned so that up is good."""

    effect: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence(Record):
    """What is known of one metric of one treatment.

    `margin` is the smallest effect worth shipping of a primary metric (0 when none was given), or the largest
    acceptable loss of a guardrail (``None`` when none was given). `bounds` is ``None`` when no interval could be given.
    A `fragile` effect rests on how it was adjusted: it wins nothing and proves no guardrail, but may still do harm.
    """

    metric: str
    bounds: Bounds | None
    margin: float | None
    fragile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Rule(Record):
    """One line of the checklist: what was asked, and the numbers that answered."""

    id: str
    status: RuleStatus
    metric: str | None = None
    value: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Judgement(Record):
    """The verdict on one treatment.

    A "ship" is `clear` when the whole interval is above the smallest worthwhile effect.
    """

    verdict: Verdict
    rules: tuple[Rule, ...]
    clear: bool = False


def decide(
    *,
    invalid: tuple[str, ...],
    primaries: tuple[Evidence, ...],
    guardrails: tuple[Evidence, ...],
    plan_reached: bool | None,
) -> Judgement:
    """Judge one treatment; the first matching line wins.

    1. invalid: a code that breaks the comparison.
    2. dont-ship: a guardrail's interval lies wholly beyond its limit, a primary metric is worse (upper < 0), or every
       primary metric rules out an effect worth shipping (upper < margin).
    3. keep-running while the plan is not reached (`plan_reached` is false), inconclusive once it is or when none was
       stated (``None``): an interval is missing, a guardrail does not rule out its limit or is fragile, or no primary
       metric has both lower > 0 and effect ≥ margin without being fragile.
    4. ship.

    Before the plan is reached the bounds must hold at every look; the caller sees to that.

    >>> good = Evidence(metric="y", bounds=Bounds(effect=0.03, lower=0.01, upper=0.05), margin=0.02)
    >>> decide(invalid=(), primaries=(good,), guardrails=(), plan_reached=None).verdict
    'ship'
    """
    rules = (
        Rule(id="validity", status="fail" if invalid else "pass"),
        *(_primary_rule(evidence) for evidence in primaries),
        *(_guardrail_rule(evidence) for evidence in guardrails),
        Rule(id="plan", status="note" if plan_reached is None else "pass" if plan_reached else "fail"),
    )
    winners = [evidence for evidence in primaries if _wins(evidence)]
    verdict = _verdict(invalid, primaries, guardrails, plan_reached, won=bool(winners))
    return Judgement(
        verdict=verdict,
        rules=rules,
        clear=verdict == "ship" and any(e.bounds is not None and e.bounds.lower >= (e.margin or 0) for e in winners),
    )


def _verdict(
    invalid: tuple[str, ...],
    primaries: tuple[Evidence, ...],
    guardrails: tuple[Evidence, ...],
    plan_reached: bool | None,
    *,
    won: bool,
) -> Verdict:
    if invalid:
        return "invalid"
    ruled_out = [e.bounds is not None and e.bounds.upper < (e.margin or 0) for e in primaries]
    if any(map(_breaks, guardrails)) or any(map(_harms, primaries)) or (ruled_out and all(ruled_out)):
        return "dont-ship"
    if not won or any(e.bounds is None for e in primaries) or not all(map(_holds, guardrails)):
        return "keep-running" if plan_reached is False else "inconclusive"
    return "ship"


def _wins(evidence: Evidence) -> bool:
    bounds = evidence.bounds
    wins = bounds is not None and bounds.lower > 0 and bounds.effect >= (evidence.margin or 0)
    return wins and not evidence.fragile


def _harms(evidence: Evidence) -> bool:
    return evidence.bounds is not None and evidence.bounds.upper < 0


def _holds(evidence: Evidence) -> bool:
    if evidence.bounds is None or evidence.margin is None or evidence.fragile:
        return False
    return evidence.bounds.lower > -evidence.margin


def _breaks(evidence: Evidence) -> bool:
    return evidence.bounds is not None and evidence.margin is not None and evidence.bounds.upper < -evidence.margin


def _primary_rule(evidence: Evidence) -> Rule:
    bounds = evidence.bounds
    status: RuleStatus = "not_run" if bounds is None else "pass" if _wins(evidence) else "fail"
    return Rule(
        id="primary",
        status=status,
        metric=evidence.metric,
        value=None if bounds is None else bounds.lower,
        margin=evidence.margin,
    )


def _guardrail_rule(evidence: Evidence) -> Rule:
    bounds = evidence.bounds
    judged = bounds is not None and evidence.margin is not None
    status: RuleStatus = "not_run" if not judged else "pass" if _holds(evidence) else "fail"
    return Rule(
        id="guardrail",
        status=status,
        metric=evidence.metric,
        value=None if bounds is None else bounds.lower,
        margin=evidence.margin,
    )
