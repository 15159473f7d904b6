"""The warnings as a card of their own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class WarningsCard(Card):
    """Show what could mislead, worst first."""

    schema = "dw.warnings/1"
