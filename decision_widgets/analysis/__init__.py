"""The conductor: the only room that knows both the design and the data."""

from decision_widgets.analysis.between import analyze

__all__ = ["analyze"]
