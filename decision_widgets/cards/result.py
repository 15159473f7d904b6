"""A whole result in one widget: all its cards under one another, and the files that they become."""

from __future__ import annotations

import re
from typing import Any, Final

import traitlets

from decision_widgets.cards import bundle
from decision_widgets.cards.base import Card
from decision_widgets.views.html import PAGE_STYLE
from decision_widgets.views.spreadsheet import to_csv

_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")
LONGEST_NAME: Final = 60


class ResultCard(Card):
    """Show every card of a result, in the order the result gives, with a menu that writes files of it."""

    schema = "dw.result/1"

    exports = traitlets.Dict(help="what the menu writes and the page cannot know; derived, never set").tag(sync=True)

    @classmethod
    def stems(cls) -> tuple[str, ...]:
        """Name every card: a result may hold any of them."""
        return bundle.stems()

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
