"""What the history promises, as a card of its own."""

from __future__ import annotations

from decision_widgets.cards.base import Card


class SimulationCard(Card):
    """Show false alarms, the smallest effect by days and other schedules; while it works it can be cancelled."""

    schema = "dw.simulation/1"
