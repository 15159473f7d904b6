"""A result as the results room sends it, for the tests of views and cards."""

from __future__ import annotations

from typing import Any


def monitoring(**changes: Any) -> dict[str, Any]:
    point = {"status": "judged", "information": 0.5, "effect": 0.4, "std_error": 0.1, "crossed": True}
    ends = {"effect_lower": 0.1, "effect_upper": 0.7, "boundary": 0.3}
    row = {
        "metric": "fare", "label": "Fare", "kind": "continuous", "role": "primary", "direction": "increase",
        "limit": None, "arm": "ETA badge", "arm_index": 1, "error": None, "verdict": "stop-benefit",
        "is_past_limit": None, "rule": "obf", "level": 0.95, "decided_at": "2026-11-09", "information": 0.5,
        "statistic": 4.0, "boundary": 3.0, "effect": 0.39, "effect_lower": 0.2, "effect_upper": 0.58,
        "interval": "stagewise", "p_value": 0.0002, "naive_effect": 0.4, "is_exaggerated": True,
        "conditional_power": None, "is_futile": False, "planned_by": "SE² of 2026-11-09 × 50% (7 of 14 planned days)",
        "series": [{"date": "2026-11-09"} | point | ends],
    }  # fmt: skip
    return {
        "schema": "dw.monitoring/1",
        "state": "ready",
        "verdict": "stop-benefit",
        "headline": "Stop for benefit",
        "object": None,
        "kicker": "eta_badge_v2 · rule obf · 1 look",
        "sentence": "Fare +0.39 (95% interval +0.20 to +0.58, corrected for the looks), at the look of 2026-11-09.",
        "arms": [{"id": "control", "index": 0}, {"id": "ETA badge", "index": 1}],
        "rows": [row],
        "looks": [
            {
                "date": "2026-11-09",
                "day": 7,
                "is_planned": True,
                "participants": {"control": 5100, "ETA badge": 5080},
                "p_value": 0.9,
            }
        ],
        "looks_to_come": ["2026-11-16"],
        "sample_ratio": {"p_value": 0.9, "alarm": 0.001},
        "diagnosis": None,
        **changes,
    }


def verdict(**changes: Any) -> dict[str, Any]:
    return {
        "schema": "dw.verdict/1",
        "state": "ready",
        "verdict": "ship",
        "headline": "Ship",
        "object": "ETA badge",
        "days_more": None,
        "kicker": "eta_badge_v2 · between-subject · 9 Nov to 22 Nov 2026 (14 days)",
        "sentence": [
            {"text": "Booking conversion rose ", "strong": False},
            {"text": "2.7%", "strong": True},
            {"text": " (95% interval 1.3% to 4.1%), from 34.5% to 35.5%. The split is as planned.", "strong": False},
        ],
        "facts": [
            {"label": "Primary uplift", "value": "+2.7%", "detail": "+1.3% to +4.1%", "tone": "good"},
            {"label": "Participants", "value": "41,208", "detail": "of 41,200 planned", "tone": "none"},
            {"label": "Guardrails", "value": "2 of 2 within limit", "detail": "cancel rate, wait", "tone": "none"},
            {"label": "Sample ratio", "value": "As planned", "detail": "p 0.301", "tone": "none"},
            {"label": "Warnings", "value": "1 warning, 1 note", "detail": "none changes the verdict", "tone": "none"},
        ],
        "rules": [
            {"id": "sample_ratio", "status": "pass", "text": "Sample ratio passes (p 0.301)"},
            {"id": "primary", "status": "pass", "text": "Primary metric better after adjustment"},
            {"id": "guardrail:wait", "status": "pass", "text": "Wait: worst case +0.5%, limit +2%"},
            {"id": "plan", "status": "note", "text": "No plan was stated"},
        ],
        "policy": "default",
        "basis": "fixed_n",
        **changes,
    }


def row(**changes: Any) -> dict[str, Any]:
    return {
        "metric": "booking_conversion",
        "label": "Booking conversion",
        "kind": "binary",
        "role": "primary",
        "direction": "increase",
        "limit": None,
        "arm": "badge",
        "arm_index": 1,
        "control_mean": 0.345377,
        "treatment_mean": 0.354784,
        "n_observations": 163359,
        "n_clusters": 41208,
        "n_control": 20709,
        "n_treatment": 20499,
        "effect": 0.0094067,
        "effect_lower": 0.0044881,
        "effect_upper": 0.0143253,
        "relative_effect": 0.027236,
        "relative_effect_lower": 0.0129919,
        "relative_effect_upper": 0.0414801,
        "p_value": 0.000178,
        "p_value_adjusted": 0.000534,
        "adjustment": "Holm",
        "family": 3,
        "method": "OLS, SE clustered by rider_id, CR2, 41,208 clusters",
        "evidence": "Two values only, 0 and 1; 35.0% are 1",
        "reading": "better",
        "companion": "Welch on participants: +2.6% (+1.2% to +4.0%)",
        "codes": ["I_UNIT_AGGREGATED"],
        "error": None,
        **changes,
    }


def relative(effect: float, lower: float, upper: float, base: float = 5.0) -> dict[str, float]:
    pairs = {"effect": effect, "effect_lower": lower, "effect_upper": upper}
    return {f"relative_{name}": value for name, value in pairs.items()} | {
        name: value * base for name, value in pairs.items()
    }


def simultaneous(level: float, effect: float, lower: float, upper: float, base: float = 5.0) -> dict[str, float]:
    """The interval that decides, when a metric belongs to a family of several."""
    ends = relative(effect, lower, upper, base)
    kept = {f"{name}_simultaneous": value for name, value in ends.items() if name.endswith(("_lower", "_upper"))}
    return {**kept, "simultaneous_level": level}


def withheld(metric: str, **changes: Any) -> dict[str, Any]:
    error = {
        "code": "E_SRM",
        "title": "The split is not the planned 50/50.",
        "text": "Arms hold 2,400 and 1,600 participants, so results can’t be trusted.",
        "do": "look at assignment",
    }
    row = {"metric": metric, "role": "primary", "direction": "increase", "arm": "badge", "arm_index": 1}
    return {**row, "error": error, **changes}


def rows() -> list[dict[str, Any]]:
    continuous = {"kind": "continuous", "companion": None, "evidence": "Decimal numbers", "codes": []}
    alone = {"p_value_adjusted": None, "adjustment": None, "family": None}
    guardrail = {**continuous, **alone, "role": "guardrail", "direction": "decrease"}
    return [
        row(),
        row(
            **continuous,
            **relative(0.022, -0.003, 0.047),
            metric="fare",
            label="Fare per session",
            role="secondary",
            reading="unclear",
            control_mean=5.10,
            treatment_mean=5.21,
            p_value=0.085,
            p_value_adjusted=0.17,
        ),
        row(
            **guardrail,
            **relative(-0.0198, -0.0662, 0.0266, 0.108),
            metric="cancels",
            label="Cancel rate",
            limit=0.05,
            reading="within_limit",
            control_mean=0.108,
            treatment_mean=0.106,
            p_value=0.415,
        ),
        row(
            **guardrail,
            **relative(0.0102, -0.0041, 0.0246),
            metric="wait",
            label="Wait",
            limit=0.02,
            reading="limit_not_ruled_out",
            control_mean=5.33,
            treatment_mean=5.38,
            p_value=0.164,
        ),
        row(
            **{**continuous, "codes": ["E_BASELINE_SIGN"]},
            **dict.fromkeys(("relative_effect", "relative_effect_lower", "relative_effect_upper")),
            metric="margin",
            label="Margin",
            role="secondary",
            reading="unclear",
            effect=0.2,
            effect_lower=-0.1,
            effect_upper=0.5,
            control_mean=-1.2,
            treatment_mean=-1.0,
            p_value=0.2,
            p_value_adjusted=0.2,
        ),
        {
            "metric": "support",
            "label": "Support contacts",
            "kind": None,
            "role": "secondary",
            "direction": "decrease",
            "limit": None,
            "arm": "badge",
            "arm_index": 1,
            "error": {
                "code": "E_METRIC_KIND",
                "title": "Support contacts could not be computed.",
                "text": "The column 'support' has text in 12 of 163,359 rows. The other metrics are fine.",
                "do": 'df["support"] = pd.to_numeric(df["support"], errors="coerce")',
            },
        },
    ]


def metrics(shown: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "schema": "dw.metrics/1",
        "state": "ready",
        "level": 0.95,
        "arms": [{"id": "control", "label": "control", "index": 0}, {"id": "badge", "label": "badge", "index": 1}],
        "rows": rows() if shown is None else shown,
    }


def warnings(items: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    given = [
        {
            "severity": "info",
            "code": "I_UNIT_AGGREGATED",
            "title": "Riders have 3.96 sessions each.",
            "text": "Errors are clustered by rider.",
            "do": "",
            "metric": None,
        },
        {
            "severity": "warning",
            "code": "W_SKEW",
            "title": "Fares are very skewed.",
            "text": "The interval is valid, but wide.",
            "do": "cap the metric by plan",
            "metric": "fare",
        },
    ]
    return {
        "schema": "dw.warnings/1",
        "state": "ready",
        "checks_run": 14,
        "items": given if items is None else items,
    }


def result(*cards: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "dw.result/1",
        "version": "0.1.0",
        "id": "eta_badge_v2",
        "source": {"name": "df", "rows": 163359, "fingerprint": "9f2c41d0a1b2"},
        "state": "ready",
        "cards": list(cards) or [verdict(), metrics(), warnings()],
    }
