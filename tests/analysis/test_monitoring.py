"""A running experiment: each look is the analysis of its day, looks may stop it, a broken split hides everything."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment, running

import decision_widgets as dw
from decision_widgets.estimates import (
    Look,
    StoppingPlan,
    always_valid_quantile,
    sequential_sample_ratio,
    stopping_report,
)
from decision_widgets.results import EffectEstimate
from decision_widgets.results.monitored import MonitoredEffect, NotMonitored

RATE = dw.Metric("rate", numerator="clicks", denominator="views")
ADJUSTED = dw.Metric("spend", covariates=["before"])
SLOWER = dw.Metric("trips", role="guardrail", direction="decrease", limit=0.1)
WEEKS = ("2026-11-08", "2026-11-15")
FOUR = {"rule": "obf", "looks": 4}


def until(frame: pd.DataFrame, day: str) -> pd.DataFrame:
    return frame[frame.time < pd.Timestamp(day) + pd.Timedelta(days=1)]


def monitored(result: dw.MonitoringResult, metric: str, arm: str | None = None) -> MonitoredEffect:
    found = result.report(metric, arm)
    assert isinstance(found, MonitoredEffect), found
    return found


def codes(result: dw.MonitoringResult) -> set[str]:
    return {message.code for message in result.messages}


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        (("spend", "paid", RATE, SLOWER), {}),
        ((ADJUSTED,), {}),
        (("spend",), {"strata": "city"}),
        (("spend",), {"participant": None}),
        ((dw.Metric("trips", numerator="trips", denominator="user"),), {}),
    ],
    ids=["kinds", "covariates", "strata", "rows", "per participant"],
)
def test_every_look_is_the_analysis_of_the_rows_up_to_its_day(metrics: tuple[Any, ...], words: dict[str, Any]) -> None:
    frame = running(900)
    plan = design(*metrics, time="time", planned_days=14, monitoring=FOUR, **words)
    result = dw.monitor(frame, plan)
    assert [look.date for look in result.looks] == ["2026-11-05", "2026-11-08", "2026-11-12", "2026-11-15"]
    for at, look in enumerate(result.looks):
        alone = dw.analyze(until(frame, look.date), plan, methods=[])
        for name in (metric.name for metric in plan.metrics):
            row, own = alone.effect(name), monitored(result, name)
            assert isinstance(row, EffectEstimate)
            seen, levels = own.report.looks[at], own.levels[at]
            found = (seen.effect, seen.std_error, levels.control_mean, levels.treatment_mean)
            assert found == pytest.approx((row.effect, row.std_error, row.control_mean, row.treatment_mean), rel=1e-12)
            assert (seen.n_control, seen.n_treatment, levels.method) == (row.n_control, row.n_treatment, row.method)
    last = dw.analyze(frame, plan, methods=[])
    assert result.provenance.n_rows == last.provenance.n_rows
    assert result.sample_ratio.observed == last.sample_ratio.observed


def test_reports_are_those_of_the_looks_against_the_plan() -> None:
    frame = running(900, effect=0.6)
    plan = design("spend", SLOWER, time="time", planned_participants=1000, planned_days=14, monitoring=FOUR)
    result = dw.monitor(frame, plan)
    for name, rule, direction in (("spend", "obf", "increase"), ("trips", "mixture", "decrease")):
        looks = []
        for look in result.looks:
            row = dw.analyze(until(frame, look.date), plan, methods=[]).effect(name)
            assert isinstance(row, EffectEstimate)
            counts = {"n_control": row.n_control, "n_treatment": row.n_treatment}
            looks.append(Look(date=look.date, effect=row.effect, std_error=row.std_error, **counts))
        share = until(frame, looks[0].date).user.nunique() / 1000
        assert share < 4 / 14
        expected = stopping_report(
            looks,
            StoppingPlan(
                planned_std_error=looks[0].std_error * share**0.5,
                rule=rule,
                planned_looks=tuple(look.date for look in looks),
                direction=direction,
            ),
        )
        found = monitored(result, name)
        assert f"{share * 1000:.0f} of 1,000 planned participants" in found.planned_by
        assert found.report.decision == expected.decision
        assert found.plan.planned_std_error == pytest.approx(looks[0].std_error * share**0.5, rel=1e-12)
        for seen, wanted in zip(found.report.looks, expected.looks, strict=True):
            assert seen.critical_value == pytest.approx(wanted.critical_value, rel=1e-9)
            assert seen.always_valid_upper == pytest.approx(wanted.always_valid_upper, rel=1e-9)


@pytest.mark.parametrize("monitoring", [None, {"rule": "obf", "looks": list(WEEKS)}, {"rule": "mixture"}])
def test_a_look_uses_no_later_row(monitoring: Any) -> None:
    frame = running(900)
    plan = design("spend", SLOWER, time="time", planned_participants=900, monitoring=monitoring)
    rng, later = np.random.default_rng(3), frame.time >= pd.Timestamp("2026-11-09")
    other = frame.assign(spend=frame.spend.where(~later, 50 * rng.random(len(frame))))
    other = pd.concat([other[~later], other[later].sample(frac=0.5, random_state=1)], ignore_index=True)
    rows = [dw.monitor(each, plan).to_frame() for each in (frame, other)]
    before = [each[each.look <= "2026-11-08"].reset_index(drop=True) for each in rows]
    assert (before[0].status == "judged").any()
    pd.testing.assert_frame_equal(before[0], before[1], rtol=1e-12)


def test_what_was_seen_yesterday_is_seen_again_today() -> None:
    frame = running(2000, days=20)
    plan = design("spend", time="time")
    today = dw.monitor(frame, plan)
    yesterday = dw.monitor(until(frame, "2026-11-16"), plan)
    assert today.report("spend").plan == yesterday.report("spend").plan
    both = today.to_frame().merge(yesterday.to_frame(), on="look", suffixes=("", "_then"))
    assert len(both) == len(yesterday.looks) >= 10
    for name in ("effect", "effect_lower", "effect_upper", "p_value", "boundary"):
        assert both[name].to_numpy() == pytest.approx(both[f"{name}_then"].to_numpy(), rel=1e-12)


def test_looks_that_nobody_planned_are_daily_then_weekly_and_say_so() -> None:
    frame = running(4000, days=30)
    result = dw.monitor(frame, design("spend", time="time"))
    days = pd.to_datetime([look.date for look in result.looks])
    assert list((days - days[0]).days) == [*range(14), 20, 27, (days[-1] - days[0]).days]
    assert days[-1] == frame.time.dt.normalize().max()
    assert min(result.looks[0].participants.values()) >= 100
    assert not any(look.is_planned for look in result.looks)
    peeked = next(message for message in result.messages if message.code == "W_PEEKED")
    assert "17 looks, none of them planned" in peeked.title
    report = monitored(result, "spend")
    assert report.report.rule == "mixture"
    assert "assumed because no plan was stated" in report.planned_by


def test_without_a_plan_nothing_is_ever_reached() -> None:
    frame, looks = running(900, days=30), ["2026-11-15", "2026-12-01"]

    def verdict(**words: int) -> str:
        return dw.monitor(frame, design("spend", time="time", **words), looks=looks).decision.verdict

    assert verdict() == "continue"
    assert verdict(planned_participants=900, planned_days=30) == "plan-reached"
    assert verdict(planned_participants=901) == "continue"
    assert verdict(planned_participants=900, planned_days=31) == "continue"


def test_looks_in_a_sequence_are_as_wide_as_its_closed_form() -> None:
    result = dw.monitor(running(2000), design("spend", time="time", planned_days=28), looks=["2026-11-15"])
    look = monitored(result, "spend").report.looks[0]
    assert look.information == pytest.approx(0.5, rel=1e-12)
    assert look.critical_value == pytest.approx(always_valid_quantile(alpha=0.05, share_of_plan=0.5), rel=1e-9)
    assert look.critical_value == pytest.approx(3.035, abs=5e-4)


def test_a_large_effect_stops_early_and_its_claim_is_corrected() -> None:
    plan = design("spend", time="time", planned_days=14, monitoring={"rule": "pocock", "looks": 4})
    result = dw.monitor(running(4000, effect=0.6), plan)
    report = monitored(result, "spend").report
    assert (result.decision.verdict, result.decision.metric, result.decision.arm) == (
        "stop-benefit",
        "spend",
        TREATMENT,
    )
    assert report.decided_at is not None
    assert report.decided_at < WEEKS[1]
    assert (report.interval, report.is_exaggerated) == ("stagewise", True)
    assert result.to_text().startswith("Stop for benefit: Spend +0.")
    assert f"corrected for the looks), at the look of {report.decided_at}" in result.to_text().splitlines()[0]


def test_an_effect_in_the_wrong_direction_stops_for_harm() -> None:
    plan = design(dw.Metric("spend", direction="decrease"), time="time", planned_days=14, monitoring=FOUR)
    result = dw.monitor(running(4000, effect=0.6), plan)
    assert result.decision.verdict == "stop-harm"
    assert result.to_text().startswith("Stop for harm: Spend +0.")


@pytest.mark.parametrize(
    ("limit", "verdict"), [(0.01, "stop-harm"), (0.2, "continue"), (None, "stop-harm")], ids=["past", "within", "none"]
)
def test_a_guardrail_stops_for_harm_when_it_is_past_its_limit(limit: float | None, verdict: str) -> None:
    guardrail = dw.Metric("spend", role="guardrail", direction="decrease", limit=limit)
    plan = design("trips", guardrail, time="time", planned_days=28, monitoring=FOUR)
    result = dw.monitor(running(4000, effect=1.0), plan)
    own = monitored(result, "spend")
    assert result.decision.verdict == verdict
    assert own.plan.rule == "mixture"
    assert own.is_past_limit is (None if limit is None else limit < 0.1)
    if limit == 0.01:
        assert "is past its limit of 1%, at the look of" in result.to_text().splitlines()[0]
        assert own.past_limit_at is not None
    better = replace(plan, metrics=(plan.metrics[0], replace(guardrail, direction="increase")))
    assert dw.monitor(running(4000, effect=1.0), better).decision.verdict == "continue"


def test_planned_looks_that_have_not_come_are_waited_for() -> None:
    plan = design("spend", time="time", monitoring={"rule": "obf", "looks": [*WEEKS, "2026-11-22"]})
    result = dw.monitor(until(running(2000), "2026-11-10"), plan)
    assert [look.date for look in result.looks] == ["2026-11-08"]
    assert result.looks_to_come == ("2026-11-15", "2026-11-22")
    assert result.to_text().startswith("Continue: No boundary is crossed.")
    assert "The next planned look is 2026-11-15." in result.to_text().splitlines()[0]
    early = dw.monitor(until(running(2000), "2026-11-05"), plan)
    assert (early.decision.verdict, early.looks) == ("too-early", ())
    assert early.to_text().startswith("Too early: No look counts yet")
    assert early.to_frame().empty
    assert len(early.enrolment) == 4


def test_the_last_planned_look_ends_the_plan_whatever_the_information() -> None:
    plan = design("spend", time="time", planned_participants=8000, monitoring={"rule": "obf", "looks": list(WEEKS)})
    result = dw.monitor(running(2000), plan)
    report = monitored(result, "spend").report
    assert result.decision.verdict == "plan-reached"
    assert report.information == pytest.approx(0.25, abs=0.06)
    assert report.looks[-1].cumulative_alpha == pytest.approx(0.05)


def test_extra_looks_of_a_plan_are_judged_and_said() -> None:
    plan = design("spend", time="time", monitoring={"rule": "obf", "looks": list(WEEKS)})
    result = dw.monitor(running(2000), plan, looks=["2026-11-08", "2026-11-10"])
    peeked = next(message for message in result.messages if message.code == "W_PEEKED")
    assert "1 look was not planned: 2026-11-10" in peeked.title
    assert monitored(result, "spend").report.unplanned_looks == ("2026-11-10",)
    assert result.provenance.last_day == "2026-11-10"
    assert result.sample_ratio.observed == tuple(result.looks[-1].participants.values())
    assert "W_PEEKED" not in codes(dw.monitor(running(2000), plan))


def test_below_a_hundred_participants_in_an_arm_no_look_counts() -> None:
    result = dw.monitor(running(180), design("spend", time="time"))
    assert result.decision.verdict == "too-early"
    refused = result.report("spend")
    assert isinstance(refused, NotMonitored)
    assert refused.code == "too-early"
    assert set(result.to_frame().status) == {"too-early"}
    assert result.to_frame().effect.isna().all()
    some = dw.monitor(running(900), design("spend", time="time"), looks=["2026-11-02", "2026-11-15"])
    assert list(some.to_frame().status) == ["too-early", "judged"]
    assert monitored(some, "spend").skipped == {"2026-11-02": "too-early"}


def test_several_treatments_share_the_error_and_the_most_urgent_is_named() -> None:
    frame = running(6000, arms=3, effect=1.0)
    plan = design("spend", "paid", SLOWER, time="time", planned_days=14, monitoring=FOUR)
    result = dw.monitor(frame, plan)
    assert result.decision.by_arm == {TREATMENT: "stop-benefit", "treatment_2": "plan-reached"}
    assert (result.decision.verdict, result.decision.arm) == ("stop-benefit", TREATMENT)
    assert monitored(result, "spend", TREATMENT).plan.alpha == pytest.approx(0.05 / 4)
    assert monitored(result, "trips", TREATMENT).plan.alpha == 0.05
    assert result.to_text().startswith(f"Stop for benefit ({TREATMENT}): Spend under {TREATMENT} +")
    assert len(result.to_frame()) == 3 * 2 * 4
    with pytest.raises(dw.InputError, match="say which with arm="):
        result.report("spend")


def test_of_two_treatments_that_may_stop_the_better_one_is_named() -> None:
    frame = running(3000, arms=3, effect=1.0)
    for better in (TREATMENT, "treatment_2"):
        made = frame.assign(spend=frame.spend + 1.0 * (frame.variant != CONTROL) + 2.0 * (frame.variant == better))
        result = dw.monitor(made, design("spend", time="time", planned_days=14, monitoring=FOUR))
        assert set(result.decision.by_arm.values()) == {"stop-benefit"}
        assert result.decision.arm == better


def broken(frame: pd.DataFrame, lost: pd.Series) -> pd.DataFrame:
    """Lose the treated participants that are marked."""
    users = frame.user[lost & (frame.variant == TREATMENT)].unique()
    return frame[~frame.user.isin(users)]


def numbers_of_effects(plain: Any) -> list[str]:
    if isinstance(plain, dict):
        own = [key for key, value in plain.items() if "effect" in key and value is not None]
        return own + [key for value in plain.values() for key in numbers_of_effects(value)]
    return [key for value in plain for key in numbers_of_effects(value)] if isinstance(plain, list) else []


def test_a_broken_split_hides_every_effect_and_names_the_segment() -> None:
    frame = running(4000, effect=5.0)
    frame = broken(frame, (frame.city == "Hanoi") & (frame.user % 3 > 0))
    plan = design("spend", SLOWER, time="time", segments="city", planned_days=14, monitoring=FOUR)
    result = dw.monitor(frame, plan)
    assert result.decision.verdict == "invalid"
    assert "E_SRM" in codes(result)
    assert result.reports == ()
    shown = [result.to_dict()["decision"], result.to_dict()["messages"], result.to_payload()]
    assert numbers_of_effects(shown) == []
    rows = result.to_frame()
    assert len(rows) == 2 * 4
    assert set(rows.status) == {"withheld"}
    assert rows[["effect", "statistic", "p_value", "std_error", "relative_effect"]].isna().all(axis=None)
    assert result.diagnosis is not None
    worst = result.diagnosis.places[0]
    assert (worst.name, worst.level) == ("city", "Hanoi")
    assert worst.p_value_elsewhere is not None
    assert worst.p_value_elsewhere > 0.001
    text = result.to_text()
    assert text.startswith("Invalid: The split is not the planned 50/50.")
    assert "segment city = Hanoi: control " in text
    assert result.plot().axes == []
    with pytest.raises(dw.InputError, match="holds no effect, because the comparison is invalid"):
        result.report("spend")


def test_a_broken_split_names_the_day() -> None:
    frame = running(3000, days=6)
    first = frame.groupby("user").time.transform("min").dt.strftime("%Y-%m-%d")
    result = dw.monitor(broken(frame, first == "2026-11-04"), design("spend", time="time", planned_participants=3000))
    assert result.diagnosis is not None
    assert (result.diagnosis.places[0].place, result.diagnosis.places[0].level) == ("day", "2026-11-04")
    assert result.diagnosis.first_alarm_day == "2026-11-04"
    assert "first failed on 2026-11-04" in result.to_text()


def test_the_split_is_tested_on_every_day_of_enrolment() -> None:
    frame = running(900)
    result = dw.monitor(frame, design("spend", time="time", arms={CONTROL: 0.5, TREATMENT: 0.5}))
    first = frame.groupby("user").agg(day=("time", "min"), arm=("variant", "first"))
    by_day = first.groupby([first.day.dt.date, "arm"]).size().unstack(fill_value=0)[[CONTROL, TREATMENT]].cumsum()
    expected = sequential_sample_ratio(by_day.to_numpy().tolist(), [0.5, 0.5], planned_participants=2000)
    assert result.sample_ratio == expected
    assert list(result.enrolment) == [str(day) for day in by_day.index]
    assert "I_EQUAL_SPLIT" not in codes(result)


def test_too_many_participants_of_several_arms_hide_every_effect_too() -> None:
    frame = running(900)
    torn = frame.head(5).assign(variant=np.where(frame.head(5).variant == CONTROL, TREATMENT, CONTROL))
    result = dw.monitor(pd.concat([frame, torn], ignore_index=True), design("spend", time="time"))
    assert (result.decision.verdict, result.reports, result.diagnosis) == ("invalid", (), None)
    assert "saw more than one arm" in result.to_text().splitlines()[0]


def test_a_few_participants_who_leave_for_another_arm_do_not_stop_the_looks() -> None:
    frame = running(4000)
    last = until(frame, "2026-11-05").head(3)
    moved = last.assign(variant=np.where(last.variant == CONTROL, TREATMENT, CONTROL), time=frame.time.max())
    late = pd.concat([frame, moved], ignore_index=True)
    result = dw.monitor(late, design("spend", time="time"), looks=["2026-11-14", "2026-11-15"])
    assert "W_CONTAMINATION" in codes(result)
    assert [look.status for look in monitored(result, "spend").report.looks] == ["judged", "judged"]


def test_a_metric_that_cannot_be_estimated_at_a_look_misses_that_look_alone() -> None:
    frame = running(2000)
    frame["rare"] = np.where(frame.time < pd.Timestamp("2026-11-07"), 0, (frame.user % 5 == 0).astype(int))
    plan = design("rare", "spend", time="time", planned_days=14, monitoring=FOUR)
    result = dw.monitor(frame, plan)
    assert monitored(result, "rare").skipped == {"2026-11-05": "E_NO_VARIATION"}
    assert monitored(result, "spend").skipped == {}
    assert list(result.to_frame().query("metric == 'rare'").status)[:2] == ["E_NO_VARIATION", "judged"]


def test_a_metric_that_cannot_be_read_is_refused_and_the_others_are_monitored() -> None:
    frame = running(900).assign(words="some")
    result = dw.monitor(frame, design("words", "spend", time="time"))
    refused = result.report("words")
    assert isinstance(refused, NotMonitored)
    assert refused.code == "E_METRIC_KIND"
    assert monitored(result, "spend").report.looks
    alone = dw.monitor(frame, design("words", time="time"))
    assert alone.to_text().startswith("Continue: Words cannot be judged: words could not be computed.")


def test_secondary_metrics_are_not_monitored() -> None:
    frame = running(900)
    secondary = dw.Metric("words", role="secondary")
    result = dw.monitor(frame, design("spend", secondary, time="time"))  # the table has no such column
    assert [report.metric for report in result.reports] == ["spend"]
    with pytest.raises(dw.InputError, match="Only primary metrics and guardrails"):
        dw.monitor(frame, design(secondary, time="time"))
    with pytest.raises(dw.InputError, match=r"No metric 'spent' is monitored\. Did you mean 'spend'"):
        result.report("spent")


def test_rows_of_no_day_are_in_no_look() -> None:
    frame = running(900)
    timeless = frame.assign(time=frame.time.where(np.arange(len(frame)) % 40 > 0))
    with pytest.raises(dw.MissingValues, match="rows have no readable time, so no look can place them"):
        dw.monitor(timeless, design("spend", time="time"))
    result = dw.monitor(timeless, design("spend", time="time", missing="drop"))
    known = dw.monitor(timeless.dropna(subset="time"), design("spend", time="time", missing="drop"))
    pd.testing.assert_frame_equal(result.to_frame(), known.to_frame(), rtol=1e-12)
    assert result.provenance.left_out["time"] == timeless.time.isna().sum()
    assert result.provenance.n_rows == len(frame)
    assert "W_LEFT_OUT" in codes(result)


def test_a_day_without_rows_is_the_day_before_it() -> None:
    frame = running(900)
    frame = frame[frame.time.dt.day != 10]
    looks = ["2026-11-09", "2026-11-10", "2026-11-11"]
    plan = design("spend", time="time", monitoring={"rule": "obf", "looks": [*looks, "2026-11-20"]})
    rows = dw.monitor(frame, plan, looks=looks).to_frame()
    assert rows.effect[0] == rows.effect[1] != rows.effect[2]
    assert list(rows.status) == ["judged", "no-new-information", "judged"]


def test_days_are_those_of_the_columns_own_calendar() -> None:
    frame = running(900)
    late = frame.assign(time=frame.time + pd.Timedelta(hours=8))
    here = late.assign(time=late.time.dt.tz_localize("Asia/Jakarta"))
    plan = design("spend", time="time")
    looks = ["2026-11-08", "2026-11-15"]
    plain, zoned = (dw.monitor(each, plan, looks=looks).to_frame() for each in (late, here))
    pd.testing.assert_frame_equal(plain, zoned, rtol=1e-12)
    dates = frame.assign(time=frame.time.dt.date)
    pd.testing.assert_frame_equal(dw.monitor(dates, plan).to_frame(), dw.monitor(frame, plan).to_frame(), rtol=1e-12)


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        (["2026-11-16"], "The look of 2026-11-16 lies after the last row, of 2026-11-15"),
        (["2026-11-01", "2026-11-08"], "The look of 2026-11-01 lies before the first row, of 2026-11-02"),
        (["2026-11-08", "2026-11-05"], "looks must ascend, each day once; 2026-11-05 follows 2026-11-08"),
        (["2026-11-08", "2026-11-08"], "looks must ascend, each day once"),
        ([7, 14], "looks must be days such as '2026-05-28'; got 7"),
        (4, "looks must be days such as '2026-05-28'; got 4"),
        ([], "looks must be days"),
        ("today", "got 'today'"),
        ([pd.Timestamp("2026-11-08 12:00")], "looks must be days"),
    ],
)
def test_wrong_looks_are_one_clear_error(looks: Any, said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        dw.monitor(running(300), design("spend", time="time"), looks=looks)


def test_one_look_may_be_given_as_a_day() -> None:
    frame = running(900)
    plan = design("spend", time="time")
    one, same = (dw.monitor(frame, plan, looks=looks) for looks in ("2026-11-15", [frame.time.max().date()]))
    assert one.to_frame().equals(same.to_frame())
    assert [look.date for look in one.looks] == ["2026-11-15"]
    assert "1 look, which nobody planned." in {message.title for message in one.messages}


def test_what_cannot_be_monitored_is_one_clear_error() -> None:
    frame = running(300)
    with pytest.raises(dw.InputError, match="Looks by day need the design's time="):
        dw.monitor(frame, design("spend"))
    with pytest.raises(dw.InputError, match="the data first"):
        dw.monitor(design("spend", time="time"), frame)
    with pytest.raises(dw.InputError, match="not read as dates"):
        dw.monitor(frame.assign(time="soon"), design("spend", time="time"))
    with pytest.raises(dw.InputError, match="holds numbers, not dates"):
        dw.monitor(frame.assign(time=3), design("spend", time="time"))
    with pytest.raises(dw.ColumnNotFound, match="no column 'when'"):
        dw.monitor(frame, design("spend", time="when"))
    with pytest.raises(dw.InputError, match="one arm only"):
        dw.monitor(frame[frame.variant == CONTROL], design("spend", time="time"))
    with pytest.raises(dw.InputError, match="no rows"):
        dw.monitor(frame.head(0), design("spend", time="time"))


def test_a_segment_that_holds_no_labels_is_said() -> None:
    frame = running(1200)
    result = dw.monitor(frame, design("spend", time="time", segments=["before", "city"]), looks="2026-11-15")
    assert "segment 'before'" in next(message.title for message in result.messages if message.code == "W_NOT_APPLIED")


def test_the_same_table_gives_the_same_record() -> None:
    plan = design("spend", SLOWER, time="time")
    one, other = (dw.monitor(running(600), plan).to_json() for _ in range(2))
    assert one == other
    assert json.loads(one)["schema"] == "dw.monitored/1"


PEEKED = design(
    "spend", dw.Metric("paid", role="guardrail"), time="time", monitoring={"rule": "obf", "looks": 14}, planned_days=14
)


def peeked(draws: int, *, seed: int = 1000) -> pd.DataFrame:
    """Look daily at experiments without effect, whose participants return: what each rule would have done."""
    rows = []
    for draw in range(draws):
        result = dw.monitor(running(500, seed=seed + draw), PEEKED)
        spending, sequence = (monitored(result, name).report for name in ("spend", "paid"))
        naive = any(abs(look.statistic) > 1.96 for look in spending.looks)
        rows.append([spending.decision.startswith("stop"), sequence.decision.startswith("stop"), naive])
    return pd.DataFrame(rows, columns=["obf", "mixture", "naive"])


def test_daily_looks_without_an_effect_seldom_stop() -> None:
    assert peeked(4)[["obf", "mixture"]].to_numpy().sum() <= 1


@pytest.mark.slow
def test_daily_looks_without_an_effect_stop_no_more_often_than_promised() -> None:
    draws = 200
    rates, most = peeked(draws).mean(), 0.05 + 3 * np.sqrt(0.05 * 0.95 / draws)
    assert rates["obf"] <= most
    assert rates["mixture"] <= most
    assert rates["naive"] > most  # the negative control: peeking is seen


def test_a_table_that_is_no_running_experiment_of_many_rows_each_still_works() -> None:
    frame = experiment(400, sizes="equal")
    frame["time"] = pd.Timestamp("2026-11-02") + pd.to_timedelta(np.arange(len(frame)) % 5, "D")
    assert len(dw.monitor(frame, design("spend", time="time")).looks) >= 1


@pytest.mark.parametrize("rule", ["obf", "pocock", "mixture"])
@pytest.mark.parametrize("effect", [0.0, 0.45, 0.6])
def test_the_frame_of_looks_says_what_the_rule_that_judges_them_says(rule: str, effect: float) -> None:
    plan = design("spend", SLOWER, time="time", planned_days=14, monitoring={"rule": rule, "looks": 4})
    result = dw.monitor(running(4000, effect=effect), plan)
    frame = result.to_frame().query("metric == 'spend'")
    judged = frame[frame.status == "judged"].dropna(subset=["boundary"])
    excludes = (judged.effect_lower > 0) | (judged.effect_upper < 0)
    assert len(judged) >= 3
    assert (judged.crossed == excludes).all()
    relative = (judged.relative_effect_lower > 0) | (judged.relative_effect_upper < 0)
    assert (relative == excludes).all()
    np.testing.assert_allclose(judged.effect_upper - judged.effect, judged.boundary * judged.std_error)
    report = monitored(result, "spend").report
    deciding = frame[frame.look == report.decided_at].iloc[0]
    if rule == "mixture":
        for name in ("effect_lower", "effect_upper", "p_value", "relative_effect_lower"):
            pd.testing.assert_series_equal(frame[name], frame[f"{name}_always_valid"], check_names=False)
    elif report.p_value is not None:
        assert deciding.p_value == report.p_value
        assert (deciding.p_value < 0.05) == deciding.crossed
        assert frame.p_value.notna().sum() == 1
    last = report.looks[-1]
    assert frame.iloc[-1].effect_lower_always_valid == last.always_valid_lower
    assert frame.iloc[-1].p_value_always_valid == last.always_valid_p
    guard = result.to_frame().query("metric == 'trips'")
    assert guard.effect_lower.equals(guard.effect_lower_always_valid)


def test_a_copy_of_the_outcome_and_strata_of_the_treatment_do_not_stop_the_looks() -> None:
    frame = running(2000)
    frame["before"] = frame.groupby("user").spend.transform("mean")
    treated = frame.variant == TREATMENT
    frame["mind"] = np.where(frame.before + treated > 20, "high", "low")
    plan = design(ADJUSTED, "trips", time="time", planned_days=14, strata=["mind"], monitoring=FOUR)
    result = dw.monitor(frame, plan)
    assert monitored(result, "spend").levels[-1].method == "ols_cr2"
    assert monitored(result, "trips").levels
    assert {"E_COV_POST"} <= {message.code for message in result.messages}
    plain = dw.monitor(running(2000), replace(plan, strata=("city",)))
    assert "E_COV_POST" not in {message.code for message in plain.messages}
