"""Two public experiments, against statsmodels, scipy and what was published about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from reference.known import reference_table
from scipy import stats

import decision_widgets as dw
from decision_widgets.results import EffectEstimate


@pytest.fixture(scope="module")
def hillstrom() -> tuple[pd.DataFrame, dw.DecisionResult]:
    frame = pd.read_csv(reference_table("hillstrom.csv"))
    frame["customer"] = np.arange(len(frame))
    design = dw.BetweenSubject(
        participant="customer",
        arm="arm",
        control=next(name for name in frame.arm.unique() if name not in ("mens", "womens")),
        metrics=["visit", "conversion", "spend"],
    )
    return frame, dw.analyze(frame, design)


@pytest.fixture(scope="module")
def cookie_cats() -> tuple[pd.DataFrame, dw.DecisionResult]:
    frame = pd.read_csv(reference_table("cookie_cats.csv"))
    metrics = ["retention_7", "retention_1", "sum_game_rounds"]
    design = dw.BetweenSubject(participant="userid", arm="version", control="gate_30", metrics=metrics)
    return frame, dw.analyze(frame, design)


def estimate(result: dw.DecisionResult, metric: str, arm: str, method: str = "ols_cr2") -> EffectEstimate:
    rows = (r for r in result.estimates if isinstance(r, EffectEstimate) and (r.metric, r.arm) == (metric, arm))
    return next(row for row in rows if row.method == method)


@pytest.mark.parametrize("arm", ["mens", "womens"])
@pytest.mark.parametrize("metric", ["visit", "conversion", "spend"])
def test_hillstrom_is_hc2_regression_and_welch(
    hillstrom: tuple[pd.DataFrame, dw.DecisionResult], metric: str, arm: str
) -> None:
    frame, result = hillstrom
    ours = estimate(result, metric, arm)
    pair = frame[frame.arm.isin([arm, result.design.control])]
    treated, control = pair.loc[pair.arm == arm, metric], pair.loc[pair.arm != arm, metric]
    regression = smf.ols(f"{metric} ~ treated", pair.assign(treated=(pair.arm == arm).astype(int))).fit(cov_type="HC2")
    welch = stats.ttest_ind(treated, control, equal_var=False)
    assert ours.effect == pytest.approx(regression.params["treated"], rel=1e-9)
    assert ours.std_error == pytest.approx(regression.bse["treated"], rel=1e-9)
    assert ours.p_value == pytest.approx(welch.pvalue, rel=1e-3)
    companion = estimate(result, metric, arm, "welch")
    assert (companion.statistic, companion.df) == pytest.approx((welch.statistic, welch.df), rel=1e-9)
    assert companion.p_value == pytest.approx(welch.pvalue, rel=1e-8)


def test_hillstrom_levels_are_the_published_ones(hillstrom: tuple[pd.DataFrame, dw.DecisionResult]) -> None:
    _, result = hillstrom
    means = {(s.metric, s.arm): s.mean for s in result.statistics}
    control = result.design.control
    published = [("visit", 0.183, 0.151, 0.106, 5e-4), ("spend", 1.42, 1.08, 0.65, 5e-3)]
    for metric, mens, womens, nobody, rounding in published:
        found = [means[metric, arm] for arm in ("mens", "womens", control)]
        assert found == pytest.approx([mens, womens, nobody], abs=rounding + 1e-9)
    assert result.decision.verdict == "ship"
    assert result.sample_ratio.p_value == pytest.approx(stats.chisquare(result.sample_ratio.observed).pvalue, rel=1e-9)


def test_hillstrom_is_one_family_of_six(hillstrom: tuple[pd.DataFrame, dw.DecisionResult]) -> None:
    _, result = hillstrom
    rows = [row for row in result.recommended() if isinstance(row, EffectEstimate)]
    assert [row.family for row in rows] == [6] * 6
    holm = dw.estimates.adjust_p_values([row.p_value for row in rows], "holm")
    assert [row.p_value_adjusted for row in rows] == pytest.approx(list(holm))


def test_cookie_cats_split_and_retention_are_the_published_ones(
    cookie_cats: tuple[pd.DataFrame, dw.DecisionResult],
) -> None:
    _, result = cookie_cats
    assert result.sample_ratio.p_value == pytest.approx(0.0086, abs=5e-5)
    assert "W_SRM_WATCH" in {message.code for message in result.messages}
    row = estimate(result, "retention_7", "gate_40")
    assert (row.control_mean, row.treatment_mean) == pytest.approx((0.1902, 0.1820), abs=5e-5)
    assert row.p_value == pytest.approx(0.0016, abs=5e-5)
    assert result.decision.verdict == "dont-ship"


def test_cookie_cats_is_the_clustered_regression_of_statsmodels(
    cookie_cats: tuple[pd.DataFrame, dw.DecisionResult],
) -> None:
    frame, result = cookie_cats
    table = frame.assign(treated=(frame.version == "gate_40").astype(int), y=frame.sum_game_rounds)
    hc2 = smf.ols("y ~ treated", table).fit(cov_type="HC2")
    row = estimate(result, "sum_game_rounds", "gate_40")
    assert (row.effect, row.std_error) == pytest.approx((hc2.params["treated"], hc2.bse["treated"]), rel=1e-9)
    assert {"W_DOMINANT"} <= {message.code for message in result.messages if message.metric == "sum_game_rounds"}


def test_the_insurance_trial_is_statsmodels_clustered_by_address() -> None:
    frame = dw.examples.social_insurance()
    words = {"participant": "address", "arm": "default", "control": "opt_in", "metrics": ["takeup"]}
    result = dw.analyze(frame, dw.BetweenSubject(**words, missing="drop"))
    table = frame.dropna(subset=["takeup", "default", "address"])
    one_arm = table.groupby("address").default.transform("nunique") == 1
    table = table[one_arm].assign(treated=lambda f: (f.default == "opt_out").astype(int))
    assert result.decision.verdict != "invalid"
    row = estimate(result, "takeup", "opt_out")
    groups = {"groups": table.address.astype("category").cat.codes}
    fit = smf.ols("takeup ~ treated", table).fit(cov_type="cluster", cov_kwds=groups, use_t=True)
    assert row.effect == pytest.approx(fit.params["treated"], rel=1e-9)
    # CR2 is not CR1: they differ by what unequal sizes do to 166 clusters, a few percent.
    assert row.std_error == pytest.approx(fit.bse["treated"], rel=0.05)
