"""The run slot by slot as a matplotlib figure, for slides and papers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import import_module
from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.views.plot import Scale
from decision_widgets.views.schemas import Payload
from decision_widgets.views.slots import NOTHING, Clock, arm_names, left_out_text
from decision_widgets.views.text import one_line
from decision_widgets.views.timeline import WITHHELD, metrics_of, scale_of, values_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _MUTED, _LINE, _CONTROL = "#212121", "#5a5f66", "#dfe2e6", "#6b7480"
_ARMS: Final = ("#0072b2", "#c65200", "#0a4f2a", "#a30bd6")
_WIDTH_INCHES, _PANEL_INCHES, _TITLE_INCHES = 10.0, 1.7, 0.75
_LANE_INCHES, _LEFT, _RIGHT = 0.16, 0.07, 0.985
_NAME_CHARACTERS, _TITLE_CHARACTERS = 100, 120
# Names are the user's: matplotlib would read "$" in them as mathematics, and TeX much more.
_LITERAL: dict[str, Any] = {"parse_math": False, "usetex": False}


def timeline_figure(payload: Payload, metric: str | None = None) -> Figure:
    """Draw every region over the whole run: values filled by arm, and the arms below.

    Takes a result or a timeline payload, and a metric's name; the primary one without it. The figure belongs to no
    pyplot window: save it, or show it in a cell. Where values are withheld it shows the arms alone, and says why.
    """
    cards: Sequence[Payload] = payload.get("cards") or (payload,)
    shown = next((card for card in cards if card.get("schema") == "dw.timeline/1"), {})
    regions: Sequence[str] = shown.get("regions") or ()
    own = _LANE_INCHES + 0.5 if shown.get("withheld") else _PANEL_INCHES
    height = _TITLE_INCHES + own * len(regions)
    # Loaded by name because its class needs matplotlib, which nothing else does.
    figure: Figure = import_module("decision_widgets.views.quiet_figure").QuietFigure(
        figsize=(_WIDTH_INCHES, height), facecolor="white"
    )
    if not regions:
        figure.text(0.02, 0.5, "No slot has data yet.", va="center", fontsize=10, color=_INK, **_LITERAL)
        return figure
    chosen = next((each for each in metrics_of(shown) if each["metric"] == metric), metrics_of(shown)[0])
    figure.text(0.02, 1 - 0.12 / height, _title(shown, chosen), va="top", fontsize=9, color=_INK, **_LITERAL)
    for at in range(len(regions)):
        bottom = height - _TITLE_INCHES - own * (at + 1) + 0.32
        _region(figure, shown, chosen, at, bottom, own, height)
    return figure


def _title(payload: Payload, metric: Payload) -> str:
    control, treatment = arm_names(payload)
    said = f"{one_line(metric['label'])} by slot. Filled: {treatment}; hollow: {control}. {left_out_text(payload)}"
    return fill(f"{said} {WITHHELD}" if payload.get("withheld") else said, _TITLE_CHARACTERS)


def _region(
    figure: Figure, payload: Payload, metric: Payload, at: int, bottom: float, own: float, height: float
) -> None:
    served, clock = payload["served"][at], Clock.of(payload)
    ticks = clock.day_ticks()
    lane = figure.add_axes((_LEFT, bottom / height, _RIGHT - _LEFT, _LANE_INCHES / height))
    _strip(lane, served, _ARMS[(_index(payload) - 1) % len(_ARMS)])
    lane.set_xticks([left / 100 * len(served) for left, _, _ in ticks], [f"day {day}" for _, day, _ in ticks])
    lane.tick_params(labelsize=7)
    top = lane
    if not payload.get("withheld"):
        box = (_LEFT, (bottom + _LANE_INCHES) / height, _RIGHT - _LEFT, (own - _LANE_INCHES - 0.6) / height)
        top = figure.add_axes(box)
        _values(top, served, values_of(payload, metric)[at], scale_of(payload, metric), payload)
    name = fill(one_line(payload["regions"][at]), _NAME_CHARACTERS)
    top.set_title(name, loc="left", fontsize=8, color=_INK, pad=3, **_LITERAL)


def _index(payload: Payload) -> int:
    return int(next((arm["index"] for arm in payload.get("arms") or () if arm["index"]), 1))


def _strip(axes: Axes, served: str, colour: str) -> None:
    at = 0
    for arm, run in groupby(served):
        length = len(list(run))
        if arm != NOTHING:
            axes.barh(0, length, left=at, height=1, color=colour if arm == "1" else "white", linewidth=0)
        else:
            axes.barh(0, length, left=at, height=1, color=_LINE, hatch="xxx", edgecolor=_MUTED, linewidth=0)
        at += length
    axes.set_xlim(0, len(served))
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([])
    axes.tick_params(length=0, colors=_MUTED)
    for side in axes.spines.values():
        side.set_color(_LINE)


def _values(axes: Axes, served: str, values: Sequence[float | None], scale: Scale, payload: Payload) -> None:
    x = [slot + 0.5 for slot in range(len(served))]
    known = [math.nan if v is None or arm == NOTHING else v for v, arm in zip(values, served, strict=True)]
    axes.plot(x, known, color=_MUTED, linewidth=0.6, zorder=1)
    colour = _ARMS[(_index(payload) - 1) % len(_ARMS)]
    for arm, edge, face in (("0", _CONTROL, "white"), ("1", colour, colour)):
        points = [(a, b) for a, b, c in zip(x, known, served, strict=True) if c == arm and not math.isnan(b)]
        if points:
            across, up = zip(*points, strict=True)
            axes.scatter(across, up, s=7, color=face, edgecolors=edge, linewidths=0.7, zorder=2)
    axes.set_xlim(0, len(served))
    axes.set_ylim(scale.low, scale.high)
    axes.set_yticks(scale.ticks, [scale.label(tick) for tick in scale.ticks], **_LITERAL)
    axes.set_xticks([])
    axes.grid(axis="y", color=_LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_MUTED, labelsize=7)
    for side in axes.spines.values():
        side.set_visible(False)
