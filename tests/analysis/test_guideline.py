"""Advice on switchbacks: each simulated draw is the analysis of that draw, every step says what its history says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from switchback_history import history, switchback

import decision_widgets as dw
from decision_widgets.analysis.guideline_power import names_of
from decision_widgets.analysis.past_panel import read_past
from decision_widgets.analysis.past_windows import windows_of
from decision_widgets.design.schedule import blocks_of, draw_schedule
from decision_widgets.errors import ColumnNotFound, InputError
from decision_widgets.estimates.simulated_clusters import ExactClusters

REGIONS = ("r0", "r1", "r2", "r3")
STEPS = (
    "why", "panel", "seasonality", "autocorrelation", "onset", "slot", "cool-down", "granularity", "schedule", "power",
    "units",
)  # fmt: skip


@cache
def past(days: int = 28, regions: int = 4, memory: float = 0.8, seed: int = 0) -> pd.DataFrame:
    return history(days, regions, memory=memory, seed=seed)


@cache
def advice() -> dw.SwitchbackAdvice:
    metrics = [
        dw.Metric("y", minimum_effect=0.01),
        dw.Metric("r", numerator="done", denominator="size", role="secondary"),
    ]
    design = switchback(metrics=metrics, interference=True, onset="trip")
    others = [switchback(metrics=metrics, slot="4h"), switchback(metrics=metrics, regions="together")]
    return dw.advise(design, past(35), days=28, draws=300, alternatives=others)


def tosses_of(design: dw.Switchback, drawn: dw.Schedule) -> np.ndarray:
    """Say what the coins of a schedule showed: the arm of each block's first slot, or of every slot that was dealt."""
    block = np.array(blocks_of(design, drawn.start, drawn.n_slots))
    own = design.assignment == "day-balanced"
    first = np.arange(len(block)) if own else np.flatnonzero(np.diff(block, prepend=-1))
    texts = [*drawn.arms.values()][: None if design.regions == "separate" else 1]
    return np.concatenate([[float(text[i]) - 0.5 for i in first] for text in texts])[:, None]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param({}, id="pairs"),
        pytest.param({"regions": "together"}, id="together"),
        pytest.param({"assignment": "slots", "slot": "90min", "burn_in": 15}, id="slots that cut hours"),
        pytest.param({"assignment": "day-balanced"}, id="dealt within days"),
        pytest.param({"assignment": "minimax", "carryover": "4h"}, id="minimax"),
        pytest.param({"cluster": "region-day"}, id="clusters of days"),
        pytest.param({"weights": "rows"}, id="rows"),
        pytest.param({"metrics": [dw.Metric("r", numerator="done", denominator="size")]}, id="ratio"),
        pytest.param({"metrics": [dw.Metric("h", numerator="done", denominator="at")]}, id="total per hour"),
    ],
)
def test_a_simulated_draw_is_the_analysis_of_that_draw(words: dict[str, Any]) -> None:
    design = switchback(**({"weights": "hours"} | words))
    drawn = draw_schedule(design, start="2026-09-07", days=14, regions=REGIONS, seed=5)
    table = past(14)
    row = dw.analyze(table, design.with_schedule(drawn), methods=[]).to_frame().query("recommended").iloc[0]
    panel = read_past(table, [design], None)
    (made,) = windows_of(design, panel, panel.metrics[design.metrics[0].name], 14)
    found = ExactClusters(replace(made, exposure=None)).simulate(tosses_of(design, drawn))
    assert found.effect[0] == pytest.approx(row.effect, rel=1e-9)
    assert np.sqrt(found.variance[0]) == pytest.approx(row.std_error, rel=1e-9)
    assert found.df[0] == pytest.approx(row.df, rel=1e-9)


def test_every_step_is_there_with_evidence_and_an_answer() -> None:
    steps = advice().steps
    assert tuple(step.id for step in steps) == STEPS
    assert [step.n for step in steps] == list(range(1, 12))
    assert all(step.title and step.question.endswith("?") and step.evidence and step.recommendation for step in steps)
    assert {step.status for step in steps} == {"done"}
    assert set(advice().design.checklist) == set(STEPS)
    assert advice().design.slot == 120
    assert advice().messages == ()


def test_plans_stand_side_by_side_and_pairs_win_where_hours_have_a_memory() -> None:
    frame = advice().to_frame().set_index("name")
    own = "pairs · 2 h · burn-in 30 min · separate"
    assert frame.index[0] == own
    assert frame.loc[own, "chosen"]
    assert frame.loc[own, "std_dev"] < 0.8 * frame.loc["slots · 2 h · burn-in 30 min · separate", "std_dev"]
    assert frame.loc[own, "std_dev"] < frame.loc["pairs · 2 h · burn-in 30 min · together", "std_dev"]
    assert frame.loc["pairs · 2 h · burn-in 30 min · together", "time_fe"] == "hour-of-day+date"
    assert frame["aa_rate"].between(0, 0.15).all()
    assert advice().recommended_design.assignment == "pairs"


def test_the_curve_falls_with_days_and_gives_the_days_that_an_effect_needs() -> None:
    found = advice().simulation("y")
    detectable = [point.detectable for point in found.curve]
    assert detectable == sorted(detectable, reverse=True)
    at = {point.days: point for point in found.curve}
    assert at[28].detectable == pytest.approx(found.detectable)
    assert found.effect == pytest.approx(0.01 / 0.7 * found.level)
    assert found.days_needed == next(days for days, point in at.items() if point.detectable <= found.effect)
    assert found.checks[-1].effect == pytest.approx(found.effect)


def test_the_error_of_a_longer_run_is_that_of_a_shorter_one_scaled() -> None:
    design, table = switchback(), past(56)
    half, whole = (dw.advise(design, table, days=days, draws=800).simulation() for days in (14, 28))
    # 800 draws leave 2.5 % of a standard deviation; windows of one history differ too.
    assert whole.std_dev == pytest.approx(half.std_dev / np.sqrt(2), rel=0.15)


def test_an_advice_survives_json_and_shows_what_it_holds() -> None:
    kept = advice()
    assert dw.SwitchbackAdvice.from_json(kept.to_json()) == kept
    payload = kept.to_payload()
    json.dumps(payload, allow_nan=False)
    assert [card["schema"] for card in payload["cards"]] == [
        "dw.guideline/1", "dw.simulation/1", "dw.simulation/1", "dw.schedule/1", "dw.warnings/1",
    ]  # fmt: skip
    guideline, simulation, _, schedule, _ = payload["cards"]
    assert [step["id"] for step in guideline["steps"]] == list(STEPS)
    assert [option["name"] for option in simulation["options"]] == list(kept.to_frame()["name"])
    assert simulation["detectable"]["relative"] == pytest.approx(kept.simulation().detectable / kept.simulation().level)
    assert (len(schedule["served"]), len(schedule["served"][0])) == (4, 28 * 12)
    assert schedule["blocks"][:4] == [0, 0, 1, 1]
    assert "find a change of" in kept.sentence()
    assert kept.steps_frame().shape == (11, 9)
    assert set(kept.days_frame()["metric"]) == {"y", "r"}
    assert "28 days" in kept.figure().texts[0].get_text()


def test_kinds_reach_the_cards_and_the_effect_asked_for_is_the_last_one_checked() -> None:
    table = past()
    table = table.assign(busy=(table["y"] > table["y"].median()).astype(int))
    told = dw.advise(switchback(metrics=["busy"]), table, effect=0.1, draws=50)
    simulation = told.to_payload()["cards"][1]
    assert (told.simulation().kind, simulation["kind"]) == ("binary", "binary")
    assert [check["asked"] for check in simulation["checks"]][-2:] == [False, True]
    assert simulation["checks"][-1]["relative"] == pytest.approx(0.1)
    for text in (told.to_html(), told.to_text()):
        assert re.search(r"\d\Wpp\) in Busy with 80% power", text)
        assert "10.0% (asked for)" in text
    without = dw.advise(switchback(metrics=["busy"]), table, draws=50).to_payload()["cards"][1]
    assert not any(check["asked"] for check in without["checks"])


def test_the_recommended_design_is_read_back_from_its_text() -> None:
    text = advice().to_payload()["cards"][0]["design_yaml"]
    assert dw.read_design(text) == advice().recommended_design


def test_the_same_seed_gives_the_same_advice() -> None:
    first, again = (dw.advise(switchback(), past(), draws=100) for _ in range(2))
    other = dw.advise(switchback(seed=1), past(), draws=100)
    assert first == again
    assert other.simulation().std_dev != first.simulation().std_dev


def test_a_short_history_is_refused_and_one_below_28_days_is_a_warning() -> None:
    short = dw.advise(switchback(), past(10), draws=100)
    assert [message.code for message in short.messages] == ["E_NO_PREPERIOD"]
    assert (short.simulations, short.options) == ((), ())
    assert short.step("power").status == "error"
    assert "10 whole days" in short.step("panel").evidence
    with pytest.raises(InputError, match="Nothing was simulated"):
        short.simulation()
    assert short.to_payload()["cards"][1]["schema"] == "dw.warnings/1"
    assert dw.SwitchbackAdvice.from_json(short.to_json()) == short
    some = dw.advise(switchback(), past(21), draws=100)
    assert [message.code for message in some.messages] == ["W_SHORT_PREPERIOD"]
    assert some.simulation().window_days == 21


def test_habits_are_refused() -> None:
    told = dw.advise(switchback(onset="habit"), past(), draws=100)
    assert [message.code for message in told.messages] == ["E_HABIT"]
    assert told.simulations == ()
    assert (told.step("onset").status, told.step("onset").code) == ("error", "E_HABIT")


def test_slots_shorter_than_two_burn_ins_are_refused_and_longer_ones_recommended() -> None:
    told = dw.advise(switchback(slot="1h", burn_in=45), past(), draws=100)
    assert [message.code for message in told.messages] == ["E_SLOT_SHORT"]
    assert told.step("slot").status == "error"
    assert told.recommended_design.slot == 180
    assert told.design.slot == 60
    warned = dw.advise(switchback(slot="1h", burn_in=30), past(), draws=100)
    assert (warned.step("slot").status, warned.recommended_design.slot) == ("warning", 90)


def test_a_slow_onset_biases_the_estimate_and_says_so() -> None:
    told = dw.advise(switchback(burn_in=0, onset="repositioning", slot="4h"), past(), draws=200)
    found = told.simulation()
    # Of pairs: 1.5 × the mean of what has not set in, 2 h of 4 growing in a line: 1.5 × 0.25.
    assert found.share == pytest.approx(1 - 0.375, abs=0.06)
    assert found.checks[1].bias == pytest.approx(found.checks[1].effect * (found.share - 1))
    assert told.step("onset").status == "warning"
    assert told.recommended_design.burn_in == 120
    assert told.recommended_design.slot == 360


def test_gaps_are_found_and_placed() -> None:
    table = past()
    lost = table[~((table.city == "r2") & (table["at"].dt.hour < 8))]
    told = dw.advise(switchback(), lost, draws=100)
    assert "W_PANEL_GAPS" in [message.code for message in told.messages]
    assert "r2" in next(message.text for message in told.messages if message.code == "W_PANEL_GAPS")
    assert told.step("panel").evidence.startswith("28 whole days of 4 regions; 8.3% of the hours have no rows")


def test_seasons_and_memory_are_those_of_the_history() -> None:
    table = past()
    hourly = table.assign(hour=table["at"].dt.floor("h")).groupby(["city", "hour"])["y"].mean().unstack(0)
    centred = hourly - hourly.mean()
    explained = (
        1
        - (centred - centred.groupby(centred.index.hour).transform("mean")).pow(2).sum().sum()
        / centred.pow(2).sum().sum()
    )
    facts = {
        fact.label: fact.value
        for fact in dw.advise(switchback(weights="hours"), table, draws=50).step("seasonality").facts
    }
    # By hours and regions apart here, by hours with regions' levels there; usual sizes weigh.
    assert float(facts["R² of hour of the day"].rstrip("%")) / 100 == pytest.approx(explained, abs=0.05)
    memory = {fact.label: float(fact.value) for fact in advice().step("autocorrelation").facts}
    calm = dw.advise(switchback(), past(memory=0.0), draws=50)
    assert memory["1 h"] > 0.5
    assert abs(float(calm.step("autocorrelation").facts[0].value)) < 0.1


def test_what_is_said_of_memory_holds_at_every_later_hour() -> None:
    busy = past(memory=0.0).copy()  # every other day differs at eight, in the city of r0
    at_eight = (busy["at"].dt.hour == 8) & (busy["city"] == "r0")
    busy.loc[at_eight, "y"] += np.where(busy["at"].dt.day_of_year[at_eight] % 2, 9, -9)
    evidence = dw.advise(switchback(), busy, draws=50).step("autocorrelation").evidence
    assert re.search(r"within ±0\.1 after 1 h, (-0\.\d\d again after 24 h|0\.\d\d again after 48 h)\.$", evidence)
    calm = dw.advise(switchback(), past(memory=0.0), draws=50).step("autocorrelation").evidence
    assert calm.endswith("within ±0.1 from 1 h on.")


def test_few_units_are_a_warning_and_too_few_are_refused() -> None:
    few = dw.advise(switchback(assignment="days", slot="1d", regions="together"), past(), days=14, draws=100)
    assert [message.code for message in few.messages] == ["W_FEW_CLUSTERS"]
    assert (few.step("units").status, few.step("units").code) == ("warning", "W_FEW_CLUSTERS")
    none = dw.advise(switchback(assignment="days", slot="1d", regions="together"), past(), days=4, draws=100)
    assert "E_FEW_CLUSTERS" in [message.code for message in none.messages]
    assert none.step("units").status == "error"


def test_effects_that_leave_nothing_of_the_treatment_are_refused_in_words() -> None:
    # On a single day of one region the hours of the day are the slots themselves.
    told = dw.advise(switchback(region=None), past(regions=1), days=1, draws=50)
    assert told.simulations == ()
    assert told.step("power").status == "error"
    assert "leave nothing to compare" in told.step("power").evidence


def test_clusters_finer_than_a_coin_are_told_before_anything_is_run() -> None:
    told = dw.advise(switchback(cluster="region-slot"), past(), draws=100)
    assert "E_CLUSTER_FINE" in [message.code for message in told.messages]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        # All regions share a coin, so their errors do too: clusters by region are too many.
        ({"assignment": "slots", "regions": "together", "cluster": "region-slot"}, "E_AA_FAIL"),
        # The two slots of a pair are never alike, which errors by slot do not know.
        ({"assignment": "pairs", "cluster": "region-slot"}, "I_AA_CONSERVATIVE"),
    ],
)
def test_schedules_without_an_effect_show_what_wrong_clusters_do(words: dict[str, Any], code: str) -> None:
    market = past(regions=10, memory=0.9)
    told = dw.advise(switchback(**words), market, draws=300)
    assert code in [message.code for message in told.messages]
    right = dw.advise(switchback(**words | {"cluster": "draw"}), market, draws=300)
    assert not {"E_AA_FAIL", "I_AA_CONSERVATIVE"} & {message.code for message in right.messages}


def test_an_interrupted_simulation_keeps_its_partial_answer() -> None:
    told = dw.advise(
        switchback(), past(), draws=20_000, progress=lambda p: (p.share or 0) > 0.02 and p.stage.startswith("Simul")
    )
    found = told.simulation()
    assert found.cancelled
    assert 400 < found.done < 3_000
    assert [option.chosen for option in told.options] == [True]
    assert f"Stopped after {found.done} of 20000" in told.sentence()


def test_names_of_plans_say_what_differs() -> None:
    designs = [switchback(), switchback(burn_in=0), switchback(), switchback(time_fe="hour-of-week")]
    assert names_of(designs) == [
        "pairs · 2 h · burn-in 30 min · hour",
        "pairs · 2 h · no burn-in · hour",
        "pairs · 2 h · burn-in 30 min · hour (3)",
        "pairs · 2 h · burn-in 30 min · hour-of-week",
    ]


HOSTILE = "<img src=x onerror=alert(1)> $\\frac{1}{2}$ \u202e" + "x" * 300


def test_hostile_names_are_names() -> None:
    table = past().rename(columns={"y": HOSTILE})
    told = dw.advise(switchback(metrics=[HOSTILE]), table.assign(city=table.city + HOSTILE), draws=50)
    assert dw.SwitchbackAdvice.from_json(told.to_json()) == told
    told.figure().canvas.draw()
    assert "<img" not in told.to_html()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"draws": 10}, "draws must be at least 50"),
        ({"draws": 1.5}, "draws"),
        ({"days": -1}, "days"),
        ({"effect": 0.0}, "effect must not be 0"),
        ({"effect": {"z": 0.1}}, "effect names no metric 'z'"),
        ({"effect": "much"}, "effect"),
        ({"alternatives": "pairs"}, "alternatives must be a list of Switchback designs"),
        ({"alternatives": [switchback(metrics=["size"])]}, "Alternative 1 has other metrics"),
        ({"participants": 3}, "belongs to between-subject designs"),
        ({"progress": 3}, "progress must be True, False"),
    ],
)
def test_bad_questions_are_refused_in_words(words: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        dw.advise(switchback(), past(), **words)


def test_bad_histories_are_refused_in_words() -> None:
    with pytest.raises(ColumnNotFound, match="'y'"):
        dw.advise(switchback(), past().drop(columns="y"))
    with pytest.raises(InputError, match="level of y is not above 0"):
        dw.advise(switchback(), past().assign(y=lambda table: -table["y"]), effect=0.1)
    with pytest.raises(InputError, match="'city'"):
        dw.advise(switchback(), past().drop(columns="city"))


def test_an_effect_in_the_metrics_own_unit_needs_no_level() -> None:
    told = dw.advise(switchback(), past().assign(y=lambda table: table["y"] - 22), effect=0.1, relative=False, draws=50)
    assert told.simulation().effect == 0.1
