"""The conductor: the only room that knows both the design and the data."""

from decision_widgets.analysis.advice import advise
from decision_widgets.analysis.between import analyze
from decision_widgets.analysis.monitoring import monitor
from decision_widgets.analysis.summaries import summarize

__all__ = ["advise", "analyze", "monitor", "summarize"]
