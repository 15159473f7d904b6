"""An advice on a switchback as its cards read it: ``dw.guideline/1``, ``dw.simulation/1``, ``dw.schedule/1``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.design import Schedule, Switchback
from decision_widgets.design.clock import DAY
from decision_widgets.design.schedule import blocks_of, draw_schedule
from decision_widgets.design.yaml import write_design
from decision_widgets.errors import InputError
from decision_widgets.results.guideline_records import MetricSimulation
from decision_widgets.views import numbers
from decision_widgets.vocabulary import readable

if TYPE_CHECKING:
    from decision_widgets.results.guideline import SwitchbackAdvice

CHECKS: Final = 11
AA_TEXTS: Final = {
    "holds": "No more than chance in so many schedules explains.",
    "fails": "Schedules without an effect are rejected too often: errors are too small on this history.",
    "conservative": "Schedules without an effect are rejected less often than alpha allows.",
}


def to_payload(advice: SwitchbackAdvice) -> dict[str, Any]:
    """Gather the cards: the steps, the simulations, a schedule, then what could mislead; an error comes second."""
    kept = ("severity", "code", "title", "text", "do", "metric")
    items = [{key: getattr(message, key) for key in kept} for message in advice.messages]
    warnings = {"schema": "dw.warnings/1", "state": "ready", "checks_run": CHECKS, "items": items}
    cards = [*(simulation_card(advice, each) for each in advice.simulations), schedule_card(advice)]
    wrong = any(message.severity == "error" for message in advice.messages)
    return {
        "schema": "dw.result/1",
        "version": advice.version,
        "id": advice.design.name,
        "source": {"fingerprint": advice.design_fingerprint},
        "state": "ready",
        "cards": [guideline_card(advice), warnings, *cards] if wrong else [guideline_card(advice), *cards, warnings],
    }


def guideline_card(advice: SwitchbackAdvice) -> dict[str, Any]:
    """Return the steps (``dw.guideline/1``), with the design that they recommend."""
    return {
        "schema": "dw.guideline/1",
        "state": "ready",
        "sentence": list(advice_sentence(advice)),
        "steps": [step.to_dict() for step in advice.steps],
        "design_yaml": write_design(advice.recommended_design),
        "code": _code(advice),
    }


def simulation_card(advice: SwitchbackAdvice, found: MetricSimulation) -> dict[str, Any]:
    """Return one metric's simulation (``dw.simulation/1``); plans stand beside it on the metric that decides."""
    leads = found is advice.simulations[0]
    return {
        "schema": "dw.simulation/1",
        "state": "ready",
        "metric": found.metric,
        "label": readable(found.metric),
        "kind": found.kind,
        "draws": found.draws,
        "done": found.done,
        "cancelled": found.cancelled,
        "alpha": found.alpha,
        "power": found.power,
        "days": found.days,
        "window_days": found.window_days,
        "aa": {
            "rate": found.aa_rate,
            "lower": found.aa_lower,
            "upper": found.aa_upper,
            "status": found.aa_status,
            "text": AA_TEXTS[found.aa_status],
        },
        "std_dev": found.std_dev,
        "detectable": {"effect": found.detectable, "relative": found.relative},
        "asked": None
        if found.effect is None
        else {
            "effect": found.effect,
            "relative": found.effect / found.level if found.level > 0 else None,
            "days": found.days_needed,
            "power": found.power_at_effect,
        },
        "curve": [point.to_dict() for point in found.curve],
        "checks": list(_checks(found)),
        "options": [each.to_dict() for each in advice.options] if leads else [],
    }


def _checks(found: MetricSimulation) -> Iterator[dict[str, Any]]:
    """Yield the effects put into the history; the one asked for is checked last."""
    last = len(found.checks) - 1
    for at, check in enumerate(found.checks):
        yield check.to_dict() | {"asked": found.effect is not None and at == last}


def schedule_card(advice: SwitchbackAdvice) -> dict[str, Any]:
    """Return the schedule that was declared, or one drawn with the design's seed (``dw.schedule/1``)."""
    design = advice.design
    shared: dict[str, Any] = {
        "schema": "dw.schedule/1",
        "slot_min": design.slot,
        "burn_in_min": design.burn_in,
        "assignment": design.assignment,
        "together": design.regions == "together",
        "arms": [{"id": name, "label": name, "index": i} for i, name in enumerate(design.arm_names)],
    }
    try:
        drawn = _schedule(advice)
    except InputError as problem:
        told = {
            "severity": "error",
            "code": None,
            "title": "No schedule could be drawn.",
            "text": str(problem),
            "do": "",
        }
        empty: dict[str, Any] = {"regions": [], "start": advice.start, "days": advice.days, "seed": design.seed}
        return shared | empty | {"state": {"error": told}, "served": [], "blocks": [], "facts": []}
    return shared | {
        "state": "ready",
        "regions": list(drawn.arms),
        "start": drawn.start,
        "days": drawn.days,
        "seed": drawn.seed,
        "served": list(drawn.arms.values()),
        "blocks": blocks_of(design, drawn.start, drawn.n_slots),
        "facts": list(_facts(design, drawn)),
    }


def _schedule(advice: SwitchbackAdvice) -> Schedule:
    design = advice.design
    if design.schedule is not None:
        return design.schedule
    regions = None if design.region is None else advice.regions
    return draw_schedule(design, start=advice.start, days=advice.days, regions=regions)


def _facts(design: Switchback, drawn: Schedule) -> Iterator[dict[str, Any]]:
    texts = "".join(drawn.arms.values())
    per_day = DAY / design.slot
    switches = sum(a != b for text in drawn.arms.values() for a, b in pairwise(text))
    control, treatment = (numbers.integer(texts.count(sign)) for sign in "01")
    each = f"{numbers.integer(per_day)} a day" if per_day >= 1 else f"one in {numbers.integer(1 / per_day)} days"
    yield {"label": "Slots", "value": f"{control} + {treatment}", "detail": f"control + treatment, {each} and region"}
    yield {"label": "Switches", "value": numbers.integer(switches), "detail": "of the arm, in all regions"}
    share = design.burn_in / design.slot
    yield {"label": "Burn-in", "value": f"{share:.0%}", "detail": "of all minutes are not analysed"}


def advice_sentence(advice: SwitchbackAdvice) -> Iterator[dict[str, Any]]:
    """Say what the plan finds, and for how long it has to run."""
    if not advice.simulations:
        stops = [message for message in advice.messages if message.severity == "error"]
        yield {"text": stops[0].title if stops else "The power of this plan could not be simulated.", "strong": True}
        return
    found = advice.simulations[0]
    size = _size(found, found.relative, found.detectable)
    yield {"text": f"{found.days} days", "strong": True}
    yield {"text": " find a change of ", "strong": False}
    yield {"text": size, "strong": True}
    yield {"text": f" in {readable(found.metric)} with {found.power:.0%} power.", "strong": False}
    if found.effect is not None:
        asked = _size(found, found.effect / found.level if found.level > 0 else None, found.effect)
        yield {"text": f" {asked} needs ", "strong": False}
        yield {"text": "more than a year" if found.days_needed is None else f"{found.days_needed} days", "strong": True}
        yield {"text": ".", "strong": False}
    if found.aa_status == "fails":
        yield {"text": " Don\u2019t trust it yet: schedules without an effect are rejected too often.", "strong": True}
    if found.cancelled:
        yield {"text": f" Stopped after {found.done} of {found.draws} schedules.", "strong": False}


def _size(found: MetricSimulation, relative: float | None, effect: float) -> str:
    return numbers.spread(abs(effect), found.kind) if relative is None else f"{abs(relative):.1%}"


def _code(advice: SwitchbackAdvice) -> str:
    given = dict(advice.effects)
    words = [f"effect={given!r}, relative=False"] if given else []
    words += [f"days={advice.days}"]
    return f"advice = dw.advise(design, history, {', '.join(words)})"
