"""What the looks at a running experiment say, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class MonitoringCard(Card):
    """Show whether the experiment may stop, every metric at its deciding look, and the looks."""

    schema = "dw.monitoring/1"
