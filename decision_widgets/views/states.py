"""What every card shows when it is not simply ready: empty, working, failed, or out of date."""

from __future__ import annotations

from typing import NamedTuple

from decision_widgets.views.markup import escape, message
from decision_widgets.views.numbers import integer
from decision_widgets.views.schemas import Payload

_LINES = (40, 92, 84)


class StateNote(NamedTuple):
    """The note to put first in the card, and the class (with a leading space) to put on it."""

    note: str
    css: str


def state_of(payload: Payload) -> StateNote:
    """Read the state of a card: "ready", "empty", or one of {"loading"}, {"progress"}, {"error"}, {"stale"}."""
    state = payload.get("state", "ready")
    if isinstance(state, str):
        return StateNote("", "")
    if "stale" in state:
        return StateNote(message("stale", "Out of date.", state["stale"].get("reason", "")), " dw-stale")
    if "error" in state:
        error = state["error"]
        note = message("error", error["title"], error.get("text") or "", error.get("do"), error.get("code"))
        return StateNote(note, "")
    if "progress" in state:
        return StateNote(_progress(state["progress"]), "")
    if "loading" in state:
        return StateNote(_loading(state["loading"]), "")
    return StateNote("", "")


def _loading(loading: Payload) -> str:
    """Show where lines will be, once it has lasted long enough to be noticed (the style waits)."""
    text = escape(loading.get("text") or "Loading")
    lines = "".join(f'<div class="dw-skel" style="width:{width}%"></div>' for width in _LINES)
    return f'<div class="dw-loading" aria-busy="true">{lines}<p class="muted small">{text}</p></div>'


def _progress(progress: Payload) -> str:
    done, total = progress["done"], progress["total"]
    share = round(100 * done / total) if total else 0
    stage = progress.get("stage")
    said = f"{stage}: {share}%" if stage else f"{integer(done)} of {integer(total)}"
    left = f" about {integer(progress['eta_s'])} s left" if progress.get("eta_s") is not None else ""
    return (
        f'<p><b>{escape(said)}</b><span class="muted">{escape(left)}</span></p>'
        f'<div class="dw-prog" role="progressbar" aria-label="{escape(stage or "Progress")}" aria-valuenow="{share}" '
        f'aria-valuemin="0" aria-valuemax="100"><i style="width:{share}%"></i></div>'
    )
