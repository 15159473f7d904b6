"""Simulated switchbacks: every draw is the panel regression of that draw, and the promises hold on made histories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import switchback_power
from decision_widgets.estimates.panel import panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.simulated_clusters import ExactClusters, Simulated
from decision_widgets.estimates.simulated_many import ENOUGH, many_clusters
from decision_widgets.estimates.simulated_window import Exposure, SwitchbackWindow, treatment_of
from decision_widgets.estimates.switchback_power import detectable_effect, simulate_switchback, wilson

EFFECTS = {"calendar": ("hour", "region"), "date": ("of_day", "date", "region"), "day": ("of_day", "region")}


def window(
    regions: int = 5,
    days: int = 7,
    slot: int = 120,
    *,
    drawn: str = "pairs",
    together: bool = False,
    effects: str = "calendar",
    gaps: float = 0.0,
    memory: float = 0.0,
    cell: int = 60,
    seed: int = 0,
) -> SwitchbackWindow:
    """Make cells of region × stretch with uneven weights, seasons, and noise with memory."""
    rng = np.random.default_rng(seed)
    n = days * 1440 // cell
    region, at = (codes.ravel() for codes in np.indices((regions, n)))
    slots, day, hour = at * cell // slot, at * cell // 1440, at * cell // 60
    block = {"pairs": slots // 2, "slots": slots, "days": day, "day-balanced": day}[drawn]
    coin = slots if drawn == "day-balanced" else block
    side = np.where(slots % 2 == 0, 1.0, -1.0) if drawn == "pairs" else np.ones(len(at))
    home = 0 * region if together else region
    kept = rng.random(len(at)) >= gaps
    noise = rng.normal(size=(regions, n))
    for t in range(1, n):
        noise[:, t] = memory * noise[:, t - 1] + np.sqrt(1 - memory**2) * noise[:, t]
    labels = {"hour": hour, "of_day": hour % 24, "date": day, "region": region}
    coins = codes((home * 10_000 + coin)[kept])
    days_of_coins = None
    if drawn == "day-balanced":
        days_of_coins = np.zeros(coins.max() + 1, dtype=np.intp)
        days_of_coins[coins] = codes((home * 10_000 + day)[kept])
    return SwitchbackWindow(
        weight=rng.uniform(0.5, 2, kept.sum()),
        outcome=(noise.ravel() + np.sin(hour / 4) + region)[kept],
        coin=coins,
        side=side[kept],
        cluster=codes((home * 10_000 + block)[kept]),
        effects=tuple(codes(labels[name][kept]) for name in EFFECTS[effects] if regions > 1 or name != "region"),
        blocks=days_of_coins,
    )


def codes(labels: np.ndarray) -> np.ndarray:
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def regression(made: SwitchbackWindow, treatment: np.ndarray, outcome: np.ndarray | None = None) -> Any:
    return panel_regression(
        PanelCells(
            weight=made.weight,
            mean=made.outcome if outcome is None else outcome,
            within=np.zeros(len(made.weight)),
            treatment=treatment,
            fixed_effects={str(i): each for i, each in enumerate(made.effects)},
            cluster=made.cluster,
        )
    )


def assert_same(made: SwitchbackWindow, found: Simulated, tosses: np.ndarray) -> None:
    for b, treatment in enumerate(treatment_of(made, tosses).T):
        fit = regression(made, treatment)
        assert found.effect[b] == pytest.approx(fit.effect, rel=1e-9, abs=1e-9 * fit.std_error)
        assert np.sqrt(found.variance[b]) == pytest.approx(fit.std_error, rel=1e-9)
        assert found.df[b] == pytest.approx(fit.df, rel=1e-9)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param({}, id="pairs, regions separate, calendar hours"),
        pytest.param({"gaps": 0.1, "drawn": "slots"}, id="slots, cells missing"),
        pytest.param({"together": True, "effects": "date"}, id="pairs, regions together, hour and date"),
        pytest.param({"regions": 1, "effects": "date", "days": 14}, id="one region"),
        pytest.param({"drawn": "days", "slot": 1440, "days": 14}, id="days, calendar hours"),
        pytest.param({"drawn": "days", "together": True, "effects": "day", "days": 14}, id="days, together"),
        pytest.param({"drawn": "day-balanced", "gaps": 0.05}, id="dealt within the day"),
        pytest.param({"slot": 90, "cell": 30, "gaps": 0.02}, id="slots that cut hours"),
        pytest.param({"regions": 9, "drawn": "slots", "slot": 60, "days": 14}, id="many clusters"),
    ],
)
def test_a_simulated_draw_is_the_panel_regression_of_that_draw(words: dict[str, Any]) -> None:
    made = window(**words)
    tosses = made.toss(3, np.random.default_rng(1))
    found = ExactClusters(made).simulate(tosses)
    if made.n_clusters >= 2_000:  # degrees of freedom are averaged over draws there
        found = replace(found, df=np.array([regression(made, each).df for each in treatment_of(made, tosses).T]))
    assert_same(made, found, tosses)


def test_clusters_coarser_or_finer_than_a_coin_are_still_the_panel_regression() -> None:
    made = window(days=14)
    day, slot = codes(made.coin % 84 // 6), codes(np.arange(len(made.coin)) // 2)
    for cluster in (day, slot):
        other = replace(made, cluster=cluster)
        tosses = other.toss(2, np.random.default_rng(2))
        assert_same(other, ExactClusters(other).simulate(tosses), tosses)


def test_thousands_of_clusters_give_the_exact_estimate_and_its_error_to_a_thousandth() -> None:
    simulator = many_clusters(window(regions=16, days=28, slot=30, cell=30), np.random.default_rng(0))
    assert simulator is not None
    made = simulator.window
    tosses = made.toss(3, np.random.default_rng(1))
    found = simulator.simulate(tosses)
    assert made.n_clusters >= ENOUGH
    for b, treatment in enumerate(treatment_of(made, tosses).T):
        fit = regression(made, treatment)
        assert found.effect[b] == pytest.approx(fit.effect, rel=1e-9, abs=1e-9 * fit.std_error)
        # Of the treatment's own leverage, 1/G of it here, the first order is kept.
        assert np.sqrt(found.variance[b]) == pytest.approx(fit.std_error, rel=1e-3)
        assert found.df[b] == pytest.approx(fit.df, rel=0.02)


def exposed(made: SwitchbackWindow) -> SwitchbackWindow:
    """Let the first hour of a slot still have a third of the slot before; before the run all is control."""
    n = len(made.coin)
    first = np.arange(n) % 2 == 0
    before = np.flatnonzero(first & (np.arange(n) % 168 > 0))
    lines = [
        (np.arange(n), np.arange(n), np.where(first, 2 / 3, 1.0)),
        (before, before - 1, np.full(len(before), 1 / 3)),
    ]
    cell, source, share = (np.concatenate(part) for part in zip(*lines, strict=True))
    return replace(made, exposure=Exposure(cell=cell, coin=made.coin[source], side=made.side[source], share=share))


def test_an_effect_that_sets_in_late_is_the_panel_regression_of_the_outcome_it_makes() -> None:
    made = exposed(window(days=7))
    tosses = made.toss(3, np.random.default_rng(1))
    found, size = ExactClusters(made).simulate(tosses), 0.7
    assert made.exposure is not None
    for b, treatment in enumerate(treatment_of(made, tosses).T):
        arrived = np.bincount(
            made.exposure.cell,
            made.exposure.share * (0.5 + made.exposure.side * tosses[made.exposure.coin, b]),
            minlength=len(treatment),
        )
        fit = regression(made, treatment, made.outcome + size * arrived)
        assert found.effect[b] + size * found.share[b] == pytest.approx(fit.effect, rel=1e-9, abs=1e-10)
        variance = found.variance[b] + 2 * size * found.cross[b] + size**2 * found.own[b]
        assert variance == pytest.approx(fit.std_error**2, rel=1e-9)


def test_the_standard_deviation_and_the_rejections_are_those_of_a_loop_over_the_regression() -> None:
    made = window(regions=3, days=7, slot=240, memory=0.7)
    found = simulate_switchback([made], draws=2_000, effects=[0.4])
    rng = np.random.default_rng(9)
    fits = [regression(made, treatment) for treatment in treatment_of(made, made.toss(250, rng)).T]
    effects = np.array([fit.effect for fit in fits])
    # 250 draws leave 4.5 % of a standard deviation, 2,000 another 1.6 %: three errors of the two.
    assert found.std_dev == pytest.approx(np.sqrt(np.mean(effects**2)), rel=0.15)
    seen = np.mean([fit.p_value < 0.05 for fit in fits])
    assert abs(seen - found.aa_rate) < 3 * np.sqrt(0.05 * 0.95 * (1 / 250 + 1 / 2_000))
    moved = np.mean(
        [regression(made, t, made.outcome + 0.4 * t).p_value < 0.05 for t in treatment_of(made, made.toss(150, rng)).T]
    )
    assert abs(moved - found.checks[-1].power) < 3 * np.sqrt(0.25 * (1 / 150 + 1 / 2_000))


def test_the_rule_holds_on_histories_and_fails_where_clusters_are_finer_than_coins() -> None:
    together = window(regions=6, days=14, together=True, effects="date", drawn="slots", memory=0.8)
    assert simulate_switchback([together], draws=1_000).aa_status == "holds"
    cells = replace(together, cluster=np.arange(len(together.coin)))
    forced = simulate_switchback([cells], draws=1_000)
    assert (forced.aa_status, forced.aa_rate > 0.1) == ("fails", True)


def test_pairs_need_far_less_than_slots_drawn_alone_where_hours_resemble_their_neighbours() -> None:
    alike = {"regions": 5, "days": 14, "together": True, "effects": "date", "memory": 0.9}
    pairs, slots = (simulate_switchback([window(**alike, drawn=each)], draws=600) for each in ("pairs", "slots"))
    # The method book measured .052 against .092 with a shorter memory.
    assert 0.3 < pairs.std_dev / slots.std_dev < 0.75


def test_the_detectable_effect_is_found_with_the_power_that_was_asked_for() -> None:
    found = simulate_switchback([window(regions=4, days=14)], draws=4_000, power=0.8, effects=[])
    assert [round(each.effect / found.detectable, 9) for each in found.checks] == [0.5, 1.0, 1.5]
    at = found.checks[1]
    # Three Monte-Carlo errors, and what the normal shape of one finite history leaves open.
    assert at.power == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / 4_000) + 0.02)
    assert at.power_lower < at.power < at.power_upper
    assert found.detectable == pytest.approx(detectable_effect(found.std_dev, found.df))


@pytest.mark.slow
def test_a_loop_over_the_regression_finds_the_detectable_effect_with_the_power() -> None:
    made = window(regions=4, days=14, memory=0.8, seed=5)
    size = simulate_switchback([made], draws=4_000).detectable
    treatments = treatment_of(made, made.toss(1_500, np.random.default_rng(11))).T
    found = [regression(made, t, made.outcome + size * t).p_value < 0.05 for t in treatments]
    # The simulated error of the effect (1.1 %, three of them: 0.03 of power) and of 1,500 regressions (0.031).
    assert np.mean(found) == pytest.approx(0.8, abs=0.045)


def test_the_same_seed_gives_the_same_numbers_and_another_one_does_not() -> None:
    windows = [window(days=7), window(days=7, seed=1)]
    first, again, other = (simulate_switchback(windows, draws=120, seed=seed) for seed in (3, 3, 4))
    assert first == again != other


def test_stopping_keeps_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    made = window(days=7)
    asked = simulate_switchback([made], draws=5_000, heard=lambda done: done > 200)
    assert asked.cancelled
    assert 200 < asked.done < 1_000

    def interrupt(done: int) -> None:
        if done > 200:
            raise KeyboardInterrupt

    interrupted = simulate_switchback([made], draws=5_000, heard=interrupt)
    assert (interrupted.done, interrupted.aa_rate) == (asked.done, asked.aa_rate)

    def at_once(done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(switchback_power, "LARGEST_BATCH", 16)
    with pytest.raises(KeyboardInterrupt):
        simulate_switchback([made], draws=60, heard=at_once)


def test_units_of_a_constant_change_nothing_but_the_scale() -> None:
    made = window(days=7)
    once = simulate_switchback([made], draws=100)
    scaled = simulate_switchback([replace(made, outcome=10 * made.outcome + 5, weight=3 * made.weight)], draws=100)
    assert scaled.std_dev == pytest.approx(10 * once.std_dev, rel=1e-9)
    assert (scaled.aa_rate, scaled.df) == (once.aa_rate, pytest.approx(once.df, rel=1e-9))


def test_what_leaves_nothing_to_compare_is_refused() -> None:
    few = window(regions=1, days=2, slot=1440, drawn="days", effects="day")
    with pytest.raises(CannotEstimate) as refused:
        simulate_switchback([few], draws=100)
    assert refused.value.code == "E_FEW_CLUSTERS"
    for draws in (10, 2.5, True):
        with pytest.raises(InputError, match="draws must be a whole number, at least 50"):
            simulate_switchback([window()], draws=draws)  # type: ignore[arg-type]  # that is the point
    for alpha in (0.0, 0.5, float("nan"), "0.05"):
        with pytest.raises(InputError, match="alpha"):
            simulate_switchback([few], draws=100, alpha=alpha)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(InputError, match="at least one window"):
        simulate_switchback([], draws=100)
    with pytest.raises(InputError, match="positive weight"):
        replace(few, weight=0 * few.weight)


def test_a_deal_within_blocks_treats_half_of_each_and_tosses_for_the_odd_one() -> None:
    made = replace(window(), blocks=np.array([1, 0, 0, 1, 0, 1, 1]), n_coins=7)
    tosses = made.toss(4_000, np.random.default_rng(0)) + 0.5
    assert (tosses[[0, 3, 5, 6]].sum(axis=0) == 2).all()
    assert set(tosses[[1, 2, 4]].sum(axis=0)) == {1.0, 2.0}
    assert tosses.mean(axis=1) == pytest.approx(0.5, abs=0.04)


def test_an_interval_of_a_share_is_wilsons() -> None:
    # statsmodels.stats.proportion.proportion_confint(50, 1000, method="wilson")
    from statsmodels.stats.proportion import proportion_confint

    assert wilson(0.05, 1_000) == pytest.approx(proportion_confint(50, 1_000, method="wilson"), rel=1e-12)
    assert wilson(0.0, 100)[0] == pytest.approx(0.0, abs=1e-15)
