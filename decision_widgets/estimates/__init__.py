"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import MeanDifference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect

__all__ = [
    "ClusteredRegression",
    "MeanDifference",
    "NoRelativeEffect",
    "Procedure",
    "ProportionDifference",
    "RelativeEffect",
    "SampleRatio",
    "adjust_p_values",
    "clustered_difference",
    "clustered_ols",
    "detectable_effect",
    "ratio_difference",
    "relative_effect",
    "sample_ratio",
    "student_t",
    "two_proportions",
    "welch_t",
]
