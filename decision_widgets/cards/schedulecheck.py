"""Whether slots were served as planned, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class ScheduleCheckCard(Card):
    """Show what was planned against what was served."""

    schema = "dw.schedulecheck/1"
