"""The smallest effect of a switchback by days, as a matplotlib figure for slides and papers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.views import numbers
from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK, _MUTED, _LINE, _ACCENT = "#212121", "#5a5f66", "#dfe2e6", "#0072b2"
_SIZE: Final = (8.0, 4.4)
_CHARACTERS: Final = 100
# Names are the user's: matplotlib would read "$" in them as mathematics, and TeX much more.
_LITERAL: dict[str, Any] = {"parse_math": False, "usetex": False}


def days_figure(payload: Payload) -> Figure:
    """Draw the smallest change of the deciding metric by whole weeks, and the one asked for.

    Takes an advice. The figure belongs to no pyplot window: save it, or show it in a cell. Where nothing was simulated
    it says why, in words.
    """
    cards: Sequence[Payload] = payload.get("cards") or ()
    said = next((card["sentence"] for card in cards if card["schema"] == "dw.guideline/1"), ())
    card = next((card for card in cards if card["schema"] == "dw.simulation/1"), None)
    # Loaded by name because its class needs matplotlib, which nothing else does.
    figure: Figure = import_module("decision_widgets.views.quiet_figure").QuietFigure(figsize=_SIZE, facecolor="white")
    text = one_line("".join(str(piece["text"]) for piece in said))
    figure.text(0.02, 0.97, fill(text, _CHARACTERS), va="top", fontsize=9, color=_INK, **_LITERAL)
    if card is None:
        return figure
    axes = figure.add_axes((0.1, 0.13, 0.87, 0.68))
    axes.grid(color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_MUTED, labelsize=8)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    key = "detectable" if card["detectable"]["relative"] is None else "relative"
    curve, asked = card["curve"], card["asked"]
    axes.plot([point["days"] for point in curve], [point[key] for point in curve], color=_ACCENT, marker="o")
    axes.plot([card["days"]], [card["detectable"]["effect" if key == "detectable" else key]], "D", color=_INK)
    if asked is not None:
        axes.axhline(abs(asked["effect" if key == "detectable" else key]), color=_INK, linewidth=0.8, linestyle=":")
    axes.set_ylim(bottom=0)
    axes.set_xticks([point["days"] for point in curve])
    if key == "relative":
        axes.yaxis.set_major_formatter(lambda value, _: numbers.level_percent(value))
    axes.set_xlabel("Days", color=_MUTED)
    axes.set_ylabel(fill(f"Smallest change of {one_line(card['label'])}"[:80], 40), color=_MUTED, **_LITERAL)
    return figure
