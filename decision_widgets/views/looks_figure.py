"""Effects over the looks as a matplotlib figure, for slides and papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _MUTED, _LINE = "#212121", "#5a5f66", "#dfe2e6"
_ARMS: Final = ("#6b7480", "#0072b2", "#c65200", "#0a4f2a", "#a30bd6")
_WIDTH_INCHES, _PANEL_INCHES, _TITLE_INCHES = 8.0, 2.4, 0.7
_TITLE_CHARACTERS = 100
_MOST_TICKS: Final = 8
# Names are the user's: matplotlib would read "$" in them as mathematics, and TeX much more.
_LITERAL: dict[str, Any] = {"parse_math": False, "usetex": False}


def looks_figure(payload: Payload) -> Figure:
    """Draw each metric × arm over the looks: estimate, always-valid interval, boundary.

    Takes a monitoring payload. The figure belongs to no pyplot window: save it, or show it in a cell. Where no effect
    may be shown it says why, in words.
    """
    rows = [row for row in payload.get("rows") or () if row.get("series")]
    title = fill(one_line(f"{payload.get('headline')}: {payload.get('sentence')}"), _TITLE_CHARACTERS)
    height = _TITLE_INCHES + 0.2 * title.count("\n") + _PANEL_INCHES * len(rows)
    # Loaded by name because its class needs matplotlib, which nothing else does.
    figure: Figure = import_module("decision_widgets.views.quiet_figure").QuietFigure(
        figsize=(_WIDTH_INCHES, height), facecolor="white"
    )
    figure.text(0.02, 1 - 0.15 / height, title, va="top", fontsize=9, color=_INK, **_LITERAL)
    several = len({row.get("arm") for row in rows}) > 1
    for at, row in enumerate(rows):
        bottom = 1 - (height - _PANEL_INCHES * (len(rows) - at) + _PANEL_INCHES - 0.55) / height
        axes = figure.add_axes((0.11, bottom, 0.86, (_PANEL_INCHES - 0.85) / height))
        _panel(axes, row, several)
    return figure


def _panel(axes: Axes, row: Payload, several: bool) -> None:
    points: Sequence[Payload] = row["series"]
    dates = [date.fromisoformat(point["date"]) for point in points]
    days = [float(day.toordinal()) for day in dates]
    colour = _ARMS[int(row.get("arm_index") or 0) % len(_ARMS)]
    spans = [(x, p["effect_lower"], p["effect_upper"]) for x, p in zip(days, points, strict=True)]
    known = [span for span in spans if span[1] is not None]
    if known:
        axes.vlines(*zip(*known, strict=True), color=colour, linewidth=2, alpha=0.5, label="interval at every look")
    edges = [(x, p["boundary"]) for x, p in zip(days, points, strict=True) if p["boundary"] is not None]
    for sign, name in ((1, "boundary"), (-1, None)):
        style: dict[str, Any] = {"color": _MUTED, "linestyle": "--", "marker": "_", "linewidth": 1, "label": name}
        axes.plot([x for x, _ in edges], [sign * end for _, end in edges], **style)
    axes.plot(days, [point["effect"] for point in points], color=colour, linewidth=1, label="effect")
    for x, point in zip(days, points, strict=True):
        face = colour if point["crossed"] else "white"
        axes.plot([x], [point["effect"]], marker="o", color=colour, markerfacecolor=face, linestyle="")
    step = max(1, -(-len(days) // _MOST_TICKS))
    axes.set_xticks(days[::step], [f"{day.day} {day:%b}" for day in dates[::step]])
    name = f"{row.get('label')} · {row.get('arm')}" if several else str(row.get("label"))
    axes.set_title(one_line(name), loc="left", fontsize=9, color=_INK, **_LITERAL)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), fontsize=7, frameon=False, ncols=3, borderaxespad=0.2)
    _ground(axes)


def _ground(axes: Axes) -> None:
    axes.axhline(0, color=_MUTED, linewidth=0.8)
    axes.grid(axis="y", color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_MUTED, labelsize=8)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
