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
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.sizing_records import (
    DailyOutlook,
    MetricAdvice,
    NotSized,
    PairAdvice,
    SizingPlan,
    SizingQuestion,
)
from decision_widgets.results.toolbox import ToolAnswer, ToolGroup

__all__ = [
    "ArmStatistics",
    "Check",
    "DailyOutlook",
    "Decision",
    "DecisionResult",
    "EffectEstimate",
    "Message",
    "MetricAdvice",
    "MetricKind",
    "NotEstimable",
    "NotSized",
    "PairAdvice",
    "Provenance",
    "Row",
    "SegmentComparison",
    "SizingAdvice",
    "SizingPlan",
    "SizingQuestion",
    "ToolAnswer",
    "ToolGroup",
]
