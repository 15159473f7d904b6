"""The verdict as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class VerdictCard(Card):
    """Show what to do, in one sentence, with the facts and rules behind it."""

    schema = "dw.verdict/1"
