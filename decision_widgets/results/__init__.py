"""The answers: estimates gathered with design, checks, verdict and provenance, and how they show themselves."""

from decision_widgets.results.records import (
    ArmStatistics,
    Check,
    Decision,
    EffectEstimate,
    Message,
    MetricKind,
    NotEstimable,
    Provenance,
    Row,
)
from decision_widgets.results.result import DecisionResult
from decision_widgets.results.segments import SegmentComparison
from decision_widgets.results.toolbox import ToolAnswer, ToolGroup

__all__ = [
    "ArmStatistics",
    "Check",
    "Decision",
    "DecisionResult",
    "EffectEstimate",
    "Message",
    "MetricKind",
    "NotEstimable",
    "Provenance",
    "Row",
    "SegmentComparison",
    "ToolAnswer",
    "ToolGroup",
]
