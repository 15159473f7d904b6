"""The sample ratio as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class SrmCard(Card):
    """Show whether the arms got the participants that the plan gave them."""

    schema = "dw.srm/1"
