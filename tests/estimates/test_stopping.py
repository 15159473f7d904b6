"""The stopping report: looks against a plan, and what may be claimed after them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    Look,
    StoppingPlan,
    StoppingReport,
    after_stopping,
    always_valid_quantile,
    confidence_sequence,
    mixing_variance,
    spending_bounds,
    stopping_report,
)

PLAN = StoppingPlan(planned_std_error=1.0)
WEEKS = ("2026-05-07", "2026-05-14", "2026-05-21", "2026-05-28")


def looks_at(z: list[float], information: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)) -> list[Look]:
    return [
        Look(date=day, effect=z_k / t**0.5, std_error=1 / t**0.5, n_control=1_000 * k, n_treatment=950 * k)
        for k, (day, z_k, t) in enumerate(zip(WEEKS, z, information, strict=False), 1)
    ]


def test_the_first_look_beyond_its_boundary_decides() -> None:
    report = stopping_report(looks_at([1.0, 2.0, 2.5, 0.1]), PLAN)
    bounds = spending_bounds([0.25, 0.5, 0.75, 1.0])
    assert [look.critical_value for look in report.looks] == pytest.approx(bounds.critical_values)
    assert [look.cumulative_alpha for look in report.looks] == pytest.approx(bounds.cumulative_alpha)
    assert [look.information for look in report.looks] == pytest.approx(bounds.information)
    assert [look.is_crossed for look in report.looks] == [False, False, True, False]
    assert (report.decision, report.decided_at, report.interval) == ("stop-benefit", WEEKS[2], "stagewise")
    stopped = after_stopping(spending_bounds([0.25, 0.5, 0.75]), effect=2.5 / 0.75**0.5, std_error=1 / 0.75**0.5)
    assert (report.effect, report.effect_lower, report.effect_upper, report.p_value) == pytest.approx(
        (stopped.effect, stopped.effect_lower, stopped.effect_upper, stopped.p_value)
    )
    assert report.is_exaggerated
    assert report.effect is not None
    assert report.naive_effect is not None
    assert report.effect < report.naive_effect


def test_a_strong_harm_stops_too_but_not_with_one_side() -> None:
    looks = looks_at([-1.0, -3.5])
    assert stopping_report(looks, PLAN).decision == "stop-harm"
    assert stopping_report(looks, replace(PLAN, sides=1)).decision == "continue"


@pytest.mark.parametrize("rule", ["obf", "pocock", "mixture"])
@pytest.mark.parametrize("sides", [1, 2])
def test_where_a_decrease_is_the_benefit_everything_is_mirrored(rule: Any, sides: Any) -> None:
    z = [1.0, 2.0, 5.0]
    up = stopping_report(looks_at(z), replace(PLAN, rule=rule, sides=sides))
    down = stopping_report(looks_at([-each for each in z]), replace(PLAN, rule=rule, sides=sides, direction="decrease"))
    assert up.decision == down.decision == "stop-benefit"
    assert down.p_value == up.p_value
    assert down.effect_upper == -(up.effect_lower or 0.0)
    assert down.effect == (None if up.effect is None else -up.effect)
    assert [look.always_valid_p for look in down.looks] == [look.always_valid_p for look in up.looks]
    assert [look.statistic for look in down.looks] == [-look.statistic for look in up.looks]


def test_while_the_plan_runs_the_interval_is_as_wide_as_the_boundary() -> None:
    report = stopping_report(looks_at([1.0, 1.5]), PLAN)
    value, look = spending_bounds([0.25, 0.5]).critical_values[1], report.looks[1]
    assert (report.decision, report.interval, report.p_value, report.effect) == ("continue", "repeated", None, None)
    assert value is not None
    assert report.effect_upper == pytest.approx(look.effect + value * look.std_error)
    assert not report.is_exaggerated


def test_the_end_of_the_plan_without_a_crossing() -> None:
    report = stopping_report(looks_at([0.5, 1.0, 1.2, 1.5]), PLAN)
    assert (report.decision, report.interval, report.is_exaggerated) == ("plan-reached", "stagewise", False)
    assert report.p_value is not None
    assert report.p_value > 0.05
    assert report.conditional_power is None


def test_the_last_planned_day_ends_the_plan_with_less_information() -> None:
    information = (0.25, 0.5, 0.7, 0.93)
    plan = replace(PLAN, planned_looks=WEEKS)
    report = stopping_report(looks_at([0.0, 0.0, 0.0, 2.02], information), plan)
    assert report.looks[-1].cumulative_alpha == pytest.approx(0.05)
    assert report.decision == "stop-benefit"
    assert not report.is_exaggerated
    assert stopping_report(looks_at([0.0, 0.0, 0.0, 2.02], information), PLAN).decision == "continue"


def test_looks_after_the_end_cannot_stop() -> None:
    looks = looks_at([0.0, 0.0, 1.0, 9.0], (0.25, 0.5, 1.1, 1.2))
    report = stopping_report(looks, PLAN)
    assert report.looks[3].status == "after-the-end"
    assert (report.decision, report.decided_at) == ("plan-reached", WEEKS[2])


def test_a_look_without_new_information_spends_nothing() -> None:
    report = stopping_report(looks_at([1.0, 9.0, 1.0], (0.5, 0.48, 0.8)), PLAN)
    assert report.looks[1].status == "no-new-information"
    assert report.looks[1].critical_value is None
    bounds = spending_bounds([0.5, 0.8])
    assert report.looks[2].critical_value == pytest.approx(bounds.critical_values[1])
    assert report.decision == "continue"


def test_a_last_planned_day_without_new_information_ends_the_plan() -> None:
    plan = replace(PLAN, planned_looks=WEEKS)
    report = stopping_report(looks_at([1.0, 1.0, 1.0, 1.0], (0.25, 0.5, 0.8, 0.79)), plan)
    assert (report.decision, report.decided_at, report.interval) == ("plan-reached", WEEKS[2], "stagewise")


def test_looks_begin_at_a_hundred_participants_per_arm_or_twenty_units() -> None:
    few = [replace(look, n_control=99) for look in looks_at([5.0, 5.0])]
    report = stopping_report(few, PLAN)
    assert report.decision == "too-early"
    assert (report.decided_at, report.effect, report.effect_lower, report.p_value) == (None, None, None, None)
    assert {look.always_valid_p for look in report.looks} == {None}
    units = [replace(look, n_control=10, n_treatment=n) for look, n in zip(looks_at([5.0, 5.0]), (9, 10), strict=True)]
    within = stopping_report(units, replace(PLAN, design="within"))
    assert [look.status for look in within.looks] == ["too-early", "judged"]
    assert within.looks[1].critical_value == pytest.approx(spending_bounds([0.5]).critical_values[0])


def test_the_always_valid_columns_are_the_sequence() -> None:
    looks = looks_at([1.0, 3.0, 2.0])
    phi = mixing_variance(2.0)
    sequence = confidence_sequence(
        [look.effect for look in looks], [look.std_error for look in looks], mixing_variance=phi
    )
    for rule in ("obf", "mixture"):
        report = stopping_report(looks, replace(PLAN, rule=rule))
        assert [look.always_valid_p for look in report.looks] == pytest.approx(sequence.p_values)
        assert [look.always_valid_lower for look in report.looks] == [look.effect_lower for look in sequence.looks]


def test_the_mixture_decides_by_its_own_boundary() -> None:
    report = stopping_report(looks_at([1.0, 3.1]), replace(PLAN, rule="mixture"))
    expected = [always_valid_quantile(alpha=0.05, share_of_plan=t) for t in (0.25, 0.5)]
    assert [look.critical_value for look in report.looks] == pytest.approx(expected)
    assert (report.decision, report.interval) == ("stop-benefit", "confidence sequence")
    assert report.p_value == report.looks[1].always_valid_p
    assert report.p_value is not None
    assert report.p_value < 0.05
    assert report.effect_lower == report.looks[1].always_valid_lower


def test_unplanned_looks_are_named_and_spend() -> None:
    plan = replace(PLAN, planned_looks=(WEEKS[0], WEEKS[2], WEEKS[3]))
    report = stopping_report(looks_at([1.0, 1.0, 1.0]), plan)
    assert report.unplanned_looks == (WEEKS[1],)
    assert report.looks[1].cumulative_alpha == pytest.approx(spending_bounds([0.25, 0.5]).cumulative_alpha[1])
    assert stopping_report(looks_at([1.0, 1.0]), replace(plan, rule="mixture")).unplanned_looks == ()


def test_conditional_power_is_the_chance_of_a_simulated_end() -> None:
    z, t, draws = 1.8, 0.5, 400_000
    report = stopping_report(looks_at([1.0, z]), PLAN)
    needed = spending_bounds([0.25, t, 1.0]).critical_values[-1]
    rest = np.random.default_rng(1).normal(z / math.sqrt(t) * (1 - t), math.sqrt(1 - t), draws)
    share = np.mean(z * math.sqrt(t) + rest >= needed)
    assert report.conditional_power == pytest.approx(share, abs=5 * math.sqrt(0.25 / draws))
    assert not report.is_futile
    assert stopping_report(looks_at([1.0, 0.0]), PLAN).is_futile
    assert not stopping_report(looks_at([0.0]), PLAN).is_futile


def test_a_report_survives_its_plain_form() -> None:
    plan = StoppingPlan(planned_std_error=1.0, planned_looks=WEEKS, sides=1)
    assert StoppingPlan.from_json(plan.to_json()) == plan
    for z in ([0.1], [9.0], [0.0, 0.0, 0.0, 0.0]):
        report = stopping_report(looks_at(z), plan)
        assert StoppingReport.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"planned_std_error": 0.0}, "planned_std_error must be"),
        ({"rule": "obrien"}, "rule must be one of"),
        ({"alpha": 0.5}, "alpha must be"),
        ({"sides": 3}, "sides must be 1 or 2"),
        ({"direction": "up"}, "direction must be one of"),
        ({"design": "both"}, "design must be one of"),
        ({"planned_looks": ()}, "tuple of days"),
        ({"planned_looks": "2026-05-28"}, "tuple of days"),
        ({"planned_looks": ("28 May",)}, "tuple of days"),
        ({"planned_looks": ("2026-05-28", "2026-05-21")}, "must ascend"),
    ],
)
def test_plans_that_make_no_sense_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        StoppingPlan(**({"planned_std_error": 1.0} | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"std_error": 0.0}, "std_error must be"),
        ({"std_error": math.inf}, "std_error must be"),
        ({"effect": math.nan}, "effect must be"),
        ({"effect": None}, "effect must be"),
        ({"n_control": -1}, "not negative"),
        ({"n_treatment": 10.5}, "whole numbers"),
        ({"date": "20260528"}, "date must be a day"),
    ],
)
def test_looks_that_make_no_sense_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(looks_at([1.0])[0], **change)


def test_numpys_numbers_are_plain_numbers_in_the_record() -> None:
    look = Look(date=WEEKS[0], effect=np.float64(1.5), std_error=1, n_control=np.int64(200), n_treatment=200)
    assert Look.from_json(look.to_json()) == look
    assert stopping_report([look], PLAN).to_json()


def test_looks_must_be_cumulative_and_in_order() -> None:
    first, second = looks_at([1.0, 1.0])
    with pytest.raises(InputError, match="at least one look"):
        stopping_report([], PLAN)
    with pytest.raises(InputError, match="time order"):
        stopping_report([second, first], PLAN)
    with pytest.raises(InputError, match="cumulative looks"):
        stopping_report([first, replace(second, n_control=200)], PLAN)


def daily_paths(draws: int, drift: float, seed: int) -> tuple[np.ndarray, list[list[Look]]]:
    """Return Z of 28 daily looks, shape (draws, 28), and the looks."""
    information = np.arange(1, 29) / 28
    steps = np.random.default_rng(seed).normal(drift / 28, math.sqrt(1 / 28), size=(draws, 28))
    effects = np.cumsum(steps, axis=1) / information
    looks = [
        [
            Look(
                date=f"2026-05-{day:02d}",
                effect=effect,
                std_error=(28 / day) ** 0.5,
                n_control=300 * day,
                n_treatment=9_000,
            )
            for day, effect in enumerate(path, 1)
        ]
        for path in effects.tolist()
    ]
    return effects * np.sqrt(information), looks


def test_daily_looks_stop_on_the_first_day_beyond_the_boundary() -> None:
    z, paths = daily_paths(draws=8, drift=2.0, seed=2)
    beyond = np.abs(z) >= np.array(spending_bounds(np.arange(1, 29) / 28).upper())
    assert 4 <= beyond.any(axis=1).sum() < 8
    for crossed, looks in zip(beyond, paths, strict=True):
        report = stopping_report(looks, PLAN)
        day = int(crossed.argmax()) + 1 if crossed.any() else 28
        assert (report.decided_at, report.decision.startswith("stop")) == (f"2026-05-{day:02d}", crossed.any())


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["obf", "pocock", "mixture"])
def test_experiments_of_28_daily_looks_rarely_stop_for_nothing(rule: Any) -> None:
    draws = 150
    _, paths = daily_paths(draws, drift=0.0, seed=3)
    plan = StoppingPlan(planned_std_error=1.0, rule=rule)
    stopped = np.mean([stopping_report(looks, plan).decision.startswith("stop") for looks in paths])
    assert stopped <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)
