"""The toolbox of a switchback: each test on slots, equal to independent software, and not applicable where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import slots_design, trips
from scipy import stats

import decision_widgets as dw
from decision_widgets.results import EffectEstimate, ToolAnswer

ALL = (
    "randomization",
    "wild_bootstrap",
    "lagged_exposure",
    "horvitz_thompson",
    "newey_west",
    "rows",
    "paired_t",
    "wilcoxon",
    "normality",
)


def answers(frame: pd.DataFrame, design: dw.Switchback, *methods: str) -> list[ToolAnswer]:
    return list(dw.analyze(frame, design, methods=list(methods)).toolbox)


def slot_means(frame: pd.DataFrame, design: dw.Switchback) -> pd.DataFrame:
    """Return the mean of each slot after its burn-in, one row per hour counting alike, from timestamps alone."""
    since = (frame["at"] - pd.Timestamp("2026-11-02")) // pd.Timedelta(minutes=1)
    rows = frame.assign(slot=since // design.slot)[since % design.slot >= design.burn_in]
    return rows.groupby(["region", "slot"], as_index=False).agg(fare=("fare", "mean"), arm=("arm", "first"))


def test_paired_tests_are_scipys_on_the_slots_of_each_pair() -> None:
    design = slots_design(weights="rows")
    frame = trips(design, days=7, effect=0.5)
    means = slot_means(frame, design)
    means["pair"] = means.region + (means.slot // 2).astype(str)
    wide = means.pivot(index="pair", columns="arm", values="fare")
    t, w = answers(frame, design, "paired_t", "wilcoxon")
    known = stats.ttest_rel(wide.treatment, wide.control)
    assert (t.statistic, t.p_value) == pytest.approx((known.statistic, known.pvalue), rel=1e-9)
    assert t.estimate == pytest.approx((wide.treatment - wide.control).mean(), rel=1e-9)
    assert w.p_value == pytest.approx(stats.wilcoxon(wide.treatment - wide.control, correction=True).pvalue, rel=1e-6)


@pytest.mark.parametrize("method", ["paired_t", "wilcoxon"])
def test_slots_that_are_no_pairs_have_no_paired_test(method: str) -> None:
    design = slots_design(assignment="slots")
    (answer,) = answers(trips(design, days=7), design, method)
    assert answer.status == "not_applicable"
    assert "drawn in pairs" in answer.note
    usual = {each.method for each in dw.analyze(trips(design, days=7), design).toolbox}
    assert not usual & {"paired_t", "wilcoxon"}


def test_the_wild_bootstrap_needs_twelve_clusters() -> None:
    design = slots_design(assignment="days", slot="1d", region=None)
    for days, status in ((11, "not_applicable"), (14, "available")):
        frame = trips(design, days=days, seed=5).drop(columns="region")
        (answer,) = answers(frame, design, "wild_bootstrap")
        assert answer.status == status
        assert ("needs 12 clusters" in answer.note) == (status == "not_applicable")


def test_randomisation_agrees_with_the_model_on_many_slots() -> None:
    design = slots_design()
    frame = trips(design, days=14, effect=0.1)
    result = dw.analyze(frame, design, methods=["randomization"])
    row = result.effect("fare")
    assert isinstance(row, EffectEstimate)
    (answer,) = result.toolbox
    assert answer.p_value == result.regressions[0].randomization_p
    assert answer.p_value == pytest.approx(row.p_value, abs=0.06)


def test_least_squares_on_rows_are_labelled_and_too_sure() -> None:
    design = slots_design(weights="rows")
    frame = trips(design, days=7)
    result = dw.analyze(frame, design, methods=["rows", "newey_west"])
    row = result.effect("fare")
    assert isinstance(row, EffectEstimate)
    ols, hc1, serial = result.toolbox
    assert "not recommended" in ols.label
    assert "not recommended" in hc1.label
    assert "not recommended" in serial.label
    assert {ols.status, hc1.status, serial.status} == {"information"}
    assert ols.estimate == pytest.approx(row.effect, rel=1e-9)
    assert ols.statistic is not None
    assert abs(ols.statistic) > abs(row.statistic)


def test_a_ratio_has_no_rows_of_its_own() -> None:
    design = slots_design(dw.Metric("rate", numerator="done", denominator="km"))
    (answer,) = answers(trips(design, days=7), design, "rows")
    assert answer.status == "not_applicable"


def test_lagged_exposure_recovers_the_whole_effect_where_the_first_hour_has_little_of_it() -> None:
    design = slots_design(assignment="slots", carryover="1h", burn_in="30min")
    frame = trips(design, days=28, effect=2.0, onset=60, per_hour=4)
    (answer,) = answers(frame, design, "lagged_exposure")
    assert answer.estimate == pytest.approx(2.0, abs=0.35)
    none = slots_design(assignment="slots", burn_in=0)
    (missing,) = answers(trips(none, days=7), none, "lagged_exposure")
    assert missing.status == "not_applicable"


def minimax(**words: Any) -> dw.Switchback:
    return slots_design(assignment="minimax", regions="together", carryover="4h", **words)


def test_horvitz_thompson_of_the_minimax_plan_covers_its_effect_and_says_what_it_is_centred_on() -> None:
    design = minimax()
    (answer,) = answers(trips(design, days=28, effect=1.0, history=28), design, "horvitz_thompson")
    assert answer.estimate_lower is not None
    assert answer.estimate_upper is not None
    assert answer.estimate_lower < 1.0 < answer.estimate_upper
    assert "the weeks before" in answer.note
    (without,) = answers(trips(design, days=28, effect=1.0), design, "horvitz_thompson")
    assert "control's mean of region and hour of the day" in without.note


def test_horvitz_thompson_of_coins_is_the_papers_formula() -> None:
    design = slots_design(assignment="slots", regions="together", carryover="2h", burn_in=0, weights="hours")
    frame = trips(design, days=14, effect=1.0)
    (answer,) = answers(frame, design, "horvitz_thompson")
    hours = frame.assign(h=frame["at"].dt.floor("h")).groupby(["region", "h"], as_index=False).agg(
        fare=("fare", "mean"), total=("fare", "sum"), n=("fare", "size"), arm=("arm", "first")
    )  # fmt: skip
    control = hours[hours.arm == "control"]
    level = control.groupby([control.region, control.h.dt.hour]).agg(total=("total", "sum"), n=("n", "sum"))
    place = pd.MultiIndex.from_arrays([hours.region, hours.h.dt.hour])
    hours["centred"] = hours.fare - (level.total / level.n).reindex(place).to_numpy()
    slots = hours.groupby(hours.h.dt.floor("2h")).agg(y=("centred", "mean"), arm=("arm", "first"))
    w = (slots.arm == "treatment").to_numpy().astype(float)
    y, now, before = slots.y.to_numpy()[1:], w[1:], w[:-1]
    wanted = np.mean(y * (now * before - (1 - now) * (1 - before)) / 0.25)
    assert answer.estimate == pytest.approx(wanted, rel=1e-9)
    assert answer.p_value is None


@pytest.mark.parametrize(
    ("words", "note"),
    [({"assignment": "slots"}, "one series"), ({"regions": "together"}, "no coins of their own")],
)
def test_horvitz_thompson_is_for_one_series_of_coins(words: dict[str, Any], note: str) -> None:
    design = slots_design(**words)
    (answer,) = answers(trips(design, days=7), design, "horvitz_thompson")
    assert answer.status == "not_applicable"
    assert note in answer.note


def test_shape_is_of_slot_values_by_arm() -> None:
    design = slots_design(weights="rows")
    frame = trips(design, days=7)
    shapes = answers(frame, design, "normality")
    means = slot_means(frame, design)
    for answer in shapes:
        own = means.fare[means.arm == answer.arm]
        assert answer.statistic == pytest.approx(stats.skew(own), abs=0.05)
    assert [answer.arm for answer in shapes] == ["control", "treatment"]


def test_every_method_answers_and_none_is_asked_for() -> None:
    design = slots_design()
    frame = trips(design, days=7)
    assert {answer.method for answer in answers(frame, design, *ALL)} == set(ALL)
    assert answers(frame, design) == []
