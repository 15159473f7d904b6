"""Goals, sizes, the smallest effect, several arms, days and the interval around a size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    ArmSizes,
    Duration,
    PlanningVariance,
    RequiredSize,
    SizeInterval,
    SizingGoal,
    allocation_cost,
    arm_sizes,
    best_control_share,
    control_sizes,
    duration,
    every_pair,
    minimum_detectable_effect,
    planned_power,
    required_size,
    size_interval,
    typed_variance,
)

Z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
MONEY = typed_variance(20.0, 30.0, observations_per_participant=4, cv_observations=1, icc=0.3)
SHARE = typed_variance(0.2, observations_per_participant=3, icc=0.1)
GOALS = {
    "up": (SizingGoal(effect=1.0), MONEY),
    "down": (SizingGoal(effect=-1.0, alternative="less", alpha=0.1, power=0.9), MONEY),
    "relative": (SizingGoal(effect=0.05, relative=True), MONEY),
    "relative by fieller": (SizingGoal(effect=0.15, relative=True, interval="fieller"), MONEY),
    "relative down": (SizingGoal(effect=-0.3, relative=True), MONEY),
    "share": (SizingGoal(effect=0.02), SHARE),
    "share down": (SizingGoal(effect=-0.03), SHARE),
    "share relative": (SizingGoal(effect=0.1, relative=True), SHARE),
    "share relative down": (SizingGoal(effect=-0.1, relative=True), SHARE),
    "no worse": (SizingGoal.noninferiority(1.0), MONEY),
    "no worse, relative": (SizingGoal.noninferiority(0.05, relative=True, effect=0.01), MONEY),
    "no worse, lower is better": (SizingGoal.noninferiority(0.02, direction="decrease", effect=-0.01), SHARE),
    "few": (SizingGoal(effect=60.0), MONEY),
}


@pytest.mark.parametrize("allocation", [1.0, 0.25, 3.0])
@pytest.mark.parametrize("name", GOALS)
def test_the_size_reaches_the_goal_and_one_less_does_not(name: str, allocation: float) -> None:
    goal, variance = GOALS[name]
    size = required_size(goal, variance, allocation=allocation)
    assert size.power >= goal.power
    assert planned_power(goal, variance, size.n_control, size.n_treatment) == size.power
    n_c = size.n_control - 1
    if min(n_c, allocation * n_c) >= 3:
        assert planned_power(goal, variance, n_c, max(2, allocation * n_c)) < goal.power
    assert RequiredSize.from_dict(size.to_dict()) == size


@pytest.mark.parametrize("allocation", [1.0, 3.0])
@pytest.mark.parametrize("name", GOALS)
def test_the_smallest_effect_of_a_size_needs_that_size(name: str, allocation: float) -> None:
    goal, variance = GOALS[name]
    n = required_size(goal, variance, allocation=allocation).n_control + 7
    found = minimum_detectable_effect(goal, variance, n, allocation * n)
    asked = replace(goal, margin=found) if goal.margin else replace(goal, effect=found)
    assert np.sign(found) == np.sign(goal.margin or goal.effect)
    assert abs(required_size(asked, variance, allocation=allocation).n_control - n) <= 1


def test_each_goal_follows_its_formula() -> None:
    v, r = MONEY.variance, 0.05
    normal = {
        "up": 2 * v / 1.0**2,
        "relative": v * (1 + (1 + r) ** 2) / (r * 20) ** 2,
        "share": SHARE.variance * (1 + 0.22 * 0.78 / 0.16) / 0.02**2,
        "no worse": 2 * v,
        "no worse, relative": v * (1 + 1.01**2) / (0.06 * 20) ** 2,
    }
    for name, ratio in normal.items():
        # z²/4 per arm is what the t quantiles add.
        assert required_size(*GOALS[name]).control_exact == pytest.approx(Z**2 * ratio, abs=2)


def test_a_share_has_the_unpooled_variances_whatever_it_was_learnt_from() -> None:
    goal = SizingGoal(effect=0.05)
    size = required_size(goal, typed_variance(0.1))
    assert size.control_exact == pytest.approx(float(control_sizes(0.05, 0.1 * 0.9, 0.15 * 0.85)), rel=1e-12)


def test_swapping_the_arms_of_a_plan_swaps_its_numbers() -> None:
    size = required_size(SizingGoal(effect=1.0), MONEY, allocation=3)
    swapped = required_size(SizingGoal(effect=-1.0), MONEY, allocation=1 / 3)
    assert (swapped.n_control, swapped.n_treatment) == (size.n_treatment, size.n_control)


def test_at_least_three_participants_are_asked_for() -> None:
    size = required_size(SizingGoal(effect=1e4), MONEY)
    assert (size.n_control, size.n_treatment) == (3, 3)


def test_an_effect_that_no_number_could_find_is_refused() -> None:
    loud = PlanningVariance(level=1.0, variance=100.0)
    with pytest.raises(InputError, match="too few to find any relative effect"):
        minimum_detectable_effect(SizingGoal(effect=0.1, relative=True), loud, 50, 50)
    with pytest.raises(InputError, match="too few to find any effect"):
        minimum_detectable_effect(SizingGoal(effect=0.1), typed_variance(0.95), 20, 20)


def test_goals_that_contradict_themselves_are_refused() -> None:
    for wrong, said in (
        ({"effect": 0.0}, "not 0"),
        ({"effect": 1.0, "alternative": "less"}, "never finds"),
        ({"effect": float("nan")}, "finite"),
        ({"effect": 1.0, "power": 0.04}, "power"),
        ({"effect": 1.0, "interval": "feiller"}, "Did you mean 'fieller'"),
        ({"effect": -2.0, "margin": 1.0}, "cannot be shown"),
        ({"effect": 0.0, "margin": -1.0}, "margin"),
        ({"effect": 0.0, "margin": 1.0, "direction": "increases"}, "Did you mean 'increase'"),
    ):
        with pytest.raises(InputError, match=said):
            SizingGoal(**wrong)
    with pytest.raises(InputError, match="margin"):
        SizingGoal.noninferiority(0.0)
    with pytest.raises(InputError, match="positive level"):
        required_size(SizingGoal(effect=0.1, relative=True), replace(MONEY, level=-1.0))
    with pytest.raises(InputError, match="stays between 0 and 1"):
        required_size(SizingGoal(effect=0.9), SHARE)
    assert SizingGoal.from_dict(GOALS["no worse"][0].to_dict()) == GOALS["no worse"][0]


def test_two_arms_of_several_are_a_plain_comparison() -> None:
    arms = arm_sizes(0.3, [1.0, 2.0], [1, 3])
    n_c = float(control_sizes(0.3, 1.0, 2.0, allocation=3))
    assert arms.n_arms == (int(np.ceil(n_c)), int(np.ceil(3 * n_c)))
    assert arms.pair_alpha == 0.05
    assert ArmSizes.from_dict(arms.to_dict()) == arms


def test_every_arm_gets_the_largest_answer_of_its_pairs() -> None:
    arms = arm_sizes([0.2, 0.4, 0.1], [1.0, 1.0, 4.0], [5, 3, 2], pairs=every_pair(3))
    how = {"alpha": 0.05 / 3}
    first = float(control_sizes(0.2, 1, 1, allocation=3 / 5, **how))
    second = float(control_sizes(0.4, 1, 4, allocation=2 / 5, **how))
    third = float(control_sizes(0.1, 1, 4, allocation=2 / 3, **how))
    needed = max(first, second), max(first * 3 / 5, third), max(second * 2 / 5, third * 2 / 3)
    assert arms.n_arms == tuple(int(np.ceil(n)) for n in needed)
    assert arms.pair_totals == pytest.approx((first / 0.5, second / 0.5, third / 0.3))
    assert arms.total_exact == max(arms.pair_totals)
    assert arms.n_total == sum(arms.n_arms) <= arms.n_total_at_shares


def test_the_best_control_share_needs_the_fewest_participants() -> None:
    for treatments, ratio in ((1, 1.0), (3, 1.0), (2, 4.0)):
        best = best_control_share(treatments, variance_ratio=ratio)
        shares = np.linspace(0.05, 0.95, 181)
        totals = [
            arm_sizes(
                0.1, [1.0] + [ratio] * treatments, [p] + [(1 - p) / treatments] * treatments, df_rule="normal"
            ).total_exact
            for p in shares
        ]
        assert shares[int(np.argmin(totals))] == pytest.approx(best, abs=0.006)
        cost = allocation_cost(0.1, treatments, variance_ratio=ratio)
        at = float(np.interp(0.1, shares, totals)) / float(np.interp(best, shares, totals))
        assert cost == pytest.approx(at, rel=1e-3)
    assert allocation_cost(0.3) == pytest.approx(1 / (4 * 0.3 * 0.7))


def test_arms_that_do_not_fit_are_refused() -> None:
    for arguments, said in (
        ((0.1, 1.0, [1]), "at least 2 shares"),
        ((0.1, 1.0, [1, 0]), "shares"),
        ((0.1, [1.0], [1, 1]), "one per arm"),
        (([0.1, 0.2], 1.0, [1, 1]), "one per pair"),
    ):
        with pytest.raises(InputError, match=said):
            arm_sizes(*arguments)
    for pairs in ([], [(0, 0)], [(0, 5)]):
        with pytest.raises(InputError, match="pairs must name"):
            arm_sizes(0.1, 1.0, [1, 1], pairs=pairs)
    with pytest.raises(InputError, match="n_treatments"):
        best_control_share(0)


def history(days: int, per_day: float = 100.0) -> dict[str, np.ndarray]:
    d = np.arange(1, days + 1)
    return {
        "level": np.full(days, 5.0),
        "variance": 4 * (0.3 + 0.7 / np.sqrt(d)),
        "participants": np.round(per_day * d**0.8),
        "observations_per_participant": d**0.2,
    }


def test_the_first_day_is_the_first_that_has_what_it_requires() -> None:
    goal, past = SizingGoal(effect=0.25), history(42)
    run = duration(goal, **past)
    needed = [required_size(goal, PlanningVariance(level=5, variance=v)) for v in past["variance"]]
    enough = [size.n_control <= n // 2 for size, n in zip(needed, past["participants"], strict=True)]
    assert run.first_day == enough.index(True) + 1
    assert 7 < run.first_day < 35
    assert run.days == -(-run.first_day // 7) * 7
    assert run.reached
    assert Duration.from_dict(run.to_dict()) == run


def test_a_short_need_still_takes_a_week() -> None:
    run = duration(SizingGoal(effect=3.0), **history(42))
    assert (run.first_day, run.days) == (1, 7)


def test_what_is_not_reached_in_six_weeks_says_what_could_be_seen_then() -> None:
    goal, past = SizingGoal(effect=0.02), history(60)
    run = duration(goal, **past)
    assert (run.days, run.first_day, run.reached, run.horizon) == (None, None, False, 42)
    seen = minimum_detectable_effect(
        goal,
        PlanningVariance(level=5, variance=past["variance"][41]),
        run.n_control,
        run.n_treatment,
    )
    assert run.detectable_at_horizon == pytest.approx(seen, rel=1e-12)
    assert [week.days for week in run.weeks] == [7, 14, 21, 28, 35, 42]
    assert duration(goal, **history(20)).horizon == 20


def test_more_traffic_and_more_weeks_see_smaller_effects() -> None:
    goal = SizingGoal(effect=0.05, relative=True)
    half, whole = duration(goal, **history(42), traffic=0.5), duration(goal, **history(42))
    effects = [week.detectable_effect for week in whole.weeks]
    assert effects == sorted(effects, reverse=True)
    assert half.weeks[0].detectable_effect > whole.weeks[0].detectable_effect
    assert half.first_day > whole.first_day
    ramp = duration(goal, **history(42), traffic=np.minimum(1, np.arange(1, 43) / 14))
    at = 6  # day 7 has had 4/14 of the traffic on average
    assert ramp.weeks[0].n_control == int(history(42)["participants"][at] * 4 / 14 / 2)


def test_a_day_without_traffic_has_no_power() -> None:
    run = duration(SizingGoal(effect=1.0), **history(14), traffic=0.0)
    assert not run.reached
    assert run.weeks[0].power == 0
    assert run.detectable_at_horizon is None


def test_a_day_without_events_is_only_too_early() -> None:
    past = {
        "level": np.array([0.0, 0.001, 0.01, 0.011, 0.01]),
        "variance": np.array([0.0, 0.001, 0.0099, 0.0109, 0.0099]),
        "participants": 10_000 * np.arange(1, 6),
        "observations_per_participant": np.ones(5),
    }
    run = duration(SizingGoal(effect=-0.003), **past, binary=True)
    assert (run.first_day, run.days) == (3, 7)
    with pytest.raises(InputError, match="stays between 0 and 1"):
        duration(SizingGoal(effect=-0.02), **past, binary=True)


def test_a_history_that_cannot_be_is_refused() -> None:
    goal, past = SizingGoal(effect=0.25), history(14)
    for wrong, said in (
        ({"level": [1.0]}, "one number per day"),
        ({"participants": past["participants"][::-1]}, "never fall"),
        ({"variance": np.zeros(14)}, "variance"),
        ({"variance": -past["variance"]}, "variance"),
        ({"traffic": 1.5}, "traffic must be from 0 to 1; got 1.5"),
        ({"control_share": 0.9}, "add up to 1"),
        ({name: [] for name in past}, "one number per day"),
    ):
        with pytest.raises(InputError, match=said):
            duration(goal, **(past | wrong))


def test_the_interval_holds_the_size_and_narrows_with_history() -> None:
    rng = np.random.default_rng(5)
    goal, ratios = SizingGoal(effect=0.2), []
    for n in (300, 30_000):
        m = 1 + rng.poisson(4, n)
        s = rng.normal(size=n) * np.sqrt(m) + m * rng.normal(size=n) * 0.5
        found = size_interval(goal, m, s, draws=400)
        assert found.n_lower < found.n_total < found.n_upper
        assert found.n_refused == 0
        ratios.append(found.n_upper / found.n_lower)
    assert ratios[0] - 1 > 5 * (ratios[1] - 1)
    assert SizeInterval.from_dict(found.to_dict()) == found


def test_gathering_participants_leaves_the_interval_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import import_module

    rng = np.random.default_rng(6)
    goal, m, s = SizingGoal(effect=0.2), np.ones(4_000), rng.exponential(size=4_000)
    single = size_interval(goal, m, s, draws=2_000)
    monkeypatch.setattr(import_module("decision_widgets.estimates.size_interval"), "MOST_UNITS", 1_000)
    gathered = size_interval(goal, m, s, draws=2_000)
    assert gathered.n_total == single.n_total
    assert (gathered.n_lower, gathered.n_upper) == pytest.approx((single.n_lower, single.n_upper), rel=0.03)


def test_the_interval_of_independent_values_is_that_of_a_sample_variance() -> None:
    # n is proportional to s², whose 90% interval for normal values is ±1.645·√(2/(n − 1)).
    values = np.random.default_rng(7).normal(size=2_000)
    found = size_interval(SizingGoal(effect=0.05), np.ones(2_000), values, draws=2_000)
    half = 1.645 * np.sqrt(2 / 1999)
    assert found.upper_ratio == pytest.approx(1 + half, abs=0.015)
    assert found.n_lower / found.n_total == pytest.approx(1 - half, abs=0.015)


def test_the_seed_decides_the_interval() -> None:
    values = np.random.default_rng(8).normal(size=200)
    one, same, other = (size_interval(SizingGoal(effect=0.5), np.ones(200), values, seed=k) for k in (1, 1, 2))
    assert one == same
    assert one.n_upper != other.n_upper


def test_a_history_with_too_few_events_has_no_upper_end() -> None:
    m, s = np.ones(50), np.zeros(50)
    s[:2] = 1
    found = size_interval(SizingGoal(effect=0.5, relative=True), m, s, binary=True)
    assert found.n_refused > 50
    assert found.n_upper is None
    assert found.upper_ratio is None


def test_a_history_that_says_nothing_has_no_interval() -> None:
    goal = SizingGoal(effect=0.2)
    with pytest.raises(InputError, match="does not vary"):
        size_interval(goal, np.ones(5), np.ones(5))
    with pytest.raises(InputError, match="99 draws"):
        size_interval(goal, np.ones(5), np.arange(5), draws=10)
    with pytest.raises(InputError, match="positive level"):
        size_interval(replace(goal, relative=True), np.ones(5), -np.arange(5))
    with pytest.raises(InputError, match="shapes"):
        size_interval(goal, np.ones(5), np.arange(4))


def test_a_relative_effect_judged_by_fieller_is_its_difference() -> None:
    share = required_size(SizingGoal(effect=0.3, relative=True, interval="fieller"), SHARE)
    assert share == required_size(SizingGoal(effect=0.3 * SHARE.level), SHARE)
    assert required_size(SizingGoal(effect=0.3, relative=True), SHARE).n_total > share.n_total
