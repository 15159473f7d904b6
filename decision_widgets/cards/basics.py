"""The basic statistics as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class BasicsCard(Card):
    """Show counts, means and spread of every metric and arm; the reader sorts them by any column."""

    schema = "dw.basics/1"
