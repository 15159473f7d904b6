"""How many participants and days: the ways to ask agree with each other, with textbooks and with other software."""

from __future__ import annotations

import functools
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment, running
from scipy import stats
from statsmodels.stats.power import TTestIndPower

import decision_widgets as dw
from decision_widgets.errors import ColumnNotFound, InputError
from decision_widgets.moments import MetricSummary, TypedSummary
from decision_widgets.results import EffectEstimate
from decision_widgets.results.sizing_records import NotSized, PairAdvice

COLUMNS = [
    "metric", "arm", "control", "n_control", "n_treatment", "n_participants", "n_observations", "days", "mde",
    "relative_mde", "power", "icc", "design_effect", "codes",
]  # fmt: skip


@functools.cache
def past(participants: int = 3000, days: int = 28) -> pd.DataFrame:
    return running(participants, days=days, seed=3).drop(columns="variant")


def spend(**words: Any) -> TypedSummary:
    return TypedSummary("spend", **({"mean": 20, "std_dev": 8} | words))


def plan(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    return design(*metrics, **({"time": "time"} | words))


def only(advice: Any) -> PairAdvice:
    (row,) = advice.rows
    assert isinstance(row, PairAdvice)
    return row


def same_numbers(left: Any, right: Any, rel: float = 1e-9) -> None:
    for one, other in zip(left.rows, right.rows, strict=True):
        for field in fields(one):
            if field.name == "codes":  # a typed history has no missing values, zeros, or age to speak of
                continue
            a, b = getattr(one, field.name), getattr(other, field.name)
            assert a == (pytest.approx(b, rel=rel) if isinstance(b, float) else b), field.name


# --- known values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.5, 0.2, 0.9])
@pytest.mark.parametrize("effect", [0.2, 1.0, -0.7, 6.0])
@pytest.mark.parametrize("power", [0.8, 0.95])
def test_one_observation_each_is_the_t_test_of_statsmodels(share: float, effect: float, power: float) -> None:
    given = design("spend", arms={CONTROL: 1 - share, TREATMENT: share}, power=power)
    row = only(dw.advise(given, spend(std_dev=3), effect=effect, relative=False))
    ratio = share / (1 - share)
    n_control = TTestIndPower().solve_power(abs(effect) / 3, power=power, alpha=0.05, ratio=ratio)
    exact = n_control / (1 - share)
    expected = [max(3, int(np.ceil(round(exact * part, 9)))) for part in (1 - share, share)]
    assert [row.n_control, row.n_treatment] == expected
    reached = TTestIndPower().power(abs(effect) / 3, row.n_control, 0.05, ratio=row.n_treatment / row.n_control)
    assert row.power == pytest.approx(float(reached), abs=1e-6)
    assert row.power >= power


@pytest.mark.parametrize(("m", "icc"), [(10, 0.017), (20, 0.05), (5, 0.3)])
def test_equal_clusters_are_the_textbook_design_effect(m: int, icc: float) -> None:
    one = dw.advise(design("spend"), spend(), effect=0.02).metric("spend").total_exact
    several = dw.advise(design("spend"), spend(observations_per_participant=m, icc=icc), effect=0.02)
    row, deff = only(several), 1 + (m - 1) * icc
    assert row.design_effect == pytest.approx(deff)
    # t quantiles add about two participants to either.
    assert several.metric("spend").total_exact == pytest.approx(one * deff / m, abs=4)
    assert row.n_observations == row.n_participants * m


def test_unequal_clusters_are_those_of_eldridge_in_print() -> None:
    """Mean 30, CV 0.65, ICC 0.05: design effect 3.084 (Eldridge, Ashby & Kerry 2006)."""
    given = spend(std_dev=1, observations_per_participant=30, cv_observations=0.65, icc=0.05)
    row = only(dw.advise(design("spend"), given, effect=0.3, relative=False))
    assert row.design_effect == pytest.approx(3.08375)
    assert (row.n_control, row.n_treatment) == (19, 19)


def test_two_shares_are_the_unpooled_normal_with_its_t_correction() -> None:
    row = only(dw.advise(design("paid"), TypedSummary("paid", mean=0.2), effect=0.03, relative=False))
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    normal = z**2 * (0.2 * 0.8 + 0.23 * 0.77) / 0.03**2
    assert row.n_control == pytest.approx(normal, abs=2)


def test_a_relative_effect_is_its_difference_and_an_increase_spreads_in_proportion() -> None:
    row = only(dw.advise(design("spend"), spend(), effect=0.15))
    absolute = only(dw.advise(design("spend"), spend(), effect=3.0, relative=False))
    assert row.n_control == pytest.approx(absolute.n_control * (1 + 1.15**2) / 2, abs=2)
    assert row.mde == pytest.approx(3.0)
    fewer = only(dw.advise(design(dw.Metric("spend", direction="decrease")), spend(), effect=0.15))
    assert fewer.n_control == absolute.n_control
    assert fewer.relative_mde == pytest.approx(0.15)


def test_the_history_of_one_participant_each_is_its_own_variance() -> None:
    frame = experiment(1500, sizes="equal")
    row = only(dw.advise(design("spend"), frame, effect=1.0, relative=False))
    sd = float(frame.spend.std())
    expected = TTestIndPower().solve_power(1.0 / sd, power=0.8, alpha=0.05)
    assert row.n_control == int(np.ceil(expected))
    assert (row.icc, row.design_effect) == (None, 1.0)


def test_the_variance_of_a_history_is_that_of_linearised_participants() -> None:
    frame = past()
    advice = dw.advise(plan("spend"), frame, effect=0.02)
    days = advice.plan.days
    assert days is not None
    window = frame[frame.time < frame.time.min().normalize() + pd.Timedelta(days=days)]
    totals = window.groupby("user").spend.agg(["sum", "size"])
    ratio = totals["sum"].sum() / totals["size"].sum()
    u = (totals["sum"] - ratio * totals["size"]) / totals["size"].mean()
    found = advice.metric("spend")
    assert found.level == pytest.approx(ratio)
    assert found.variance == pytest.approx(float(u.var()))
    assert found.observations_per_participant == pytest.approx(totals["size"].mean())


# --- the routes -----------------------------------------------------------------------------------------------------


def test_a_table_its_summary_and_the_json_of_it_give_one_answer() -> None:
    metrics = [
        dw.Metric("spend", covariates=["before"]),
        dw.Metric("paid", role="secondary"),
        dw.Metric("rate", numerator="clicks", denominator="views", role="guardrail", limit=0.05),
    ]
    given = plan(*metrics, arms=[CONTROL, TREATMENT, "other"])
    frame = past()
    kept = dw.summarize(frame, metrics=metrics, participant="user", time="time", population="all")
    routes = [
        frame,
        kept,
        dw.HistorySummary.from_json(kept.to_json()),
        list(kept.metrics),
        {each.metric: MetricSummary.from_json(each.to_json()) for each in kept.metrics},
        frame.sample(frac=1, random_state=1),
    ]
    answers = [dw.advise(given, history, effect=0.02, today="2026-12-01") for history in routes]
    for other in answers[1:]:
        same_numbers(other, answers[0])
        assert other.plan.n_participants == answers[0].plan.n_participants
        assert [m.code for m in other.messages] == [m.code for m in answers[0].messages]


def test_a_store_is_whatever_returns_a_summary_by_name() -> None:
    kept = dw.summarize(past(), metrics=["spend"], participant="user", time="time")

    class Store:
        def summary(self, metric: str) -> MetricSummary:
            assert metric == "spend"
            return kept.summary(metric)

    same_numbers(dw.advise(plan("spend"), Store(), effect=0.02), dw.advise(plan("spend"), past(), effect=0.02))


@pytest.mark.parametrize("m", [1, 4])
def test_typed_numbers_of_exchangeable_participants_are_the_history(m: int) -> None:
    """Equal m: V = MSB/m = sd²·DEFF/m, with the variance components of the analysis of variance."""
    rng = np.random.default_rng(5)
    taste = np.repeat(rng.normal(0, 1, 800), m)
    frame = pd.DataFrame({"user": np.repeat(np.arange(800), m), "spend": 20 + taste + rng.normal(0, 2, 800 * m)})
    from_table = dw.advise(design("spend"), frame, effect=0.01)
    found = from_table.metric("spend")
    typed = TypedSummary(
        "spend", mean=found.level, std_dev=found.std_dev, icc=found.icc or 0.0, observations_per_participant=m
    )
    from_numbers = dw.advise(design("spend"), typed, effect=0.01)
    assert from_numbers.metric("spend").total_exact == pytest.approx(found.total_exact, rel=1e-9)
    assert only(from_numbers).n_control == only(from_table).n_control
    assert only(from_numbers).power == pytest.approx(only(from_table).power, rel=1e-9)


def test_two_metrics_together_equal_each_alone_where_no_level_is_shared() -> None:
    frame = past()
    both = dw.advise(plan("spend", dw.Metric("trips", role="secondary")), frame, effect={"spend": 0.02, "trips": 0.05})
    alone = dw.advise(plan("spend"), frame, effect=0.02)
    same_numbers(replace(both, rows=both.rows[:1]), alone)


# --- what is solved for ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("history", ["typed", "table", "binary", "margin", "decrease"])
@pytest.mark.parametrize("effect", [0.01, 0.05, 0.3])
def test_the_effect_of_the_participants_needs_the_same_participants(history: str, effect: float) -> None:
    metric = dw.Metric("spend")
    known: Any = spend(observations_per_participant=3, icc=0.4, cv_observations=1)
    asked: dict[str, Any] = {"effect": effect}
    if history == "table":
        known = past().drop(columns="time")
    elif history == "binary":
        known = TypedSummary("spend", mean=0.3, observations_per_participant=2, icc=0.1)
    elif history == "decrease":
        metric = dw.Metric("spend", direction="decrease")
    elif history == "margin":
        metric, asked = dw.Metric("spend", role="guardrail", limit=effect), {}
    first = dw.advise(design(metric), known, **asked)
    total = first.plan.n_participants
    back = only(dw.advise(design(metric), known, participants=total))
    assert back.solved == "effect"
    assert back.relative_mde == pytest.approx(effect, rel=2 / total + 1e-6)
    again = (
        dw.advise(design(replace(metric, limit=back.relative_mde)), known)
        if history == "margin"
        else dw.advise(design(metric), known, effect=back.relative_mde)
    )
    assert abs(again.plan.n_participants - total) <= 1


def test_a_primary_metric_leads_where_participants_are_given() -> None:
    first = dw.Metric("trips", role="secondary")
    advice = dw.advise(design(first, "spend"), [TypedSummary("trips", mean=2, std_dev=2), spend()], participants=500)
    assert advice.plan.metric == "spend"
    assert "in Spend" in advice.sentence()


def test_power_follows_from_an_effect_and_participants() -> None:
    row = only(dw.advise(design("spend"), spend(std_dev=3), participants=200, effect=1.0, relative=False))
    assert (row.solved, row.n_control, row.n_treatment, row.mde) == ("power", 100, 100, 1.0)
    assert row.power == pytest.approx(TTestIndPower().power(1 / 3, 100, 0.05), abs=1e-8)


def test_days_are_the_first_whole_weeks_whose_participants_are_enough() -> None:
    rate = spend(participants_per_day=100)
    advice = dw.advise(plan("spend"), rate, effect=0.08)
    needed = advice.plan.n_participants
    assert advice.plan.first_day == -(-needed // 100)
    assert advice.plan.days == -(-advice.plan.first_day // 7) * 7
    half = dw.advise(plan("spend"), rate, effect=0.08, traffic=0.5)
    assert half.plan.n_participants == needed
    assert half.plan.first_day == -(-needed // 50)
    ramp = dw.advise(plan("spend"), rate, effect=0.08, traffic=[0.1] * 7 + [1.0])
    assert ramp.plan.first_day == 7 + -(-(needed - 70) // 100)
    assert advice.metric("spend").weeks[0].n_control == 350


def test_a_ramp_is_the_mean_of_its_schedule() -> None:
    given = dw.advise(plan("spend"), spend(participants_per_day=100), days=14, traffic=[0.0] * 7 + [1.0])
    assert given.plan.n_participants == 700


def test_days_give_the_participants_of_the_history() -> None:
    frame = past()
    row = only(dw.advise(plan("spend", arms={CONTROL: 0.75, TREATMENT: 0.25}), frame, days=14))
    start = frame.time.min().normalize()
    n = frame[frame.time < start + pd.Timedelta(days=14)].user.nunique()
    assert (row.n_control, row.n_treatment) == (int(0.75 * n), int(0.25 * n))
    assert row.days == 14
    longer = only(dw.advise(plan("spend"), frame, days=28))
    assert longer.mde < only(dw.advise(plan("spend"), frame, days=7)).mde


def test_given_participants_take_the_days_in_which_they_come() -> None:
    row = only(dw.advise(plan("spend"), spend(participants_per_day=100), participants=1000))
    assert (row.days, row.n_participants) == (14, 1000)
    never = dw.advise(plan("spend"), spend(participants_per_day=10), participants=10_000)
    assert never.plan.days is None


def test_a_smallest_worthwhile_effect_is_planned_so_that_it_ships() -> None:
    advice = dw.advise(design(dw.Metric("spend", minimum_effect=0.014)), spend())
    assert only(advice).relative_mde == pytest.approx(0.02)
    assert "1.40%, the least worth shipping" in advice.sentence()
    lower = dw.advise(design(dw.Metric("spend", minimum_effect=0.014, direction="decrease")), spend())
    assert "from 20.00 to 19.60" in lower.sentence()


def test_guardrails_must_rule_out_their_limit_one_sided() -> None:
    metrics = [dw.Metric("spend"), dw.Metric("trips", role="guardrail", limit=0.03)]
    history = [spend(), TypedSummary("trips", mean=2, std_dev=2)]
    advice = dw.advise(design(*metrics), history, effect=0.05)
    row = advice.row("trips")
    assert isinstance(row, PairAdvice)
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert row.n_control == pytest.approx(z**2 * 2 * 4 / (0.03 * 2) ** 2, abs=3)
    assert row.relative_mde == 0.03
    assert advice.plan.metric == "trips"
    assert advice.plan.n_participants == row.n_participants
    assert "rule out a loss of 3.0% in Trips" in advice.sentence()


def test_a_secondary_metric_shows_what_the_plan_will_find() -> None:
    history = [spend(), TypedSummary("trips", mean=2, std_dev=2)]
    advice = dw.advise(design("spend", dw.Metric("trips", role="secondary")), history, effect=0.05)
    row, main = advice.row("trips"), advice.row("spend")
    assert isinstance(row, PairAdvice)
    assert isinstance(main, PairAdvice)
    assert (row.solved, row.n_participants) == ("effect", main.n_participants)
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert row.mde == pytest.approx(z * 2 * (2 / main.n_control) ** 0.5, rel=0.2)
    below = [spend(), TypedSummary("trips", mean=-2, std_dev=2)]
    absolute = dw.advise(design("spend", dw.Metric("trips", role="secondary")), below, effect=0.05).row("trips")
    assert isinstance(absolute, PairAdvice)
    assert absolute.relative_mde is None


# --- arms -----------------------------------------------------------------------------------------------------------


def test_several_treatments_are_dunnetts_and_every_pair_has_its_power() -> None:
    shares = {CONTROL: 0.5, "b": 0.3, "c": 0.2}
    advice = dw.advise(design("spend", arms=shares), spend(), effect=0.5, relative=False)
    rows = [row for row in advice.rows if isinstance(row, PairAdvice)]
    assert [(row.control, row.arm) for row in rows] == [(CONTROL, "b"), (CONTROL, "c")]
    assert min(row.power for row in rows) == rows[1].power >= 0.8
    assert rows[0].power > 0.85
    assert 0.025 < rows[0].alpha < 0.05
    total = advice.plan.n_participants
    assert list(advice.plan.n_arms.values()) == pytest.approx([share * total for share in shares.values()], abs=1)
    assert "Dunnett" in advice.metric("spend").method_text


def test_all_pairs_share_the_level_and_the_smallest_pair_decides() -> None:
    """Shares 50/30/20, sd 9, effect 2, power 0.9: 2,279.7 in all with Bonferroni for three pairs."""
    given = design("spend", arms={CONTROL: 0.5, "b": 0.3, "c": 0.2}, power=0.9)
    advice = dw.advise(given, spend(std_dev=9), effect=2.0, relative=False, compare="all")
    assert [(row.control, row.arm) for row in advice.rows] == [(CONTROL, "b"), (CONTROL, "c"), ("b", "c")]
    assert all(row.alpha == pytest.approx(0.05 / 3) for row in advice.rows if isinstance(row, PairAdvice))
    assert advice.metric("spend").total_exact == pytest.approx(2279.73, abs=8)
    assert sum(advice.plan.n_arms.values()) == pytest.approx(advice.metric("spend").total_exact, abs=3)


def test_several_primary_metrics_share_the_level() -> None:
    advice = dw.advise(design("spend", "trips"), [spend(), TypedSummary("trips", mean=2, std_dev=2)], effect=0.05)
    assert {row.alpha for row in advice.rows if isinstance(row, PairAdvice)} == {0.025}
    answered = dw.advise(design("spend", arms=[CONTROL, "b", "c"], dependent=True), spend(), effect=0.05)
    assert {row.alpha for row in answered.rows if isinstance(row, PairAdvice)} == {0.025}


# --- covariates, estimand, people without a value -------------------------------------------------------------------


def test_covariates_count_only_when_the_design_has_them() -> None:
    frame = past(days=28)
    plain = dw.advise(plan("spend"), frame, effect=0.01)
    adjusted = dw.advise(plan(dw.Metric("spend", covariates=["before"])), frame, effect=0.01)
    share = adjusted.metric("spend").variance_reduction
    assert share is not None
    assert 0.02 < share < 0.6
    assert plain.metric("spend").variance_reduction is not None
    assert not plain.metric("spend").adjusted
    at_same_days = adjusted.metric("spend").variance / plain.metric("spend").variance
    ratio = (adjusted.metric("spend").total_exact or 0) / (plain.metric("spend").total_exact or 1)
    assert ratio == pytest.approx((1 - share) * at_same_days, rel=0.01)
    typed = spend(variance_reduction=0.3)
    with_it = dw.advise(design(dw.Metric("spend", covariates=["before"])), typed, effect=0.01).plan.n_participants
    without = dw.advise(design("spend"), typed, effect=0.01).plan.n_participants
    assert with_it / without == pytest.approx(0.7, abs=0.001)


def test_what_covariates_are_planned_to_remove_is_what_they_remove() -> None:
    """The last two weeks as an experiment, each participant's mean of the two weeks before as its covariate."""
    rng = np.random.default_rng(7)
    who = np.repeat(np.arange(1500), 2 + rng.poisson(12 * np.exp(0.5 * rng.normal(size=1500))))
    taste = rng.normal(0, 1, 1500)[who]
    moment = pd.Timestamp("2026-10-05") + pd.to_timedelta(rng.integers(0, 28 * 24, len(who)), "h")
    frame = pd.DataFrame({"user": who, "spend": 20 + taste + rng.normal(0, 2, len(who)), "time": moment})
    frame["variant"] = np.array([CONTROL, TREATMENT])[rng.integers(0, 2, 1500)[who]]
    start = pd.Timestamp("2026-10-19")
    before = frame[frame.time < start].groupby("user").spend.mean().rename("before")
    later = frame[frame.time >= start].merge(before, on="user", how="left")
    metric = dw.Metric("spend", covariates=["before"])
    planned = dw.advise(plan(metric), frame, days=14).metric("spend").variance_reduction
    row = dw.analyze(later, plan(metric)).effect("spend")
    assert isinstance(row, EffectEstimate)
    assert planned == pytest.approx(row.variance_reduction, abs=0.03)
    assert planned > 0.2


def test_the_average_of_participants_is_another_question() -> None:
    frame = past().drop(columns="time")
    means = frame.groupby("user").spend.mean()
    found = dw.advise(design("spend"), frame, effect=0.3, relative=False, estimand="participant")
    assert found.metric("spend").level == pytest.approx(means.mean())
    assert found.metric("spend").variance == pytest.approx(means.var())
    other = dw.advise(design("spend"), frame, effect=0.3, relative=False)
    assert found.metric("spend").n_other_estimand == pytest.approx(other.metric("spend").total_exact, abs=1)
    assert other.metric("spend").n_other_estimand == pytest.approx(found.metric("spend").total_exact, abs=1)
    ratio = dw.Metric("rate", numerator="clicks", denominator="views")
    refused = dw.advise(design(ratio), frame, effect=0.05, estimand="participant").rows[0]
    assert isinstance(refused, NotSized)


def test_participants_without_a_value_are_assigned_too() -> None:
    """Half of the participants never get a value: twice as many must be assigned for the same error."""
    frame = experiment(2000, sizes="equal")
    half = frame.assign(spend=frame.spend.where(frame.user % 2 == 0))
    full = dw.advise(design("spend", missing="drop"), half[half.user % 2 == 0], effect=0.05)
    sparse = dw.advise(design("spend", missing="drop"), half, effect=0.05)
    assert sparse.plan.n_participants == pytest.approx(2 * full.plan.n_participants, rel=0.01)
    assert sparse.plan.n_observations == pytest.approx(full.plan.n_participants, rel=0.01)


def test_a_rare_metric_is_counted_out_exactly() -> None:
    rare = TypedSummary("paid", mean=0.002)
    row = only(dw.advise(design("paid"), rare, effect=0.01, relative=False))
    by_normal = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    normal = by_normal**2 * (0.002 * 0.998 + 0.012 * 0.988) / 0.01**2
    assert row.n_control > normal
    table = stats.binom.pmf(np.arange(60), row.n_control, 0.002), stats.binom.pmf(np.arange(60), row.n_treatment, 0.012)
    power = 0.0
    for x in range(15):
        for y in range(60):
            grid = [[x, row.n_control - x], [y, row.n_treatment - y]]
            chance = table[0][x] * table[1][y]
            if chance > 1e-9 and stats.fisher_exact(grid)[1] <= 0.05:
                power += chance
    assert row.power == pytest.approx(power, abs=1e-5)
    assert row.power >= 0.8


def test_an_interval_stands_beside_the_size() -> None:
    found = dw.advise(plan("spend"), past(), effect=0.02).metric("spend")
    assert found.n_lower < found.total_exact < found.n_upper
    assert dw.advise(design("spend"), spend(), effect=0.02).metric("spend").n_lower is None


# --- refusals and bad input -----------------------------------------------------------------------------------------


def test_the_frame_has_one_row_per_metric_and_pair_and_what_is_missing_is_missing() -> None:
    metrics = ["spend", dw.Metric("trips", role="guardrail"), dw.Metric("city", role="secondary")]
    advice = dw.advise(plan(*metrics, arms=[CONTROL, "b", "c"]), past(), effect=0.02)
    frame = advice.to_frame()
    assert list(frame) == COLUMNS
    assert len(frame) == 6
    assert frame.dtypes["n_control"] == "Int64"
    refused = frame[frame.metric != "spend"]
    assert refused.drop(columns=["metric", "arm", "control", "codes"]).isna().all(axis=None)
    assert set(refused.codes) == {"E_NI_MARGIN", "E_METRIC_KIND"}
    assert frame[frame.metric == "spend"].notna().all(axis=None)


def test_nothing_to_size_is_said_and_not_raised() -> None:
    below = dw.advise(design("spend"), spend(mean=-1), effect=0.02)
    assert "No size can be given. spend has no relative uplift." in below.sentence()
    advice = dw.advise(plan("city"), past(), effect=0.02)
    assert advice.plan is None
    assert advice.sentence().startswith("No size can be given. city could not be computed.")
    assert advice.metrics == ()
    beside = dw.advise(plan("city", dw.Metric("spend", role="secondary")), past(), effect=0.02)
    assert [row.codes for row in beside.rows] == [("E_METRIC_KIND",)] * 2


WRONG: dict[str, tuple[Any, str]] = {
    "no effect": (lambda: dw.advise(design("spend"), spend()), "needs an effect to find"),
    "effect 0": (lambda: dw.advise(design("spend"), spend(), effect=0), "effect must not be 0"),
    "effect text": (lambda: dw.advise(design("spend"), spend(), effect="2%"), "effect must be a number"),
    "effect of nobody": (
        lambda: dw.advise(design("spend"), spend(), effect={"spent": 0.02}),
        r"effect names no metric 'spent' of the design\. Did you mean 'spend'",
    ),
    "no primary": (
        lambda: dw.advise(design(dw.Metric("spend", role="secondary")), spend(), effect=0.02),
        "for primary metrics and the design has none",
    ),
    "power 1": (lambda: dw.advise(design("spend", power=1), spend(), effect=0.02), "power must be"),
    "power above 1": (lambda: dw.advise(design("spend", power=80), spend(), effect=0.02), "power must be"),
    "shares": (
        lambda: dw.advise(design("spend", arms={CONTROL: 0.6, TREATMENT: 0.6}), spend(), effect=0.02),
        r"Shares add up to 1\.2, not 1",
    ),
    "negative icc": (lambda: spend(icc=-0.1), r"icc must be 0 or a number between 0 and 1; got -0\.1"),
    "small m": (lambda: spend(observations_per_participant=0.5), "observations_per_participant must be at least 1"),
    "binary mean": (lambda: TypedSummary("paid", mean=1.2), "mean must lie between 0 and 1 without std_dev"),
    "sd 0": (lambda: spend(std_dev=0), "std_dev must be a positive number"),
    "two problems": (lambda: spend(icc=2, std_dev=-1), "has 2 problems"),
    "one participant": (
        lambda: dw.advise(design("spend"), experiment(400).query("user == 1000"), effect=0.02),
        "The history holds 1 participant; a variance needs at least 3",
    ),
    "unknown in a summary": (
        lambda: dw.advise(design("spent"), spend(), effect=0.02),
        r"The history has no metric 'spent'\. Did you mean 'spend'",
    ),
    "unknown in several": (
        lambda: dw.advise(design("spent"), [spend(), TypedSummary("paid", mean=0.2)], effect=0.02),
        "Did you mean 'spend'",
    ),
    "a mapping of something": (
        lambda: dw.advise(design("spend"), {"spend": 3}, effect=0.02),
        "MetricSummary or TypedSummary under each metric's name; got int",
    ),
    "design second": (lambda: dw.advise(spend(), design("spend"), effect=0.02), "the design first"),
    "participants": (lambda: dw.advise(design("spend"), spend(), participants=0), "positive whole number"),
    "days without time": (lambda: dw.advise(design("spend"), spend(), days=7), "days= needs a history with days"),
    "days too long": (
        lambda: dw.advise(plan("spend"), past(), days=40),
        r"The history holds 28 days and says nothing of 40",
    ),
    "traffic": (lambda: dw.advise(design("spend"), spend(), effect=0.02, traffic=1.5), "traffic must be shares"),
    "no traffic": (lambda: dw.advise(design("spend"), spend(), effect=0.02, traffic=[0, 0]), "traffic must be shares"),
    "compare": (
        lambda: dw.advise(design("spend"), spend(), effect=0.02, compare="controls"),
        "Did you mean 'control'",
    ),
    "today": (lambda: dw.advise(design("spend"), spend(), effect=0.02, today="soon"), "today must be a day"),
    "no table": (lambda: dw.advise(design("spend"), 3, effect=0.02), "The data must be"),
    "no metrics": (lambda: dw.summarize(experiment(40), metrics=[]), "at least one metric"),
    "twice": (lambda: dw.summarize(experiment(40), metrics=["paid", "paid"]), "Two metrics are called 'paid'"),
    "as of": (lambda: dw.summarize(experiment(40), metrics="paid", as_of="soon"), "as_of must be a day"),
    "which pair": (
        lambda: dw.advise(design("spend", arms=[CONTROL, "b", "c"]), spend(), effect=0.02).row("spend"),
        "Say which pair",
    ),
    "row of nobody": (lambda: dw.advise(design("spend"), spend(), effect=0.02).row("spent"), "Did you mean 'spend'"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_bad_input_has_one_clear_message(case: str) -> None:
    ask, message = WRONG[case]
    with pytest.raises(InputError, match=message) as refusal:
        ask()
    assert len(str(refusal.value).split(". ")) <= 3


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(ColumnNotFound, match="Did you mean 'spend'"):
        dw.advise(design("spent"), experiment(40), effect=0.02)


def test_an_effect_that_a_share_cannot_have_refuses_that_metric_alone() -> None:
    history = [TypedSummary("paid", mean=0.9), spend()]
    advice = dw.advise(design("paid", "spend"), history, effect={"paid": 0.5, "spend": 0.02})
    refused = advice.row("paid")
    assert isinstance(refused, NotSized)
    assert "A share stays between 0 and 1" in refused.message.text
    assert isinstance(advice.row("spend"), PairAdvice)
