"""A chart that needs no script: marks stretched to the box, labels placed in percent and written by the style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from decision_widgets.views.markup import escape
from decision_widgets.views.numbers import fixed, power_of_ten
from decision_widgets.views.power_chart import nice_step

_STEPS: Final = 4
_PLAIN_EXPONENTS: Final = range(-4, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A vertical axis from `low` to `high` with a tick at every step; a percentage where `unit` says so."""

    low: float
    high: float
    step: float
    scale: float = 1.0
    unit: str = ""

    @property
    def ticks(self) -> tuple[float, ...]:
        """Tick values, lowest first."""
        first = round(self.low / self.step)
        return tuple(self.step * at for at in range(first, round(self.high / self.step) + 1))

    def top(self, value: float) -> float:
        """Place a value, in percent from the top."""
        return (self.high - value) / (self.high - self.low) * 100

    def label(self, value: float) -> str:
        """Write a tick with no more digits than its step has.

        >>> Scale(low=0.5, high=0.9, step=0.1, scale=100, unit="%").label(0.6)
        '60%'
        """
        exponent = math.floor(math.log10(self.step * self.scale))
        if exponent not in _PLAIN_EXPONENTS and value:
            return f"{fixed(value * self.scale * 10.0**-exponent, 0)}·{power_of_ten(exponent)}"
        step = self.step * self.scale
        digits = next(digits for digits in range(12) if math.isclose(round(step, digits), step))
        return fixed(value * self.scale, digits) + self.unit


def scale_over(values: Sequence[float], kind: str) -> Scale:
    """Choose the axis that holds all values between round ticks.

    >>> scale_over([0.62, 0.85], "binary").ticks
    (0.6000000000000001, 0.7000000000000001, 0.8, 0.9)
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = high - low
    step = nice_step((span if span > 1e-9 * max(abs(low), abs(high)) else max(abs(high), 1e-6)) / _STEPS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    percent = {"scale": 100.0, "unit": "%"} if kind == "binary" else {}
    return Scale(low=first * step, high=(last if last > first else first + 1) * step, step=step, **percent)  # type: ignore[arg-type]  # words of a Scale


def plot_html(
    label: str,
    *,
    marks: str,
    y_ticks: Iterable[tuple[float, str]],
    x_ticks: Iterable[tuple[float, str]] = (),
    x_label: str = "",
    over: str = "",
    css: str = "",
) -> str:
    """Draw the box: grid and `marks` as stretched SVG (0 to 100 both ways), tick labels, and boxes `over` them."""
    y_ticks = list(y_ticks)
    grid = "".join(grid_line(top) for top, _ in y_ticks)
    ticks = [
        f'<span class="yt" style="left:0;top:{top:.2f}%" data-label="{escape(text)}"></span>' for top, text in y_ticks
    ]
    ticks += [
        f'<span class="xt" style="left:{left:.2f}%;top:100%" data-label="{escape(text)}"></span>'
        for left, text in x_ticks
    ]
    ticks += [f'<span class="xl" style="left:100%;top:100%" data-label="{escape(x_label)}"></span>'] if x_label else []
    return (
        f'<div class="dw-plot {css}" role="group" aria-label="{escape(label)}">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"><g data-slot="grid">{grid}</g>'
        f'<g data-slot="marks">{marks}</g></svg>'
        f'<div class="ticks" aria-hidden="true">{"".join(ticks)}</div>'
        f'<div class="over" aria-hidden="true" data-slot="over">{over}</div></div>'
    )


def grid_line(top: float) -> str:
    """Draw one line of the grid."""
    return f'<line class="g" x1="0" x2="100" y1="{top:.2f}" y2="{top:.2f}"/>'


def line_path(points: Sequence[tuple[float, float] | None]) -> str:
    """Join points, in percent, to a path with a gap at every None.

    >>> line_path([(0, 1), (1, 2), None, (3, 4)])
    'M0.00 1.00L1.00 2.00M3.00 4.00'
    """
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point[0]:.2f} {point[1]:.2f}")
        pen = "L"
    return "".join(parts)
