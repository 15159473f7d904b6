"""The axis of a plot holds its values between round ticks, and lines break where nothing is known."""

from __future__ import annotations

import pytest

from decision_widgets.views.plot import line_path, scale_over


@pytest.mark.parametrize(
    ("values", "kind", "labels"),
    [
        ([0.62, 0.85], "binary", ["60%", "70%", "80%", "90%"]),
        ([0.0, 0.0114], "binary", ["0.0%", "0.5%", "1.0%", "1.5%"]),
        ([11.2, 14.9], "continuous", ["11", "12", "13", "14", "15"]),
        ([-0.05, 0.26], "continuous", ["−0.1", "0.0", "0.1", "0.2", "0.3"]),
        ([5.0, 5.0], "continuous", ["4", "6"]),
        ([0.0, 2.4e7], "continuous", ["0", "1·10⁷", "2·10⁷", "3·10⁷"]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_hold_the_values(values: list[float], kind: str, labels: list[str]) -> None:
    scale = scale_over(values, kind)
    assert scale.low <= min(values)
    assert max(values) <= scale.high
    assert [scale.label(tick) for tick in scale.ticks] == labels


@pytest.mark.parametrize("value", [0.0, -3.2, 1e-9, 1e12])
def test_one_value_lies_on_its_axis(value: float) -> None:
    scale = scale_over([value], "continuous")
    assert 0 <= scale.top(value) <= 100
    assert scale.high > scale.low


def test_the_top_is_the_highest_value() -> None:
    scale = scale_over([0.0, 10.0], "continuous")
    assert (scale.top(scale.high), scale.top(scale.low)) == (0.0, 100.0)


def test_a_line_has_a_gap_where_a_value_is_missing() -> None:
    assert line_path([(0, 1), None, (2, 3), (4, 5)]) == "M0.00 1.00M2.00 3.00L4.00 5.00"
    assert line_path([None, None]) == ""
