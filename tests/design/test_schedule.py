"""Schedules: drawn by coins that anybody can toss again, whole in their blocks, never tied to the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.design import draw_schedule
from decision_widgets.design.schedule import alias_problem, blocks_of, coin
from decision_widgets.moments import name_arms

REGIONS = ["Central", "North", "South", "West"]


def made(**words: Any) -> dw.Switchback:
    given = {"time": "at", "slot": "1h", "region": "city", "arm": "arm", "metrics": ["y"]} | words
    return dw.Switchback(**given)


def drawn(seed: int = 7, **words: Any) -> dw.Schedule:
    return draw_schedule(made(**words), start="2026-11-02", days=14, regions=REGIONS, seed=seed)


def test_coins_are_fair_and_independent() -> None:
    tosses = np.array([[coin(seed, "Central", i) >> 31 for i in range(400)] for seed in range(250)])
    error = 0.5 / np.sqrt(tosses.size)
    assert abs(tosses.mean() - 0.5) < 4 * error
    for lag in (1, 2, 24):
        assert abs(np.corrcoef(tosses[:, lag:].ravel(), tosses[:, :-lag].ravel())[0, 1]) < 8 * error
    other = np.array([[coin(seed, "North", i) >> 31 for i in range(400)] for seed in range(250)])
    assert abs(np.corrcoef(tosses.ravel(), other.ravel())[0, 1]) < 8 * error
    neighbour = np.corrcoef(tosses[:-1].ravel(), tosses[1:].ravel())[0, 1]
    assert abs(neighbour) < 8 * error


def test_the_same_seed_gives_the_same_schedule_and_another_another() -> None:
    assert drawn(7) == drawn(7)
    assert drawn(7).arms != drawn(8).arms


def test_a_region_keeps_its_arms_when_another_joins() -> None:
    fewer = draw_schedule(made(), start="2026-11-02", days=14, regions=REGIONS[:2], seed=7)
    assert fewer.arms["North"] == drawn(7).arms["North"]


def test_every_pair_holds_both_arms() -> None:
    for text in drawn().arms.values():
        assert len(text) == 336
        assert all({a, b} == {"0", "1"} for a, b in zip(text[::2], text[1::2], strict=True))
        assert len(set(text[::2])) == 2


def test_day_balanced_slots_are_half_and_half_within_each_day() -> None:
    for text in drawn(assignment="day-balanced").arms.values():
        days = [text[i : i + 24] for i in range(0, 336, 24)]
        assert all(day.count("1") == 12 for day in days)
        assert len(set(days)) == 14


def test_an_odd_number_of_slots_a_day_leaves_the_middle_one_to_a_coin() -> None:
    found = draw_schedule(made(slot="8h", assignment="day-balanced"), start="2026-11-02", days=400, regions=["a"])
    treated = [found.arms["a"][i : i + 3].count("1") for i in range(0, 1200, 3)]
    assert set(treated) == {1, 2}
    assert abs(treated.count(1) - 200) < 40


def test_together_means_one_draw_for_all() -> None:
    assert len(set(drawn(regions="together").arms.values())) == 1
    assert len(set(drawn().arms.values())) == 4


def test_the_minimax_plan_draws_where_its_paper_says() -> None:
    design = made(region=None, assignment="minimax", carryover="2h")
    blocks = blocks_of(design, "2026-11-02T00:00", 12)
    assert [i + 1 for i in range(12) if i == 0 or blocks[i] != blocks[i - 1]] == [1, 5, 7, 9]


def test_minimax_agrees_with_the_estimator_that_reads_it() -> None:
    from decision_widgets.estimates import minimax_draws

    design = made(region=None, assignment="minimax", carryover="3h")
    blocks = np.array(blocks_of(design, "2026-11-02T00:00", 48))
    assert (np.flatnonzero(np.diff(blocks, prepend=-1)) == np.flatnonzero(minimax_draws(48, 3))).all()


def test_the_frame_goes_back_into_the_design(tmp_path: Path) -> None:
    design = made()
    table = dw.schedule(design, start="2026-11-02", days=14, regions=REGIONS, seed=7)
    assert list(table.columns) == ["slot_start", "slot_end", "region", "arm", "block"]
    assert len(table) == 1344
    again = design.with_schedule(table)
    assert again.schedule is not None
    assert again.schedule.arms == drawn(7).arms
    table.to_csv(tmp_path / "plan.csv", index=False)
    assert design.with_schedule(str(tmp_path / "plan.csv")) == again


def test_the_calendar_holds_the_treated_stretches() -> None:
    design = made(region=None, treatment="on, always", control="off")
    found = draw_schedule(design, start="2026-11-02", days=2, seed=3)
    events = found.to_ics(design).split("BEGIN:VEVENT")[1:]
    starts = [int(event.split("DTSTART:")[1][9:11]) for event in events]
    text = found.arms["all"]
    assert len(events) == sum(a == "1" and b != "1" for a, b in zip(text, [*text[1:], "."], strict=True))
    assert starts[0] == text.index("1") % 24
    assert "SUMMARY:on\\, always in all" in events[0]
    assert found.to_ics(design).endswith("END:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ("01" * 24, "repeats by clock hour"),
        ("0110" * 12, "repeats by clock hour"),
        ("01" * 13, "strictly alternates"),
        ("0" * 48, "one arm only"),
        ("011010011001" * 2 + "100101100110" * 2, None),
    ],
)
def test_what_is_tied_to_the_clock_is_named(arms: str, said: str | None) -> None:
    problem = alias_problem(dw.Schedule(start="2026-11-02", slot=60, arms={"all": arms}))
    assert problem is None if said is None else said in str(problem)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"start": "soon", "days": 2}, "start must be a day"),
        ({"start": "2026-11-02", "days": 0}, "days must be whole days"),
        ({"start": "2026-11-02", "days": 2, "regions": None}, "regions must name the levels of 'city'"),
        ({"start": "2026-11-02", "days": 2, "regions": ["a", "a"]}, "each once"),
        ({"start": "2026-11-02", "days": 2, "seed": -1}, "seed must be a whole number"),
    ],
)
def test_a_wrong_wish_is_one_clear_error(words: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        dw.schedule(made(), **({"regions": ["a", "b"]} | words))


def tables() -> list[tuple[dict[str, Any], str]]:
    starts = pd.date_range("2026-11-02", periods=4, freq="h")
    good = {"slot_start": starts, "arm": ["control", "treatment", "treatment", "control"]}
    return [
        ({"arm": good["arm"]}, "slot_start is missing"),
        (good | {"arm": ["a", "b", "c", "a"]}, "compares two arms"),
        (good | {"arm": ["x", "y", "y", "x"]}, "Which of x, y is control"),
        (good | {"slot_start": ["soon"] * 4}, "must hold local moments"),
        (good | {"slot_start": starts.tz_localize("UTC")}, "without a time zone"),
        (good | {"slot_start": [starts[0]] * 4}, "two lines for 2026-11-02T00:00"),
    ]


@pytest.mark.parametrize(("columns", "said"), tables())
def test_a_table_that_is_no_schedule_is_refused(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        made(region=None, schedule=pd.DataFrame(columns))


def test_usual_labels_need_no_naming() -> None:
    assert name_arms(["0", "1"], None, None) == ("0", "1")
    assert name_arms(["B", "A"], None, None) == ("A", "B")
    assert name_arms(["new", "old"], "old", None) == ("old", "new")
    assert name_arms(["new"], "old", "new") == ("old", "new")


def test_one_region_left_to_chance_is_enough() -> None:
    alike, free = "0110" * 12, "0110" * 6 + "1001" * 6
    assert alias_problem(dw.Schedule(start="2026-11-02", slot=60, arms={"a": alike, "b": free})) is None
