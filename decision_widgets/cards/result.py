"""A whole result in one widget: all its cards under one another, and the files that they become."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import traitlets

from decision_widgets.cards import bundle
from decision_widgets.cards.base import Card
from decision_widgets.cards.freshness import Followed, follow
from decision_widgets.errors import DecisionError
from decision_widgets.results import DecisionResult
from decision_widgets.results.shown import shown_now
from decision_widgets.views.html import PAGE_STYLE
from decision_widgets.views.spreadsheet import to_csv

_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")
LONGEST_NAME: Final = 60


class ResultCard(Card):
    """Show every card of a result, in the order the result gives, with a menu that writes files of it."""

    schema = "dw.result/1"

    _followed: Followed | None = None
    _told: str | None = None

    exports = traitlets.Dict(help="what the menu writes and the page cannot know; derived, never set").tag(sync=True)

    @classmethod
    def stems(cls) -> tuple[str, ...]:
        """Name every card that a result may hold; a design has a widget of its own."""
        return tuple(stem for stem in bundle.stems() if stem != "design")

    @traitlets.observe("payload")
    def _write_exports(self, change: Any) -> None:
        payload = change["new"]
        name = str(payload.get("id") or "result")
        self.exports = {
            "title": name,
            "file": _NOT_IN_NAMES.sub("-", name).strip("-.")[:LONGEST_NAME] or "result",
            "csv": to_csv(payload),
            "code": "\n".join(payload.get("code") or ()),
            "style": PAGE_STYLE,
        }

    def follow(self, result: Any) -> None:
        """Say so, after any later cell, when the frame that a result was read from has changed."""
        self._followed = follow(self, result)

    def look_again(self) -> None:
        """Show whether the followed frame is still the one that was read."""
        if self._followed is None:
            return
        reason = self._followed.reason()
        if reason == self._told:
            return
        self._told = reason
        made = self.payload.get("created")
        at = f" at {datetime.fromisoformat(made):%H:%M}" if made else ""
        again = isinstance(self._followed.result, DecisionResult)
        stale = {"stale": {"since": made, "reason": f"{reason}{at}.", "again": again}}
        self.payload = self.payload | {"state": "ready" if reason is None else stale}

    @traitlets.observe("controls")
    def _decide(self, change: Any) -> None:
        asked, before = ((change[when] or {}).get("stale") for when in ("new", "old"))
        if asked is None or asked == before or self._followed is None or self._told is None:
            return
        if asked["act"] == "again":
            self._run_again(self._followed)
        else:
            self._followed.accept()
            self.look_again()

    def _run_again(self, followed: Followed) -> None:
        self.error = ""
        try:
            result = followed.read_again()
        except DecisionError as problem:
            self.error = str(problem)
            return
        self._told = None
        self.payload = shown_now(result)
