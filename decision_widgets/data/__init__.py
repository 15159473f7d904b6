"""Any table → moments, in its engine."""

from decision_widgets.data.read import read_moments
from decision_widgets.data.reading import MetricReading, Reading, Unreadable

__all__ = ["MetricReading", "Reading", "Unreadable", "read_moments"]
