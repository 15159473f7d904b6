"""A schedule as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class ScheduleCard(Card):
    """Show each region's slots on a chosen day."""

    schema = "dw.schedule/1"
