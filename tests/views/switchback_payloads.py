"""The payloads of a switchback of 4 regions × 14 days × 24 slots, for the tests of views and cards."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from decision_widgets.design import Switchback
from decision_widgets.design.schedule import draw_schedule
from tests.views.payloads import (
    basics,
    column,
    divided,
    divided_metric,
    group,
    hte,
    metrics,
    relative,
    result,
    row,
    statistics,
    toolbox,
    verdict,
    warnings,
)

REGIONS = ["Central", "North", "South", "West"]
ARMS = [{"id": "control", "label": "Control", "index": 0}, {"id": "treatment", "label": "Smoothed surge", "index": 1}]
START = "2026-11-02T00:00"
SLOTS = 336


@cache
def served(days: int = 14, slot: int = 60) -> tuple[str, ...]:
    words = {"time": "at", "slot": slot, "region": "city", "metrics": ["completed"], "assignment": "day-balanced"}
    drawn = draw_schedule(Switchback(**words, seed=7), start=START, days=days, regions=REGIONS)
    return tuple(drawn.arms.values())


def changes(text: str) -> str:
    return "".join("1" if at and text[at - 1] != arm else "0" for at, arm in enumerate(text))


@cache
def levels(mean: float, swing: float) -> tuple[tuple[float, ...], ...]:
    """A series with a day's rhythm, what is left of the hour before, and a little more under treatment."""
    rng = np.random.default_rng(5)
    regions = []
    for at, text in enumerate(served()):
        left, values = 0.0, []
        for slot, arm in enumerate(text):
            left = 0.5 * left + rng.normal(0, 0.4)
            day = np.sin((slot % 24 - 8) / 24 * 2 * np.pi)
            values.append(mean + swing * (day + left + 0.15 * (arm == "1") + 0.1 * at))
        regions.append(tuple(float(value) for value in values))
    return tuple(regions)


def timeline(**changed: Any) -> dict[str, Any]:
    completed, fare = levels(0.74, 0.05), levels(12.4, 0.8)
    return {
        "schema": "dw.timeline/1",
        "state": "ready",
        "withheld": False,
        "metric": "completed",
        "label": "Completion rate",
        "kind": "binary",
        "metrics": [
            {"metric": "completed", "label": "Completion rate", "kind": "binary"},
            {"metric": "fare", "label": "Fare per trip", "kind": "continuous"},
        ],
        "regions": REGIONS,
        "start": START,
        "slot_min": 60,
        "burn_in_min": 15,
        "assignment": "day-balanced",
        "together": False,
        "arms": ARMS,
        "served": list(served()),
        "planned": list(served()),
        "switch": [changes(text) for text in served()],
        "values": {"completed": [list(each) for each in completed], "fare": [list(each) for each in fare]},
        "counts": {"control": 672, "treatment": 672},
        "balance": "12 + 12 slots per region and day",
        **changed,
    }


def timeline_with_gaps(**changed: Any) -> dict[str, Any]:
    """Slots 3 to 5 of the first region are missing, and one slot of it was served the other arm."""
    shown = timeline()
    first = shown["served"][0]
    other = "1" if first[10] == "0" else "0"
    shown["served"][0] = f"{first[:3]}...{first[6:10]}{other}{first[11:]}"
    for values in shown["values"].values():
        values[0][3:6] = [None] * 3
    return {**shown, "balance": None, **changed}


def withheld_timeline() -> dict[str, Any]:
    nothing = {name: [[None] * SLOTS for _ in REGIONS] for name in timeline()["values"]}
    return timeline(withheld=True, values=nothing)


def acf(**changed: Any) -> dict[str, Any]:
    return {
        "schema": "dw.acf/1",
        "state": "ready",
        "metric": "completed",
        "label": "Completion rate",
        "acf": [1.0, 0.2598, 0.0581, 0.0132, -0.0084, -0.0417, -0.0021, 0.0416, 0.0074],
        "crit": 0.0546,
        "lag_min": 60,
        "gone_at": 3,
        "cluster": "region × day",
        **changed,
    }


def burn_in(minutes: int, relative_effect: float, lower: float, upper: float, **changed: Any) -> dict[str, Any]:
    ends = relative(relative_effect, lower, upper, 0.74)
    kept = {"burn_in_min": minutes, "n_clusters": 56, "df": 54.8, "planned": False, "reason": None}
    return {**kept, **ends, **changed}


def refused_burn_in(minutes: int, reason: str) -> dict[str, Any]:
    ends = dict.fromkeys([*relative(0.0, 0.0, 0.0), "n_clusters", "df"])
    return {**ends, "burn_in_min": minutes, "planned": False, "reason": reason}


def carryover(**changed: Any) -> dict[str, Any]:
    return {
        "schema": "dw.carryover/1",
        "state": "ready",
        "withheld": False,
        "metric": "completed",
        "label": "Completion rate",
        "kind": "binary",
        "level": 0.95,
        "status": "settled",
        "burn_ins": [
            burn_in(0, 0.0081, 0.0042, 0.0121, df=54.9),
            burn_in(15, 0.0093, 0.0046, 0.0141, planned=True),
            burn_in(30, 0.0099, 0.0038, 0.0161, df=54.6),
        ],
        "order_test": {
            "order_min": 60,
            "statistic": 0.84,
            "df": 2,
            "df_denominator": 51.2,
            "p_value": 0.437,
            "effect": 0.0011,
            "effect_lower": -0.0042,
            "effect_upper": 0.0064,
            "reason": None,
        },
        **changed,
    }


def withheld_carryover() -> dict[str, Any]:
    nothing = [refused_burn_in(minutes, "withheld") for minutes in (0, 15, 30)]
    untold = dict.fromkeys(carryover()["order_test"])
    return carryover(withheld=True, status="cannot-tell", burn_ins=nothing, order_test=untold | {"order_min": 60})


def schedulecheck(**changed: Any) -> dict[str, Any]:
    return {
        "schema": "dw.schedulecheck/1",
        "state": "ready",
        "status": "as-planned",
        "n_slots": 1344,
        "n_mismatched": 0,
        "mismatch_share": 0.0,
        "lost": {"control": 0, "treatment": 0},
        "broken_blocks": 0,
        "hour_balance": {"p_value": 0.912, "method": "χ² of arms by hour"},
        "volume": {
            "effect_share": 0.0042,
            "effect_lower": -0.0061,
            "effect_upper": 0.0146,
            "p_value": 0.42,
            "before_exposure": True,
        },
        "units": [{"label": "Region × day", "control": 672, "treatment": 672}],
        "examples": [],
        **changed,
    }


def step(n: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"step{n}",
        "n": n,
        "title": "Length of a slot",
        "question": "How long does one arm stay?",
        "evidence": "Half of the effect is there within 15 min.",
        "facts": [{"label": "Share of the effect seen", "value": "83%"}],
        "recommendation": "Slots of 60 min, burn-in of 15 min.",
        "answer": "60 min",
        "status": "done",
        "code": None,
        **changed,
    }


def guideline(**changed: Any) -> dict[str, Any]:
    steps = [
        step(
            1, title="Why a switchback?", question="Do riders compete for the same drivers?", answer=None, status="open"
        ),
        step(2, title="The panel", evidence="2.4% of region-hours are missing.", status="warning", code="W_PANEL_GAPS"),
        step(3),
        step(4, title="Onset", evidence="Habits form over weeks.", status="error", code="E_HABIT"),
    ]
    return {
        "schema": "dw.guideline/1",
        "state": "ready",
        "sentence": [
            {"text": "Switch ", "strong": False},
            {"text": "4 regions every 60 minutes", "strong": True},
            {"text": " for 14 days, in random pairs.", "strong": False},
        ],
        "steps": steps,
        "design_yaml": "design: switchback\ntime: at\nslot: 1h\n",
        "code": "design = dw.Switchback(...)\nadvice = dw.advise(design, history)",
        **changed,
    }


def option(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "assignment": "pairs",
        "slot_min": 60,
        "burn_in_min": 15,
        "regions": "separate",
        "time_fe": "calendar-hour",
        "std_dev": 0.0021,
        "detectable": 0.0059,
        "relative": 0.008,
        "aa_rate": 0.049,
        "days": 14,
        "chosen": False,
        "reason": None,
        **changed,
    }


def simulation(**changed: Any) -> dict[str, Any]:
    days = ((7, 0.0114), (14, 0.008), (21, 0.0066), (28, 0.0057))
    return {
        "schema": "dw.simulation/1",
        "state": "ready",
        "metric": "completed",
        "label": "Completion rate",
        "kind": "binary",
        "draws": 1000,
        "done": 1000,
        "cancelled": False,
        "alpha": 0.05,
        "power": 0.8,
        "days": 14,
        "window_days": 28,
        "asked": None,
        "aa": {
            "rate": 0.049,
            "lower": 0.0365,
            "upper": 0.0643,
            "status": "holds",
            "text": "Intervals keep their promise.",
        },
        "std_dev": 0.0021,
        "detectable": {"effect": 0.0059, "relative": 0.008},
        "curve": [{"days": day, "detectable": 0.74 * lift, "relative": lift} for day, lift in days],
        "checks": [
            {
                "effect": 0.003,
                "relative": 0.004,
                "power": 0.29,
                "power_lower": 0.262,
                "power_upper": 0.319,
                "bias": -0.0001,
                "asked": False,
            },
            {
                "effect": 0.0059,
                "relative": 0.008,
                "power": 0.81,
                "power_lower": 0.784,
                "power_upper": 0.834,
                "bias": 0.0002,
                "asked": False,
            },
        ],
        "options": [
            option("Pairs, 1 h", chosen=True),
            option("A coin per slot", assignment="slots", detectable=0.0078, relative=0.0105),
            option("Whole days", assignment="days", slot_min=1440, burn_in_min=120, detectable=None, relative=None)
            | {"std_dev": None, "aa_rate": None, "days": None, "reason": "7 days per arm are too few."},
        ],
        **changed,
    }


def working_simulation(done: int = 268) -> dict[str, Any]:
    progress = {"progress": {"done": done, "total": 400, "eta_s": 12, "partial": True}}
    return simulation(state=progress, draws=400, done=done)


def schedule(**changed: Any) -> dict[str, Any]:
    return {
        "schema": "dw.schedule/1",
        "state": "ready",
        "regions": REGIONS,
        "start": START,
        "slot_min": 60,
        "burn_in_min": 15,
        "days": 14,
        "assignment": "day-balanced",
        "together": False,
        "seed": 7,
        "arms": ARMS,
        "served": list(served()),
        "blocks": [slot // 24 for slot in range(SLOTS)],
        "facts": [
            {"label": "Slots", "value": "1,344", "detail": "24 a day × 4 × 14 days"},
            {"label": "Clusters", "value": "56", "detail": "region × day"},
            {"label": "Lost to burn-in", "value": "25%", "detail": "of minutes"},
            {"label": "Detects", "value": "0.7%", "detail": "80% power, simulated"},
        ],
        **changed,
    }


def switchback_verdict(**changed: Any) -> dict[str, Any]:
    facts = [
        {"label": "Primary uplift", "value": "+0.93%", "detail": "+0.46% to +1.41%", "tone": "good"},
        {"label": "Clusters", "value": "56 region-days", "detail": "CR2, 54.8 degrees of freedom", "tone": "none"},
        {"label": "Randomisation", "value": "p 0.003", "detail": "agrees with p < 0.001", "tone": "none"},
        {"label": "Burn-in", "value": "15 min", "detail": "25% of minutes not analysed", "tone": "none"},
        {"label": "Guardrails", "value": "1 of 1 within limit", "detail": "wait", "tone": "none"},
        {"label": "Warnings", "value": "1 warning", "detail": "does not change the verdict", "tone": "none"},
    ]
    sentence = [
        {"text": "Completion rate rose ", "strong": False},
        {"text": "0.93%", "strong": True},
        {"text": " (95% interval 0.46% to 1.41%), after removing hour, day and region effects.", "strong": False},
    ]
    rules = [
        {"id": "schedule", "status": "pass", "text": "Served as planned (0 of 1,344 slots differ)"},
        {"id": "primary", "status": "pass", "text": "Primary metric better"},
        {"id": "guardrail:wait", "status": "pass", "text": "Wait: worst case +1.1%, limit +2%"},
    ]
    named = {"object": "Smoothed surge", "kicker": "surge_smoothing_sb · switchback · 4 regions, 14 days"}
    return verdict(**{**named, "facts": facts, "sentence": sentence, "rules": rules, **changed})


def switchback_metrics() -> dict[str, Any]:
    method = "OLS with hour and date effects, SE clustered by region × day, CR2, 56 clusters"
    shared = {"method": method, "arm": "treatment", "n_clusters": 56, "n_observations": 201604}
    shared |= {"n_control": 672, "n_treatment": 672, "p_value_adjusted": None, "adjustment": None, "family": None}
    completed = row(
        **shared, **relative(0.0093, 0.0046, 0.0141, 0.737), metric="completed", label="Completion rate",
        control_mean=0.737, treatment_mean=0.7439, p_value=0.0003, companion="Randomisation: p 0.003", codes=[],
    )  # fmt: skip
    wait = row(
        **shared, **relative(0.002, -0.0072, 0.011, 5.2), metric="wait", label="Wait", role="guardrail",
        kind="continuous", direction="decrease", limit=0.02, reading="within_limit", control_mean=5.2,
        treatment_mean=5.21, p_value=0.67, companion=None, codes=[], evidence="Decimal numbers",
    )  # fmt: skip
    return metrics([completed, wait])


def switchback_warnings() -> dict[str, Any]:
    item = {
        "severity": "warning",
        "code": "W_CARRYOVER",
        "title": "Neighbouring slots are correlated (0.26 at lag 1).",
        "text": "Slot-level errors would be wrong. Region-day clusters are used instead.",
        "do": "try a longer burn-in and see if the uplift moves",
        "metric": "completed",
    }
    return warnings([item])


def switchback_hte() -> dict[str, Any]:
    rain = column("rain", [group("dry", 0.0071, 0.003, 0.0112), group("rain", 0.0052, -0.003, 0.0134)], p_value=0.66)
    shown = divided([rain], arm="treatment")
    return hte(divided_metric(shown, metric="completed", label="Completion rate"))


def switchback_basics() -> dict[str, Any]:
    named = {"metric": "completed", "label": "Completion rate", "n_participants": 672}
    treated = {"arm": "treatment", "arm_index": 1, "n_observations": 101092}
    return basics([
        statistics(**named, n_observations=100512, mean=0.737, std_dev=0.081, variance=0.00656),
        statistics(**named, **treated, mean=0.7439, std_dev=0.08, variance=0.0064),
    ])  # fmt: skip


def switchback_result(*cards: dict[str, Any]) -> dict[str, Any]:
    given = cards or (
        switchback_verdict(),
        switchback_metrics(),
        switchback_warnings(),
        timeline(),
        acf(),
        carryover(),
        schedulecheck(),
        switchback_hte(),
        switchback_basics(),
        toolbox(),
    )
    return {**result(*given), "id": "surge_smoothing_sb"}


def advice_result() -> dict[str, Any]:
    return {**result(guideline(), simulation(), schedule()), "id": "surge_smoothing_sb"}
