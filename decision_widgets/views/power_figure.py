"""Power by participants, and the smallest effect by weeks, as matplotlib figures for slides and papers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.views import numbers
from decision_widgets.views.power_words import change
from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _MUTED, _LINE, _ACCENT = "#212121", "#5a5f66", "#dfe2e6", "#0072b2"
_COLOURS: Final = ("#0072b2", "#c65200", "#0a4f2a", "#a30bd6", "#6b7480")
_SIZE: Final = (8.0, 4.4)
_CHARACTERS: Final = 100
# Names are the user's: matplotlib would read "$" in them as mathematics, and TeX much more.
_LITERAL: dict[str, Any] = {"parse_math": False, "usetex": False}


def power_figure(payload: Payload) -> Figure:
    """Draw power by participants of all arms, the planned effect strong and others pale beside it.

    Takes an advice or a power payload. The figure belongs to no pyplot window: save it, or show it in a cell. Where no
    size could be given it says why, in words.
    """
    card = _power(payload)
    figure, axes = _ground(card)
    curves: Sequence[Payload] = card.get("curves") or ()
    if axes is None or not curves:
        return figure
    planned = card["answer"]["mde_abs"]
    for curve in curves:
        own = abs(curve["mde_abs"] - planned) < 1e-9 * abs(planned)
        style: dict[str, Any] = {"color": _ACCENT, "linewidth": 2.5} if own else {"color": _MUTED, "linestyle": "--"}
        axes.plot(curve["n"], curve["power"], label=change(curve["mde_rel"], curve["mde_abs"]), **style)
    n, power = card["answer"]["n_units"], card["answer"]["power"]
    axes.plot([n], [power], marker="o", color=_ACCENT, linestyle="")
    axes.axhline(card["inputs"]["power"], color=_INK, linewidth=0.8, linestyle=":")
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0], ["0%", "20%", "40%", "60%", "80%", "100%"])
    axes.xaxis.set_major_formatter(lambda value, _: numbers.integer(value))
    axes.set_xlabel("Participants in all arms", color=_MUTED)
    axes.set_ylabel("Power", color=_MUTED)
    axes.legend(title="Change", frameon=False, fontsize=8, title_fontsize=8, loc="lower right")
    return figure


def weeks_figure(payload: Payload) -> Figure:
    """Draw the smallest effect by weeks, of every metric in the scale of the one that decides.

    Takes an advice or a power payload. Without a history in days it says so, in words.
    """
    card = _power(payload)
    figure, axes = _ground(card)
    drawn = [(each["label"], each["weeks"]) for each in card.get("weeks_of") or ()]
    if axes is None:
        return figure
    if not drawn:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "The history has no days to draw.", ha="center", color=_MUTED, transform=axes.transAxes)
        return figure
    relative = (card.get("inputs") or {}).get("relative", True)
    for at, (name, weeks) in enumerate(drawn):
        points = [(w["days"] / 7, abs(w["detectable_effect"])) for w in weeks if w["detectable_effect"] is not None]
        style: dict[str, Any] = {"color": _COLOURS[at % len(_COLOURS)], "marker": "o"}
        axes.plot([x for x, _ in points], [y for _, y in points], label=_label(name), **style)
    axes.set_ylim(bottom=0)
    axes.set_xticks(sorted({week["days"] // 7 for _, weeks in drawn for week in weeks}))
    if relative:
        axes.yaxis.set_major_formatter(lambda value, _: numbers.level_percent(value))
    axes.set_xlabel("Weeks", color=_MUTED)
    axes.set_ylabel("Smallest change", color=_MUTED)
    for text in axes.legend(frameon=False, fontsize=8).get_texts():
        text.set_parse_math(False)
    return figure


def _label(name: str) -> str:
    # A leading underscore would hide a line from the legend.
    return one_line(name).lstrip("_") or "metric"


def _power(payload: Payload) -> Payload:
    cards: Sequence[Payload] = payload.get("cards") or (payload,)
    return next((card for card in cards if card.get("schema") == "dw.power/1"), {})


def _ground(card: Payload) -> tuple[Figure, Axes | None]:
    # Loaded by name because its class needs matplotlib, which nothing else does.
    figure: Figure = import_module("decision_widgets.views.quiet_figure").QuietFigure(figsize=_SIZE, facecolor="white")
    said = one_line("".join(str(piece["text"]) for piece in card.get("sentence") or ()))
    figure.text(0.02, 0.97, fill(said, _CHARACTERS), va="top", fontsize=9, color=_INK, **_LITERAL)
    if card.get("metric") is None:
        return figure, None
    axes = figure.add_axes((0.1, 0.13, 0.87, 0.68))
    axes.grid(color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_MUTED, labelsize=8)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    return figure, axes
