"""How values are spread, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class DistributionCard(Card):
    """Show a histogram and the quantiles of every amount and number of things, arm by arm."""

    schema = "dw.distribution/1"
