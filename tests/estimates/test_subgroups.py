"""Subgroups of participants: the saturated regression, their differences, and the joint test."""

from __future__ import annotations

import math

import numpy as np
import pytest

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    SubgroupComparison,
    adjust_p_values,
    clustered_difference,
    clustered_ols,
    compare_subgroups,
)
from decision_widgets.estimates.contrasts import contrasted, joint_test
from decision_widgets.estimates.panel_cells import PanelCells, solve_panel
from decision_widgets.moments import ArmMoments, arm_moments
from decision_widgets.vocabulary import CODES

Rows = dict[str, np.ndarray]
Levels = dict[str, tuple[ArmMoments | None, ArmMoments | None]]


def rows(n: int = 90, n_levels: int = 3, seed: int = 5, effect: float = 0.0) -> Rows:
    """Make 1 to 6 rows for each of n participants."""
    rng = np.random.default_rng(seed)
    level, arm = np.arange(n) % n_levels, rng.permutation(np.arange(n) // n_levels % 2)
    person = np.repeat(np.arange(n), rng.integers(1, 7, n))
    y = rng.normal(size=n)[person] + rng.normal(size=len(person)) + (effect * level * arm)[person]
    return {"y": y, "person": person, "level": level[person], "arm": arm[person]}


def moments(data: Rows, inside: np.ndarray, shift: float = 0.0) -> ArmMoments:
    _, person = np.unique(data["person"][inside], return_inverse=True)
    y = data["y"][inside] - shift
    return arm_moments(np.bincount(person).astype(float), np.bincount(person, y), shift=shift, observations=y)


def levels(data: Rows, shift: float = 0.0) -> Levels:
    named = np.array(["north", "south", "west", "east"])[data["level"]]
    arms = ((name, [moments(data, (named == name) & (data["arm"] == a), shift) for a in (0, 1)]) for name in set(named))
    return {name: (control, treatment) for name, (control, treatment) in sorted(arms)}


def saturated(data: Rows) -> PanelCells:
    names = ["north", "south", "west"]
    treatments = [data["arm"] * (data["level"] == s) * 1.0 for s in range(3)]
    return PanelCells(
        weight=np.ones(len(data["y"])),
        mean=data["y"],
        within=np.zeros(len(data["y"])),
        treatment=treatments[0],
        fixed_effects={"level": data["level"]},
        cluster=data["person"],
        controls={names[1]: treatments[1], names[2]: treatments[2]},
    )


def test_each_effect_is_the_clustered_difference_of_its_level() -> None:
    data = rows()
    for one in compare_subgroups(levels(data)).effects:
        control, treatment = levels(data)[one.level]
        assert control is not None
        assert treatment is not None
        alone = clustered_difference(control, treatment)
        for name in ("effect", "std_error", "df", "p_value", "effect_lower", "effect_upper"):
            assert getattr(one, name) == pytest.approx(getattr(alone, name), rel=1e-9)
        assert (one.n_control, one.n_treatment) == (control.n_participants, treatment.n_participants)


def test_against_a_reference_it_is_the_dense_cr2_of_the_interacted_regression() -> None:
    data = rows()
    dummies = (data["level"][:, None] == np.arange(3)).astype(float)
    x = np.column_stack([dummies, data["arm"], dummies[:, 1:] * data["arm"][:, None]])
    dense = clustered_ols(data["y"], x, data["person"])
    answer = compare_subgroups(levels(data), reference="north")
    assert [one.level for one in answer.differences] == ["south", "west"]
    for j, one in enumerate(answer.differences, 4):
        assert one.against == "north"
        assert one.effect == pytest.approx(dense.coefficients[j], rel=1e-9)
        assert one.std_error == pytest.approx(dense.std_error_cr2[j], rel=1e-9)
        assert one.df == pytest.approx(dense.df_cr2[j], rel=1e-9)
        assert one.p_value == pytest.approx(dense.p_value_cr2[j], rel=1e-8)


def test_against_the_rest_it_is_the_others_average_by_rows() -> None:
    data = rows()
    answer = compare_subgroups(levels(data))
    effects = {one.level: one.effect for one in answer.effects}
    size = {
        "north": (data["level"] == 0).sum(),
        "south": (data["level"] == 1).sum(),
        "west": (data["level"] == 2).sum(),
    }
    dense = clustered_ols(*rest_regression(data, size["south"] / (size["south"] + size["west"])), data["person"])
    north = next(one for one in answer.differences if one.level == "north")
    assert north.against == "the rest"
    rest = (size["south"] * effects["south"] + size["west"] * effects["west"]) / (size["south"] + size["west"])
    assert north.effect == pytest.approx(effects["north"] - rest, rel=1e-9)
    assert north.std_error == pytest.approx(dense.std_error_cr2[3], rel=1e-9)
    assert north.df == pytest.approx(dense.df_cr2[3], rel=1e-9)


def rest_regression(data: Rows, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Parametrise so that one coefficient is τ_north − share·τ_south − (1 − share)·τ_west."""
    dummies = (data["level"][:, None] == np.arange(3)).astype(float)
    by_level = dummies * data["arm"][:, None]
    contrast = np.array([[1, -share, share - 1], [0, 1, 0], [0, 0, 1]])
    return data["y"], np.column_stack([dummies, by_level @ np.linalg.inv(contrast)])


def test_the_joint_test_is_the_one_of_the_regression_on_rows() -> None:
    data = rows(effect=0.4)
    solution = contrasted(solve_panel(saturated(data)), {"a": [-1, 1, 0], "b": [-1, 0, 1]})
    ours, theirs = compare_subgroups(levels(data)).joint, joint_test(solution)
    assert ours.df == theirs.df == 2
    for name in ("statistic", "df_denominator", "p_value"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-8)


def test_the_joint_test_of_two_levels_is_the_test_of_their_difference() -> None:
    answer = compare_subgroups(levels(rows(n_levels=2)), reference="north")
    assert answer.joint.p_value == pytest.approx(answer.differences[0].p_value, rel=1e-9)
    assert answer.joint.df_denominator == pytest.approx(answer.differences[0].df, rel=1e-9)


def test_swapping_arms_flips_the_effects_and_leaves_the_joint_test() -> None:
    data = rows(effect=0.3)
    there, back = (compare_subgroups(levels(data | {"arm": arm})) for arm in (data["arm"], 1 - data["arm"]))
    assert back.joint.p_value == pytest.approx(there.joint.p_value, rel=1e-9)
    for one, other in zip(there.differences, back.differences, strict=True):
        assert other.effect == pytest.approx(-one.effect, rel=1e-9)
        assert other.effect_lower == pytest.approx(-one.effect_upper, rel=1e-9)


def test_shift_and_scale_change_what_they_should() -> None:
    data = rows(effect=0.3)
    there = compare_subgroups(levels(data))
    scaled = compare_subgroups(levels(data | {"y": 1e9 + 8 * data["y"]}, shift=1e9))
    assert scaled.joint.p_value == pytest.approx(there.joint.p_value, rel=1e-4)  # 1e9 costs half of the digits
    for one, other in zip(there.differences, scaled.differences, strict=True):
        assert other.effect == pytest.approx(8 * one.effect, rel=1e-4)
        assert other.sample_multiple == pytest.approx(one.sample_multiple, rel=1e-4)


def test_p_values_are_adjusted_for_their_family() -> None:
    exploratory, planned = (compare_subgroups(levels(rows()), confirmatory=claim, alpha=0.1) for claim in (False, True))
    assert (exploratory.procedure, exploratory.threshold) == ("bh", 0.1)
    assert (planned.procedure, planned.threshold) == ("holm", 0.1)
    assert compare_subgroups(levels(rows()), confirmatory=True).threshold == 0.05
    for answer in (exploratory, planned):
        for family in (answer.effects, answer.differences):
            p_values = [one.p_value for one in family]
            assert [one.p_value_adjusted for one in family] == list(adjust_p_values(p_values, answer.procedure))


def test_equal_halves_need_four_times_the_sample_for_a_difference_as_large_as_the_effect() -> None:
    data = rows(n=80, n_levels=2)
    mirrored: Levels = {"left": levels(data)["north"], "right": levels(data)["north"]}
    multiples = [one.sample_multiple for one in compare_subgroups(mirrored).differences]
    assert multiples == pytest.approx([4.0, 4.0])


def test_a_level_is_thin_below_fifty_participants_in_an_arm() -> None:
    answer = compare_subgroups(levels(rows(n=250, n_levels=2)))
    assert all(one.thin == (min(one.n_control, one.n_treatment) < 50) for one in answer.effects)
    assert not any(one.thin for one in answer.effects)
    assert all(one.thin for one in compare_subgroups(levels(rows())).effects)


def single(values: list[float]) -> ArmMoments:
    y = np.array(values)
    return arm_moments(np.ones(len(y)), y, shift=0.0, observations=y)


def weighted(weights: list[float]) -> ArmMoments:
    m = np.array(weights)
    return arm_moments(m, m * np.arange(len(m)), shift=0.0, n_observations=len(m))


@pytest.mark.parametrize(
    ("arms", "code", "known"),
    [
        ((single([1, 2]), single([1, 2, 3])), "E_SMALL_N", {"n": 2}),
        ((None, single([1, 2, 3])), "E_SMALL_N", {"n": 0}),
        ((single([1, 2, 3]), single([4, 4, 4, 4])), "E_NO_VARIATION", {"n": 4, "value": 4}),
        ((weighted([1, 1, 1, 1e4]), single([1, 2, 3])), "E_FEW_CLUSTERS", {}),
    ],
)
def test_a_level_that_tells_nothing_is_left_out_with_its_reason(
    arms: tuple[ArmMoments | None, ArmMoments], code: str, known: dict[str, float]
) -> None:
    others = levels(rows())
    answer = compare_subgroups(others | {"poor": arms})
    assert answer.effects == compare_subgroups(others).effects
    assert answer.joint == compare_subgroups(others).joint
    (refused,) = answer.refused
    assert (refused.level, refused.code) == ("poor", code)
    assert known.items() <= refused.facts.items()
    assert SubgroupComparison.from_dict(answer.to_dict()) == answer
    with pytest.raises(CannotEstimate) as refusal:
        compare_subgroups(others | {"poor": arms}, reference="poor")
    assert refusal.value.code == code
    with pytest.raises(CannotEstimate):
        compare_subgroups({"poor": arms, "north": others["north"]})
    CODES[code].text.format(metric="y", **refusal.value.facts)


def test_the_number_of_levels_and_the_reference_are_checked() -> None:
    pair = levels(rows())["north"]
    with pytest.raises(InputError, match="2 to 10 levels; got 11"):
        compare_subgroups({str(s): pair for s in range(11)})
    assert len(compare_subgroups({str(s): pair for s in range(10)}).effects) == 10
    with pytest.raises(InputError, match="got 1"):
        compare_subgroups({"north": pair})
    with pytest.raises(InputError, match="Did you mean 'north'"):
        compare_subgroups(levels(rows()), reference="nord")


def test_unequal_variances_and_sizes_keep_the_joint_test_at_its_level() -> None:
    rng, n_draws, rejected = np.random.default_rng(2), 800, 0
    for _ in range(n_draws):
        pairs: Levels = {
            f"{s}": (single(list(sd * rng.normal(size=n))), single(list(sd * rng.normal(size=n))))
            for s, (sd, n) in enumerate([(1.0, 40), (3.0, 15), (1.0, 60), (2.0, 25)])
        }
        rejected += compare_subgroups(pairs).joint.p_value <= 0.05
    assert rejected / n_draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / n_draws)
