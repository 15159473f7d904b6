"""The guideline of a switchback as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class GuidelineCard(Card):
    """Show the numbered steps, and copy the design or the code."""

    schema = "dw.guideline/1"
