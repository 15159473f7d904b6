"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.after_stopping import StoppedEstimate, after_stopping
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.confidence_sequence import (
    AlwaysValid,
    ConfidenceSequence,
    always_valid_quantile,
    asymptotic_half_width,
    confidence_sequence,
    mixing_variance,
    mixture_boundary,
    mixture_half_width,
    mixture_test,
)
from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.group_sequential import (
    CrossingProbabilities,
    GroupSequentialBounds,
    Spending,
    crossing_probabilities,
    detectable_drift,
    spending_bounds,
    wang_tsiatis_bounds,
)
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.panel import PanelCoefficient, PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect
from decision_widgets.estimates.skew import TAIL_PER_KAPPA, difference_skewness
from decision_widgets.estimates.slot_balance import (
    LabelBalance,
    ServedSlots,
    WholeBlocks,
    hour_balance,
    lost_slots,
    served_slots,
    whole_blocks,
)
from decision_widgets.estimates.srm_diagnosis import (
    SampleRatioDiagnosis,
    StageLoss,
    SuspectedPlace,
    diagnose_sample_ratio,
)
from decision_widgets.estimates.ssrm import SequentialSampleRatio, sequential_sample_ratio
from decision_widgets.estimates.stopping import stopping_report
from decision_widgets.estimates.stopping_plan import JudgedLook, Look, StoppingPlan, StoppingReport
from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

__all__ = [
    "TAIL_PER_KAPPA",
    "AlwaysValid",
    "ClusteredRegression",
    "ConfidenceSequence",
    "CrossingProbabilities",
    "GroupSequentialBounds",
    "JudgedLook",
    "LabelBalance",
    "Look",
    "MeanDifference",
    "NoRelativeEffect",
    "PanelCells",
    "PanelCoefficient",
    "PanelRegression",
    "Procedure",
    "ProportionDifference",
    "RelativeEffect",
    "RobustRegression",
    "SampleRatio",
    "SampleRatioDiagnosis",
    "SequentialSampleRatio",
    "ServedSlots",
    "Spending",
    "StageLoss",
    "StoppedEstimate",
    "StoppingPlan",
    "StoppingReport",
    "SuspectedPlace",
    "TwoWayRegression",
    "WholeBlocks",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "after_stopping",
    "always_valid_quantile",
    "asymptotic_half_width",
    "clustered_difference",
    "clustered_ols",
    "confidence_sequence",
    "crossing_probabilities",
    "detectable_drift",
    "detectable_effect",
    "diagnose_sample_ratio",
    "difference",
    "difference_skewness",
    "homogeneity_p",
    "hour_balance",
    "lost_slots",
    "mixing_variance",
    "mixture_boundary",
    "mixture_half_width",
    "mixture_test",
    "panel_regression",
    "ratio_difference",
    "relative_effect",
    "robust_ols",
    "sample_ratio",
    "sequential_sample_ratio",
    "served_slots",
    "spending_bounds",
    "stopping_report",
    "student_t",
    "two_proportions",
    "two_way_clustered_ols",
    "wang_tsiatis_bounds",
    "welch_t",
    "whole_blocks",
    "wild_bootstrap",
]
