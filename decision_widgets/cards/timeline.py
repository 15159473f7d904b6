"""The timeline by slot as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class TimelineCard(Card):
    """Show every slot under its arm; the reader chooses metric, region and days."""

    schema = "dw.timeline/1"
