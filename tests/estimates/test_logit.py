"""Logit with clustered errors: other software, its laws, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.logit import LogitEffect, clustered_logit


def rows(seed: int = 0, n_participants: int = 200) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_participants), rng.integers(1, 8, n_participants))
    treatment = (cluster % 2).astype(float)
    z = rng.normal(size=(len(cluster), 2)) + rng.normal(size=n_participants)[cluster, None]
    eta = -1 + 0.5 * treatment + 0.4 * z[:, 0] + rng.normal(size=n_participants)[cluster]
    y = (rng.random(len(cluster)) < 1 / (1 + np.exp(-eta))).astype(float)
    return {"y": y, "treatment": treatment, "cluster": cluster, "covariates": z}


FIELDS = "effect", "std_error", "log_odds_ratio", "log_odds_ratio_std_error"


def assert_same(one: LogitEffect, other: LogitEffect, rel: float = 1e-9) -> None:
    for name in FIELDS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=rel), name


def test_coefficient_and_marginal_effect_are_those_of_statsmodels() -> None:
    data = rows()
    fit = clustered_logit(**data)
    x = np.column_stack([np.ones(len(data["y"])), data["treatment"], data["covariates"]])
    n, k, g = *x.shape, 200
    options = {"groups": data["cluster"], "use_correction": True}
    theirs = sm.Logit(data["y"], x).fit(disp=0, tol=1e-14, cov_type="cluster", cov_kwds=options)
    only_clusters = math.sqrt((n - k) / (n - 1))
    assert fit.log_odds_ratio == pytest.approx(theirs.params[1], rel=1e-9)
    assert fit.log_odds_ratio_std_error == pytest.approx(theirs.bse[1] * only_clusters, rel=1e-8)
    marginal = theirs.get_margeff(dummy=True)
    assert fit.effect == pytest.approx(marginal.margeff[0], rel=1e-8)
    assert fit.std_error == pytest.approx(marginal.margeff_se[0] * only_clusters, rel=1e-7)
    assert fit.n_clusters == g
    assert fit.odds_ratio_upper == pytest.approx(
        math.exp(fit.log_odds_ratio + 1.959963984540054 * fit.log_odds_ratio_std_error)
    )


def test_without_covariates_it_is_the_difference_in_proportions() -> None:
    data = rows(1)
    del data["covariates"]
    fit, y, treated = clustered_logit(**data), data["y"], data["treatment"] == 1
    share_c, share_t = y[~treated].mean(), y[treated].mean()
    assert fit.effect == pytest.approx(share_t - share_c, rel=1e-13)
    assert fit.control_mean == pytest.approx(share_c, rel=1e-14)
    assert fit.odds_ratio == pytest.approx(share_t / (1 - share_t) / (share_c / (1 - share_c)), rel=1e-12)
    scores = np.where(treated, (y - share_t) / treated.sum(), (y - share_c) / (~treated).sum())
    square = (np.bincount(data["cluster"], scores) ** 2).sum()
    assert fit.std_error == pytest.approx(math.sqrt(square * 200 / 199), rel=1e-12)


def test_a_covariate_that_tells_nothing_leaves_the_closed_form() -> None:
    data = rows(2)
    y, treatment = np.repeat(data["y"], 2), np.repeat(data["treatment"], 2)
    plain = clustered_logit(y, treatment, np.repeat(data["cluster"], 2))
    other = clustered_logit(y, treatment, np.repeat(data["cluster"], 2), covariates=np.tile([-1, 1], len(y) // 2))
    assert_same(plain, other)


def test_totals_of_participants_are_as_good_as_rows() -> None:
    data = rows(3)
    size = np.bincount(data["cluster"])
    z = np.random.default_rng(3).normal(size=200)
    by_row = clustered_logit(data["y"], data["treatment"], data["cluster"], covariates=z[data["cluster"]])
    totals = clustered_logit(
        np.bincount(data["cluster"], data["y"]), np.arange(200) % 2, range(200), covariates=z, trials=size
    )
    assert_same(by_row, totals)
    assert totals.n_observations == by_row.n_observations == len(data["y"])


def test_swapping_arms_flips_the_sign() -> None:
    data = rows(4)
    fit, other = clustered_logit(**data), clustered_logit(**(data | {"treatment": 1 - data["treatment"]}))
    assert other.effect == pytest.approx(-fit.effect, rel=1e-9)
    assert other.effect_upper == pytest.approx(-fit.effect_lower, rel=1e-9)
    assert other.odds_ratio == pytest.approx(1 / fit.odds_ratio, rel=1e-9)
    assert other.p_value == pytest.approx(fit.p_value, rel=1e-7)


def test_failures_for_successes_flip_the_sign() -> None:
    data = rows(5)
    fit, other = clustered_logit(**data), clustered_logit(**(data | {"y": 1 - data["y"]}))
    assert other.effect == pytest.approx(-fit.effect, rel=1e-9)
    assert other.odds_ratio == pytest.approx(1 / fit.odds_ratio, rel=1e-9)


def test_level_and_unit_of_covariates_and_the_order_of_rows_do_not_matter() -> None:
    data, order = rows(6), np.random.default_rng(6).permutation(len(rows(6)["y"]))
    moved = data | {"covariates": 1e6 + data["covariates"] * [1e-7, 1e5]}
    assert_same(clustered_logit(**data), clustered_logit(**moved), rel=1e-5)  # 1e6 leaves 9 digits of 1e-7
    assert_same(clustered_logit(**data), clustered_logit(**{name: v[order] for name, v in data.items()}))


def test_an_outlier_among_covariates_is_no_separation() -> None:
    data = rows(7)
    data["covariates"][0] = [400, 0]
    assert math.isfinite(clustered_logit(**data).std_error)


def test_rare_successes_have_a_finite_odds_ratio() -> None:
    y = np.zeros(200_000)
    y[[1, 2, 3, 150_000, 150_001]] = 1
    fit = clustered_logit(y, np.arange(200_000) >= 100_000, range(200_000), covariates=np.arange(200_000) % 7)
    assert fit.odds_ratio == pytest.approx(2 / 3, rel=1e-3)


def test_the_interval_follows_alpha() -> None:
    fit = clustered_logit(**rows(8))
    at_p = clustered_logit(**rows(8), alpha=fit.p_value)
    assert min(abs(at_p.effect_lower), abs(at_p.effect_upper)) == pytest.approx(0, abs=1e-9)


def test_a_result_survives_its_plain_form() -> None:
    fit = clustered_logit(**rows())
    assert LogitEffect.from_dict(fit.to_dict()) == fit


def separated(how: str) -> dict[str, Any]:
    data: dict[str, Any] = rows(9)
    if how == "arm without successes":
        return {**data, "y": data["y"] * data["treatment"], "covariates": None}
    if how == "arm without successes, a covariate":
        return {**data, "y": data["y"] * data["treatment"]}
    if how == "only failures":
        return {**data, "y": np.zeros(len(data["y"]))}
    if how == "only successes, without covariates":
        return {**data, "y": np.ones(len(data["y"])), "covariates": None}
    if how == "a covariate tells all":
        return {**data, "covariates": data["y"] + 0.1 * np.random.default_rng(0).random(len(data["y"]))}
    rare = np.zeros(len(data["y"]))
    rare[np.flatnonzero(data["y"])[:3]] = 1
    if how == "a covariate tells a few":
        return {**data, "covariates": rare}
    return {**data, "covariates": rare * np.linspace(1, 2, len(rare))}


WAYS = (
    "arm without successes",
    "arm without successes, a covariate",
    "only failures",
    "only successes, without covariates",
    "a covariate tells all",
    "a covariate tells a few",
    "a covariate that is seldom there tells a few",
)


@pytest.mark.parametrize("how", WAYS)
def test_separation_is_refused_with_its_code(how: str) -> None:
    with pytest.raises(CannotEstimate, match="no finite coefficient") as refused:
        clustered_logit(**separated(how))
    assert refused.value.code == "W_SEPARATION"


def test_separation_is_seen_among_many_rows() -> None:
    rng = np.random.default_rng(10)
    y = (rng.random(100_000) < 0.3).astype(float)
    rare = np.zeros(100_000)
    rare[np.flatnonzero(y)[:4]] = 1
    with pytest.raises(CannotEstimate):
        clustered_logit(
            y, np.arange(100_000) % 2, range(100_000), covariates=np.column_stack([rare, rng.random(100_000)])
        )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": [0, 1, 2, 1]}, "y must be 0 or 1"),
        ({"y": [0, 1, 0.5, 1]}, "give totals with trials="),
        ({"y": [0, 1, math.nan, 1]}, "finite"),
        ({"y": []}, "one number per row"),
        ({"y": [[0, 1, 0, 1]]}, "shape"),
        ({"y": [0, 1, 3, 1], "trials": [2, 2, 2, 2]}, "between 0 and trials"),
        ({"trials": [1, 1, 0, 1]}, "trials positive"),
        ({"trials": [1, 1, 1]}, "trials needs one value per row"),
        ({"treatment": [0, 0, 0, 0]}, "treatment must be 0 or 1, both present"),
        ({"treatment": [1, 2, 1, 2]}, "treatment must be 0 or 1"),
        ({"treatment": [0, 1, 0, math.nan]}, "treatment must be 0 or 1"),
        ({"cluster": ["a", "a", "a", "a"]}, "at least 2 clusters"),
        ({"cluster": [1, 2, 3]}, "cluster needs one label"),
        ({"cluster": [1, 2, math.nan, 3]}, "cluster has missing labels"),
        ({"cluster": ["a", None, "b", "c"]}, "cannot be put in order"),
        ({"covariates": [1, 2, 3]}, "covariates need one row"),
        ({"covariates": [1, 2, math.inf, 3]}, "covariates must be finite"),
        ({"covariates": [5, 5, 5, 5]}, "depend on each other"),
        ({"covariates": [1, 1, 2, 2]}, "depend on each other"),
        ({"cluster": ["a", "a", "b", "b"]}, "clustered error is 0"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    good = {"y": [0, 1, 1, 0], "treatment": [0, 0, 1, 1], "cluster": [1, 2, 3, 4]}
    with pytest.raises(InputError, match=message):
        clustered_logit(**(good | changed))


@pytest.mark.slow
def test_coverage_with_clusters() -> None:
    rng, covered, draws = np.random.default_rng(11), 0, 1_000
    big = rng.normal(size=400_000)
    truth = float((1 / (1 + np.exp(-(-0.5 + big))) - 1 / (1 + np.exp(-(-1 + big)))).mean())
    for _ in range(draws):
        size = rng.integers(1, 10, 300)
        cluster, treatment = np.repeat(np.arange(300), size), rng.permutation(300) % 2
        eta = -1 + 0.5 * treatment + rng.normal(size=300)
        y = rng.random(len(cluster)) < 1 / (1 + np.exp(-eta[cluster]))
        fit = clustered_logit(y, treatment[cluster], cluster, covariates=rng.normal(size=300)[cluster])
        covered += fit.effect_lower <= truth <= fit.effect_upper
    assert covered / draws == pytest.approx(0.95, abs=3.5 * math.sqrt(0.95 * 0.05 / draws))
