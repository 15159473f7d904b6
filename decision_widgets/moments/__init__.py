"""What is known about an arm: the moments wanted (a spec) and the moments read."""

from decision_widgets.moments.adjusted import AdjustedMoments, NormalEquations, usable_columns
from decision_widgets.moments.arm import ArmMoments, ClusterSums, arm_moments
from decision_widgets.moments.floats import ROUNDING, floats
from decision_widgets.moments.moments import Moments
from decision_widgets.moments.sample import Sample
from decision_widgets.moments.slots import EVERYWHERE, SlotSpec, name_arms
from decision_widgets.moments.spec import HistorySpec, MetricColumns, MomentSpec, label
from decision_widgets.moments.summary import (
    STALE_AFTER,
    HistorySummary,
    MetricSummary,
    PreviousWindow,
    RefusedMetric,
    RowSums,
    SummarySource,
    TypedSummary,
    WindowSums,
)

__all__ = [
    "EVERYWHERE",
    "ROUNDING",
    "STALE_AFTER",
    "AdjustedMoments",
    "ArmMoments",
    "ClusterSums",
    "HistorySpec",
    "HistorySummary",
    "MetricColumns",
    "MetricSummary",
    "MomentSpec",
    "Moments",
    "NormalEquations",
    "PreviousWindow",
    "RefusedMetric",
    "RowSums",
    "Sample",
    "SlotSpec",
    "SummarySource",
    "TypedSummary",
    "WindowSums",
    "arm_moments",
    "floats",
    "label",
    "name_arms",
    "usable_columns",
]
