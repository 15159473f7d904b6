"""What is known about an arm: the moments wanted (a spec) and the moments read."""

from decision_widgets.moments.adjusted import AdjustedMoments, NormalEquations, independent_columns
from decision_widgets.moments.arm import ArmMoments, ClusterSums, arm_moments
from decision_widgets.moments.moments import Moments
from decision_widgets.moments.sample import Sample
from decision_widgets.moments.spec import MetricColumns, MomentSpec, label

__all__ = [
    "AdjustedMoments",
    "ArmMoments",
    "ClusterSums",
    "MetricColumns",
    "MomentSpec",
    "Moments",
    "NormalEquations",
    "Sample",
    "arm_moments",
    "independent_columns",
    "label",
]
