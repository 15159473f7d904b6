"""A whole result in one widget: all its cards under one another."""

from __future__ import annotations

from decision_widgets.cards import bundle
from decision_widgets.cards.base import Card


class ResultCard(Card):
    """Show every card of a result, in the order the result gives."""

    schema = "dw.result/1"

    @classmethod
    def stems(cls) -> tuple[str, ...]:
        """Name every card that a result may hold; a design has a widget of its own."""
        return tuple(stem for stem in bundle.stems() if stem != "design")
