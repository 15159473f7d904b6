"""What is known about an arm: the moments wanted (a spec) and the moments read."""

from decision_widgets.moments.arm import ArmMoments, ClusterSums, arm_moments
from decision_widgets.moments.moments import Moments
from decision_widgets.moments.sample import Sample
from decision_widgets.moments.spec import MetricColumns, MomentSpec, label

__all__ = ["ArmMoments", "ClusterSums", "MetricColumns", "MomentSpec", "Moments", "Sample", "arm_moments", "label"]
