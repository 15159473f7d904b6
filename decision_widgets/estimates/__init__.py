"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.allocation import Allocation, allocation
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.family_choice import FamilyChoice, FamilyGoal, choose_procedure
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.many_arms import (
    ArmContrast,
    JointTest,
    all_pairs,
    arm_contrast,
    joint_test,
    versus_control,
)
from decision_widgets.estimates.many_to_one import AdjustedDifference, dunnett, many_to_one
from decision_widgets.estimates.many_to_one_tail import any_exceeds, simultaneous_quantile
from decision_widgets.estimates.multiple import Procedure, StoreyQ, adjust_p_values, storey_q_values
from decision_widgets.estimates.panel import PanelCoefficient, PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.participant_bootstrap import BootstrapFamily, BootstrapKind, participant_bootstrap
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect
from decision_widgets.estimates.sequential import always_valid_quantile
from decision_widgets.estimates.simultaneous import interval_alpha, interval_disagrees, selected_interval_alpha
from decision_widgets.estimates.skew import TAIL_PER_KAPPA, difference_skewness
from decision_widgets.estimates.step_down import max_t_quantile, resampled_p_values
from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

__all__ = [
    "TAIL_PER_KAPPA",
    "AdjustedDifference",
    "Allocation",
    "ArmContrast",
    "BootstrapFamily",
    "BootstrapKind",
    "ClusteredRegression",
    "FamilyChoice",
    "FamilyGoal",
    "JointTest",
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
    "StoreyQ",
    "TwoWayRegression",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "all_pairs",
    "allocation",
    "always_valid_quantile",
    "any_exceeds",
    "arm_contrast",
    "choose_procedure",
    "clustered_difference",
    "clustered_ols",
    "detectable_effect",
    "difference",
    "difference_skewness",
    "dunnett",
    "homogeneity_p",
    "interval_alpha",
    "interval_disagrees",
    "joint_test",
    "many_to_one",
    "max_t_quantile",
    "panel_regression",
    "participant_bootstrap",
    "ratio_difference",
    "relative_effect",
    "resampled_p_values",
    "robust_ols",
    "sample_ratio",
    "selected_interval_alpha",
    "simultaneous_quantile",
    "storey_q_values",
    "student_t",
    "two_proportions",
    "two_way_clustered_ols",
    "versus_control",
    "welch_t",
    "wild_bootstrap",
]
