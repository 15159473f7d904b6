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


def power(**changes: Any) -> dict[str, Any]:
    row = {
        "metric": "booked", "label": "Booked", "arm": "ETA badge", "control": "control", "role": "primary",
        "solved": "participants", "n_control": 20600, "n_treatment": 20600, "n_participants": 41200,
        "n_observations": 163152, "days": 14, "mde": 0.007, "relative_mde": 0.02, "power": 0.8, "alpha": 0.05,
        "icc": 0.0425, "design_effect": 1.174, "codes": [], "error": None,
    }  # fmt: skip
    refused = {"code": "E_NI_MARGIN", "title": "Guardrail wait has no limit.", "text": "Nobody can say.", "do": ""}
    week = {"days": 7, "n_control": 12075, "n_treatment": 12075, "power": 0.57, "detectable_effect": 0.0261}
    curve = {"mde_rel": 0.02, "mde_abs": 0.007, "n": [20600.0, 41200.0], "power": [0.5, 0.8]}
    return {
        "schema": "dw.power/1",
        "state": "ready",
        "sentence": [
            {"text": "You need ", "strong": False},
            {"text": "41,200 participants", "strong": True},
            {"text": " (2 weeks) to find a change of 2.00% in Booked with 80% power.", "strong": False},
        ],
        "rows": [row, row | {"metric": "wait", "label": "Wait", "error": refused}],
        "code": ["design = dw.BetweenSubject(...)", "advice = dw.advise(design, history)"],
        "confirmed": True,
        "metric": "booked",
        "label": "Booked",
        "solve": "n",
        "kind": "binary",
        "inputs": {
            "mean": 0.35,
            "m": 3.96,
            "cv": 0.534,
            "icc": 0.0425,
            "vr": 0.048,
            "cuped": True,
            "alpha": 0.05,
            "power": 0.8,
            "sign": 1,
            "relative": True,
            "margin": None,
            "daily_units": 3450,
            "max_days": 42,
        },
        "answer": {"n_units": 41133, "first_day": 12, "days": 14, "power": 0.8, "mde_abs": 0.007, "mde_rel": 0.02},
        "design_effect": 1.174,
        "cluster_size_hist": [9, 17, 20, 18, 13, 9, 6, 4, 2, 1, 1],
        "arms": [{"id": "control", "index": 0, "share": 0.5}, {"id": "ETA badge", "index": 1, "share": 0.5}],
        "others": [{"label": "Fare", "role": "secondary", "kind": "continuous", "mde_rel": 0.0204, "mde_abs": 0.1}],
        "axis": {"n_max": 110_000.0},
        "weeks": [week],
        "weeks_of": [{"metric": "booked", "label": "Booked", "weeks": [week, week | {"days": 14}]}],
        "curves": [curve, curve | {"mde_rel": 0.03, "mde_abs": 0.0105, "power": [0.8, 0.99]}],
        "yaml": "participant: rider_id\n",
        "method": "sums over participants, whatever their sizes",
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


def srm(**changes: Any) -> dict[str, Any]:
    return {
        "schema": "dw.srm/1",
        "state": "ready",
        "status": "ok",
        "planned": True,
        "arms": [{"id": "control", "label": "control", "index": 0}, {"id": "badge", "label": "badge", "index": 1}],
        "observed": [20709, 20499],
        "expected": [20604.0, 20604.0],
        "p_value": 0.301,
        "alarm": 0.001,
        "statistic": 1.0701805,
        "df": 1,
        "method": "chi-square",
        **changes,
    }


def group(level: str, effect: float, lower: float, upper: float, **changes: Any) -> dict[str, Any]:
    ends = {"effect": effect, "effect_lower": lower, "effect_upper": upper}
    kept = {"n_control": 5000, "n_treatment": 4015, "thin": False, "reading": "unclear", "reason": None}
    return {"level": level, **kept, **ends, **changes}


def refused(level: str, **changes: Any) -> dict[str, Any]:
    reason = "Arm badge has 2; a standard error needs at least 3."
    return {"level": level, "n_control": 40, "n_treatment": 2, "reason": reason, **changes}


def column(segment: str, levels: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    label = segment.replace("_", " ").capitalize()
    tested = {"p_value": 0.15, "p_value_adjusted": 0.3, "family": 2, "statistic": 2.1, "df": 1, "df_denominator": 900.0}
    left_out = {"reason": None, "n_without": 0, "n_several": 0}
    return {"segment": segment, "label": label, **tested, **left_out, "levels": levels, **changes}


def columns(**clear: Any) -> list[dict[str, Any]]:
    tenure = [group("new", 0.02, 0.003, 0.037), group("casual", 0.008, -0.004, 0.02), refused("unknown")]
    cities = [group("Hanoi", -0.01, -0.019, -0.001, reading="worse"), group("Manila", 0.031, 0.012, 0.05, thin=True)]
    cities[1] |= {"n_control": 60, "n_treatment": 41, "reading": "better"}
    return [
        column("rider_tenure", tenure, p_value=0.744, p_value_adjusted=0.744),
        column("city", cities, n_without=12, n_several=3, **clear),
    ]


def divided(shown: list[dict[str, Any]] | None = None, arm: str = "badge", index: int = 1) -> dict[str, Any]:
    overall = {key: row()[key] for key in ("effect", "effect_lower", "effect_upper", "n_control", "n_treatment")}
    given = columns() if shown is None else shown
    return {"arm": arm, "arm_index": index, "overall": {**overall, "reading": "better"}, "columns": given}


def divided_metric(*arms: dict[str, Any], **changes: Any) -> dict[str, Any]:
    named = {"metric": "booking_conversion", "label": "Booking conversion", "kind": "binary", "role": "primary"}
    return {**named, "arms": list(arms) or [divided()], **changes}


def hte(*shown: dict[str, Any], **changes: Any) -> dict[str, Any]:
    kept = {"schema": "dw.hte/1", "state": "ready", "level": 0.95, "alpha": 0.05}
    return {**kept, "metrics": list(shown) or [divided_metric()], **changes}


def statistics(**changes: Any) -> dict[str, Any]:
    return {
        "metric": "booking_conversion",
        "label": "Booking conversion",
        "kind": "binary",
        "arm": "control",
        "arm_index": 0,
        "n_participants": 20709,
        "n_observations": 82171,
        "n_missing": 0,
        "mean": 0.345377,
        "std_dev": 0.475491,
        "variance": 0.226092,
        **changes,
    }


def basics(shown: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    badge = {"arm": "badge", "arm_index": 1, "n_participants": 20499, "n_observations": 81188}
    fare = {"metric": "fare", "label": "Fare per session", "kind": "continuous"}
    given = [
        statistics(),
        statistics(**badge, mean=0.354784, std_dev=0.47866, variance=0.229115),
        statistics(**fare, mean=5.0975, std_dev=9.35291, variance=87.4769),
        statistics(**fare, **badge, mean=5.24116, std_dev=None, variance=None),
    ]
    rows = given if shown is None else shown
    return {"schema": "dw.basics/1", "state": "ready", "withheld": False, "rows": rows, **changes}


def tool(**changes: Any) -> dict[str, Any]:
    return {
        "arm": "badge",
        "arm_index": 1,
        "method": "ols_cr2",
        "group": "Means",
        "label": "OLS, SE clustered by rider_id, CR2, 41,208 clusters",
        "status": "available",
        "statistic_name": "t",
        "statistic": 2.24925,
        "df": 41207.0,
        "p_value": 0.0245,
        "estimate_name": "difference",
        "estimate": 0.11,
        "estimate_lower": 0.014,
        "estimate_upper": 0.206,
        "unit": "metric",
        "n_control": 20709,
        "n_treatment": 20499,
        "note": "difference in means, every observation counting once",
        "codes": [],
        **changes,
    }


def tool_rows() -> list[dict[str, Any]]:
    nothing = dict.fromkeys(("statistic", "df", "p_value", "estimate", "estimate_lower", "estimate_upper"))
    share = {"estimate_name": "P(treatment > control) + ½ P(equal)", "unit": "probability"}
    ends = {"estimate": 0.5575, "estimate_lower": 0.5324, "estimate_upper": 0.5826}
    shape = {**nothing, "group": "Shape", "status": "information", "note": ""}
    share |= {"note": "62.0% are tied; read the probability."}
    return [
        tool(method="cuped", label="OLS adjusted by before (CUPED)", status="recommended"),
        tool(),
        tool(**(share | ends), group="Ranks", label="Mann–Whitney", statistic_name="U", statistic=557520.0, df=None),
        tool(**(shape | {"statistic": -0.0759, "statistic_name": "skewness"}), label="Shape", arm="control"),
        tool(**(nothing | {"group": "Pairs", "label": "Wilcoxon signed rank", "status": "not_applicable"}))
        | {"note": "Participants of two arms are no pairs.", "codes": ["E_SMALL_N"]},
    ]


def toolbox(*shown: dict[str, Any], **changes: Any) -> dict[str, Any]:
    fare = {"metric": "fare", "label": "Fare per session", "kind": "continuous", "rows": tool_rows()}
    kept = {"schema": "dw.tests/1", "state": "ready", "level": 0.95}
    return {**kept, "metrics": list(shown) or [fare], **changes}


def result(*cards: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "dw.result/1",
        "version": "0.1.0",
        "id": "eta_badge_v2",
        "source": {"name": "df", "rows": 163359, "fingerprint": "9f2c41d0a1b2"},
        "state": "ready",
        "cards": list(cards) or [verdict(), metrics(), warnings(), srm(), hte(), basics(), toolbox()],
    }
