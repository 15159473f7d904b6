"""Whether treatment acts beyond the burn-in, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class CarryoverCard(Card):
    """Show the effect by burn-in and what the order test says."""

    schema = "dw.carryover/1"
