"""What every result can do: be kept, and show itself as text, Markdown, HTML and in a notebook."""

from __future__ import annotations

from typing import Any, ClassVar

from decision_widgets.records import Versioned
from decision_widgets.views.html import page, to_html
from decision_widgets.views.live import live_view
from decision_widgets.views.text import to_text
from decision_widgets.vocabulary import CARD_MIME


class Shown(Versioned):
    """Base of the results: a payload of plain values, from which every view is made.

    A subclass states its `TITLE` for exported pages and gives `to_payload`.
    """

    __slots__ = ()
    TITLE: ClassVar[str]

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values."""
        raise NotImplementedError

    def to_text(self) -> str:
        """Return the answer in the first lines, then what every card says, as aligned text."""
        return to_text(self.to_payload())

    def to_html(self, *, full_page: bool = False) -> str:
        """Return the cards as static HTML without scripts; `full_page` makes it a file of its own."""
        payload = self.to_payload()
        return page(payload, payload.get("id") or self.TITLE) if full_page else to_html(payload)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        payload = self.to_payload()
        static = {"text/plain": to_text(payload), "text/html": to_html(payload), CARD_MIME: payload}
        return static | dict(live_view(payload) or {})
