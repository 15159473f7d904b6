"""Subgroups of a switchback: conditions within one panel regression."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    PanelCells,
    PanelSubgroupComparison,
    adjust_p_values,
    compare_panel_subgroups,
    panel_interaction,
    panel_regression,
)
from decision_widgets.vocabulary import CODES

Condition = np.ndarray[Any, Any]


def switchback(
    days: int = 14, seed: int = 0, separate: bool = True, slot_hours: int = 4
) -> tuple[PanelCells, Condition]:
    """Make region × hour cells in which rain comes for whole half days, region by region."""
    rng = np.random.default_rng(seed)
    n_regions, n_hours = 4, 24 * days
    region, hour = (each.ravel() for each in np.indices((n_regions, n_hours)))
    slot = hour // slot_hours + (region * n_hours if separate else 0)
    rain = rng.random((n_regions, n_hours // 12)) < 0.35
    coin = rng.integers(0, 2, slot.max() + 1)[slot].astype(float)
    shock = rng.normal(size=slot.max() + 1)[slot]
    cells = PanelCells(
        weight=rng.integers(1, 6, len(region)),
        mean=shock + rng.normal(size=len(region)) + region + 0.1 * (hour % 24),
        within=rng.random(len(region)),
        treatment=coin,
        fixed_effects={"region": region, "hour of day": hour % 24, "date": hour // 24},
        cluster=slot,
    )
    return cells, np.where(rain[region, hour // 12], "rain", "dry")


def test_two_levels_are_the_interaction_with_a_moderator_of_0_and_1() -> None:
    cells, weather = switchback()
    answer = compare_panel_subgroups(cells, weather, reference="dry")
    other = panel_interaction(cells, weather == "rain")
    dry, rain = answer.effects
    (difference,) = answer.differences
    for one, their in ((dry, other.effect_at_0), (rain, other.effect_at_1), (difference, other.interaction)):
        for name in ("effect", "std_error", "df", "p_value", "effect_lower", "effect_upper"):
            assert getattr(one, name) == pytest.approx(getattr(their, name), rel=1e-8)
    assert answer.joint.p_value == pytest.approx(other.interaction.p_value, rel=1e-8)
    assert not answer.time_interacted


def test_levels_with_effects_of_time_of_their_own_are_estimated_apart() -> None:
    cells, weather = switchback(days=28)
    cells = replace(cells, fixed_effects={"hour of day": cells.fixed_effects["hour of day"]})
    answer = compare_panel_subgroups(cells, weather, time=["hour of day"])
    assert answer.time_interacted
    for one in answer.effects:
        inside = weather == one.level
        alone = panel_regression(
            PanelCells(
                **{
                    name: np.asarray(getattr(cells, name))[inside] for name in ("weight", "mean", "within", "treatment")
                },
                fixed_effects={"hour of day": np.asarray(cells.fixed_effects["hour of day"])[inside]},
                cluster=np.asarray(cells.cluster)[inside],
            )
        )
        assert one.effect == pytest.approx(alone.effect, rel=1e-8)


def test_a_calendar_that_does_not_permit_it_shares_the_effects_of_time() -> None:
    cells, weather = switchback(days=7, separate=False)
    answer = compare_panel_subgroups(cells, weather, time=["hour of day", "date"])
    assert not answer.time_interacted
    assert answer.effects == compare_panel_subgroups(cells, weather).effects


def test_a_property_of_regions_goes_with_effects_of_regions() -> None:
    cells, _ = switchback()
    region = np.asarray(cells.fixed_effects["region"])
    answer = compare_panel_subgroups(cells, region)
    assert [one.level for one in answer.effects] == ["0", "1", "2", "3"]
    assert answer.joint.df == 3
    p_values = [one.p_value for one in answer.effects]
    assert [one.p_value_adjusted for one in answer.effects] == list(adjust_p_values(p_values, "bh"))


def test_units_are_counted_by_level_and_arm() -> None:
    cells, weather = switchback(days=7)
    for one in compare_panel_subgroups(cells, weather).effects:
        cluster, treated = (
            np.asarray(cells.cluster)[weather == one.level],
            np.asarray(cells.treatment)[weather == one.level],
        )
        assert one.n_control == len(set(cluster[treated == 0]))
        assert one.n_treatment == len(set(cluster[treated == 1]))
        assert not one.thin


def test_swapping_arms_flips_the_effects() -> None:
    cells, weather = switchback()
    there = compare_panel_subgroups(cells, weather)
    back = compare_panel_subgroups(replace(cells, treatment=1 - np.asarray(cells.treatment)), weather)
    for one, other in zip(there.differences, back.differences, strict=True):
        assert other.effect == pytest.approx(-one.effect, rel=1e-7)
        assert other.p_value == pytest.approx(one.p_value, rel=1e-7)


def few_units(cells: PanelCells, weather: Condition, n_treated: int) -> Condition:
    """Let it hail in four units with control and some with treatment."""
    cluster, treated = np.asarray(cells.cluster), np.asarray(cells.treatment) == 1
    hail = [*np.unique(cluster[~treated])[:4], *np.unique(cluster[treated])[:n_treated]]
    return np.where(np.isin(cluster, hail), "hail", weather)


def test_a_level_with_two_units_in_an_arm_is_left_out_and_one_with_four_is_thin() -> None:
    cells, weather = switchback()
    answer = compare_panel_subgroups(cells, few_units(cells, weather, 2))
    assert [one.level for one in answer.effects] == ["dry", "rain"]
    (refused,) = answer.refused
    assert (refused.level, refused.code, refused.n_control, refused.n_treatment) == ("hail", "E_FEW_CLUSTERS", 4, 2)
    assert PanelSubgroupComparison.from_dict(answer.to_dict()) == answer
    thin = compare_panel_subgroups(cells, few_units(cells, weather, 4))
    assert {one.level: one.thin for one in thin.effects} == {"dry": False, "hail": True, "rain": False}


def test_a_level_whose_treatment_the_effects_determine_is_left_out() -> None:
    cells, weather = switchback()
    treated, region = np.asarray(cells.treatment), np.asarray(cells.fixed_effects["region"])
    state = np.where(region == 0, 10 + treated, region)
    fixed = replace(cells, fixed_effects={"state": state})
    answer = compare_panel_subgroups(fixed, np.where(region == 0, "fixed", weather))
    (refused,) = answer.refused
    assert (refused.level, refused.code) == ("fixed", "E_FE_COLLINEAR")
    assert refused.facts["retained_variation"] == pytest.approx(0, abs=1e-9)
    assert answer.retained_variation > 0.5
    CODES[refused.code].text.format(metric="y", **refused.facts)


def test_where_nothing_can_be_compared_the_refusal_has_its_code_and_facts() -> None:
    cells, weather = switchback()
    with pytest.raises(CannotEstimate) as refusal:
        compare_panel_subgroups(cells, np.where(few_units(cells, weather, 2) == "hail", "hail", "else"))
    assert refusal.value.code == "E_FEW_CLUSTERS"
    CODES["E_FEW_CLUSTERS"].text.format(metric="y", **refusal.value.facts)


@pytest.mark.parametrize(
    ("condition", "more", "said"),
    [
        (lambda weather: np.full(len(weather), "dry"), {}, "2 to 10 levels; got 1"),
        (lambda weather: np.arange(len(weather)) % 11, {}, "got 11"),
        (lambda weather: weather[:5], {}, "one level for each"),
        (lambda weather: np.where(weather == "rain", np.nan, 1.0), {}, "known in every cell"),
        (lambda weather: np.where(weather == "rain", None, "dry"), {}, "known in every cell"),
        (lambda weather: weather, {"reference": "rainy"}, "Did you mean 'rain'"),
        (lambda weather: weather, {"time": ["hour"]}, "no fixed effect 'hour'"),
    ],
)
def test_what_does_not_fit_is_refused(condition: Any, more: dict[str, Any], said: str) -> None:
    cells, weather = switchback()
    with pytest.raises(InputError, match=said):
        compare_panel_subgroups(cells, condition(weather), **more)


def test_treatments_that_are_shares_and_names_that_are_taken_are_refused() -> None:
    cells, weather = switchback()
    with pytest.raises(InputError, match="0 and 1 in every cell"):
        compare_panel_subgroups(replace(cells, treatment=np.asarray(cells.treatment) / 2), weather)
    taken = replace(cells, controls={"treatment in rain": np.arange(len(weather)) ** 0.5})
    with pytest.raises(InputError, match="cannot be named"):
        compare_panel_subgroups(taken, weather)


def test_a_true_null_is_rejected_at_its_level() -> None:
    rng, n_draws, rejected = np.random.default_rng(4), 60, 0
    for _ in range(n_draws):
        cells, weather = switchback(days=6, seed=int(rng.integers(2**31)), slot_hours=6)
        rejected += compare_panel_subgroups(cells, weather).joint.p_value <= 0.05
    assert rejected / n_draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / n_draws)
