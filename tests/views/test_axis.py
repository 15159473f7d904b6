"""Where intervals lie: one axis for all rows, cut ends, harm zones on the harmful side."""

from __future__ import annotations

import math

import pytest

from decision_widgets.views.axis import Axis, Interval, absolute_axis, relative_interval, shared_axis
from tests.views.payloads import relative, row, rows


def axis_of(*reaches: float) -> Axis:
    axis = shared_axis([row(**relative(0.0, -reach, reach)) for reach in reaches])
    assert axis is not None
    return axis


def test_zero_is_in_the_middle_and_ends_are_at_the_edges() -> None:
    axis = Axis(half=0.07, step=0.02)
    assert [axis.percent(value) for value in (-0.07, 0.0, 0.07)] == [0.0, 50.0, 100.0]


def test_a_bar_lies_where_its_numbers_say() -> None:
    bar = Axis(half=0.07, step=0.02).bar(Interval(point=0.027236, lower=0.0129919, upper=0.0414801))
    assert bar.left == pytest.approx(59.28, abs=0.005)
    assert bar.width == pytest.approx(20.35, abs=0.005)
    assert bar.point == pytest.approx(69.45, abs=0.005)
    assert not bar.cut_left
    assert not bar.cut_right


@pytest.mark.parametrize("reach", [1e-5, 0.0046, 0.041, 0.0662, 0.081, 0.3, 2.4])
def test_ticks_are_few_even_and_inside(reach: float) -> None:
    axis = axis_of(reach)
    assert reach <= axis.half <= reach * 1.8
    assert 3 <= len(axis.ticks) <= 9
    assert 0.0 in axis.ticks
    assert all(abs(tick) <= axis.half * (1 + 1e-9) for tick in axis.ticks)


@pytest.mark.parametrize(
    ("step", "labels"),
    [(0.02, ["−2%", "0%", "+2%"]), (0.025, ["−2.5%", "0.0%", "+2.5%"]), (0.0005, ["−0.05%", "0.00%", "+0.05%"])],
)
def test_tick_labels_show_the_step_exactly(step: float, labels: list[str]) -> None:
    axis = Axis(half=step * 1.5, step=step)
    assert [axis.label(tick) for tick in axis.ticks] == labels


def test_one_far_longer_interval_squashes_nobody() -> None:
    crowd = [row(**relative(0.0, -reach, reach)) for reach in (0.02, 0.03, 0.04)]
    outlier = row(**relative(0.5, -4.0, 5.0))
    axis = shared_axis([*crowd, outlier])
    assert axis == shared_axis(crowd)
    interval = relative_interval(outlier)
    assert axis is not None
    assert interval is not None
    bar = axis.bar(interval)
    assert (bar.cut_left, bar.cut_right, bar.point, bar.left, bar.width) == (True, True, None, 0.0, 100.0)


def test_two_intervals_of_ordinary_difference_are_both_whole() -> None:
    assert axis_of(0.0046, 0.0415).half >= 0.0415


def test_an_interval_wholly_beyond_the_axis_leaves_only_its_arrow() -> None:
    bar = Axis(half=0.05, step=0.02).bar(Interval(point=0.3, lower=0.2, upper=0.4))
    assert (bar.width, bar.point, bar.cut_left, bar.cut_right) == (0.0, None, False, True)


def test_an_open_end_runs_off_the_axis() -> None:
    interval = relative_interval(row(relative_effect_upper=None))
    assert interval == Interval(point=0.027236, lower=0.0129919, upper=math.inf)
    assert Axis(half=0.05, step=0.02).bar(interval).cut_right


def test_harm_lies_to_the_right_when_lower_is_better_and_to_the_left_when_higher_is() -> None:
    axis = Axis(half=0.05, step=0.02)
    assert axis.harm(0.02, "decrease") == pytest.approx((70.0, 30.0))
    assert axis.harm(0.02, "increase") == pytest.approx((0.0, 30.0))
    assert axis.harm(0.06, "decrease") is None
    assert axis.harm(None, "decrease") is None


def test_a_near_limit_is_kept_on_the_axis_and_a_far_one_does_not_stretch_it() -> None:
    near, far = (shared_axis([row(**relative(0, -0.01, 0.01), limit=limit)]) for limit in (0.012, 0.5))
    assert near is not None
    assert near.harm(0.012, "decrease") is not None
    assert far == axis_of(0.01)


def test_rows_without_intervals_have_no_axis() -> None:
    assert shared_axis(rows()[4:]) is None


@pytest.mark.parametrize(
    ("interval", "drawing"),
    [
        (Interval(point=0.027, lower=0.013, upper=0.041), "··········|··[━●━━]··"),
        (Interval(point=0.0, lower=-0.2, upper=0.01), "◂━━━━━━━━━●━]········"),
        (Interval(point=0.3, lower=0.2, upper=0.4), "··········|·········▸"),
        (Interval(point=-0.02, lower=-0.04, upper=0.0), "··[━━━●━━━]··········"),
    ],
)
def test_the_text_drawing_shows_the_same_interval(interval: Interval, drawing: str) -> None:
    assert Axis(half=0.05, step=0.02).drawing(interval) == drawing


def test_a_limit_of_a_row_without_a_bar_does_not_stretch_the_axis() -> None:
    crowd = [row(**relative(0.0, -0.01, 0.01))]
    bare = {**rows()[4], "limit": 0.012}
    assert shared_axis([*crowd, bare]) == shared_axis(crowd)


@pytest.mark.parametrize(
    ("reach", "kind", "labels", "caption"),
    [
        (0.041, "binary", ["−4", "−2", "0", "+2", "+4"], "in percentage points"),
        (2.9, "continuous", ["−3", "−2", "−1", "0", "+1", "+2", "+3"], "in the metric’s own unit"),
        (0.041, "ratio", ["−0.04", "−0.02", "0.00", "+0.02", "+0.04"], "in the metric’s own unit"),
        (4.1e9, "continuous", ["−4", "−2", "0", "+2", "+4"], "in units of 10⁹"),
        (4.1e-12, "continuous", ["−4", "−2", "0", "+2", "+4"], "in units of 10⁻¹²"),
    ],
)
def test_an_axis_in_a_metrics_own_unit_has_short_labels(
    reach: float, kind: str, labels: list[str], caption: str
) -> None:
    axis = absolute_axis([Interval(point=0.0, lower=-reach, upper=reach)], kind)
    assert axis is not None
    assert ([axis.label(tick) for tick in axis.ticks], axis.caption) == (labels, caption)
    assert axis.half >= reach


def test_effects_of_exactly_0_have_an_axis_and_no_effect_has_none() -> None:
    axis = absolute_axis([Interval(point=0.0, lower=0.0, upper=0.0)], "count")
    assert axis is not None
    assert axis.half > 0
    assert absolute_axis([], "continuous") is None
