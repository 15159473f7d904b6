"""Any table → moments, in its engine. The door of panels is ``data.slots``: who has none need not load it."""

from decision_widgets.data.progress import Listener, Progress
from decision_widgets.data.read import read_moments
from decision_widgets.data.reading import (
    Adjustment,
    CovariateReading,
    GroupReading,
    MetricReading,
    ParticipantTable,
    Reading,
    SlotMetric,
    SlotReading,
    Unreadable,
)

__all__ = [
    "Adjustment",
    "CovariateReading",
    "GroupReading",
    "Listener",
    "MetricReading",
    "ParticipantTable",
    "Progress",
    "Reading",
    "SlotMetric",
    "SlotReading",
    "Unreadable",
    "read_moments",
]
