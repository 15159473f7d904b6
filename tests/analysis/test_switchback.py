"""From a table to a switchback's verdict: numbers that agree with independent ones, decisions, kept results."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from made import slots_design, trips

import decision_widgets as dw
from decision_widgets.analysis.slot_cells import metric_cells
from decision_widgets.analysis.slot_run import run_of
from decision_widgets.data import SlotMetric, SlotReading
from decision_widgets.data.slots import read_slots
from decision_widgets.design import draw_schedule
from decision_widgets.errors import InputError
from decision_widgets.estimates import panel_difference
from decision_widgets.results import EffectEstimate, NotEstimable
from decision_widgets.results.switchback_records import RegressionFacts

NAMES = ("Central", "North")
NO_TOOLS: dict[str, Any] = {"methods": []}


def row_of(result: dw.SwitchbackResult, metric: str = "fare") -> EffectEstimate:
    row = result.effect(metric)
    assert isinstance(row, EffectEstimate)
    return row


def facts_of(result: dw.SwitchbackResult, metric: str = "fare") -> RegressionFacts:
    return next(facts for facts in result.regressions if facts.metric == metric)


def codes(result: dw.SwitchbackResult) -> set[str]:
    return {message.code for message in result.messages}


def analysed(frame: pd.DataFrame, design: dw.Switchback, start: str = "2026-11-02") -> pd.DataFrame:
    """Return the rows after the burn-in with their slot and hours, computed from timestamps alone."""
    since = (frame["at"] - pd.Timestamp(start)) // pd.Timedelta(minutes=1)
    out = frame.assign(since=since)[(since >= 0) & (since % design.slot >= design.burn_in)]
    return out.assign(
        slot=out.since // design.slot,
        hod=out["at"].dt.hour,
        date=out["at"].dt.date.astype(str),
        hour=out["at"].dt.floor("h").astype(str),
        d=(out.arm == "treatment").astype(float),
    )


def dummies(frame: pd.DataFrame, *columns: str) -> np.ndarray:
    found = [np.ones((len(frame), 1))]
    found += [pd.get_dummies(frame[name], drop_first=True).to_numpy(float) for name in columns]
    return np.column_stack([frame["d"], *found])


def dense_cr2(y: np.ndarray, x: np.ndarray, groups: np.ndarray) -> float:
    """CR2 of the first coefficient from its definition, with a pseudo-inverse root (Pustejovsky & Tipton 2018)."""
    bread = np.linalg.pinv(x.T @ x)
    residual, b = y - x @ (bread @ (x.T @ y)), x @ bread[:, 0]
    total = 0.0
    for group in np.unique(groups):
        own = groups == group
        value, vector = np.linalg.eigh(np.eye(own.sum()) - x[own] @ bread @ x[own].T)
        root = np.where(value > 1e-10, 1 / np.sqrt(np.where(value > 1e-10, value, 1)), 0)
        total += (b[own] @ (vector * root) @ vector.T @ residual[own]) ** 2
    return float(np.sqrt(total))


@pytest.mark.parametrize("regions", [("Central", "North"), ("Central", "North", "South")])
def test_the_effect_on_rows_is_least_squares_with_dummies_and_its_error_is_cr2(regions: tuple[str, ...]) -> None:
    design = slots_design(weights="rows")
    frame = trips(design, regions=regions, days=7, effect=0.4)
    row, facts = row_of(dw.analyze(frame, design, **NO_TOOLS)), facts_of(dw.analyze(frame, design, **NO_TOOLS))
    rows = analysed(frame, design)
    calendar = len(regions) >= 3
    assert facts.time_fe == ("calendar-hour" if calendar else "hour-of-day+date")
    x = dummies(rows, *(["hour"] if calendar else ["hod", "date"]), "region")
    y, pair = rows.fare.to_numpy(), (rows.region + (rows.slot // 2).astype(str)).to_numpy()
    assert row.effect == pytest.approx(sm.OLS(y, x).fit().params[0], rel=1e-9)
    assert row.std_error == pytest.approx(dense_cr2(y, x, pair), rel=1e-9)
    assert facts.n_clusters == len(set(pair)) == 7 * 6 * len(regions)


def test_rows_and_their_panel_give_the_same_numbers() -> None:
    design = slots_design("fare", dw.Metric("rate", numerator="done", denominator="km", role="secondary"), burn_in=0)
    frame = trips(design, days=7, effect=0.4)
    cells = frame.assign(at=frame["at"].dt.floor("h")).groupby(["at", "region", "arm"], as_index=False)
    panel = cells.agg(fares=("fare", "sum"), trips=("fare", "size"), done=("done", "sum"), km=("km", "sum"))
    mean = dw.Metric("fare", numerator="fares", denominator="trips")
    there = dw.analyze(panel, replace(design, metrics=(mean, design.metrics[1])), **NO_TOOLS)
    here = dw.analyze(frame, design, **NO_TOOLS)
    # A mean is z = S/M, a ratio is linearised around the pooled one: equal where weights are the sizes themselves.
    assert row_of(here, "rate").effect == pytest.approx(row_of(there, "rate").effect, rel=1e-9)
    assert row_of(here, "rate").std_error == pytest.approx(row_of(there, "rate").std_error, rel=1e-9)
    rows_here, rows_there = (
        dw.analyze(table, replace(each.design, weights="rows"), **NO_TOOLS)
        for table, each in ((frame, here), (panel, there))
    )
    for name in ("fare", "rate"):
        assert row_of(rows_here, name).effect == pytest.approx(row_of(rows_there, name).effect, rel=1e-9)
        assert row_of(rows_here, name).std_error == pytest.approx(row_of(rows_there, name).std_error, rel=1e-9)


def hourly(design: dw.Switchback, **words: Any) -> pd.DataFrame:
    frame = trips(design, **words)
    cells = frame.assign(at=frame["at"].dt.floor("h")).groupby(["at", "region", "arm"], as_index=False)
    return pd.DataFrame(cells.agg(fare=("fare", "mean"), done=("done", "sum")))


def test_one_row_per_region_and_hour_counts_alike_under_every_weight() -> None:
    design = slots_design(slot="4h", burn_in="1h")
    frame = hourly(design, per_hour=20)
    rows = [row_of(dw.analyze(frame, replace(design, weights=each), **NO_TOOLS)) for each in ("usual", "rows", "hours")]
    for row in rows[1:]:
        assert (row.effect, row.std_error, row.df) == pytest.approx(
            (rows[0].effect, rows[0].std_error, rows[0].df), rel=1e-9
        )


def test_a_total_per_hour_is_refused_where_many_slots_have_no_rows() -> None:
    design = slots_design(dw.Metric("trips", numerator="done", denominator="at"), burn_in=0)
    result = dw.analyze(trips(design, days=7, per_hour=0.7, least=0), design, **NO_TOOLS)
    row = result.effect("trips")
    assert isinstance(row, NotEstimable)
    assert "nobody knows whether they are 0" in row.message.text


@pytest.mark.parametrize("history", [0.25, 1.0, 4.0])
def test_a_ratio_keeps_its_scale_whatever_the_history_held(history: float) -> None:
    rng = np.random.default_rng(3)
    at = pd.date_range("2026-10-12", periods=35 * 24, freq="h")
    frame = pd.concat([pd.DataFrame({"at": at, "region": region}) for region in ("Central", "North")])
    before = frame["at"] < "2026-11-02"
    design = slots_design(dw.Metric("rate", numerator="total", denominator="size"), burn_in=0)
    planned = dw.schedule(design, start="2026-11-02", days=14, regions=["Central", "North"], seed=1)
    served = planned.set_index(["slot_start", "region"]).arm
    place = pd.MultiIndex.from_arrays([frame["at"].dt.floor("2h"), frame["region"]])
    frame = frame.assign(arm=served.reindex(place).to_numpy())
    size = rng.poisson(200 * np.where(before, history, 1.0))
    level = 1 + 0.1 * (frame.arm == "treatment") + rng.normal(0, 0.02, len(frame))
    frame = frame.assign(size=size, total=size * level)
    row = row_of(dw.analyze(frame, design, **NO_TOOLS), "rate")
    assert row.effect_lower < 0.1 < row.effect_upper
    assert row.std_error < 0.005
    assert row.control_mean == pytest.approx(1.0, abs=0.01)


def test_a_total_per_hour_counts_hours_without_rows_as_0() -> None:
    design = slots_design(dw.Metric("trips", numerator="done", denominator="at"), burn_in=0)
    frame = trips(design, days=7, per_hour=4, least=0)
    empty = 1 - frame.groupby([frame["at"].dt.floor("2h"), "region"]).ngroups / 168
    assert 0 < empty < 0.02
    assert frame.groupby([frame["at"].dt.floor("h"), "region"]).ngroups < 0.98 * 336
    result = dw.analyze(frame, design, **NO_TOOLS)
    slots = dw.schedule(design, start="2026-11-02", days=7, regions=["Central", "North"], seed=1)
    hours = slots.loc[slots.index.repeat(2)].reset_index(drop=True)
    hours["at"] = hours.slot_start + pd.to_timedelta(hours.groupby(["slot_start", "region"]).cumcount(), "h")
    done = frame.assign(at=frame["at"].dt.floor("h")).groupby(["at", "region"]).done.sum()
    hours["y"] = done.reindex(pd.MultiIndex.from_frame(hours[["at", "region"]])).fillna(0).to_numpy()
    hours = hours.assign(d=(hours.arm == "treatment").astype(float), hod=hours["at"].dt.hour, date=hours["at"].dt.date)
    served = frame.groupby([frame["at"].dt.floor("2h"), "region"]).size()
    hours = hours[served.reindex(pd.MultiIndex.from_frame(hours[["slot_start", "region"]])).notna().to_numpy()]
    x = dummies(hours.astype({"date": str}), "hod", "date", "region")
    assert row_of(result, "trips").effect == pytest.approx(sm.OLS(hours.y.to_numpy(), x).fit().params[0], rel=1e-9)
    assert row_of(result, "trips").estimand == "difference in total done per region and hour"


def test_a_constant_added_moves_levels_only_and_a_factor_moves_absolute_effects_only() -> None:
    design = slots_design()
    frame = trips(design, days=7, effect=0.5)
    plain, scaled = (
        row_of(dw.analyze(each, design, **NO_TOOLS)) for each in (frame, frame.assign(fare=3 * frame.fare))
    )
    moved = row_of(dw.analyze(frame.assign(fare=frame.fare + 50), design, **NO_TOOLS))
    assert moved.effect == pytest.approx(plain.effect, rel=1e-8)
    assert moved.control_mean == pytest.approx(plain.control_mean + 50, rel=1e-9)
    assert scaled.effect == pytest.approx(3 * plain.effect, rel=1e-9)
    assert scaled.relative_effect_upper == pytest.approx(plain.relative_effect_upper, rel=1e-9)


def test_swapping_the_arms_turns_the_effect_around() -> None:
    design = slots_design()
    frame = trips(design, days=7, effect=0.5)
    swapped = replace(design, control="treatment", treatment="control")
    here, there = (row_of(dw.analyze(frame, each, **NO_TOOLS)) for each in (design, swapped))
    assert there.effect == pytest.approx(-here.effect, rel=1e-9)
    assert there.std_error == pytest.approx(here.std_error, rel=1e-9)
    assert there.control_mean == pytest.approx(here.treatment_mean, rel=1e-9)


def test_two_metrics_together_are_each_alone() -> None:
    both = slots_design(dw.Metric("fare", role="guardrail", limit=0.2), dw.Metric("wait", role="guardrail", limit=0.2))
    frame = trips(both, days=7)
    together = dw.analyze(frame, both, **NO_TOOLS)
    for metric in both.metrics:
        alone = dw.analyze(frame, replace(both, metrics=(metric,)), **NO_TOOLS)
        assert row_of(together, metric.name) == row_of(alone, metric.name)


def test_the_arm_may_be_said_by_the_schedule_alone() -> None:
    design = slots_design()
    frame = trips(design, days=7, effect=0.5)
    planned = dw.schedule(design, start="2026-11-02", days=7, regions=["Central", "North"], seed=1)
    said = dw.analyze(frame, design, **NO_TOOLS)
    drawn = dw.analyze(frame.drop(columns="arm"), replace(design, arm=None, schedule=planned), **NO_TOOLS)
    assert row_of(drawn).effect == row_of(said).effect
    assert (drawn.schedule_check.status, said.schedule_check.status) == ("unknown", "unknown")
    assert "what was served is not recorded" in drawn.to_payload()["cards"][0]["rules"][0]["text"]


@pytest.mark.parametrize(
    ("effect", "direction", "verdict"),
    [(1.0, "increase", "ship"), (-1.0, "increase", "dont-ship"), (0.0, "increase", "inconclusive"),
     (1.0, "decrease", "dont-ship"), (-1.0, "decrease", "ship")],
)  # fmt: skip
def test_direction_turns_the_verdict(effect: float, direction: Any, verdict: str) -> None:
    design = slots_design(dw.Metric("fare", direction=direction))
    result = dw.analyze(trips(design, effect=effect, seed=5), design, **NO_TOOLS)
    assert result.decision.verdict == verdict
    assert np.sign(row_of(result).effect) == np.sign(effect or row_of(result).effect)


def test_a_guardrail_that_is_past_its_limit_stops_a_win() -> None:
    guardrail = dw.Metric("wait", role="guardrail", direction="decrease", limit=0.05)
    design = slots_design("fare", guardrail)
    frame = trips(design, effect=1.0, seed=3)
    frame["wait"] += 3.0 * (frame.arm == "treatment")
    assert dw.analyze(frame, design, **NO_TOOLS).decision.verdict == "dont-ship"


def test_a_plan_of_days_that_is_not_reached_keeps_running() -> None:
    design = slots_design(planned_days=28)
    frame = trips(design, days=14)
    result = dw.analyze(frame, design, **NO_TOOLS)
    assert (result.decision.verdict, result.decision.days_more) == ("keep-running", 14)
    assert result.decision.basis == "always_valid"
    row = row_of(result)
    assert row.effect_upper_simultaneous > row.effect_upper
    peeked = next(message for message in result.messages if message.code == "W_PEEKED")
    assert "14 of 28 days" in peeked.title
    done = dw.analyze(frame, replace(design, planned_days=14), **NO_TOOLS)
    assert (done.decision.days_more, done.decision.basis) == (None, "fixed_n")


def test_primaries_are_one_family_and_secondaries_another() -> None:
    names = ("done", "wait", "km")
    design = slots_design("fare", "done", *(dw.Metric(f"{name}s", role="secondary") for name in names))
    frame = trips(design, days=7)
    frame = frame.assign(**{f"{name}s": frame[name] for name in names})
    result = dw.analyze(frame, design, **NO_TOOLS)
    for role, procedure in (("primary", "holm"), ("secondary", "bh")):
        rows = [row_of(result, metric.name) for metric in design.metrics if metric.role == role]
        wanted = dw.estimates.adjust_p_values([row.p_value for row in rows], procedure)
        assert [row.p_value_adjusted for row in rows] == pytest.approx(wanted)
        assert {row.family for row in rows} == {len(rows)}
    assert row_of(result, "fare").simultaneous_level == pytest.approx(0.975)


def test_the_weeks_before_adjust_the_effect_and_weigh_the_hours() -> None:
    design = slots_design()
    frame = trips(design, days=14, history=28, effect=0.5, noise=0.3)
    # Weekdays differ by hour, so hour and date leave something for the same hours of the weeks before to explain.
    bumps = np.random.default_rng(4).normal(0, 3, 168)
    how = frame["at"].dt.day_of_week * 24 + frame["at"].dt.hour
    frame["fare"] += bumps[how]
    result = dw.analyze(frame, design, **NO_TOOLS)
    row, facts = row_of(result), facts_of(result)
    assert row.method == "panel_cuped"
    assert row.variance_reduction is not None
    assert row.variance_reduction > 0.5
    assert facts.weights == "usual rows of region and hour of the week before"
    beside = next(each for each in result.estimates if each.method == "panel_cr2")
    assert isinstance(beside, EffectEstimate)
    assert row.std_error < beside.std_error
    assert row.effect_lower < 0.5 < row.effect_upper
    payload = result.to_payload()
    metrics = next(card for card in payload["cards"] if card["schema"] == "dw.metrics/1")
    assert metrics["rows"][0]["companion"].startswith("Panel regression with fixed effects")


def test_without_a_history_nothing_is_adjusted_and_a_useless_one_is_not_used() -> None:
    design = slots_design()
    plain = dw.analyze(trips(design), design, **NO_TOOLS)
    assert {row.method for row in plain.estimates} == {"panel_cr2"}
    assert facts_of(plain).weights == "usual rows of region and hour of the day"
    for seed in range(1, 9):
        useless = dw.analyze(trips(design, history=7, seed=seed), design, **NO_TOOLS)
        if "I_VR_NEGATIVE" in codes(useless):
            assert row_of(useless).method == "panel_cr2"
            said = next(message.text for message in useless.messages if message.code == "I_VR_NEGATIVE")
            assert said.startswith("With levels of the weeks before the interval of treatment would be ")
            assert {row.method for row in useless.estimates} == {"panel_cr2", "panel_cuped"}
            break
    else:
        pytest.fail("A history of noise always seemed to help.")


@pytest.mark.parametrize(
    ("words", "days", "resolved"),
    [
        ({}, 7, "hour-of-day+date"),
        ({"regions": "together"}, 7, "hour-of-day+date"),
        ({"assignment": "days", "slot": "1d", "burn_in": 0}, 14, "hour-of-day"),
        ({"assignment": "days", "slot": "1d", "burn_in": 0}, 28, "hour-of-day+weekday"),
        ({"time_fe": "hour-of-week"}, 21, "hour-of-week"),
    ],
)
def test_effects_of_time_are_resolved_and_said(words: dict[str, Any], days: int, resolved: str) -> None:
    design = slots_design(**words)
    assert facts_of(dw.analyze(trips(design, days=days), design, **NO_TOOLS)).time_fe == resolved


@pytest.mark.parametrize(
    ("words", "days", "n", "called"),
    [
        ({}, 7, 2 * 42, "pairs of slots by region"),
        ({"regions": "together"}, 7, 42, "pairs of slots"),
        ({"assignment": "slots"}, 7, 2 * 84, "region-slots"),
        ({"assignment": "day-balanced"}, 14, 28, "region-days"),
        ({"assignment": "days", "slot": "1d"}, 14, 28, "region-days"),
        ({"assignment": "minimax", "regions": "together", "carryover": "4h"}, 14, 82, "stretches of slots"),
        ({"cluster": "day"}, 14, 14, "days"),
        ({"cluster": "region-day"}, 14, 28, "region-days"),
    ],
)
def test_a_cluster_is_one_draw_of_the_randomiser_or_coarser(
    words: dict[str, Any], days: int, n: int, called: str
) -> None:
    design = slots_design(**words)
    facts = facts_of(dw.analyze(trips(design, days=days), design, **NO_TOOLS))
    assert (facts.n_clusters, facts.clusters) == (n, called)


def test_the_burn_in_is_left_out_of_every_slot_and_its_effect_is_shown() -> None:
    design = slots_design(burn_in="30min")
    frame = trips(design, effect=2.0, onset=30, days=21)
    result = dw.analyze(frame, design, **NO_TOOLS)
    (check,) = result.carryover
    assert [each.burn_in for each in check.burn_ins] == [0, 30, 60]
    assert [each.planned for each in check.burn_ins] == [False, True, False]
    none, planned, double = (each.effect for each in check.burn_ins)
    assert none is not None
    assert planned is not None
    assert double is not None
    # Of 120 minutes the first 30 still have the arm before: half of them another one, so 1 − ¼·(share changed) is left.
    assert none < 0.9 * planned
    assert planned == pytest.approx(row_of(result).effect, rel=1e-12)
    assert abs(planned - 2.0) < 0.35
    assert result.timeline.burn_in_share == pytest.approx(0.25)


def test_carry_over_beyond_the_burn_in_is_found() -> None:
    design = slots_design(assignment="slots", burn_in="30min")
    leaking = dw.analyze(trips(design, effect=3.0, onset=110, days=21), design, **NO_TOOLS)
    assert leaking.carryover[0].status == "leaks"
    message = next(message for message in leaking.messages if message.code == "W_CARRYOVER")
    assert "after 30min" in message.title
    clean = dw.analyze(trips(design, effect=3.0, onset=30, days=21), design, **NO_TOOLS)
    assert clean.carryover[0].status != "leaks"
    assert "W_CARRYOVER" not in codes(clean)


def test_a_result_survives_being_kept() -> None:
    design = slots_design(
        "fare",
        dw.Metric("rate", numerator="done", denominator="km", role="secondary"),
        dw.Metric("wait", role="guardrail", direction="decrease", limit=0.2),
        segments=["rain"],
    )
    planned = dw.schedule(design, start="2026-11-02", days=14, regions=["Central", "North"], seed=1)
    result = dw.analyze(trips(design, effect=0.5), design.with_schedule(planned))
    again = dw.SwitchbackResult.from_json(result.to_json())
    assert again == result
    assert again.to_payload() == result.to_payload()
    json.dumps(result.to_payload(), allow_nan=False)
    assert list(result.segments_frame().segment.unique()) == ["rain"]
    assert len(result.statistics_frame()) == 6
    assert len(result.to_frame()) == 3


def test_the_same_seed_gives_the_same_result() -> None:
    design = slots_design()
    frame = trips(design, days=7)
    first, second = (dw.analyze(frame, design).to_json() for _ in range(2))
    assert first == second
    shuffled = dw.analyze(frame.sample(frac=1, random_state=1), design, **NO_TOOLS)
    assert row_of(shuffled).effect == pytest.approx(row_of(dw.analyze(frame, design, **NO_TOOLS)).effect, rel=1e-9)


def test_too_few_draws_give_an_estimate_and_no_interval() -> None:
    design = slots_design(assignment="days", slot="1d", burn_in=0, region=None)
    frame = trips(design, days=5, seed=3, effect=1.0).drop(columns="region")
    result = dw.analyze(frame, design)
    row = result.effect("fare")
    assert isinstance(row, NotEstimable)
    assert row.codes == ("E_FEW_CLUSTERS",)
    assert "days" in row.message.title
    assert "The estimate alone is" in row.message.text
    assert result.decision.verdict == "inconclusive"
    facts = facts_of(result)
    assert facts.df is None
    assert facts.std_error is None
    assert facts.randomization_p is not None
    assert not result.carryover
    assert {answer.method for answer in result.toolbox} == {"randomization"}


def test_an_invalid_run_shows_no_effect_anywhere() -> None:
    design = slots_design()
    frame = trips(design, effect=1.2345)
    planned = dw.schedule(design, start="2026-11-02", days=14, regions=["Central", "North"], seed=2)
    result = dw.analyze(frame, design.with_schedule(planned))
    assert result.decision.verdict == "invalid"
    assert all(isinstance(row, NotEstimable) for row in result.estimates)
    assert (result.statistics, result.regressions, result.carryover, result.toolbox) == ((), (), (), ())
    assert result.residuals is None
    assert result.schedule_check.volume is None
    assert dict(result.timeline.values) == {}
    cards = result.to_payload()["cards"]
    assert [card["schema"] for card in cards[:3]] == ["dw.verdict/1", "dw.warnings/1", "dw.metrics/1"]
    (timeline,) = (card for card in cards if card["schema"] == "dw.timeline/1")
    assert timeline["withheld"]
    assert all(value is None for own in timeline["values"]["fare"] for value in own)
    assert dw.SwitchbackResult.from_json(result.to_json()) == result


def test_the_cards_come_in_their_order() -> None:
    design = slots_design(segments=["rain"])
    cards = dw.analyze(trips(design), design).to_payload()["cards"]
    assert [card["schema"] for card in cards] == [
        f"dw.{name}/1"
        for name in (
            "verdict", "metrics", "warnings", "timeline", "acf", "carryover", "schedulecheck", "hte", "basics", "tests"
        )
    ]  # fmt: skip


@pytest.mark.parametrize("words", [{}, {"cluster": "region-day"}, {"assignment": "minimax", "carryover": "4h"}])
def test_every_count_of_a_card_is_of_what_was_dealt(words: dict[str, Any]) -> None:
    design = slots_design(segments=["rain"], **words)
    frame = trips(design)
    frame["rain"] = np.where(frame["at"].dt.day % 2, "rain", "dry")
    cards = {card["schema"]: card for card in dw.analyze(frame, design, **NO_TOOLS).to_payload()["cards"]}
    word = "stretches" if design.assignment == "minimax" else "slots"
    (arm,) = cards["dw.hte/1"]["metrics"][0]["arms"]
    statistics = [row["n_participants"] for row in cards["dw.basics/1"]["rows"]]
    assert cards["dw.hte/1"]["units"] == cards["dw.basics/1"]["units"] == word
    assert statistics == [arm["overall"]["n_control"], arm["overall"]["n_treatment"]]
    levels = arm["columns"][0]["levels"]
    assert [level["level"] for level in levels] == ["dry", "rain"]
    counts = [sum(level[key] for level in levels) for key in ("n_control", "n_treatment")]
    # Whole days are rainy or dry, so that a slot is in one group; a stretch across midnight is in both.
    if word == "slots":
        assert counts == statistics
        assert statistics == [len(analysed(own, design)[["region", "slot"]].drop_duplicates())
                              for _, own in frame.groupby("arm")]  # fmt: skip
    else:
        assert all(many >= n for many, n in zip(counts, statistics, strict=True))


def redrawn(reading: SlotReading, design: dw.Switchback, effect: float, seed: int) -> SlotReading:
    """Deal the arms of a reading again and make its fares anew: shocks by slot, an effect that sets in after 30 min."""
    rng = np.random.default_rng(seed)
    n_slots = int(reading.slot.max()) + 1
    try:
        drawn = draw_schedule(
            design, start="2026-11-02", days=n_slots * design.slot // 1440, regions=[*NAMES], seed=seed
        )
    except InputError:  # coins that happen to be tied to the clock
        return redrawn(reading, design, effect, seed + 10_000)
    arms = np.array([[int(sign) for sign in drawn.arms[name]] for name in reading.regions])
    arm, before = arms[reading.region, reading.slot], arms[reading.region, np.maximum(reading.slot - 1, 0)]
    shocks = np.cumsum(rng.normal(0, 0.3, arms.shape), axis=1) * 0.3 + rng.normal(0, 0.5, arms.shape)
    fare = reading.metrics["fare"]
    assert isinstance(fare, SlotMetric)
    level = 10 + np.sin(2 * np.pi * reading.hour / 24) + reading.region + shocks[reading.region, reading.slot]
    level += effect * np.where(reading.part == 0, before, arm)
    noise = rng.normal(0, 2, len(level)) * np.sqrt(fare.size)
    made = replace(fare, total=level * fare.size + noise)
    return replace(reading, arm=arm.astype(np.int8), metrics={"fare": made})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "band"),
    [
        ({"assignment": "pairs"}, (0.0, 0.082)),
        ({"assignment": "pairs", "regions": "together"}, (0.0, 0.082)),
        ({"assignment": "slots", "regions": "together"}, (0.018, 0.082)),
        ({"assignment": "day-balanced"}, (0.018, 0.082)),
    ],
)
def test_the_default_path_is_unbiased_and_near_its_level(words: dict[str, Any], band: tuple[float, float]) -> None:
    """An effect of 0.5 and slots with a drift; 400 deals: three Monte-Carlo errors of 5% are 3.3 points.

    Pairs cancel slow drifts that the errors still count, so that they may reject less.
    """
    design = slots_design(**words)
    reading = read_slots(trips(design, days=14, per_hour=2), design.needs())
    effects, missed = [], 0
    for seed in range(400):
        run = run_of(design, redrawn(reading, design, 0.5, seed))
        fare = run.reading.metrics["fare"]
        assert isinstance(fare, SlotMetric)
        found = panel_difference(metric_cells(run, design.metrics[0], fare, 1).panel)
        effects.append(found.effect)
        missed += not found.effect_lower <= 0.5 <= found.effect_upper
    assert abs(np.mean(effects) - 0.5) < 3 * np.std(effects) / np.sqrt(len(effects))
    assert band[0] <= missed / len(effects) <= band[1]
