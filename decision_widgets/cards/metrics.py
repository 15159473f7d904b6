"""The metric rows as a card of their own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class MetricsCard(Card):
    """Show each metric's interval on one axis; the reader switches between relative and absolute numbers."""

    schema = "dw.metrics/1"
