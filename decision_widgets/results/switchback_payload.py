"""The result of a switchback as the cards read it: plain JSON values, in the fixed order of the cards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.design.clock import as_length
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
from decision_widgets.results.review import segments_card, statistics_card, tests_card
from decision_widgets.results.sentence import Words, decision_text, leading_row
from decision_widgets.results.switchback_records import RegressionFacts
from decision_widgets.views import numbers
from decision_widgets.vocabulary import TimeEffects

if TYPE_CHECKING:
    from decision_widgets.results.switchback import SwitchbackResult

_CLEARED: Final[dict[TimeEffects, list[str]]] = {
    "hour": ["hour"],
    "calendar-hour": ["calendar hour"],
    "hour-of-day": ["hour"],
    "hour-of-day+date": ["hour", "day"],
    "hour-of-day+weekday": ["hour", "weekday"],
    "hour-of-week": ["hour-of-week"],
}


def to_payload(result: SwitchbackResult) -> dict[str, Any]:
    """Gather the cards; an error-level message moves the warnings to second place and withholds every effect."""
    rows = [row for row in result.recommended() if row.arm == result.decision.arm]
    verdict = verdict_card(result, _words(result, rows), _kicker(result), _facts(result, rows))
    units = {"units": "stretches" if result.timeline.assignment == "minimax" else "slots"}
    segments = segments_card(result)
    reviewed = [
        timeline_card(result),
        residuals_card(result),
        carryover_card(result),
        schedule_card(result),
        None if segments is None else segments | units | {"left_out": "rows"},
        statistics_card(result) | units,
        tests_card(result),
    ]
    return gathered(result, [verdict, metrics_card(result), warnings_card(result)], reviewed)


def _kicker(result: SwitchbackResult) -> list[str]:
    n = len(result.timeline.regions)
    regions = [] if n < 2 else [f"{n} regions"]
    return [*kicker_of(result), *regions]


def facts_of(result: SwitchbackResult, metric: str) -> RegressionFacts | None:
    """Return what a metric's regression rests on."""
    return next((facts for facts in result.regressions if facts.metric == metric), None)


def _words(result: SwitchbackResult, rows: Sequence[Row]) -> Words:
    lead = leading_row(result, rows)
    facts = facts_of(result, lead.metric) if lead is not None else None
    after = raw = ""
    if isinstance(lead, EffectEstimate) and facts is not None:
        after = f"after removing {_listed(cleared_of(facts))} effects"
        raw = _raw(result, lead, facts)
    planned = result.schedule_check.status == "as-planned"
    unknown = "no schedule was given" if result.timeline.planned is None else "what was served is not recorded"
    served = "slots served as planned" if planned else unknown
    closing = "Slots were served as planned." if planned else ""
    return Words(validity=f"Nothing breaks the comparison ({served})", closing=closing, after=after, raw=raw)


def cleared_of(facts: RegressionFacts) -> list[str]:
    """Name the effects that were taken away."""
    others = [name for name in facts.fixed_effects if name not in _TIME]
    return [*_CLEARED[facts.time_fe], *others]


_TIME: Final = ("calendar hour", "hour of day", "date", "weekday", "hour of week")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _raw(result: SwitchbackResult, lead: EffectEstimate, facts: RegressionFacts) -> str:
    """Say how far the gap of the plain means is from the effect, where a reader would see a difference."""
    kind, half = result.kind(lead.metric) or "continuous", (lead.effect_upper - lead.effect_lower) / 2
    raw, adjusted = (
        numbers.absolute(each, each - half, each + half, kind).effect for each in (facts.raw_difference, lead.effect)
    )
    if raw == adjusted:
        return ""
    size = "larger" if abs(facts.raw_difference) > abs(lead.effect) else "smaller"
    if facts.raw_difference * lead.effect < 0:
        size = "the other way"
    return f"The raw gap is {size} ({raw}), as arms drew unequal hours; the adjusted one is {adjusted}."


def _facts(result: SwitchbackResult, rows: Sequence[Row]) -> list[dict[str, str]]:
    found = []
    lead = leading_row(result, rows)
    if isinstance(lead, EffectEstimate):
        said = decision_text(lead, result.kind(lead.metric) or "continuous")
        tone = {"better": "good", "worse": "bad"}.get(lead.reading or "", "none")
        found.append(fact_of("Primary uplift", said.effect, said.interval, tone))
    regression = facts_of(result, lead.metric) if lead is not None else None
    if regression is not None:
        df = "too few for an interval"
        if regression.df is not None:
            df = f"CR2, {numbers.df_text(regression.df)} degrees of freedom"
        value = f"{numbers.integer(regression.n_clusters)} {regression.clusters}"
        found += [fact_of("Clusters", value, df), *_randomization(result, lead, regression)]
    timeline = result.timeline
    length = as_length(timeline.burn_in).replace("min", " min").replace("h", " h ").strip() if timeline.burn_in else ""
    detail = f"{numbers.level_percent(timeline.burn_in_share)} of minutes not analysed" if timeline.burn_in else ""
    found.append(fact_of("Burn-in", length or "None", detail or "every minute is analysed"))
    guardrails = [row for row in rows if row.role == "guardrail"]
    if guardrails and result.decision.verdict != "invalid":
        inside = sum(isinstance(row, EffectEstimate) and row.reading == "within_limit" for row in guardrails)
        names = ", ".join(result.label(row.metric).lower() for row in guardrails)
        found.append(fact_of("Guardrails", f"{inside} of {len(guardrails)} within limit", names))
    return [*found, fact_of("Warnings", *warning_count(result))]


def _randomization(result: SwitchbackResult, lead: Row | None, regression: RegressionFacts) -> list[dict[str, str]]:
    p = regression.randomization_p
    if p is None:
        return []
    detail, tone = "stands alone", "none"
    if isinstance(lead, EffectEstimate):
        apart = any(m.code == "W_RI_DISAGREES" and m.metric == lead.metric for m in result.messages)
        detail = f"{'disagrees' if apart else 'agrees'} with p {numbers.p_value(lead.p_value)}"
        tone = "warn" if apart else "none"
    return [fact_of("Randomisation", f"p {numbers.p_value(p)}", detail, tone)]


def timeline_card(result: SwitchbackResult) -> dict[str, Any]:
    """Show when which arm was served, and what each slot gave."""
    timeline, withheld = result.timeline, result.decision.verdict == "invalid"
    nothing = [[None] * len(text) for text in timeline.served]
    return {
        "schema": "dw.timeline/1",
        "state": "ready",
        "withheld": withheld,
        **_lead(result),
        "metrics": [{"metric": m.name, "label": m.label, "kind": result.kind(m.name)} for m in result.design.metrics],
        "regions": [*timeline.regions],
        "start": timeline.start,
        "slot_min": timeline.slot,
        "burn_in_min": timeline.burn_in,
        "assignment": timeline.assignment,
        "together": timeline.together,
        "arms": [{"id": name, "label": name, "index": i} for i, name in enumerate(result.arms)],
        "served": [*timeline.served],
        "planned": None if timeline.planned is None else [*timeline.planned],
        "switch": ["".join(_switches(text)) for text in timeline.served],
        "values": {
            m.name: nothing
            if withheld or m.name not in timeline.values
            else [[*own] for own in timeline.values[m.name]]
            for m in result.design.metrics
        },
        "counts": {"control": timeline.n_control, "treatment": timeline.n_treatment},
        "balance": timeline.balance,
    }


def _switches(text: str) -> list[str]:
    """Mark the slots whose arm differs from that of the slot before."""
    return ["0", *("1" if a != b and "." not in (a, b) else "0" for a, b in pairwise(text))][: len(text)]


def _lead(result: SwitchbackResult) -> dict[str, Any]:
    """Name the metric that a card opens with."""
    names = [facts.metric for facts in result.regressions]
    primaries = [m.name for m in result.design.metrics if m.role == "primary"]
    name = next((name for name in primaries if name in names), None) or next(
        iter([*names, *primaries, result.design.metrics[0].name])
    )
    return {"metric": name, "label": result.label(name), "kind": result.kind(name)}


def residuals_card(result: SwitchbackResult) -> dict[str, Any] | None:
    """Show how alike the residuals of neighbouring slots are."""
    found = result.residuals
    if found is None:
        return None
    return {
        "schema": "dw.acf/1",
        "state": "ready",
        "metric": found.metric,
        "label": result.label(found.metric),
        "acf": [*found.correlations],
        "crit": found.limit,
        "lag_min": found.lag,
        "gone_at": found.gone_at,
        "cluster": found.cluster,
    }


def carryover_card(result: SwitchbackResult) -> dict[str, Any] | None:
    """Show the leading metric's effect by burn-in, and the test of earlier slots."""
    if not result.carryover:
        return None
    found = result.carryover[0]
    test = found.order_test.to_dict()
    return {
        "schema": "dw.carryover/1",
        "state": "ready",
        "withheld": result.decision.verdict == "invalid",
        "metric": found.metric,
        "label": result.label(found.metric),
        "kind": result.kind(found.metric),
        "level": 1 - result.design.alpha,
        "status": found.status,
        "burn_ins": [_minutes(each.to_dict(), "burn_in") for each in found.burn_ins],
        "order_test": _minutes(test, "order"),
    }


def _minutes(plain: dict[str, Any], name: str) -> dict[str, Any]:
    return {f"{name}_min" if key == name else key: value for key, value in plain.items()}


def schedule_card(result: SwitchbackResult) -> dict[str, Any]:
    """Show whether slots were served as planned."""
    found = result.schedule_check
    balance = {"p_value": found.balance_p, "method": found.balance_method}
    volume = None if found.volume is None else found.volume.to_dict() | {"before_exposure": False}
    return {
        "schema": "dw.schedulecheck/1",
        "state": "ready",
        "status": found.status,
        "n_slots": found.n_slots,
        "n_mismatched": found.n_mismatched,
        "mismatch_share": found.mismatch_share,
        "lost": {"control": found.lost.control, "treatment": found.lost.treatment},
        "broken_blocks": found.broken_blocks,
        "hour_balance": None if found.balance_p is None else balance,
        "volume": volume,
        "units": [unit.to_dict() for unit in found.units],
        "examples": [*found.examples],
    }
