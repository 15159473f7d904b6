"""Cards: one card = one .py + one .js + one .css of the same stem; each shows one payload."""

from decision_widgets.cards.acf import AcfCard
from decision_widgets.cards.base import Card, card_of, widget_view
from decision_widgets.cards.basics import BasicsCard
from decision_widgets.cards.carryover import CarryoverCard
from decision_widgets.cards.design import DesignCard
from decision_widgets.cards.distribution import DistributionCard
from decision_widgets.cards.guideline import GuidelineCard
from decision_widgets.cards.hte import HteCard
from decision_widgets.cards.metrics import MetricsCard
from decision_widgets.cards.monitoring import MonitoringCard
from decision_widgets.cards.power import PowerCard
from decision_widgets.cards.result import ResultCard
from decision_widgets.cards.schedule import ScheduleCard
from decision_widgets.cards.schedulecheck import ScheduleCheckCard
from decision_widgets.cards.simulation import SimulationCard
from decision_widgets.cards.srm import SrmCard
from decision_widgets.cards.tests import ToolboxCard
from decision_widgets.cards.timeline import TimelineCard
from decision_widgets.cards.verdict import VerdictCard
from decision_widgets.cards.warnings import WarningsCard

__all__ = [
    "AcfCard",
    "BasicsCard",
    "Card",
    "CarryoverCard",
    "DesignCard",
    "DistributionCard",
    "GuidelineCard",
    "HteCard",
    "MetricsCard",
    "MonitoringCard",
    "PowerCard",
    "ResultCard",
    "ScheduleCard",
    "ScheduleCheckCard",
    "SimulationCard",
    "SrmCard",
    "TimelineCard",
    "ToolboxCard",
    "VerdictCard",
    "WarningsCard",
    "card_of",
    "widget_view",
]
