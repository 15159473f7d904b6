"""A histogram of several arms that needs no script: stretched marks, labels that the style sheet writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.axis import nice
from decision_widgets.views.markup import escape
from decision_widgets.views.schemas import Payload
from decision_widgets.views.tables import arm_colour
from decision_widgets.views.text import one_line

TICKS: Final = 6
LEVELS: Final = 3
_GAP: Final = 0.5
_LONGEST_PLAIN: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where things lie, in percent of the box: bins, then what lies below and above in bars of their own."""

    bins: int
    below: bool
    above: bool
    top: float

    @property
    def width(self) -> float:
        return self.bins + (1 + _GAP) * (self.below + self.above)

    def x(self, bin_: float) -> float:
        return ((1 + _GAP) * self.below + bin_) / self.width * 100

    def y(self, share: float) -> float:
        return 100 - share / self.top * 100


def histogram_html(metric: Payload) -> str:
    """Draw each arm's shares: control as an area, treatments as outlines."""
    arms = [arm for arm in metric["arms"] if arm["shares"]]
    if not arms:
        return ""
    highest = max(max(arm["below"], arm["above"], *arm["shares"]) for arm in arms)
    step = nice(highest / LEVELS)
    frame = _Frame(
        bins=len(metric["edges"]) - 1,
        below=any(arm["below"] for arm in arms),
        above=any(arm["above"] for arm in arms),
        top=ceil(highest / step - 1e-9) * step,
    )
    levels = [step * at for at in range(round(frame.top / step) + 1)]
    grid = "".join(f'<line class="g" x1="0" x2="100" y1="{frame.y(y):.2f}" y2="{frame.y(y):.2f}"/>' for y in levels)
    marks = "".join(_arm(arm, frame, filled=not at) for at, arm in enumerate(arms))
    labels = [_label(f"{100 * level:.4g}%", 0, frame.y(level), "yt") for level in levels]
    labels += [_label(text, frame.x(at), 100, "xt") for text, at in _ticks(metric, frame)]
    name = f"Histogram of {one_line(metric['label'])} by arm; the data table holds its numbers"
    return (
        f'<div class="dw-hist" role="img" aria-label="{escape(name)}">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{grid}{marks}</svg>'
        f'<div class="ticks" aria-hidden="true">{"".join(labels)}</div></div>'
    )


def bin_names(metric: Payload) -> list[str]:
    """Name the bins: first what lies below them, last what lies above."""
    starts = _starts(metric)
    if metric.get("whole"):
        inner = [_whole(int(start), int(end) - 1) for start, end in pairwise(starts)]
    else:
        inner = [f"{a} to {b}" for a, b in pairwise(map(_value, starts))]
    return [f"below {_value(starts[0])}", *inner, f"{_value(starts[-1])} and more"]


def _whole(first: int, last: int) -> str:
    return numbers.integer(first) if first == last else f"{numbers.integer(first)} to {numbers.integer(last)}"


def _starts(metric: Payload) -> Sequence[float]:
    """Return the smallest value of each bin; of whole numbers the edges lie halfway between values."""
    edges: Sequence[float] = metric["edges"]
    return [edge + 0.5 for edge in edges] if metric.get("whole") else edges


def _arm(arm: Payload, frame: _Frame, *, filled: bool) -> str:
    outline = "".join(_steps(arm["shares"], frame, 0.0))
    outline += "".join(_steps([arm["below"]], frame, -1 - _GAP)) if frame.below else ""
    outline += "".join(_steps([arm["above"]], frame, frame.bins + _GAP)) if frame.above else ""
    return f'<path class="{"area" if filled else "line"} {arm_colour(arm["arm_index"] or 0)}" d="{outline}"/>'


def _steps(shares: Sequence[float], frame: _Frame, start: float) -> Iterator[str]:
    yield f"M{frame.x(start):.2f} 100"
    for at, share in enumerate(shares):
        yield f"V{frame.y(share):.2f}H{frame.x(start + at + 1):.2f}"
    yield "V100"


def _ticks(metric: Payload, frame: _Frame) -> Iterator[tuple[str, float]]:
    """Label round values along the bins, and the bars of what lies beyond."""
    edges = metric["edges"]
    width = edges[1] - edges[0]
    step = nice((edges[-1] - edges[0]) / TICKS)
    step = max(1.0, round(step)) if metric.get("whole") else step
    first, last = ceil(edges[0] / step - 1e-9), floor(edges[-1] / step + 1e-9)
    for at in range(first, last + 1):
        place = (at * step - edges[0]) / width
        if not (frame.above and place > frame.bins - 0.5):
            yield _value(at * step), place
    starts = _starts(metric)
    if frame.below:
        yield f"<{numbers.NBSP}{_value(starts[0])}", -0.5 - _GAP
    if frame.above:
        yield f"{_value(starts[-1])}+", frame.bins + _GAP + 0.5


def _value(value: float) -> str:
    """Write a round value without needless zeros.

    >>> _value(2.50), _value(-40), _value(12000)
    ('2.5', '−40', '12,000')
    """
    if abs(value) >= 10.0**_LONGEST_PLAIN:
        exponent = floor(log10(abs(value)))
        return f"{numbers.fixed(value / 10.0**exponent, 2).rstrip('0').rstrip('.')} × {numbers.power_of_ten(exponent)}"
    for digits in range(_LONGEST_PLAIN):
        if abs(round(value, digits) - value) <= 1e-9 * abs(value):
            return numbers.fixed(value, digits)
    return numbers.level(value, "continuous")


def _label(text: str, left: float, top: float, css: str) -> str:
    return f'<span class="{css}" style="left:{left:.2f}%;top:{top:.2f}%" data-label="{escape(text)}"></span>'
