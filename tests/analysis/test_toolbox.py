"""The toolbox in an analysis: every method on participants, equal to independent software on participants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment
from scipy import stats

import decision_widgets as dw
from decision_widgets.data import participants as participants_room
from decision_widgets.data import samples as samples_room
from decision_widgets.results import ToolAnswer


def frame_of(participants: int = 300, **words: Any) -> pd.DataFrame:
    frame = experiment(participants, effect=0.8, **words)
    rng = np.random.default_rng(2)
    frame["before"] = (
        frame.groupby("user")["spend"].transform("mean") + rng.normal(0, 1, participants)[frame.user - 1000]
    )
    return frame


def tools(frame: pd.DataFrame, metric: Any, *methods: str, **words: Any) -> list[ToolAnswer]:
    return [a for a in dw.analyze(frame, design(metric, **words), methods=list(methods)).toolbox if a.metric != "_"]


def means(frame: pd.DataFrame, metric: str) -> tuple[np.ndarray, np.ndarray]:
    by_user = frame.groupby(["variant", "user"])[metric].mean()
    return by_user[CONTROL].to_numpy(), by_user[TREATMENT].to_numpy()


@pytest.mark.parametrize("metric", ["spend", "trips", "paid"])
def test_ranks_and_spread_are_scipys_on_participants(metric: str) -> None:
    frame = frame_of()
    control, treatment = means(frame, metric)
    ranks, ks, spread = tools(frame, dw.Metric(metric, kind="continuous"), "mann_whitney", "ks", "levene")
    expected = stats.mannwhitneyu(treatment.round(12), control.round(12), method="asymptotic")
    assert ranks.statistic == pytest.approx(expected.statistic, rel=1e-12)
    assert ranks.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert ks.statistic == pytest.approx(stats.ks_2samp(treatment.round(12), control.round(12)).statistic, rel=1e-12)
    assert spread.statistic == pytest.approx(stats.levene(control, treatment, center="median").statistic, rel=1e-9)


def test_students_t_and_shapiro_are_scipys_on_participants() -> None:
    frame = frame_of()
    control, treatment = means(frame, "spend")
    student, *shapiro = tools(frame, "spend", "student", "shapiro_wilk")
    assert student.p_value == pytest.approx(stats.ttest_ind(treatment, control).pvalue, rel=1e-9)
    assert [each.arm for each in shapiro] == [CONTROL, TREATMENT]
    assert shapiro[1].statistic == pytest.approx(stats.shapiro(treatment).statistic, rel=1e-9)


def test_equivalence_reads_its_margin_from_the_metric() -> None:
    frame = frame_of()
    control, treatment = means(frame, "spend")
    (answer,) = tools(frame, dw.Metric("spend", minimum_effect=0.2), "equivalence")
    margin = 0.2 * frame.loc[frame["variant"] == CONTROL, "spend"].mean()
    lower = stats.ttest_ind(treatment + margin, control, equal_var=False, alternative="greater").pvalue
    upper = stats.ttest_ind(treatment - margin, control, equal_var=False, alternative="less").pvalue
    assert answer.p_value == pytest.approx(max(lower, upper), rel=1e-8)
    (without,) = tools(frame, "spend", "equivalence")
    assert (without.status, without.p_value) == ("not_applicable", None)
    assert "minimum_effect=" in without.note


def test_logit_without_covariates_is_the_difference_in_shares() -> None:
    frame = frame_of()
    result = dw.analyze(frame, design("paid"), methods=["logit"])
    margin, odds = result.toolbox
    shares = frame.groupby("variant")["paid"].mean()
    assert margin.estimate == pytest.approx(shares[TREATMENT] - shares[CONTROL], rel=1e-9)
    assert margin.estimate == pytest.approx(result.effect("paid").effect, rel=1e-9)
    ratio = shares[TREATMENT] / (1 - shares[TREATMENT]) / (shares[CONTROL] / (1 - shares[CONTROL]))
    assert odds.estimate == pytest.approx(ratio, rel=1e-9)


def test_a_learner_adjusts_where_there_are_covariates() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install -e '.[ml]'")
    frame = frame_of(participants=400)
    (answer,) = tools(frame, dw.Metric("spend", covariates=["before"]), "mlrate")
    control, treatment = means(frame, "spend")
    assert answer.estimate == pytest.approx(treatment.mean() - control.mean(), abs=0.6)
    assert "of the variance" in answer.note
    (without,) = tools(frame, "spend", "mlrate")
    assert (without.status, "covariates=" in without.note) == ("not_applicable", True)


def test_pairs_need_a_measure_from_before() -> None:
    frame = frame_of()
    paired, _ = tools(frame, dw.Metric("spend", covariates=["before"]), "paired_t")
    own = frame[frame["variant"] == CONTROL].groupby("user")[["before", "spend"]].mean()
    assert paired.arm == CONTROL
    assert paired.p_value == pytest.approx(stats.ttest_rel(own["spend"], own["before"]).pvalue, rel=1e-8)
    rank, _ = tools(frame, dw.Metric("spend", covariates=["before"]), "wilcoxon")
    assert rank.p_value == pytest.approx(stats.wilcoxon(own["spend"], own["before"], correction=True).pvalue, rel=1e-6)
    (refused,) = tools(frame, "spend", "wilcoxon")
    assert (refused.status, "no pairs" in refused.note) == ("not_applicable", True)


def test_the_resampled_family_is_that_of_primary_metrics_and_arms() -> None:
    frame = frame_of(400, arms=3)
    result = dw.analyze(frame, design("spend", "paid", dw.Metric("trips", role="secondary")), methods=["romano_wolf"])
    by = {(a.metric, a.arm): a for a in result.toolbox}
    assert {status for (metric, _), a in by.items() for status in [a.status] if metric == "trips"} == {"not_applicable"}
    for (metric, arm), answer in by.items():
        row = result.effect(metric, str(arm))
        if metric != "trips":
            assert answer.p_value is not None
            assert answer.p_value >= 0.5 * row.p_value
            assert "4 comparisons" in answer.note


def test_usual_tests_fit_the_kind_of_the_metric() -> None:
    result = dw.analyze(frame_of(), design("spend", "paid"))
    shown = {metric: {a.method for a in result.toolbox if a.metric == metric} for metric in ("spend", "paid")}
    assert shown == {"spend": {"mann_whitney", "normality", "levene"}, "paid": {"mann_whitney"}}
    assert dw.analyze(frame_of(), design("spend"), methods=[]).toolbox == ()


def test_the_tools_change_nothing_of_the_recommended_analysis() -> None:
    frame = frame_of()
    bare = dw.analyze(frame, design("spend", "paid"), methods=[])
    full = dw.analyze(frame, design("spend", "paid"), methods=["ks", "quantiles", "logit", "romano_wolf"])
    assert bare.estimates == full.estimates
    assert bare.decision == full.decision


def test_quantiles_without_enough_participants_say_how_many_they_need() -> None:
    answers = {a.label: a for a in tools(frame_of(100), "spend", "quantiles")}
    assert answers["Quantile 0.5"].estimate_lower is not None
    assert answers["Quantile 0.99"].status == "not_applicable"
    assert "participants" in answers["Quantile 0.99"].note


@pytest.mark.parametrize(("methods", "said"), [(["mann_witney"], "Did you mean 'mann_whitney'"), ("ks", r"\['ks'\]")])
def test_an_unknown_method_is_one_clear_error(methods: Any, said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        dw.analyze(frame_of(60), design("spend"), methods=methods)


def test_an_invalid_comparison_shows_no_test() -> None:
    frame = frame_of(400)
    short = frame[(frame["variant"] == CONTROL) | (frame["user"] % 3 == 0)]
    result = dw.analyze(short, design("spend", segments=["paid"]))
    assert result.decision.verdict == "invalid"
    assert (result.toolbox, result.segments) == ((), ())


def test_what_ties_or_numbers_make_useless_is_said() -> None:
    answers = {a.method: a for a in dw.analyze(frame_of(300), design("paid")).toolbox}
    assert answers["mann_whitney"].codes == ("I_TIES",)
    large = experiment(12_000, sizes="equal")
    shapes = list(dw.analyze(large, design("spend"), methods=["normality"]).toolbox)
    assert {a.codes for a in shapes} == {("I_NORMALITY_LARGE_N",)}
    small = list(dw.analyze(frame_of(300), design("spend"), methods=["normality", "mann_whitney"]).toolbox)
    assert {a.codes for a in small} == {()}


def test_everything_survives_the_way_to_json_and_back() -> None:
    frame = frame_of(200).assign(plan=lambda f: f["user"] % 2)
    result = dw.analyze(frame, design("spend", "paid", segments=["plan"]), methods=["ks", "quantiles", "logit"])
    assert dw.DecisionResult.from_json(result.to_json()) == result
    assert len(result.toolbox_frame()) == len(result.toolbox)
    assert set(result.segments_frame()["level"]) == {"0", "1"}


def test_a_sample_of_participants_is_said_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participants_room, "MOST_PARTICIPANTS", 150)
    monkeypatch.setattr(samples_room, "MOST_VALUES", 150)
    answers = tools(frame_of(300), dw.Metric("paid", kind="binary"), "logit")
    assert all(a.note.startswith("On a random sample of ") and "of 300 participants" in a.note for a in answers)
    (ranks,) = tools(frame_of(300), "spend", "mann_whitney")
    assert "of 300 participants" in ranks.note
