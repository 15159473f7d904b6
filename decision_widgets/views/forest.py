"""The forest of a metrics card: plain boxes placed in percent, so that it prints and needs no script."""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.views.axis import Axis, Interval, relative_interval
from decision_widgets.views.markup import escape, plain, term
from decision_widgets.views.readings import RowText
from decision_widgets.views.schemas import Payload
from decision_widgets.views.tables import arm_colour
from decision_widgets.views.text import one_line

_LEGEND_NOTE = "Bars always show relative uplift, so that all metrics share one axis."


def mark_class(row: Payload) -> str:
    """Name the colour of a row's arm."""
    return arm_colour(int(row.get("arm_index") or 0))


def axis_html(axis: Axis) -> str:
    """Draw the tick labels by style, so that readers without styles get the two ends only."""
    last = len(axis.ticks) // 2
    ticks = "".join(_tick(axis, tick, at, last) for at, tick in enumerate(axis.ticks, start=-last))
    ends = f"{axis.label(-axis.half)} … 0 … {axis.label(axis.half)}"
    return f'<div class="dw-axis" aria-hidden="true">{ticks}</div><span class="vh">Interval</span> {plain(ends)}'


def bar_html(axis: Axis, interval: Interval, row: Payload, *, filled: bool, colour: str, label: str) -> str:
    """Draw one interval over the grid, with the harm zone of a guardrail behind it."""
    bar = axis.bar(interval)
    hollow = "" if filled else " hollow"
    diamond = " dia" if row.get("role") == "guardrail" else ""
    marks = [_at("grid", axis.percent(tick)) for tick in axis.ticks if tick]
    harm = axis.harm(row.get("limit"), str(row.get("direction")))
    if harm:
        side = " right" if row.get("direction") == "decrease" else ""
        marks.append(f'<span class="harm{side}" style="left:{harm[0]:.2f}%;width:{harm[1]:.2f}%"></span>')
    marks.append(_at("zero", axis.percent(0.0)))
    cut = (" cutl" if bar.cut_left else "") + (" cutr" if bar.cut_right else "")
    if bar.width:
        marks.append(f'<span class="bar{hollow}{cut}" style="left:{bar.left:.2f}%;width:{bar.width:.2f}%"></span>')
    if bar.point is not None:
        marks.append(_at(f"pt{hollow}{diamond}", bar.point))
    marks += ['<span class="clip l">◂</span>'] * bar.cut_left + ['<span class="clip r">▸</span>'] * bar.cut_right
    return f'<div class="dw-forest {colour}" role="img" aria-label="{escape(label)}">{"".join(marks)}</div>'


def drawing_html(axis: Axis, interval: Interval, said: RowText) -> str:
    """Draw the same interval with characters, for readers without styles."""
    shapes = {(True, True): "◆", (True, False): "◇", (False, True): "●", (False, False): "○"}
    drawing = axis.drawing(interval, shapes[said.guardrail, said.reading.filled])
    return f'<code class="dw-plain">{drawing}</code>'


def legend_html(axis: Axis | None, rows: Sequence[Payload], several: bool) -> str:
    """Explain the marks that these rows use; without a bar there is nothing to explain."""
    rows = [row for row in rows if relative_interval(row) is not None]
    if axis is None or not rows:
        return ""
    tone = "t-none" if several else "t-good"
    entries = [
        f'<i class="dw-dot {tone}"></i>{plain("● ")}interval excludes 0 after adjustment',
        f'<i class="dw-dot hollow t-none"></i>{plain("○ ")}unclear',
    ]
    if any(row.get("role") == "guardrail" for row in rows):
        entries.append(f'<i class="dw-dot sq dia {tone}"></i>{plain("◆ ")}guardrail')
    if any(axis.harm(row.get("limit"), str(row.get("direction"))) for row in rows):
        entries.append(f'<i class="dw-sw harm"></i><span>past the guardrail {term("limit", "limit")}</span>')
    if several:
        arms = {one_line(row.get("arm")): mark_class(row) for row in rows}
        entries += [f'<i class="dw-dot sq {css}"></i>{escape(arm)}' for arm, css in arms.items()]
    keys = plain("; ").join(f"<span>{entry}</span>" for entry in entries)
    return f'<p class="dw-key">{keys}{plain(". ")}<span>{_LEGEND_NOTE}</span></p>'


def _tick(axis: Axis, value: float, at: int, last: int) -> str:
    css = "" if at in (0, -last, last) else f' class="{_rank(at, last)}"'
    left = axis.percent(value)
    # The outermost labels lean inward, by as much as their tick is off the middle, so that none leaves its column.
    lean = f";transform:translateX(-{left:.2f}%)" if abs(at) == last else ""
    return f'<span{css} style="left:{left:.2f}%{lean}" data-label="{axis.label(value)}"></span>'


def _rank(at: int, last: int) -> str:
    """Say which labels go first where the column is narrow; zero and the ends always stay."""
    stride = 3 if last == 3 else 2
    return "minor" if last > 2 and at % stride else "mid"


def _at(css: str, percent: float) -> str:
    return f'<span class="{css}" style="left:{percent:.2f}%"></span>'
