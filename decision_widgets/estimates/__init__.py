"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.cate import Driver, IndividualEffects, NoIndividualEffects, individual_effects
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.contrasts import JointTest
from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.interaction import (
    InteractionCoefficient,
    InteractionRegression,
    interaction_regression,
    panel_interaction,
)
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.panel import PanelCoefficient, PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.panel_subgroups import PanelSubgroupComparison, compare_panel_subgroups
from decision_widgets.estimates.predicted_effects import (
    Calibration,
    GroupEffect,
    GroupEffects,
    PredictedEffectChecks,
    TargetingGain,
    calibration_slope,
    check_predicted_effects,
    predicted_group_effects,
    targeting_gain,
)
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect
from decision_widgets.estimates.sequential import always_valid_quantile
from decision_widgets.estimates.skew import TAIL_PER_KAPPA, difference_skewness
from decision_widgets.estimates.subgroups import (
    NoSubgroupEffect,
    SubgroupComparison,
    SubgroupDifference,
    SubgroupEffect,
    compare_subgroups,
)
from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

__all__ = [
    "TAIL_PER_KAPPA",
    "Calibration",
    "ClusteredRegression",
    "Driver",
    "GroupEffect",
    "GroupEffects",
    "IndividualEffects",
    "InteractionCoefficient",
    "InteractionRegression",
    "JointTest",
    "MeanDifference",
    "NoIndividualEffects",
    "NoRelativeEffect",
    "NoSubgroupEffect",
    "PanelCells",
    "PanelCoefficient",
    "PanelRegression",
    "PanelSubgroupComparison",
    "PredictedEffectChecks",
    "Procedure",
    "ProportionDifference",
    "RelativeEffect",
    "RobustRegression",
    "SampleRatio",
    "SubgroupComparison",
    "SubgroupDifference",
    "SubgroupEffect",
    "TargetingGain",
    "TwoWayRegression",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "always_valid_quantile",
    "calibration_slope",
    "check_predicted_effects",
    "clustered_difference",
    "clustered_ols",
    "compare_panel_subgroups",
    "compare_subgroups",
    "detectable_effect",
    "difference",
    "difference_skewness",
    "homogeneity_p",
    "individual_effects",
    "interaction_regression",
    "panel_interaction",
    "panel_regression",
    "predicted_group_effects",
    "ratio_difference",
    "relative_effect",
    "robust_ols",
    "sample_ratio",
    "student_t",
    "targeting_gain",
    "two_proportions",
    "two_way_clustered_ols",
    "welch_t",
    "wild_bootstrap",
]
