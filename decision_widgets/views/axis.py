"""One axis for all intervals of a card, relative or in a metric's own unit, and where each interval lies on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from decision_widgets.views.numbers import fixed, power_of_ten

_OUTLIER = 12.0
_TEXT_CELLS = 21
_SMALLEST = 1e-6
# Sizes whose tick labels fit between their ticks.
_PLAIN_EXPONENTS = range(-3, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An effect; an open end is infinite."""

    point: float
    lower: float
    upper: float

    @property
    def reach(self) -> float:
        """Distance from zero to the farthest finite end."""
        return max(abs(value) for value in (self.point, self.lower, self.upper) if math.isfinite(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Where an interval is drawn, in percent of the axis; `point` is None when it lies beyond the axis."""

    left: float
    width: float
    point: float | None
    cut_left: bool
    cut_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Symmetric around zero, from −half to +half, with a tick at every step.

    Labels are in percent; on an axis in a metric's own unit they are bare numbers, and `caption` says of what.
    """

    half: float
    step: float
    scale: float = 100.0
    unit: str = "%"
    caption: str = ""

    @property
    def ticks(self) -> tuple[float, ...]:
        """Tick values from left to right, zero among them."""
        count = math.floor(self.half / self.step + 1e-9)
        return tuple(self.step * at for at in range(-count, count + 1))

    def percent(self, value: float) -> float:
        """Place a value, in percent from the left; a value beyond the axis is put at its end."""
        return (max(-self.half, min(self.half, value)) + self.half) / (2 * self.half) * 100

    def label(self, value: float) -> str:
        """Write a tick.

        >>> Axis(half=0.07, step=0.02).label(-0.02)
        '−2%'
        """
        step = self.step * self.scale
        digits = next(digits for digits in range(12) if math.isclose(round(step, digits), step))
        return fixed(value * self.scale, digits, signed=True) + self.unit

    def bar(self, interval: Interval) -> Bar:
        """Place an interval."""
        left, right = self.percent(interval.lower), self.percent(interval.upper)
        return Bar(
            left=left,
            width=right - left,
            point=self.percent(interval.point) if abs(interval.point) <= self.half else None,
            cut_left=interval.lower < -self.half,
            cut_right=interval.upper > self.half,
        )

    def harm(self, limit: float | None, direction: str) -> tuple[float, float] | None:
        """Place the zone past a guardrail's limit: (left, width) in percent, or None when it is not on the axis."""
        if limit is None or abs(limit) >= self.half:
            return None
        if direction == "decrease":
            edge = self.percent(abs(limit))
            return edge, 100 - edge
        return 0.0, self.percent(-abs(limit))

    def drawing(self, interval: Interval, mark: str = "●") -> str:
        """Draw an interval with characters, for readers without styles.

        >>> Axis(half=0.05, step=0.02).drawing(Interval(point=0.027, lower=0.013, upper=0.041))
        '··········|··[━●━━]··'
        """
        cells = ["·"] * _TEXT_CELLS
        last = _TEXT_CELLS - 1
        cells[last // 2] = "|"
        left, right = (round(self.percent(end) / 100 * last) for end in (interval.lower, interval.upper))
        cells[left : right + 1] = "━" * (right + 1 - left)
        cells[left], cells[right] = "[", "]"
        if interval.lower < -self.half:
            cells[left] = "◂"
        if interval.upper > self.half:
            cells[right] = "▸"
        if abs(interval.point) <= self.half:
            cells[round(self.percent(interval.point) / 100 * last)] = mark
        return "".join(cells)


def relative_interval(row: Mapping[str, Any]) -> Interval | None:
    """Read the relative effect of a metric row; None when it has none, or failed."""
    point = row.get("relative_effect")
    if point is None or row.get("error"):
        return None
    lower, upper = row.get("relative_effect_lower"), row.get("relative_effect_upper")
    return Interval(
        point=point,
        lower=-math.inf if lower is None else lower,
        upper=math.inf if upper is None else upper,
    )


def shared_axis(rows: Sequence[Mapping[str, Any]]) -> Axis | None:
    """Choose the axis that shows all rows; an interval far longer than the others is cut rather than obeyed."""
    drawn = [(row, interval) for row in rows if (interval := relative_interval(row)) is not None]
    if not drawn:
        return None
    longest = max([_SMALLEST, *_usual([interval.reach for _, interval in drawn])])
    limits = [abs(row["limit"]) * 1.2 for row, _ in drawn if row.get("limit") is not None]
    longest = max([longest, *(limit for limit in limits if limit <= 2 * longest)])
    half, step = _reaching(longest)
    return Axis(half=half, step=step)


def absolute_axis(intervals: Sequence[Interval], kind: str) -> Axis | None:
    """Choose the axis that shows effects in a metric's own unit, cutting as `shared_axis` does."""
    if not intervals:
        return None
    longest = max(_usual([interval.reach for interval in intervals])) or 1.0
    half, step = _reaching(longest)
    exponent = math.floor(math.log10(longest))
    scale, caption = 1.0, "in the metric’s own unit"
    if kind == "binary":
        scale, caption = 100.0, "in percentage points"
    elif exponent not in _PLAIN_EXPONENTS:
        scale, caption = 10.0**-exponent, f"in units of {power_of_ten(exponent)}"
    return Axis(half=half, step=step, scale=scale, unit="", caption=caption)


def _reaching(longest: float) -> tuple[float, float]:
    step = nice(longest / 4)
    return math.ceil(longest * 1.05 / (step / 2)) * (step / 2), step


def _usual(reaches: list[float]) -> list[float]:
    kept = [
        reach
        for at, reach in enumerate(reaches)
        if len(reaches) == 1 or reach <= _OUTLIER * median(reaches[:at] + reaches[at + 1 :])
    ]
    return kept or reaches


def nice(value: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5, 10, … times a power of ten that is at least so large.

    >>> nice(0.03), nice(2.2)
    (0.05, 2.5)
    """
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= value * (1 - 1e-9))
