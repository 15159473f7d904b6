"""Results whose frame is followed: after every cell, a card whose frame has changed says so.

A frame is found again by the variable that holds it, so one that was replaced is noticed like one that was edited.
"""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.analysis.verbs import analyze
from decision_widgets.data.seen import Seen, is_frame, seen
from decision_widgets.results import DecisionResult

if TYPE_CHECKING:
    from decision_widgets.cards.result import ResultCard

EVENT: Final = "post_run_cell"
MOST_FOLLOWED: Final = 8


class Followed:
    """One card, the result it shows, and the frame that the result was read from."""

    def __init__(self, result: Any, frame: Seen) -> None:
        self.result = result
        self.frame: Seen | None = frame
        self._seen = frame  # as it was read: which columns count
        self.name: str | None = None

    def current(self) -> Any:
        """Return what the frame's variable holds now; without a variable the frame itself, or nothing if it is gone."""
        names = _names()
        own = None if self.frame is None else self.frame.table()
        if own is not None:
            holding = next((name for name, each in names.items() if each is own and not name.startswith("_")), None)
            self.name = self.name or holding
        return own if self.name is None else names.get(self.name)

    def reason(self) -> str | None:
        """Say how the frame has changed since it was read, in a sentence; nothing when it has not, or is gone."""
        table = self.current()
        if self.frame is None or not is_frame(table):
            return None
        change = self.frame.change(table)
        return None if change is None else f"{self.name or 'The table'} {change} when this ran"

    def read_again(self) -> DecisionResult:
        """Analyse what the variable holds now, and give the result's own variables the new result."""
        table, old = self.current(), self.result
        new: DecisionResult = analyze(table, old.design, methods=old.methods)
        self.result = new
        self.frame = self._seen.now(table)
        names = _names()
        for name in [name for name, each in names.items() if each is old]:
            names[name] = new
        return new

    def accept(self) -> None:
        """Take the frame as it is now for the one that was read; one that lacks a column is followed no more."""
        self.frame = self._seen.now(self.current())


# The last ones only: a cell that is run again makes a new card, and nobody says that the old one is gone.
_cards: deque[ResultCard] = deque(maxlen=MOST_FOLLOWED)


def follow(card: ResultCard, result: Any) -> Followed | None:
    """Follow the frame of a result, where it was read in this notebook; the card is told after every cell."""
    fingerprint = card.payload.get("source", {}).get("fingerprint")
    frame, shell = seen(str(fingerprint)), _shell()
    if frame is None or shell is None:
        return None
    followed = Followed(result, frame)
    followed.current()
    shell.events.register(EVENT, look_again)
    _cards.append(card)
    return followed


def look_again(*_: object) -> None:
    """Tell the cards what became of their frames."""
    for card in list(_cards):
        card.look_again()


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _names() -> dict[str, Any]:
    shell = _shell()
    names: dict[str, Any] = {} if shell is None else shell.user_ns
    return names
