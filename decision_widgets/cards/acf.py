"""How residuals of neighbouring slots go together, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class AcfCard(Card):
    """Show whether slots leak into each other."""

    schema = "dw.acf/1"
