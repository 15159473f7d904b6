"""An effect over the looks as a small static drawing; the table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from decision_widgets.views.schemas import Payload

WIDTH: Final = 320.0
HEIGHT: Final = 96.0
MARGIN: Final = 8.0


def chart_html(row: Payload) -> str:
    """Draw one metric of one arm: the estimate, the interval that holds at every look, and the boundary."""
    points: Sequence[Payload] = row.get("series") or ()
    lows = [low for p in points for low in (p["effect"], p["effect_lower"], _minus(p["boundary"])) if low is not None]
    highs = [high for p in points for high in (p["effect"], p["effect_upper"], p["boundary"]) if high is not None]
    low, high = min(0.0, *lows), max(0.0, *highs)
    days = [date.fromisoformat(point["date"]).toordinal() for point in points]

    def x(day: int) -> float:
        span = max(days) - min(days)
        return WIDTH / 2 if not span else MARGIN + (day - min(days)) / span * (WIDTH - 2 * MARGIN)

    def y(value: float) -> float:
        return HEIGHT / 2 if high == low else MARGIN + (high - value) / (high - low) * (HEIGHT - 2 * MARGIN)

    marks = [_line("zero", 0.0, y(0.0), WIDTH, y(0.0))]
    for day, point in zip(days, points, strict=True):
        if point["effect_lower"] is not None and point["effect_upper"] is not None:
            marks.append(_line("bar", x(day), y(point["effect_lower"]), x(day), y(point["effect_upper"])))
        ends = [end for end in (point["boundary"], _minus(point["boundary"])) if end is not None]
        marks += [_line("edge", x(day) - 5, y(end), x(day) + 5, y(end)) for end in ends]
        filled = "pt crossed" if point["crossed"] else "pt"
        marks.append(f'<circle class="{filled}" cx="{x(day):.1f}" cy="{y(point["effect"]):.1f}" r="3.5"/>')
    return f'<svg class="looks" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true">{"".join(marks)}</svg>'


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
