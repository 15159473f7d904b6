"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.causal_clusters import (
    CausalClusterEffect,
    causal_cluster_variance,
    two_stage_cluster_bootstrap,
)
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.distributed_lags import DistributedLags, distributed_lags, lagged_panel
from decision_widgets.estimates.few_clusters import FewClusters, few_clusters
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.logit import LogitEffect, clustered_logit
from decision_widgets.estimates.mechanisms import Blocks, Complete, IndependentUnits, Mechanism, Pairs
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.newey_west import SerialRegression, driscoll_kraay, newey_west
from decision_widgets.estimates.panel import PanelCoefficient, PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.panel_randomization import RandomizationInference, randomization_inference
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.randomization import RandomizationTest, randomization_test, sign_flip_test
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect
from decision_widgets.estimates.sequential import always_valid_quantile
from decision_widgets.estimates.skew import TAIL_PER_KAPPA, difference_skewness
from decision_widgets.estimates.surrogate import SurrogateIndex, surrogate_index
from decision_widgets.estimates.switchback_series import (
    HorvitzThompson,
    MinimaxSwitchback,
    horvitz_thompson,
    minimax_draws,
    minimax_switchback,
)
from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

__all__ = [
    "TAIL_PER_KAPPA",
    "Blocks",
    "CausalClusterEffect",
    "ClusteredRegression",
    "Complete",
    "DistributedLags",
    "FewClusters",
    "HorvitzThompson",
    "IndependentUnits",
    "LogitEffect",
    "MeanDifference",
    "Mechanism",
    "MinimaxSwitchback",
    "NoRelativeEffect",
    "Pairs",
    "PanelCells",
    "PanelCoefficient",
    "PanelRegression",
    "Procedure",
    "ProportionDifference",
    "RandomizationInference",
    "RandomizationTest",
    "RelativeEffect",
    "RobustRegression",
    "SampleRatio",
    "SerialRegression",
    "SurrogateIndex",
    "TwoWayRegression",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "always_valid_quantile",
    "causal_cluster_variance",
    "clustered_difference",
    "clustered_logit",
    "clustered_ols",
    "detectable_effect",
    "difference",
    "difference_skewness",
    "distributed_lags",
    "driscoll_kraay",
    "few_clusters",
    "homogeneity_p",
    "horvitz_thompson",
    "lagged_panel",
    "minimax_draws",
    "minimax_switchback",
    "newey_west",
    "panel_regression",
    "randomization_inference",
    "randomization_test",
    "ratio_difference",
    "relative_effect",
    "robust_ols",
    "sample_ratio",
    "sign_flip_test",
    "student_t",
    "surrogate_index",
    "two_proportions",
    "two_stage_cluster_bootstrap",
    "two_way_clustered_ols",
    "welch_t",
    "wild_bootstrap",
]
