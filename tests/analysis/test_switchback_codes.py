"""Every code of a switchback is raised where it should be, with its sentence, and nowhere beside it; bad input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import slots_design, trips

import decision_widgets as dw
from decision_widgets.errors import InputError
from decision_widgets.results import EffectEstimate, Message, NotEstimable
from decision_widgets.vocabulary import CODES

Case = tuple[pd.DataFrame, dw.Switchback]
TOGETHER = {"regions": "together"}
NORTH = ("Central", "North")


def of(
    made: Callable[[pd.DataFrame], pd.DataFrame] = lambda f: f, *metrics: Any, world: Any = None, **words: Any
) -> Case:
    """Make rows as the design draws them, changed by `made`; `world` goes to the rows, `words` to the design."""
    design = slots_design(*metrics, **words)
    return made(trips(design, **({"days": 7, "per_hour": 3} | (world or {})))), design


def planned(case: Case, *, seed: int = 1, days: int = 7) -> Case:
    frame, design = case
    table = dw.schedule(design, start="2026-11-02", days=days, regions=NORTH, seed=seed)
    return frame, design.with_schedule(table)


def messages(case: Case) -> list[Message]:
    return list(dw.analyze(*case, methods=[]).messages)


def slot(frame: pd.DataFrame) -> pd.Series:
    return (frame["at"] - pd.Timestamp("2026-11-02")) // pd.Timedelta("2h")


def other(arm: pd.Series) -> pd.Series:
    return arm.map({"control": "treatment", "treatment": "control"})


def served_otherwise(n: int) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Serve the other arm in the first n slots of Central."""
    return lambda f: f.assign(arm=f.arm.where((slot(f) >= n) | (f.region == "North"), other(f.arm)))


def both_arms(n: int) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Give every second row of the first n slots of Central the other arm."""
    odd = lambda f: (slot(f) < n) & (f.region == "Central") & (np.arange(len(f)) % 2 == 1)  # noqa: E731 (one line, named for the case)
    return lambda f: f.assign(arm=f.arm.where(~odd(f), other(f.arm)))


def alternating(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(arm=np.where(slot(frame) % 2 == 0, "control", "treatment"))


def daily_alike(frame: pd.DataFrame) -> pd.DataFrame:
    coin = np.array([0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0])
    return frame.assign(arm=np.where(coin[slot(frame) % 12] == 1, "treatment", "control"))


def coinciding(frame: pd.DataFrame) -> pd.DataFrame:
    arm = frame[frame.region == "Central"].groupby(slot(frame)).arm.first()
    return frame.assign(arm=slot(frame).map(arm))


def without_hours(share: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def drop(frame: pd.DataFrame) -> pd.DataFrame:
        hour = (frame["at"] - pd.Timestamp("2026-11-02")) // pd.Timedelta("1h")
        return frame[(hour * 37 % 100) >= 100 * share]

    return drop


def fewer_treated(share: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    keep = lambda f: (f.arm == "control") | (np.random.default_rng(0).random(len(f)) < share)  # noqa: E731 (one line, named for the case)
    return lambda f: f[keep(f)]


@dataclass(frozen=True)
class Pair:
    """A case that raises a code, what its sentences say, and a neighbour that does not."""

    raises: Callable[[], Case]
    says: str
    silent: Callable[[], Case]


PLENTY = {"per_hour": 12, "days": 14}
PAIRS = {
    "E_SCHEDULE_MISMATCH": Pair(
        lambda: planned(of(served_otherwise(4))), "4 slots served another arm than planned.", lambda: planned(of())
    ),
    "E_SCHEDULE_ALIAS": Pair(
        lambda: of(daily_alike, assignment="slots"), "repeats by clock hour", lambda: of(assignment="slots")
    ),
    "E_CLUSTER_FINE": Pair(
        lambda: of(cluster="region-slot"), "a whole region × pair of slots", lambda: of(cluster="region-day")
    ),
    "W_REGION_CLUSTER": Pair(lambda: of(cluster="region"), "Regions are few (2)", lambda: of(cluster="day")),
    "E_CONTAMINATION": Pair(lambda: of(both_arms(2)), "2 slots saw more than one arm.", of),
    "W_PANEL_GAPS": Pair(
        lambda: of(without_hours(0.05), world=PLENTY), "of the hours have no rows", lambda: of(world=PLENTY)
    ),
    "W_POST_WEIGHT": Pair(lambda: of(weights="rows"), "count by the rows they have", of),
    "W_VOLUME_SHIFT": Pair(
        lambda: of(fewer_treated(0.7), world=PLENTY), "Rows per slot differ by −", lambda: of(world=PLENTY)
    ),
    "W_FE_RICH": Pair(
        lambda: of(time_fe="hour-of-week", regions="together", world={"days": 14}), "of what was randomised", of
    ),
    "W_SHORT_BURN_IN": Pair(lambda: of(carryover="1h"), "shorter than the carry-over of 1h", of),
    "W_NO_BURN_IN": Pair(lambda: of(burn_in=0), "from their first minute", of),
    "E_FE_COLLINEAR": Pair(
        lambda: of(regions="together", time_fe="calendar-hour"),
        "leave nothing to compare for any metric",
        lambda: of(**TOGETHER),
    ),
    "W_SHORT_RUN": Pair(lambda: of(world={"days": 9}), "The experiment ran 9 days.", of),
    "E_SRM": Pair(
        lambda: of(lambda f: f.assign(arm=np.where(slot(f) % 5 == 0, "treatment", "control")), assignment="slots"),
        "drawn units",
        lambda: of(assignment="slots"),
    ),
    "E_METRIC_KIND": Pair(
        lambda: of(lambda f: f.assign(words="yes it is"), "fare", dw.Metric("words", role="secondary")), "", of
    ),
    "E_NO_VARIATION": Pair(lambda: of(lambda f: f.assign(fare=3.0)), "in both arms", of),
    "E_NI_MARGIN": Pair(
        lambda: of(lambda f: f, "fare", dw.Metric("wait", role="guardrail")), "has no limit",
        lambda: of(lambda f: f, "fare", dw.Metric("wait", role="guardrail", limit=0.2)),
    ),
    "E_BASELINE_SIGN": Pair(lambda: of(lambda f: f.assign(fare=f.fare - 50)), "no relative uplift", of),
    "E_RATIO_UNBOUNDED": Pair(
        lambda: of(lambda f: f.assign(fare=0.02 + (f.fare - f.fare.mean()))), "not distinguishable from 0", of
    ),
    "W_NOT_APPLIED": Pair(
        lambda: of(lambda f: f, dw.Metric("fare", covariates=["km"])), "covariates of fare", of
    ),
    "I_MISSING": Pair(
        lambda: of(lambda f: f.assign(fare=f.fare.where(f.index % 100 > 0)), missing="drop"), "left out", of
    ),
    "W_MISSING": Pair(
        lambda: of(lambda f: f.assign(fare=f.fare.where(f.index % 10 > 0)), missing="zero"), "counted as 0", of
    ),
    "W_LEFT_OUT": Pair(
        lambda: of(lambda f: f.assign(arm=f.arm.where(f.index % 20 > 0))), "without arm", of
    ),
    "I_BINARY_MAP": Pair(
        lambda: of(lambda f: f.assign(fare=10 + 10 * f.done), dw.Metric("fare", kind="binary")), "'10' counts as 0", of
    ),
    "W_NO_DELTA_MIN": Pair(of, "excludes 0 counts", lambda: of(lambda f: f, dw.Metric("fare", minimum_effect=0.02))),
    "W_PEEKED": Pair(lambda: of(planned_days=14), "7 of 14 days", lambda: of(planned_days=7)),
    "W_FEW_CLUSTERS": Pair(
        lambda: of(assignment="day-balanced", regions="together"), "Few days for fare", of
    ),
    "E_FEW_CLUSTERS": Pair(
        lambda: of(assignment="day-balanced", regions="together", world={"days": 3}), "Too few days to judge fare", of
    ),
    "W_SUBGROUP_THIN": Pair(
        lambda: of(lambda f: f.assign(rain=np.where(slot(f) < 8, "rain", "dry")), segments=["rain"], **TOGETHER),
        "Few slots with rain = rain", lambda: of(segments=["rain"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", PAIRS)
def test_a_code_is_raised_with_its_sentence_and_nowhere_beside_it(code: str) -> None:
    pair = PAIRS[code]
    raised = [message for message in messages(pair.raises()) if message.code == code]
    assert raised
    said = " ".join(f"{message.title} {message.text} {message.do}" for message in raised)
    assert pair.says in said
    assert "{" not in said
    assert code not in {message.code for message in messages(pair.silent())}


def test_a_fine_cluster_of_two_regions_that_share_every_arm_is_refused_with_its_remedy() -> None:
    found = next(message for message in messages(of(coinciding)) if message.code == "E_CLUSTER_FINE")
    assert found.do == "write regions='together'"
    assert "E_CLUSTER_FINE" not in {message.code for message in messages(of(coinciding, **TOGETHER))}


def test_two_regions_that_share_a_coin_are_found_among_others() -> None:
    design = slots_design(assignment="slots")
    frame = trips(design, days=7, per_hour=3)
    arm = frame[frame.region == "Central"].groupby(slot(frame)).arm.first()
    for copy in (lambda own: own, other):
        third = frame[frame.region == "Central"].assign(region="South")
        third = third.assign(arm=copy(slot(third).map(arm)))
        found = next(m for m in messages((pd.concat([frame, third]), design)) if m.code == "E_CLUSTER_FINE")
        assert "Central and South at once" in found.text
        assert found.do == "name in region= what switched together"


@pytest.mark.parametrize("plan", [True, False])
def test_slots_lost_in_one_arm_break_the_comparison(plan: bool) -> None:
    lose = lambda f: f[~((f.arm == "treatment") & (slot(f) % 3 == 0))]  # noqa: E731 (one line, named for the case)
    case = of(lose, world={"days": 14})
    found = next(m for m in messages(planned(case, days=14) if plan else case) if m.code == "E_SRM")
    assert "slots with rows" in found.text
    fair = of(lambda f: f[slot(f) % 24 >= 3], world={"days": 14})
    assert "E_SRM" not in {m.code for m in messages(planned(fair, days=14) if plan else fair)}


def test_a_schedule_is_the_plan_until_it_is_over() -> None:
    case = planned(of(lambda f: f[f["at"] < "2026-11-05"]), days=7)
    assert dw.analyze(*case, methods=[]).decision.basis == "always_valid"
    assert dw.analyze(*planned(of()), methods=[]).decision.basis == "fixed_n"


def test_regions_that_should_switch_together_must() -> None:
    (found,) = (m for m in messages(of(served_otherwise(10), **TOGETHER)) if m.code == "E_SCHEDULE_MISMATCH")
    assert found.title.startswith("Regions differ in 10 slots")


@pytest.mark.parametrize("regions", ["separate", "together"])
def test_arms_that_the_assignment_cannot_have_drawn_are_a_mismatch(regions: str) -> None:
    coins, _ = of(assignment="slots", regions=regions)
    (found,) = (m for m in messages((coins, slots_design(regions=regions))) if m.code == "E_SCHEDULE_MISMATCH")
    assert "cannot have been drawn with assignment='pairs'" in found.title
    (days,) = (
        m for m in messages((coins, slots_design(assignment="day-balanced", regions=regions)))
        if m.code == "E_SCHEDULE_MISMATCH"
    )  # fmt: skip
    assert "assignment='day-balanced'" in days.title


def test_a_single_slot_with_two_arms_of_a_thousand_is_left_out_with_its_pair() -> None:
    frame, design = of(both_arms(1), world={"days": 49, "per_hour": 1}, regions="separate")
    result = dw.analyze(frame, design, methods=[])
    found = {message.code: message for message in result.messages}
    assert "E_CONTAMINATION" not in found
    assert found["W_CONTAMINATION"].title == "1 slot saw more than one arm."
    assert "in slots that cannot be compared" in found["I_LEFT_OUT"].text
    assert result.timeline.n_control + result.timeline.n_treatment == 2 * 49 * 12 - 2


def test_a_mismatch_of_one_slot_in_a_thousand_leaves_its_pair_out_and_is_shown() -> None:
    frame, design = planned(of(served_otherwise(1), world={"days": 49, "per_hour": 1}), days=49)
    result = dw.analyze(frame, design, methods=[])
    check = result.schedule_check
    assert (check.status, check.n_mismatched) == ("as-planned", 1)
    assert check.examples[0].startswith("Central, 2026-11-02 00:00: ")
    assert result.timeline.n_control == result.timeline.n_treatment == 49 * 12 - 1
    assert isinstance(result.effect("fare"), EffectEstimate)


def test_lost_slots_are_counted_by_planned_arm() -> None:
    frame, design = planned(of(lambda f: f[(slot(f) > 3) | (f.region == "North")]))
    lost = dw.analyze(frame, design, methods=[]).schedule_check.lost
    assert (lost.control, lost.treatment) == (2, 2)


def test_an_hour_that_the_clock_repeats_is_left_out_with_its_pair() -> None:
    frame, design = of(world={"start": "2026-10-20", "days": 14}, region=None)
    local = frame.assign(at=frame["at"].dt.tz_localize("Europe/Berlin", ambiguous=True, nonexistent="shift_forward"))
    result = dw.analyze(local.drop(columns="region"), replace(design, timezone="Europe/Berlin"), methods=[])
    found = next(message for message in result.messages if message.code == "I_CLOCK_CHANGE")
    assert "1 slots" in found.text or "2 slots" in found.text
    assert result.timeline.n_control + result.timeline.n_treatment < 168
    assert result.timeline.n_control == result.timeline.n_treatment


def test_randomisation_and_model_disagree_when_one_pair_stands_out() -> None:
    """Every pair gains about 1 and one gains 1,000: t is near 1, but no other deal of the arms has as large a t."""

    def made(frame: pd.DataFrame) -> pd.DataFrame:
        treated, noise = frame.arm == "treatment", np.random.default_rng(0).normal(0, 0.01, len(frame))
        stands_out = (slot(frame) < 2) & (frame.region == "Central")
        return frame.assign(fare=10 + treated * (1 + 1000.0 * stands_out) + noise)

    result = dw.analyze(*of(made, time_fe="hour-of-day"), methods=[])
    row, facts = result.effect("fare"), result.regressions[0]
    assert isinstance(row, EffectEstimate)
    assert row.p_value > 0.2
    assert facts.randomization_p is not None
    assert facts.randomization_p < 0.02
    (found,) = (message for message in result.messages if message.code == "W_RI_DISAGREES")
    assert "the regression p 0.2" in found.text
    assert "disagrees with p 0.2" in str(result.to_payload()["cards"][0]["facts"])
    assert "W_RI_DISAGREES" not in {message.code for message in messages(of())}


def test_a_clear_interval_that_dealing_again_does_not_confirm_wins_nothing() -> None:
    # Of the 2⁷ − 2 deals of seven fair coins that have an estimate, the rarest p is 2/126 = 0.016.
    design = slots_design(dw.Metric("fare"), assignment="days", slot="1d", burn_in=0, region=None, alpha=0.01)
    for seed in range(30):
        try:
            frame = trips(design, days=7, effect=8.0, seed=seed, noise=0.5).drop(columns="region")
        except InputError:  # a schedule tied to the clock
            continue
        result = dw.analyze(frame, design, methods=[])
        row = result.effect("fare")
        if isinstance(row, EffectEstimate) and row.effect_lower > 0 and row.p_value < 0.01:
            break
    else:
        pytest.fail("No schedule of 7 days gave an interval.")
    p = result.regressions[0].randomization_p
    assert p is not None
    assert ("W_FRAGILE" in {m.code for m in result.messages}) == (p > 0.01)
    assert p > 0.01
    assert result.decision.verdict == "inconclusive"


def test_variation_that_fixed_effects_absorb_is_said() -> None:
    """Two regions within calendar hours tell only where they differ: the share left follows from the schedule alone."""
    said = {}
    for seed in range(1, 9):
        frame, design = of(assignment="slots", time_fe="calendar-hour", world={"seed": seed, "per_hour": 1})
        table = dw.schedule(design, start="2026-11-02", days=7, regions=NORTH, seed=seed)
        d = table.assign(d=(table.arm == "treatment").astype(float)).pivot(
            index="slot_start", columns="region", values="d"
        )
        left = d.sub(d.mean(axis=1), axis=0).sub(d.mean() - d.mean().mean(), axis=1)
        share = float((left**2).to_numpy().sum() / ((d - d.to_numpy().mean()) ** 2).to_numpy().sum())
        found = dw.analyze(frame, design, methods=[])
        said[share < 0.5] = said.get(share < 0.5, set()) | {message.code for message in found.messages}
    assert "W_FE_ABSORBS" in said[True]
    assert "W_FE_ABSORBS" not in said[False]


def test_hostile_names_are_text() -> None:
    evil = "<img src=x onerror=alert(1)>"
    frame, design = of(lambda f: f.assign(**{evil: f.fare}), evil)
    frame = frame.assign(region=frame.region.map({"Central": evil, "North": "‮شمال😀" + "n" * 300}))
    result = dw.analyze(frame, design)
    html = result.to_html()
    assert "<img" not in html
    assert dw.SwitchbackResult.from_json(result.to_json()) == result


ARMLESS = {"control": "control", "treatment": "treatment"}


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (lambda: of(lambda f: f.assign(arm="control")), "one arm|two arms"),
        (lambda: of(lambda f: f.assign(arm="control"), **ARMLESS), "one arm only"),
        (lambda: of(lambda f: f.drop(columns="arm"), arm=None), "arm="),
        (lambda: of(lambda f: f.assign(arm=f.arm.map({"control": "x", "treatment": "y"}))), "Which of x, y is control"),
        (lambda: of(lambda f: f.iloc[:0]), "empty|no row|holds no"),
        (lambda: of(lambda f: f.drop(columns="fare")), "no column 'fare'"),
    ],
)
def test_what_cannot_be_analysed_is_refused_with_a_remedy(case: Callable[[], Case], words: str) -> None:
    with pytest.raises(InputError, match=words):
        dw.analyze(*case(), methods=[])


def test_a_region_that_the_schedule_does_not_know_is_refused() -> None:
    frame, design = planned(of())
    with pytest.raises(InputError, match="no region South"):
        dw.analyze(frame.assign(region=frame.region.replace("North", "South")), design, methods=[])


def test_a_slot_must_divide_the_day() -> None:
    with pytest.raises(InputError, match="divide 24 hours"):
        slots_design(slot="7h")


def test_an_unknown_method_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'wild_bootstrap'"):
        dw.analyze(*of(), methods=["wild_bootstrp"])


def test_four_slots_are_refused_for_their_number_and_a_strict_alternation_for_its_clock() -> None:
    frame, design = of(assignment="slots", slot="12h", region=None, world={"days": 2, "seed": 6})
    result = dw.analyze(frame.drop(columns="region"), design, methods=[])
    assert result.decision.verdict in ("inconclusive", "invalid")
    assert isinstance(result.effect("fare"), NotEstimable)
    alternated = dw.analyze(*of(alternating, assignment="slots", **TOGETHER), methods=[])
    assert alternated.decision.verdict == "invalid"
    assert "E_SCHEDULE_ALIAS" in {message.code for message in alternated.messages}


def test_all_metrics_unreadable_are_refused_and_the_schedule_is_still_checked() -> None:
    frame, design = planned(of(lambda f: f.assign(words="yes it is"), "words"))
    result = dw.analyze(frame, design)
    assert result.decision.verdict == "inconclusive"
    assert isinstance(result.effect("words"), NotEstimable)
    assert result.schedule_check.status == "as-planned"
    assert result.to_text()
    assert dw.SwitchbackResult.from_json(result.to_json()) == result


def test_a_single_pair_is_too_few_clusters_and_no_fault_of_the_metric() -> None:
    frame, design = of(world={"days": 1, "per_hour": 20}, slot="12h", region=None)
    result = dw.analyze(frame.drop(columns="region"), design, methods=[])
    assert result.effect("fare").codes == ("E_FEW_CLUSTERS",)
    assert result.decision.verdict == "inconclusive"


def test_missing_slots_cost_themselves_only() -> None:
    frame, design = of(lambda f: f[slot(f) % 9 != 4])
    result = dw.analyze(frame, design, methods=[])
    assert isinstance(result.effect("fare"), EffectEstimate)
    assert result.timeline.served[0][4] == "."


def test_a_region_of_the_schedule_that_no_row_names_is_told() -> None:
    told = {m.code: m for m in messages(planned(of(lambda f: f[f.region != "North"], world=PLENTY), days=14))}
    assert told["W_PANEL_GAPS"].title == "50.0% of the hours have no rows."
    assert "region North, which no row names" in told["W_PANEL_GAPS"].text
    assert "W_PANEL_GAPS" not in {m.code for m in messages(planned(of(world=PLENTY), days=14))}


def test_every_code_of_a_switchback_is_tested_here_or_beside() -> None:
    beside = {"W_CARRYOVER", "I_CLOCK_CHANGE", "W_RI_DISAGREES", "W_FE_ABSORBS", "W_FRAGILE", "W_CONTAMINATION"}
    assert beside | PAIRS.keys() <= set(CODES)


@pytest.mark.parametrize(("name", "weights"), list(product(["controls", "fixed_effects"], ["usual", "rows"])))
def test_controls_and_further_effects_enter(name: str, weights: Any) -> None:
    column = "km" if name == "controls" else "half"
    half = lambda f: f.assign(half=f.region + np.where(f["at"].dt.hour < 12, " early", " late"))  # noqa: E731 (one line, named for the case)
    plain, more = of(half, weights=weights), of(half, weights=weights, **{name: [column]})
    before, after = (dw.analyze(*each, methods=[]).effect("fare") for each in (plain, more))
    assert isinstance(before, EffectEstimate)
    assert isinstance(after, EffectEstimate)
    assert after.effect != before.effect
    assert column in after.method_text
