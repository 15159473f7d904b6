"""From a table to a verdict: readings, families of comparisons, plans, and invalid experiments that show no number."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.results import EffectEstimate


def row_of(result: dw.DecisionResult, metric: str, arm: str | None = None) -> EffectEstimate:
    row = result.effect(metric, arm)
    assert isinstance(row, EffectEstimate)
    return row


def codes(result: dw.DecisionResult) -> set[str]:
    return {message.code for message in result.messages}


@pytest.mark.parametrize(
    ("effect", "direction", "reading", "verdict"),
    [
        (3.0, "increase", "better", "ship"),
        (-3.0, "increase", "worse", "dont-ship"),
        (0.0, "increase", "unclear", "inconclusive"),
        (3.0, "decrease", "worse", "dont-ship"),
        (-3.0, "decrease", "better", "ship"),
    ],
)
def test_direction_turns_the_reading_and_the_verdict(effect: float, direction: Any, reading: str, verdict: str) -> None:
    result = dw.analyze(experiment(300, effect=effect, seed=5), design(dw.Metric("spend", direction=direction)))
    assert (row_of(result, "spend").reading, result.decision.verdict) == (reading, verdict)
    assert np.sign(row_of(result, "spend").effect) == np.sign(effect or row_of(result, "spend").effect)


@pytest.mark.parametrize(
    ("effect", "direction", "limit", "reading", "verdict"),
    [
        (0.0, "increase", 0.2, "within_limit", "ship"),
        (0.0, "increase", 0.001, "limit_not_ruled_out", "inconclusive"),
        (-6.0, "increase", 0.1, "limit_breached", "dont-ship"),
        (6.0, "increase", 0.1, "within_limit", "ship"),
        (6.0, "decrease", 0.1, "limit_breached", "dont-ship"),
        (-6.0, "decrease", 0.1, "within_limit", "ship"),
        (0.0, "increase", None, "limit_not_ruled_out", "inconclusive"),
    ],
)
def test_guardrails_are_read_against_their_limit(
    effect: float, direction: Any, limit: float | None, reading: str, verdict: str
) -> None:
    frame = experiment(400, effect=effect, seed=3)
    frame["won"] = frame.trips + 3.0 * (frame.variant == TREATMENT)
    guardrail = dw.Metric("spend", role="guardrail", direction=direction, limit=limit)
    result = dw.analyze(frame, design(dw.Metric("won", kind="continuous"), guardrail))
    assert (row_of(result, "spend").reading, result.decision.verdict) == (reading, verdict)
    assert ("E_NI_MARGIN" in codes(result)) == (limit is None)


def test_the_smallest_effect_worth_shipping_is_asked_of_the_estimate() -> None:
    frame = experiment(400, effect=2.0, seed=3)
    relative = row_of(dw.analyze(frame, design("spend")), "spend").relative_effect
    assert relative is not None
    for margin, verdict in ((relative * 0.99, "ship"), (relative * 1.01, "inconclusive"), (0.99, "dont-ship")):
        result = dw.analyze(frame, design(dw.Metric("spend", minimum_effect=margin)))
        assert result.decision.verdict == verdict


def test_a_stated_plan_that_is_not_reached_keeps_running() -> None:
    frame = experiment(300, effect=0.0).assign(time=pd.Timestamp("2026-01-01"))
    frame["time"] += pd.to_timedelta(np.arange(len(frame)) % 7, unit="D")
    waiting = dw.analyze(frame, design("spend", time="time", planned_participants=600, planned_days=14))
    assert (waiting.decision.verdict, waiting.decision.days_more) == ("keep-running", 7)
    assert "W_PEEKED" in codes(waiting)
    done = dw.analyze(frame, design("spend", time="time", planned_participants=300, planned_days=7))
    assert done.decision.verdict != "keep-running"
    assert done.decision.days_more is None


def test_before_the_plan_is_reached_the_decision_reads_an_interval_that_holds_at_every_look() -> None:
    frame = experiment(300, effect=1.2)
    early = dw.analyze(frame, design("spend", planned_participants=600))
    late = dw.analyze(frame, design("spend", planned_participants=300))
    before, after = row_of(early, "spend"), row_of(late, "spend")
    assert (early.decision.basis, late.decision.basis) == ("always_valid", "fixed_n")
    assert before.effect_upper == after.effect_upper == after.effect_upper_simultaneous
    # 3.035 standard errors at half of the plan, from the closed form in the method's papers.
    assert (before.effect_upper_simultaneous - before.effect) / before.std_error == pytest.approx(3.035, abs=5e-4)


def test_harm_stops_an_experiment_before_its_plan() -> None:
    frame = experiment(300, effect=-12.0)
    result = dw.analyze(frame, design("spend", planned_participants=900))
    assert result.decision.verdict == "dont-ship"


def test_a_plan_short_of_days_only_does_not_say_that_participants_lack() -> None:
    frame = experiment(300).assign(time=pd.Timestamp("2026-01-01"))
    result = dw.analyze(frame, design("spend", time="time", planned_participants=200, planned_days=14))
    peeked = next(message for message in result.messages if message.code == "W_PEEKED")
    assert "300 of 200" not in peeked.title


@pytest.mark.parametrize(("days", "short"), [(6, True), (7, False), (10, True), (14, False)])
def test_weekdays_must_count_equally(days: int, short: bool) -> None:
    frame = experiment(60)
    frame["time"] = pd.Timestamp("2026-01-01 23:30") + pd.to_timedelta(np.arange(len(frame)) % days, unit="D")
    result = dw.analyze(frame, design("spend", time="time"))
    assert ("W_SHORT_RUN" in codes(result)) == short
    assert result.provenance.days == days


def three_arms(effect: float = 0.0) -> pd.DataFrame:
    return experiment(360, arms=3, effect=effect, seed=8)


def test_primaries_of_all_treatments_are_one_family_and_secondaries_another() -> None:
    metrics = ("spend", "trips", dw.Metric("paid", role="secondary"), dw.Metric("views", role="secondary"))
    guardrail = dw.Metric("clicks", role="guardrail", limit=0.5)
    result = dw.analyze(three_arms(), design(*metrics, guardrail))
    for role, procedure in (("primary", "holm"), ("secondary", "bh")):
        family = [row for row in result.recommended() if row.role == role]
        assert len(family) == 4
        assert all(isinstance(row, EffectEstimate) and row.family == 4 for row in family)
        p = [row.p_value for row in family if isinstance(row, EffectEstimate)]
        adjusted = [row.p_value_adjusted for row in family if isinstance(row, EffectEstimate)]
        assert adjusted == pytest.approx(dw.estimates.adjust_p_values(p, procedure))
    assert row_of(result, "clicks", TREATMENT).p_value_adjusted is None


def test_the_interval_of_a_family_is_bonferronis() -> None:
    plain, family = dw.analyze(three_arms(), design("spend")), dw.analyze(three_arms(), design("spend", "trips"))
    stricter = dw.analyze(three_arms(), design(dw.Metric("spend", role="secondary"), alpha=0.05 / 4))
    one, four, at_level = (row_of(result, "spend", TREATMENT) for result in (plain, family, stricter))
    assert four.effect_lower == one.effect_lower
    assert four.effect_lower_simultaneous == pytest.approx(at_level.effect_lower, rel=1e-12)
    assert four.effect_upper_simultaneous == pytest.approx(at_level.effect_upper, rel=1e-12)
    assert four.relative_effect_upper_simultaneous == pytest.approx(at_level.relative_effect_upper or 0, rel=1e-12)


def test_a_family_of_one_has_one_interval() -> None:
    row = row_of(dw.analyze(experiment(100), design("spend")), "spend")
    assert (row.effect_lower, row.effect_upper) == (row.effect_lower_simultaneous, row.effect_upper_simultaneous)
    assert row.p_value_adjusted == row.p_value


def test_a_refused_comparison_still_counts_in_its_family() -> None:
    result = dw.analyze(experiment(100).assign(paid=1), design("spend", "paid"))
    row = row_of(result, "spend")
    assert row.family == 2
    assert row.p_value_adjusted == pytest.approx(min(1.0, 2 * row.p_value))


def test_adjusted_p_and_interval_that_disagree_are_reported() -> None:
    # Holm gives the larger of two p-values the level 0.05, the Bonferroni interval 0.025: search for p in between.
    for seed in range(60):
        frame = experiment(200, effect=1.0, seed=seed).assign(sure=lambda f: f.trips + 3.0 * (f.variant == TREATMENT))
        result = dw.analyze(frame, design("spend", "sure"))
        row = row_of(result, "spend")
        if 0.025 < row.p_value < 0.05:
            break
    assert 0.025 < row.p_value < 0.05
    assert row.p_value_adjusted == pytest.approx(row.p_value)
    assert row.effect_lower_simultaneous < 0 < row.effect_upper_simultaneous
    assert ("I_CI_MISMATCH", "spend") in {(message.code, message.metric) for message in result.messages}
    assert row.reading == "unclear"


def test_the_verdict_is_about_the_treatment_that_wins() -> None:
    frame = three_arms()
    frame["spend"] += np.where(frame.variant == "treatment_2", 3.0, 0.0)
    result = dw.analyze(frame, design("spend"))
    assert (result.decision.verdict, result.decision.arm) == ("ship", "treatment_2")
    assert set(result.decision.judgements) == {TREATMENT, "treatment_2"}


def broken_split(frame: pd.DataFrame) -> pd.DataFrame:
    gone = frame[frame.variant == TREATMENT].user.unique()[:120]
    return frame[~frame.user.isin(gone)]


def torn(frame: pd.DataFrame) -> pd.DataFrame:
    users = frame[frame.variant == CONTROL].user.unique()[:20]
    return pd.concat([frame, frame[frame.user.isin(users)].assign(variant=TREATMENT)], ignore_index=True)


@pytest.mark.parametrize(("break_it", "code"), [(broken_split, "E_SRM"), (torn, "E_CONTAMINATION")])
def test_an_invalid_experiment_shows_no_effect_anywhere(break_it: Any, code: str) -> None:
    frame = break_it(experiment(400, effect=2.0, seed=2))
    words = ("spend", dw.Metric("trips", role="secondary"), dw.Metric("paid", role="guardrail", limit=0.1))
    result = dw.analyze(frame, design(*words, planned_participants=10_000))
    assert result.decision.verdict == "invalid"
    assert code in codes(result)
    assert {row.result for row in result.estimates} == {"not_estimable"}
    numeric = ["effect", "effect_lower", "effect_upper", "relative_effect", "std_error", "statistic", "p_value"]
    assert result.to_frame()[numeric].isna().all(axis=None)
    hidden = effect_numbers(frame)
    for shown in (result.to_json(), json.dumps(result.to_payload()), result.to_text(), result.to_html()):
        assert not [number for number in hidden if number in shown]
        assert not re.search(r'"(effect|relative_effect|p_value_adjusted|effect_lower)": -?\d', shown)
    assert "W_SKEW" not in codes(result)


def effect_numbers(frame: pd.DataFrame) -> list[str]:
    """Return how the hidden effect on spend would be written, absolute and relative."""
    means = frame.groupby("variant").spend.mean()
    effect = means[TREATMENT] - means[CONTROL]
    relative = 100 * effect / means[CONTROL]
    return [f"{effect:.2f}", f"{effect:.4f}", f"{relative:.1f}%", f"{relative:.2f}%"]


def test_the_numbers_that_an_invalid_experiment_hides_are_shown_by_a_valid_one() -> None:
    frame = experiment(400, effect=2.0, seed=2)
    shown = dw.analyze(frame, design("spend")).to_text()
    assert any(number in shown for number in effect_numbers(frame))


def test_planned_shares_are_what_the_split_is_checked_against() -> None:
    frame = experiment(400)
    kept = frame[(frame.variant == CONTROL) | (frame.user % 4 == 0)]
    n = kept.groupby("variant").user.nunique()
    share = n[TREATMENT] / n.sum()
    assert dw.analyze(kept, design("spend")).decision.verdict == "invalid"
    planned = design("spend", arms={CONTROL: 1 - share, TREATMENT: share})
    assert dw.analyze(kept, planned).sample_ratio.p_value == pytest.approx(1.0)


def test_a_planned_arm_that_nobody_saw_is_a_broken_split() -> None:
    result = dw.analyze(experiment(200), design("spend", arms=[CONTROL, TREATMENT, "blue"]))
    assert result.decision.verdict == "invalid"
    assert result.sample_ratio.observed[2] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f.assign(spend=np.where(f.index == 0, 1e6, f.spend)), "W_DOMINANT"),
        (lambda f: f.assign(spend=np.where(f.index < 4, f.spend, 20.0)), "E_NO_VARIATION|W_LOW_VARIATION"),
        (lambda f: f.assign(spend=(f.user < 1005).astype(int)), "W_RARE"),
        (lambda f: f.assign(spend=f.spend.where(f.user % 10 > 0)), "W_MISSING"),
        (lambda f: f.assign(spend=f.spend - f.spend.mean()), "E_RATIO_UNBOUNDED|E_BASELINE_SIGN"),
        (lambda f: f.assign(spend=-f.spend), "E_BASELINE_SIGN"),
        (lambda f: f.assign(spend=np.where(f.spend > 20, "dear", "cheap")), "E_METRIC_KIND"),
        (lambda f: f.assign(spend=(1000 * f.spend).astype(int)), "I_COUNT_OR_MONEY"),
        (lambda f: f, "I_UNIT_AGGREGATED"),
        (lambda f: f, "I_EQUAL_SPLIT"),
    ],
)
def test_what_is_surprising_is_reported_by_its_code(change: Any, code: str) -> None:
    result = dw.analyze(change(experiment(240)), design("spend", missing="drop"))
    assert codes(result) & set(code.split("|"))


@pytest.mark.parametrize(("missing", "said"), [("drop", "were left out"), ("zero", "were counted as 0")])
def test_a_warning_of_missing_values_says_what_was_done_with_them(missing: Any, said: str) -> None:
    frame = experiment(200)
    result = dw.analyze(frame.assign(spend=frame.spend.where(frame.user % 5 > 0)), design("spend", missing=missing))
    assert said in next(message.text for message in result.messages if message.code == "W_MISSING")


def test_skew_and_unequal_arms_are_warned_of_and_equal_arms_are_not() -> None:
    frame = experiment(4000, sizes="equal").assign(spend=lambda f: np.exp(2 * (f.spend - 20) / 3.6))
    kept = frame[(frame.variant == CONTROL) | (frame.user % 20 < 2)]
    share = kept[kept.variant == TREATMENT].user.nunique() / kept.user.nunique()
    unequal = dw.analyze(kept, design("spend", arms={CONTROL: 1 - share, TREATMENT: share}))
    assert "W_SKEW" in codes(unequal)


def test_a_metric_without_relative_effect_is_decided_on_its_absolute_interval() -> None:
    frame = experiment(400, effect=3.0, seed=4)
    centred = frame.assign(spend=frame.spend - frame.spend[frame.variant == CONTROL].mean() - 0.01)
    result = dw.analyze(centred, design("spend"))
    assert row_of(result, "spend").relative_effect is None
    assert result.decision.verdict == "ship"
    needs_percent = dw.analyze(centred, design(dw.Metric("spend", minimum_effect=0.01)))
    assert needs_percent.decision.verdict == "inconclusive"


@pytest.mark.parametrize("direction", ["increase", "decrease"])
def test_what_the_rules_show_is_turned_so_that_up_is_good(direction: Any) -> None:
    guardrail = dw.Metric("spend", role="guardrail", direction=direction, limit=0.1)
    result = dw.analyze(experiment(300, effect=0.5), design("trips", guardrail))
    row = row_of(result, "spend")
    lower = row.relative_effect_lower if direction == "increase" else -(row.relative_effect_upper or 0)
    rule = next(r for r in result.decision.judgements[TREATMENT].rules if r.id == "guardrail")
    assert rule.value == pytest.approx(lower, rel=1e-12)


def test_a_secondary_is_read_only_below_the_false_discovery_rate() -> None:
    seen = set()
    for seed in range(40):
        frame = experiment(120, effect=0.8, seed=seed)
        for i in range(6):
            frame[f"noise_{i}"] = np.random.default_rng(100 * seed + i).normal(5, 1, len(frame))
        metrics = [dw.Metric(name, role="secondary") for name in ("spend", *(f"noise_{i}" for i in range(6)))]
        row = row_of(dw.analyze(frame, design("trips", *metrics)), "spend")
        excludes = row.effect_lower > 0 or row.effect_upper < 0
        discovered = (row.p_value_adjusted or 0) <= 0.10
        assert (row.reading != "unclear") == (excludes and discovered)
        seen.add((excludes, discovered))
    assert (True, False) in seen
    assert (True, True) in seen


@pytest.mark.parametrize(("gone", "code"), [(50, None), (76, "W_SRM_WATCH"), (110, "E_SRM")])
def test_the_split_is_watched_below_one_in_a_hundred_and_alarms_below_one_in_a_thousand(
    gone: int, code: str | None
) -> None:
    frame = experiment(800, sizes="equal")
    users = frame[frame.variant == TREATMENT].user.unique()[:gone]
    result = dw.analyze(frame[~frame.user.isin(users)], design("spend"))
    p = result.sample_ratio.p_value
    assert codes(result) & {"E_SRM", "W_SRM_WATCH"} == ({code} if code else set())
    assert code == ("E_SRM" if p < 0.001 else "W_SRM_WATCH" if p < 0.01 else None)


def test_equal_arms_of_one_skew_are_not_warned_of() -> None:
    skewed = np.exp(np.random.default_rng(1).normal(0, 1.5, 200))
    frame = pd.DataFrame({"user": range(400), "variant": [CONTROL] * 200 + [TREATMENT] * 200, "spend": [*skewed] * 2})
    assert "W_SKEW" not in codes(dw.analyze(frame, design("spend")))
    mirrored = frame.assign(spend=np.where(frame.variant == CONTROL, -frame.spend, frame.spend))
    assert "W_SKEW" in codes(dw.analyze(mirrored, design("spend")))


def test_without_a_smallest_effect_seven_tenths_of_the_planned_one_is_used() -> None:
    result = dw.analyze(experiment(400, effect=2.0), design("spend", planned_participants=100))
    row = row_of(result, "spend")
    rule = next(r for r in result.decision.judgements[TREATMENT].rules if r.id == "primary")
    assert rule.margin == pytest.approx(0.7 * row.detectable_effect / row.control_mean * (400 / 100) ** 0.5, rel=1e-12)


@pytest.mark.parametrize(("arms", "widened"), [(2, False), (3, True)])
def test_an_interval_of_an_unusual_level_says_why(arms: int, widened: bool) -> None:
    lead = dw.analyze(experiment(300, arms=arms), design("spend")).to_text().splitlines()[1]
    found = re.search(r"\(([\d.]+)% interval(, widened for several comparisons,)? ", lead)
    assert found is not None
    assert (float(found[1]) > 95, found[2] is not None) == (widened, widened)
