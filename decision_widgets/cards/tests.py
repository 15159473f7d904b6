"""The test toolbox as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class ToolboxCard(Card):
    """Show the recommended analysis of every metric, and what the other tests say."""

    schema = "dw.tests/1"
