"""The design of an experiment, as a card of its own: every answer, what is wrong with it, and its code."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class DesignCard(Card):
    """Show the design of an experiment."""

    schema = "dw.design/1"
