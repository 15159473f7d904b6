"""A payload's forest as a matplotlib figure, for slides and papers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from decision_widgets.views.axis import Axis, Interval, relative_interval, shared_axis
from decision_widgets.views.readings import RowText, interval_name, label_of, row_text
from decision_widgets.views.schemas import Payload

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TONES = {"good": "#00694a", "bad": "#a93800", "warn": "#7a4f00", "none": "#5a5f66"}
_ARMS = ("#6b7480", "#0072b2", "#c65200", "#0a4f2a", "#a30bd6")
_INK, _MUTED, _LINE, _HARM = "#212121", "#5a5f66", "#dfe2e6", "#a93800"
_ROW_INCHES, _FOOT_INCHES = 0.55, 0.65
_LEFT, _RIGHT = 0.20, 0.66
_EFFECT_AT, _READING_AT = 1.05, 1.39
_NOTE_CHARACTERS, _LABEL_CHARACTERS = 44, 26


def forest(payload: Payload) -> Figure:
    """Draw every metric's interval on one relative axis, with its uplift and reading beside it.

    Takes a result or a metrics payload. The figure belongs to no pyplot window: save it, or show it in a cell.
    """
    from matplotlib.figure import Figure

    metrics = _metrics(payload)
    rows = [row for row in metrics.get("rows") or () if not row.get("error")]
    axis = shared_axis(rows) or Axis(half=0.01, step=0.005)
    height = _FOOT_INCHES + _ROW_INCHES * max(1, len(rows))
    figure = Figure(figsize=(10.0, height), facecolor="white")
    axes = figure.add_axes((_LEFT, _FOOT_INCHES / height, _RIGHT - _LEFT, 1 - _FOOT_INCHES / height))
    _ruler(axes, axis, len(rows), interval_name(metrics.get("level")))
    several = len({row.get("arm") for row in rows}) > 1
    for at, row in enumerate(rows):
        _draw(axes, axis, row, at, several)
    axes.set_yticks(range(len(rows)), [_name(row, several) for row in rows])
    return figure


def _metrics(payload: Payload) -> Payload:
    cards: Sequence[Payload] = payload.get("cards") or (payload,)
    return next((card for card in cards if card.get("schema") == "dw.metrics/1"), {})


def _ruler(axes: Axes, axis: Axis, count: int, interval: str) -> None:
    axes.set_xlim(-axis.half, axis.half)
    axes.set_ylim(max(count, 1) - 0.5, -0.5)
    axes.set_xticks(axis.ticks, [axis.label(tick) for tick in axis.ticks])
    axes.tick_params(length=0, colors=_MUTED)
    axes.tick_params(axis="y", labelcolor=_INK)
    axes.grid(axis="x", color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axvline(0, color=_MUTED, linewidth=1)
    axes.set_xlabel(f"Relative uplift, {interval}", color=_MUTED)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _draw(axes: Axes, axis: Axis, row: Payload, at: int, several: bool) -> None:
    said = row_text(row)
    colour = _ARMS[int(row.get("arm_index") or 0) % len(_ARMS)] if several else _TONES[said.reading.tone]
    _harm_zone(axes, axis, row, at)
    interval = relative_interval(row)
    if interval is None:
        note = fill(said.no_bar or "", _NOTE_CHARACTERS)
        axes.text(0, at, note, va="center", ha="center", fontsize=8, color=_MUTED, backgroundcolor="white")
    else:
        _mark(axes, axis, interval, at, colour, said)
    _words(axes, said, at)


def _mark(axes: Axes, axis: Axis, interval: Interval, at: int, colour: str, said: RowText) -> None:
    lower, upper = max(interval.lower, -axis.half), min(interval.upper, axis.half)
    axes.plot([lower, upper], [at, at], color=colour, linewidth=2, solid_capstyle="butt", clip_on=False)
    for end, edge, marker in ((interval.lower, -axis.half, "<"), (interval.upper, axis.half, ">")):
        if abs(end) > axis.half and math.copysign(1, end) == math.copysign(1, edge):
            axes.plot([edge], [at], marker=marker, color=colour, markersize=7, clip_on=False)
    if abs(interval.point) <= axis.half:
        face = colour if said.reading.filled else "white"
        shape = "D" if said.guardrail else "o"
        axes.plot([interval.point], [at], marker=shape, color=colour, markerfacecolor=face, markersize=7, linestyle="")


def _harm_zone(axes: Axes, axis: Axis, row: Payload, at: int) -> None:
    harm = axis.harm(row.get("limit"), str(row.get("direction")))
    if harm is None:
        return
    start = (harm[0] / 100 * 2 - 1) * axis.half
    width = harm[1] / 100 * 2 * axis.half
    axes.barh(
        at, width, left=start, height=0.7, facecolor="none", edgecolor=_HARM, hatch="////", linewidth=0, alpha=0.5
    )
    edge = start if start > 0 else start + width
    axes.plot([edge, edge], [at - 0.35, at + 0.35], color=_HARM, linewidth=1.2, linestyle="--")


def _words(axes: Axes, said: RowText, at: int) -> None:
    if said.headline is None:
        return
    reading = _TONES[said.reading.tone]
    effect = _INK if said.guardrail or not said.reading.filled else reading
    for x, above, below, colour in (
        (_EFFECT_AT, said.headline.effect, said.headline.interval, effect),
        (_READING_AT, said.reading.word, said.p_text, reading),
    ):
        across = axes.get_yaxis_transform()
        axes.text(x, at - 0.16, above, color=colour, weight="bold", fontsize=10, va="center", transform=across)
        axes.text(x, at + 0.2, below, color=_MUTED, fontsize=8, va="center", transform=across)


def _name(row: Payload, several: bool) -> str:
    label = fill(label_of(row), _LABEL_CHARACTERS)
    return f"{label}\n{row.get('arm')}" if several else label
