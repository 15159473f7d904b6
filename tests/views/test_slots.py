"""Slots: when they are, which windows show them, and what their boxes say."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from decision_widgets.views.slots import Clock, lane_cells, left_out_text, legend_html, length_text, thin_lane
from tests.views.switchback_payloads import timeline


def clock(slot: int = 60, n_slots: int = 336, start: str = "2026-11-02T00:00") -> Clock:
    return Clock(start=datetime.fromisoformat(start), slot=slot, n_slots=n_slots)


def test_windows_of_hours_are_two_days_and_begin_every_day() -> None:
    windows = clock().windows()
    assert [each.first for each in windows] == list(range(0, 13 * 24, 24))
    assert {each.size for each in windows} == {48}
    assert windows[2].label == "Day 3 to 4, 4\u00a0Nov to 5\u00a0Nov"
    said = [(left, label.replace("\u00a0", " "), day) for left, label, day in windows[2].ticks]
    assert said[0] == (0.0, "Day 3", True)
    assert said[1:4] == [(12.5, "06:00", False), (25.0, "12:00", False), (37.5, "18:00", False)]
    assert said[4] == (50.0, "Day 4", True)


@pytest.mark.parametrize(
    ("slot", "n_slots"),
    [(1, 4000), (2, 1000), (15, 96), (30, 672), (120, 84), (240, 42), (1440, 28), (2880, 14), (60, 5)],
)
def test_every_slot_is_in_some_window(slot: int, n_slots: int) -> None:
    windows = clock(slot, n_slots).windows()
    covered = {at for each in windows for at in range(each.first, each.first + each.size)}
    assert covered == set(range(n_slots))
    assert len({each.label for each in windows}) == len(windows)


def test_slots_of_several_hours_are_labelled_where_they_begin() -> None:
    (first, *_) = clock(240, 84).windows(days=1)
    assert [label for _, label, day in first.ticks if not day] == ["04:00", "08:00", "12:00", "16:00", "20:00"]


@pytest.mark.parametrize("start", ["2026-11-02T06:30", "2026-11-02T23:00"])
def test_a_run_that_starts_within_a_day_counts_calendar_days(start: str) -> None:
    run = clock(start=start, n_slots=100)
    covered = {at for each in run.windows() for at in range(each.first, each.first + each.size)}
    assert covered == set(range(100))
    assert run.day(0) == 1
    assert [run.at(each.first).day for each in run.windows()[:2]] == [2, 3]


def test_labels_of_a_window_stand_apart() -> None:
    for slot, n_slots in ((5, 2000), (15, 400), (60, 336), (240, 200), (1440, 120)):
        for window in clock(slot, n_slots).windows():
            lefts = [left for left, _, _ in window.ticks]
            assert all(second - first > 4 for first, second in pairwise(lefts)), (slot, window)


def test_a_length_is_written_in_its_unit() -> None:
    said = [length_text(minutes).replace("\u00a0", " ") for minutes in (5, 90, 120, 1440, 2880)]
    assert said == ["5 min", "90 min", "2 h", "1 day", "2 days"]


def test_what_the_burn_in_takes_is_told_as_the_analysis_takes_it() -> None:
    assert left_out_text(timeline()) == "The first 15\u00a0min of every slot, changed or not, are not analysed."
    assert left_out_text(timeline(assignment="minimax")).startswith("The first 15\u00a0min of every stretch")
    assert left_out_text(timeline(burn_in_min=0)) == ""


def test_boxes_are_filled_under_treatment_and_hatched_where_told() -> None:
    cells = lane_cells("01.1", [False, True, False, False], "a1", [False, False, False, True])
    assert cells == '<i class=""></i><i class="on a1 b"></i><i class="gap"></i><i class="on a1 off"></i>'


def test_a_thin_lane_is_one_shape_and_says_its_counts() -> None:
    html = thin_lane("North", "0110.1", "a1")
    assert '<path class="on" d="M1 0h2v1h-2zM5 0h1v1h-1z"/>' in html
    assert 'aria-label="North: 3 treatment and 2 control slots, 1 without data"' in html


def test_the_legend_explains_only_what_is_there() -> None:
    assert "burn-in after a change, 15\u00a0min" in legend_html(timeline(), changes=True)
    assert "burn-in" not in legend_html(timeline(burn_in_min=0), changes=True)
    assert "planned" not in legend_html(timeline(), changes=False)
    assert "no data" in legend_html(timeline(), changes=False, gaps=True)
