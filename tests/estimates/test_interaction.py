"""Interaction regressions: equal to statsmodels and to a dense CR2, whatever the rows' clusters and effects are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    InteractionRegression,
    PanelCells,
    clustered_ols,
    interaction_regression,
    panel_interaction,
    panel_regression,
)

Arrays = dict[str, Any]


def rows(n: int = 240, n_clusters: int = 24, seed: int = 3) -> Arrays:
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, n_clusters, n)
    treatment = rng.integers(0, 2, n_clusters)[cluster].astype(float)
    moderator, control = (rng.random(n) < 0.4).astype(float), rng.normal(size=n)
    y = rng.normal(size=n_clusters)[cluster] + treatment * (0.3 + 0.5 * moderator) + control + rng.normal(size=n)
    return {"y": y, "treatment": treatment, "moderator": moderator, "cluster": cluster, "control": control}


def fitted(data: Arrays, **changes: Any) -> InteractionRegression:
    wanted = {name: data[name] for name in ("y", "treatment", "moderator", "cluster")}
    return interaction_regression(**wanted, controls={"control": data["control"]}, **changes)


def design(data: Arrays, at: float) -> np.ndarray:
    """Centre the moderator where the effect is wanted: it is then the coefficient of the treatment."""
    d, s = data["treatment"], data["moderator"] - at
    return np.column_stack([np.ones(len(d)), d, s, d * s, data["control"]])


def test_it_is_the_dense_cr2_of_the_regression_centred_where_the_effect_is_wanted() -> None:
    data = rows()
    fit = fitted(data)
    zero, one = (clustered_ols(data["y"], design(data, at), data["cluster"]) for at in (0.0, 1.0))
    for ours, dense, j in ((fit.effect_at_0, zero, 1), (fit.effect_at_1, one, 1), (fit.interaction, zero, 3)):
        assert ours.effect == pytest.approx(dense.coefficients[j], rel=1e-10)
        assert ours.std_error == pytest.approx(dense.std_error_cr2[j], rel=1e-10)
        assert ours.df == pytest.approx(dense.df_cr2[j], rel=1e-9)
        assert ours.p_value == pytest.approx(dense.p_value_cr2[j], rel=1e-8)
        assert ours.std_error_cr0 == pytest.approx(dense.std_error_cr0[j], rel=1e-10)
        assert ours.std_error_cr1 == pytest.approx(dense.std_error_cr1[j], rel=1e-10)
        assert ours.std_error_cv3 == pytest.approx(dense.std_error_cv3[j], rel=1e-9)
    assert fit.n_clusters == 24
    assert fit.interaction.df_cr1 == 23


def test_without_clusters_it_is_statsmodels_hc2() -> None:
    data = rows()
    fit = fitted(data | {"cluster": None})
    other = sm.OLS(data["y"], design(data, 1.0)).fit(cov_type="HC2", use_t=True)
    assert fit.effect_at_1.std_error == pytest.approx(other.bse[1], rel=1e-10)
    assert fit.interaction.std_error == pytest.approx(other.bse[3], rel=1e-10)
    assert fit.interaction.df_residual == other.df_resid
    assert fit.interaction.p_value_residual == pytest.approx(other.pvalues[3], rel=1e-9)
    assert fit.interaction.df < fit.interaction.df_residual


def test_the_interaction_is_the_difference_of_the_two_effects() -> None:
    fit = fitted(rows())
    assert fit.interaction.effect == pytest.approx(fit.effect_at_1.effect - fit.effect_at_0.effect, abs=1e-12)


def test_swapping_arms_flips_every_sign_and_nothing_else() -> None:
    data = rows()
    there, back = fitted(data), fitted(data | {"treatment": 1 - data["treatment"]})
    for one, other in zip(three(there), three(back), strict=True):
        assert other.effect == pytest.approx(-one.effect, rel=1e-9)
        assert other.std_error == pytest.approx(one.std_error, rel=1e-9)
        assert other.df == pytest.approx(one.df, rel=1e-8)


def test_turning_the_moderator_round_exchanges_the_two_effects() -> None:
    data = rows()
    there, back = fitted(data), fitted(data | {"moderator": 1 - data["moderator"]})
    assert back.effect_at_0.effect == pytest.approx(there.effect_at_1.effect, rel=1e-9)
    assert back.effect_at_1.std_error == pytest.approx(there.effect_at_0.std_error, rel=1e-9)
    assert back.interaction.effect == pytest.approx(-there.interaction.effect, rel=1e-9)
    assert back.interaction.p_value == pytest.approx(there.interaction.p_value, rel=1e-8)


def test_shift_and_scale_of_the_outcome_change_what_they_should() -> None:
    data = rows()
    there, scaled = fitted(data), fitted(data | {"y": 1e6 + 10 * data["y"]})
    assert scaled.interaction.effect == pytest.approx(10 * there.interaction.effect, rel=1e-8)
    assert scaled.interaction.std_error == pytest.approx(10 * there.interaction.std_error, rel=1e-8)
    assert scaled.interaction.p_value == pytest.approx(there.interaction.p_value, rel=1e-6)


def test_the_unit_of_a_numeric_moderator_scales_the_interaction() -> None:
    data = rows()
    minutes = np.random.default_rng(0).gamma(2.0, 10.0, len(data["y"]))
    there, hours = fitted(data | {"moderator": minutes}), fitted(data | {"moderator": minutes / 60})
    assert hours.interaction.effect == pytest.approx(60 * there.interaction.effect, rel=1e-9)
    assert hours.interaction.statistic == pytest.approx(there.interaction.statistic, rel=1e-9)
    assert hours.effect_at_0.effect == pytest.approx(there.effect_at_0.effect, rel=1e-9)


def switchback(seed: int = 0) -> tuple[PanelCells, np.ndarray]:
    rng = np.random.default_rng(seed)
    region, hour = (each.ravel() for each in np.indices((4, 96)))
    slot, rain = hour // 4, (rng.random((4, 96)) < 0.3).astype(float)[region, hour]
    treatment = rng.integers(0, 2, 24)[slot].astype(float)
    y = rng.normal(size=len(region)) + region + 0.2 * treatment + 0.4 * treatment * rain
    cells = PanelCells(
        weight=rng.integers(1, 6, len(region)),
        mean=y,
        within=rng.random(len(region)),
        treatment=treatment,
        fixed_effects={"region": region, "hour of day": hour % 24},
        cluster=slot,
    )
    return cells, rain


def test_in_a_panel_it_is_the_regression_with_the_product_as_a_control() -> None:
    cells, rain = switchback()
    fit = panel_interaction(cells, rain)
    product = np.asarray(cells.treatment) * rain
    direct = panel_regression(
        PanelCells(
            weight=cells.weight,
            mean=cells.mean,
            within=cells.within,
            treatment=cells.treatment,
            fixed_effects=cells.fixed_effects,
            cluster=cells.cluster,
            controls={"rain": rain, "product": product},
        )
    )
    for ours, other in ((fit.effect_at_0, direct), (fit.interaction, direct.controls[1])):
        for name in ("effect", "std_error", "df", "p_value", "std_error_cr1", "std_error_independent"):
            assert getattr(ours, name) == pytest.approx(getattr(other, name), rel=1e-9)
    assert not fit.moderator_absorbed


def test_a_moderator_that_the_fixed_effects_determine_is_left_to_them() -> None:
    cells, _ = switchback()
    capital = (np.asarray(cells.fixed_effects["region"]) >= 2).astype(float)
    fit = panel_interaction(cells, capital)
    assert fit.moderator_absorbed
    assert math.isfinite(fit.interaction.std_error)
    spelled_out = PanelCells(
        weight=cells.weight,
        mean=cells.mean,
        within=cells.within,
        treatment=np.asarray(cells.treatment) * (1 - capital),
        fixed_effects=cells.fixed_effects,
        cluster=cells.cluster,
        controls={"in the capital": np.asarray(cells.treatment) * capital},
    )
    assert fit.effect_at_0.effect == pytest.approx(panel_regression(spelled_out).effect, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"moderator": np.ones(240)}, "varies; it is 1 everywhere"),
        ({"moderator": np.full(240, np.nan)}, "must be finite"),
        ({"moderator": np.ones(3)}, "one value per row"),
        ({"moderator": rows()["treatment"]}, "both arms at two values"),
        ({"treatment": np.ones(240)}, "both arms at two values"),
        ({"treatment": rows()["moderator"] * rows()["treatment"]}, "both arms at two values"),
        ({"y": np.full(240, np.inf)}, "must be finite"),
        ({"y": np.zeros(240)}, "is 0 or undefined"),
        ({"cluster": np.zeros(240)}, "at least 2 clusters"),
        ({"control": rows()["moderator"]}, "combination of the other regressors"),
    ],
)
def test_what_tells_nothing_is_refused(changes: Arrays, said: str) -> None:
    with pytest.raises(InputError, match=said):
        fitted(rows() | changes)


def test_no_rows_and_a_control_with_a_taken_name_are_refused() -> None:
    with pytest.raises(InputError):
        interaction_regression([], [], [])
    data = rows()
    with pytest.raises(InputError, match="another name"):
        interaction_regression(data["y"], data["treatment"], data["moderator"], controls={"moderator": data["control"]})


def test_it_survives_its_plain_form() -> None:
    fit = fitted(rows(), alpha=0.1)
    assert InteractionRegression.from_dict(fit.to_dict()) == fit


def test_a_true_null_interaction_is_rejected_at_its_level() -> None:
    rng, rejected, n_draws = np.random.default_rng(1), 0, 300
    for _ in range(n_draws):
        data = rows(n=120, n_clusters=30, seed=int(rng.integers(2**31)))
        y = data["y"] - 0.5 * data["treatment"] * data["moderator"]
        rejected += fitted(data | {"y": y}).interaction.p_value <= 0.05
    assert rejected / n_draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / n_draws)


def three(fit: InteractionRegression) -> tuple[Any, ...]:
    return fit.effect_at_0, fit.effect_at_1, fit.interaction
