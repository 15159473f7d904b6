"""The conductor: the only room that knows both the design and the data."""

from decision_widgets.analysis.between import analyze
from decision_widgets.analysis.monitoring import monitor

__all__ = ["analyze", "monitor"]
