"""A payload's forest as a matplotlib figure, for slides and papers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import import_module
from textwrap import fill
from typing import TYPE_CHECKING, Any

from decision_widgets.views.axis import Axis, Interval, relative_interval, shared_axis
from decision_widgets.views.readings import RowText, interval_name, label_of, labelled, row_text, shared_error
from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TONES = {"good": "#00694a", "bad": "#a93800", "warn": "#7a4f00", "none": "#5a5f66"}
_ARMS = ("#6b7480", "#0072b2", "#c65200", "#0a4f2a", "#a30bd6")
_INK, _MUTED, _LINE, _HARM = "#212121", "#5a5f66", "#dfe2e6", "#a93800"
_WIDTH_INCHES, _ROW_INCHES, _FOOT_INCHES, _TITLE_INCHES, _LINE_INCHES = 10.0, 0.55, 0.65, 0.24, 0.2
_LEFT, _RIGHT = 0.20, 0.66
_EFFECT_AT, _READING_AT = 1.05, 1.39
_NOTE_CHARACTERS, _LABEL_CHARACTERS, _TITLE_CHARACTERS, _LINE_CHARACTERS = 44, 26, 90, 110
# Names are the user's: matplotlib would read "$" in them as mathematics, and TeX much more.
_LITERAL: dict[str, Any] = {"parse_math": False, "usetex": False}


def forest(payload: Payload) -> Figure:
    """Draw every metric's interval on one relative axis, with its uplift and reading beside it.

    Takes a result or a metrics payload. The figure belongs to no pyplot window: save it, or show it in a cell. Where
    no metric may be shown it says why, in words.
    """
    metrics = _metrics(payload)
    rows = labelled(metrics.get("rows") or ())
    error = shared_error(rows)
    if error is not None or not rows:
        return _words_only(rows, error)
    height = _FOOT_INCHES + _ROW_INCHES * len(rows)
    figure = _figure(height)
    axes = figure.add_axes((_LEFT, _FOOT_INCHES / height, _RIGHT - _LEFT, 1 - _FOOT_INCHES / height))
    axis, level = shared_axis(rows), metrics.get("level")
    _ground(axes, len(rows))
    if axis is not None:
        _ruler(axes, axis, interval_name(level))
    several = len({row.get("arm") for row in rows}) > 1
    for at, row in enumerate(rows):
        _draw(axes, axis, row, at, several, level)
    axes.set_yticks(range(len(rows)), [_name(row, several) for row in rows], **_LITERAL)
    return figure


def _figure(height: float) -> Figure:
    # Loaded by name because its class needs matplotlib, which nothing else does.
    made: Figure = import_module("decision_widgets.views.quiet_figure").QuietFigure(
        figsize=(_WIDTH_INCHES, height), facecolor="white"
    )
    return made


def _words_only(rows: Sequence[Payload], error: Payload | None) -> Figure:
    title, lines = "No metric was analysed.", []
    if error is not None:
        do = f"Do: {error['do']}." if error.get("do") else ""
        names = ", ".join(dict.fromkeys(label_of(row) for row in rows))
        title = f"No uplift is shown. {one_line(error['title'])}"
        said = one_line(f"{error.get('text') or ''} {do}")
        lines = [fill(said, _LINE_CHARACTERS), fill(f"Withheld: {names}.", _LINE_CHARACTERS)]
    title, body = fill(title, _TITLE_CHARACTERS), "\n".join(line for line in lines if line)
    title_inches = _TITLE_INCHES * (title.count("\n") + 1)
    height = 0.5 + title_inches + _LINE_INCHES * (body.count("\n") + 1)
    figure = _figure(height)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    top = 1 - 0.25 / height
    axes.text(0.03, top, title, va="top", fontsize=12, weight="bold", color=_INK, **_LITERAL)
    axes.text(0.03, top - title_inches / height, body, va="top", fontsize=10, color=_MUTED, **_LITERAL)
    return figure


def _metrics(payload: Payload) -> Payload:
    cards: Sequence[Payload] = payload.get("cards") or (payload,)
    return next((card for card in cards if card.get("schema") == "dw.metrics/1"), {})


def _ground(axes: Axes, count: int) -> None:
    axes.set_xlim(-1, 1)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xticks([])
    axes.tick_params(length=0, colors=_MUTED)
    axes.tick_params(axis="y", labelcolor=_INK)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _ruler(axes: Axes, axis: Axis, interval: str) -> None:
    axes.set_xlim(-axis.half, axis.half)
    axes.set_xticks(axis.ticks, [axis.label(tick) for tick in axis.ticks], **_LITERAL)
    axes.grid(axis="x", color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axvline(0, color=_MUTED, linewidth=1)
    axes.set_xlabel(f"Relative uplift, {interval}", color=_MUTED, **_LITERAL)


def _draw(axes: Axes, axis: Axis | None, row: Payload, at: int, several: bool, level: float | None) -> None:
    if row.get("error"):
        _note(axes, one_line(row["error"]["title"]), at)
        return
    said = row_text(row, level)
    colour = _ARMS[int(row.get("arm_index") or 0) % len(_ARMS)] if several else _TONES[said.reading.tone]
    interval = relative_interval(row)
    if interval is None or axis is None:
        _note(axes, said.no_bar or "", at)
    else:
        _harm_zone(axes, axis, row, at)
        _mark(axes, axis, interval, at, colour, said)
    _words(axes, said, at)


def _note(axes: Axes, text: str, at: int) -> None:
    words = fill(text, _NOTE_CHARACTERS)
    across = axes.get_yaxis_transform()
    style: dict[str, Any] = {"va": "center", "ha": "center", "fontsize": 8, "color": _MUTED, "backgroundcolor": "white"}
    axes.text(0.5, at, words, transform=across, **style, **_LITERAL)


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
    below_reading = said.p_text + (f"\n{said.reading_note}" if said.reading_note else "")
    for x, above, below, colour in (
        (_EFFECT_AT, said.headline.effect, said.headline.interval, effect),
        (_READING_AT, said.reading.word, below_reading, reading),
    ):
        across = axes.get_yaxis_transform()
        axes.text(x, at, above, color=colour, weight="bold", fontsize=10, va="bottom", transform=across, **_LITERAL)
        axes.text(x, at + 0.06, below, color=_MUTED, fontsize=8, va="top", transform=across, **_LITERAL)


def _name(row: Payload, several: bool) -> str:
    label = fill(label_of(row), _LABEL_CHARACTERS)
    return f"{label}\n{one_line(row.get('arm') or '')}" if several else label
