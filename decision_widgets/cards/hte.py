"""The subgroups as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class HteCard(Card):
    """Show whether groups of participants respond differently, and the effect in each."""

    schema = "dw.hte/1"
