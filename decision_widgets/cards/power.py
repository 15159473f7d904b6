"""How many participants and days, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class PowerCard(Card):
    """Show the size of an experiment: the answer, every metric and pair of arms, the weeks."""

    schema = "dw.power/1"
