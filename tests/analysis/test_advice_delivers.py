"""What an advice promises is what the analysis then delivers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import running
from scipy import stats

import decision_widgets as dw
from decision_widgets.errors import InputError
from decision_widgets.estimates import RelativeEffect, relative_effect, welch_t
from decision_widgets.moments import Moments, TypedSummary
from decision_widgets.results.sizing_records import NotSized, PairAdvice


def plan(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    return dw.BetweenSubject(participant="user", arm="variant", control="c", metrics=list(metrics) or ["y"], **words)


def known(metric: str = "y", **words: Any) -> TypedSummary:
    return TypedSummary(metric, **words)


def sized(advice: Any, metric: str = "y", arm: str | None = None) -> PairAdvice:
    row = advice.row(metric, arm)
    assert isinstance(row, PairAdvice)
    return row


@pytest.mark.parametrize("share", [0.98, 0.99, 0.9])
def test_a_rare_guardrail_is_planned_for_its_limit_and_no_more(share: float) -> None:
    row = sized(dw.advise(plan(dw.Metric("y", role="guardrail", limit=0.03)), known(mean=share)))
    z2 = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2
    assert row.n_control == pytest.approx(z2 * 2 * share * (1 - share) / (0.03 * share) ** 2, abs=3)
    assert row.power == pytest.approx(0.8, abs=0.005)


def found(row: PairAdvice, level: float, sd: float | None, change: float, draws: int = 40_000) -> float:
    """Return how often Welch's test, which Fieller's interval agrees with, finds the change (binary without an sd).

    Values that grow spread in proportion.
    """
    rng = np.random.default_rng(11)
    means, parts, dfs = [], [], []
    for n, at in ((row.n_control, level), (row.n_treatment, level + change)):
        if sd is None:
            mean = rng.binomial(n, at, draws) / n
            variance = mean * (1 - mean) / (n - 1)
        else:
            own = sd * max(1.0, at / level)
            mean = rng.normal(at, own / np.sqrt(n), draws)
            variance = own**2 * rng.chisquare(n - 1, draws) / (n - 1) / n
        means.append(mean)
        parts.append(variance)
        dfs.append(n - 1)
    both = parts[0] + parts[1]
    df = both**2 / sum(part**2 / df for part, df in zip(parts, dfs, strict=True))
    return float(np.mean(np.abs(means[1] - means[0]) > stats.t.ppf(0.975, df) * np.sqrt(both)))


@pytest.mark.parametrize(
    ("level", "sd", "effect"),
    [
        (0.1, None, 0.5), (0.3, None, 0.2), (0.3, None, -0.2), (10, 20, 0.15), (10, 20, -0.15),
        (10, 20, 0.3), (10, 20, -0.3), (10, 20, 0.8),
    ],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_a_relative_effect_is_found_as_often_as_advised(
    level: float, sd: float | None, effect: float, share: float
) -> None:
    given = plan(arms={"c": 1 - share, "t": share})
    row = sized(dw.advise(given, known(mean=level, std_dev=sd), effect=effect))
    often = found(row, level, sd, effect * level)
    assert often == pytest.approx(0.8, abs=0.02)
    stated = sized(dw.advise(given, known(mean=level, std_dev=sd), effect=effect, participants=row.n_participants))
    assert often == pytest.approx(stated.power, abs=0.02)
    smallest = sized(dw.advise(given, known(mean=level, std_dev=sd), participants=row.n_participants))
    if effect > 0:
        assert smallest.relative_mde == pytest.approx(effect, rel=0.01)


def test_half_of_a_share_lost_is_found_as_often_as_advised() -> None:
    """Equal arms; with 12 events in a small arm the normal itself is 3 points off."""
    row = sized(dw.advise(plan(), known(mean=0.1), effect=-0.5))
    assert found(row, 0.1, None, -0.05) == pytest.approx(0.8, abs=0.02)


def test_the_interval_of_a_percentage_leaves_0_out_when_that_of_the_difference_does() -> None:
    row = sized(dw.advise(plan(), known(mean=10, std_dev=20), effect=0.3))
    rng, agreed, seen = np.random.default_rng(3), 0, 0
    for _ in range(300):
        arms = (Moments.of({"y": rng.normal(m, 2 * m, n)}) for m, n in ((10, row.n_control), (13, row.n_treatment)))
        difference = welch_t(*arms)
        interval = relative_effect(difference)
        assert isinstance(interval, RelativeEffect)
        by_share = not interval.relative_effect_lower <= 0 <= interval.relative_effect_upper
        agreed += by_share == (not difference.effect_lower <= 0 <= difference.effect_upper)
        seen += by_share
    assert agreed == 300
    assert seen / 300 == pytest.approx(0.8, abs=0.07)


def test_a_share_that_has_hardly_any_base_finds_a_relative_effect_all_the_same() -> None:
    row = sized(dw.advise(plan(), known(mean=0.02), participants=800))
    assert row.relative_mde is not None
    assert row.relative_mde > 1


def test_power_does_not_fall_where_participants_are_added() -> None:
    powers = [
        sized(dw.advise(plan(), known(mean=0.01), effect=2.0, participants=n)).power for n in range(1990, 2012, 2)
    ]
    assert max(abs(np.diff(powers))) < 0.03
    assert min(powers) > 0.85


# --- headlines -------------------------------------------------------------------------------------------------------

UNEQUAL = {"c": 0.5, "t": 0.4, "u": 0.1}


def test_the_headline_is_of_the_pair_with_the_least_power() -> None:
    advice = dw.advise(plan(arms=UNEQUAL), known(mean=0.2), effect=0.1, participants=10_000)
    least = min(row.power for row in advice.rows if isinstance(row, PairAdvice))
    assert least == sized(advice, arm="u").power < sized(advice, arm="t").power
    assert f"10.0% in Y (u against c) is found with {100 * least:.3g}% power" in advice.sentence()
    answer = next(card for card in advice.to_payload()["cards"] if card["schema"] == "dw.power/1")["answer"]
    assert answer["power"] == least
    size = dw.advise(plan(arms=UNEQUAL), known(mean=0.2), effect=0.1)
    assert "with 80% power" in size.sentence()


def test_the_weaker_of_two_primary_metrics_leads_and_both_are_told() -> None:
    both = [known(mean=0.2), known("z", mean=0.01)]
    power = dw.advise(plan("y", "z"), both, effect=0.1, participants=10_000)
    assert "10.0% in Z is found with 4.31% power; 10.0% in Y is found with 58.5% power." in power.sentence()
    effect = dw.advise(plan("y", "z"), both, participants=10_000).sentence()
    assert effect.count("you can find a change of") == 2
    assert "in Y with 80% power" in effect
    assert "in Z with 80% power" in effect


@pytest.mark.parametrize("power", [0.7, 0.8, 0.9])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("direction", ["increase", "decrease"])
def test_an_effect_ships_as_often_as_said(power: float, alpha: float, direction: Any) -> None:
    metric = dw.Metric("y", minimum_effect=0.07, direction=direction)
    advice = dw.advise(plan(metric, power=power, alpha=alpha), known(mean=10, std_dev=20))
    row, rng, draws = sized(advice), np.random.default_rng(4), 100_000
    sign = 1 if direction == "increase" else -1
    se = 20 / np.sqrt(row.n_control)
    se_t = se * max(1.0, 1 + sign * 0.1)
    control, treatment = rng.normal(10, se, draws), rng.normal(10 + sign, se_t, draws)
    effect = sign * (treatment - control)
    bounded = effect > stats.t.ppf(1 - alpha / 2, 2 * row.n_control - 2) * np.hypot(se, se_t)
    ships = np.mean(bounded & (effect / control >= 0.07))
    said = re.search(r"ships with ([\d.]+)% probability", advice.sentence())
    assert said is not None
    assert float(said[1]) / 100 == pytest.approx(ships, abs=0.01)


def test_the_weeks_hold_the_participants_that_the_exact_test_asks_for() -> None:
    advice = dw.advise(plan(), known(mean=0.01, participants_per_day=303), effect=-0.9)
    assert advice.plan is not None
    assert advice.plan.days == 14
    assert advice.plan.first_day == -(-advice.plan.n_participants // 303)
    assert advice.plan.n_participants <= 303 * advice.plan.days


def test_days_are_told_where_one_metric_knows_them() -> None:
    other = known("z", mean=5, std_dev=10)
    advice = dw.advise(plan("y", "z"), [known(mean=0.2, participants_per_day=1000), other], effect=0.1)
    assert advice.plan is not None
    assert advice.plan.first_day == -(-advice.plan.n_participants // 1000)
    assert advice.plan.days == 21
    assert "(3 weeks)" in advice.sentence()
    never = dw.advise(plan("y", "z"), [known(mean=0.2, participants_per_day=10), other], effect=0.1)
    assert "more than come in 42 days" in never.sentence()


def test_days_and_participants_that_contradict_are_refused() -> None:
    rate = known(mean=0.2, participants_per_day=8)
    with pytest.raises(InputError, match="In 7 days 56 participants come, not 1,000,000"):
        dw.advise(plan(), rate, days=7, participants=10**6)
    assert sized(dw.advise(plan(), rate, days=7, participants=56)).days == 7
    assert "(1 day)" in dw.advise(plan(), rate, days=1).sentence()


def test_a_guardrail_is_planned_for_its_limit_alone() -> None:
    guarded = plan("y", dw.Metric("z", role="guardrail", limit=0.02))
    with pytest.raises(InputError, match="'z', which is planned for its limit="):
        dw.advise(guarded, [known(mean=0.2), known("z", mean=0.3)], effect={"y": 0.1, "z": 0.1})


def test_a_primary_metric_that_is_not_planned_comes_first() -> None:
    guarded = plan("y", dw.Metric("z", role="guardrail", limit=0.02))
    said = dw.advise(guarded, [known(mean=0.9), known("z", mean=0.3)], effect=0.5).sentence()
    assert said.startswith("Y is not planned. y could not be computed. A share stays between 0 and 1")
    assert "to rule out a loss of 2.0% in Z" in said


def test_an_effect_in_the_unit_of_the_metric_is_said_in_it() -> None:
    said = dw.advise(plan(), known(mean=10, std_dev=3), effect=1, relative=False).sentence()
    assert "a change of 1.00 (10.0%) in Y" in said
    said = dw.advise(plan(), known(mean=0.3), effect=0.05, relative=False).sentence()
    assert "a change of 5 percentage points (16.7%) in Y" in said


# --- a summary is of the metric that the design means ----------------------------------------------------------------


def rows(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    views = 1 + rng.poisson(3, n)
    return pd.DataFrame(
        {
            "user": np.arange(n) // 2,
            "session": np.arange(n),
            "y": rng.normal(20, 4, n),
            "clicks": rng.binomial(views, 0.3),
            "views": views,
            "paid": rng.integers(1, 3, n),
            "gaps": np.where(rng.random(n) < 0.3, np.nan, rng.normal(20, 4, n)),
        }
    )


def ratio(denominator: str = "views", numerator: str = "clicks") -> dw.Metric:
    return dw.Metric("rate", numerator=numerator, denominator=denominator)


BINARY = dw.Metric("paid", kind="binary")
DIFFERENT: dict[str, tuple[Any, Any, str]] = {
    "participant": ("y", ("y", {"participant": "session"}), "by participant 'session'.*by participant 'user'"),
    "no participant": ("y", ("y", {"participant": None}), "every row a participant.*by participant 'user'"),
    "denominator": (ratio(), (ratio("session"), {}), "'clicks' over 'session'.*'clicks' over 'views'"),
    "numerator": (ratio(), (ratio(numerator="y"), {}), "'y' over 'views'.*'clicks' over 'views'"),
    "per participant": (ratio("user"), (ratio(), {}), "'clicks' over 'views'.*'clicks' per participant"),
    "kind": (BINARY, ("paid", {}), "kind .*kind binary"),
    "missing": ("gaps", ("gaps", {"missing": "zero"}), "counted as 0.*missing values left out"),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_summary_of_another_definition_is_refused_with_both(case: str) -> None:
    metric, (other, words), said = DIFFERENT[case]
    given = plan(metric, missing="drop")
    how = {"participant": "user", "missing": "drop"}
    same = dw.summarize(rows(), metrics=metric, **how)
    name = given.metrics[0].name
    assert isinstance(dw.advise(given, same, effect=0.1).row(name), PairAdvice)
    refused = dw.advise(given, dw.summarize(rows(), metrics=other, **(how | words)), effect=0.1)
    row = refused.row(name)
    assert isinstance(row, NotSized)
    assert re.search(said, row.message.text)


def test_a_plain_metric_may_be_planned_from_another_name_when_it_is_said_so() -> None:
    kept = dw.summarize(rows(), metrics="y", participant="user")
    named = dw.advise(plan("spend"), {"spend": kept.summary("y")}, effect=0.1)
    assert isinstance(named.row("spend"), PairAdvice)


def test_the_policy_for_missing_values_travels_with_a_summary() -> None:
    kept = dw.summarize(rows(), metrics="gaps", participant="user", missing="drop")
    assert kept.metrics[0].missing == "drop"
    old = kept.to_dict()
    for each in old["metrics"]:
        del each["missing"]
    assert dw.HistorySummary.from_dict(old).metrics[0].missing is None


def test_typed_numbers_of_another_kind_are_refused() -> None:
    amount = dw.Metric("y", kind="continuous")
    row = dw.advise(plan(amount), known(mean=0.3), effect=0.1).row("y")
    assert isinstance(row, NotSized)
    assert "kind binary; in the design: kind continuous" in row.message.text


# --- days, ramps and what a table without a time cannot say -----------------------------------------------------------


def test_participants_who_are_in_stay_when_the_traffic_falls() -> None:
    frame = running(2000, days=28).drop(columns="variant")
    given = plan("spend", time="time")
    n = [len(set(frame.user[frame.time < frame.time.min().normalize() + pd.Timedelta(days=d)])) for d in (1, 28)]
    held = []
    for days in (1, 7, 14, 28):
        advice = dw.advise(given, frame, days=days, traffic=[1.0, 0.1])
        assert advice.plan is not None
        held.append(advice.plan.n_participants)
    assert held == sorted(held)
    assert held[0] == pytest.approx(n[0], abs=2)
    assert held[-1] == pytest.approx(n[0] + 0.1 * (n[1] - n[0]), rel=0.01)
    daily = dw.advise(given, frame, days=28, traffic=[1.0, 0.1]).metric("spend").daily
    assert daily is not None
    assert daily.participants[-1] * daily.traffic[-1] == pytest.approx(held[-1], abs=2)


def test_a_table_without_a_time_is_said_to_be_of_one_length() -> None:
    frame = running(400, days=14).drop(columns="variant")
    codes = [m.code for m in dw.advise(plan("spend"), frame, effect=0.1).messages]
    assert "I_NO_DAYS" in codes
    assert "I_NO_DAYS" not in [m.code for m in dw.advise(plan("spend", time="time"), frame, effect=0.1).messages]
    once = frame.drop_duplicates("user")
    assert "I_NO_DAYS" not in [m.code for m in dw.advise(plan("spend"), once, effect=0.1).messages]


def test_two_other_numbers_stay_numbers_and_it_is_said() -> None:
    advice = dw.advise(plan("paid"), rows(), effect=0.1)
    message = next(m for m in advice.messages if m.code == "I_TWO_NUMBERS")
    assert "1 and 2" in message.text
    assert advice.metric("paid").level == pytest.approx(rows().paid.mean())
    declared = dw.advise(plan(BINARY), rows(), effect=0.1)
    assert declared.metric("paid").level == pytest.approx(rows().paid.mean() - 1)
    assert not {"I_TWO_NUMBERS"} & {m.code for m in declared.messages}


# --- what comes through the door --------------------------------------------------------------------------------------


def test_numbers_of_numpy_are_written_as_python() -> None:
    metric = dw.Metric("y", minimum_effect=np.float64(0.02))
    given = plan(metric, alpha=np.float64(0.1), arms={"c": np.float64(0.5), "t": np.float64(0.5)})
    typed = known(mean=np.float32(0.2), participants_per_day=np.int64(1000))
    advice = dw.advise(
        given, typed, effect=np.float32(0.02), participants=np.int64(2000), traffic=np.array([0.1, 0.5]),
        relative=np.True_,
    )  # fmt: skip
    lines = "\n".join(advice.code())
    assert "np." not in lines
    assert "effect=0.02" in lines
    assert "traffic=[0.1, 0.5]" in lines
    names: dict[str, Any] = {"dw": dw}
    exec(lines, names)
    assert names["advice"].rows == advice.rows


WRONG: dict[str, tuple[Any, str]] = {
    "no mean": (lambda: TypedSummary("y"), "need mean="),
    "a huge std_dev": (lambda: known(mean=1, std_dev=1e308), "std_dev must lie between"),
    "a huge rate": (lambda: known(mean=0.1, participants_per_day=1e300), "must be at most 1e\\+15"),
    "metrics a number": (lambda: dw.summarize(rows(), metrics=5), "metrics must be a list of metrics; got 5"),
    "no metrics": (lambda: dw.summarize(rows(), metrics=None), "metrics must be a list of metrics; got None"),
    "traffic": (
        lambda: dw.advise(plan(), known(mean=0.1), effect=0.1, traffic=np.array([[0.1, 0.5]])),
        "traffic must be shares",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_refused_in_words(case: str) -> None:
    ask, said = WRONG[case]
    with pytest.raises(InputError, match=said):
        ask()


@pytest.mark.parametrize(("scale", "said"), [(1e80, "beyond what a number holds"), (1e-90, "lost as 0")])
def test_sums_that_no_number_holds_refuse_that_metric_alone(scale: float, said: str) -> None:
    frame = rows().assign(far=lambda f: f.y * scale)
    advice = dw.advise(plan("y", "far"), frame, effect=0.1)
    row = advice.row("far")
    assert isinstance(row, NotSized)
    assert said in row.message.text
    assert isinstance(advice.row("y"), PairAdvice)
    heavy = dw.summarize(frame.assign(far=lambda f: f.far * np.exp(f.y / 2)), metrics=["far", "y"], participant="user")
    assert [each.metric for each in heavy.refused] == ["far"]


@pytest.mark.parametrize("share", [0.5, 0.3, 0.21])
@pytest.mark.parametrize("effect", [0.05, 0.2, 0.61])
def test_the_participants_of_a_plan_have_its_power_when_they_are_given(share: float, effect: float) -> None:
    given, typed = plan(arms={"c": share, "t": 1 - share}), known(mean=10, std_dev=8)
    first = dw.advise(given, typed, effect=effect).plan
    assert first is not None
    again = dw.advise(given, typed, effect=effect, participants=first.n_participants)
    assert again.plan is not None
    assert sum(again.plan.n_arms.values()) == first.n_participants
    assert sized(again).power > 0.799
