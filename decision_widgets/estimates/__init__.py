"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.ancova import ancova, lin_regression
from decision_widgets.estimates.assignment import (
    Assignment,
    complete_assignment,
    simple_assignment,
    stratified_assignment,
    tertile_strata,
)
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.covariates import (
    Balance,
    CompletedCovariates,
    CovariateBalance,
    complete_covariates,
    covariate_balance,
)
from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.mlrate import Learner, cross_fitted_predictions, mlrate, mlrate_given_predictions
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.panel import PanelCoefficient, PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.post_stratification import (
    PostStratification,
    StratumEffect,
    post_stratified,
    post_stratified_clusters,
)
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect
from decision_widgets.estimates.sequential import always_valid_quantile
from decision_widgets.estimates.skew import TAIL_PER_KAPPA, difference_skewness
from decision_widgets.estimates.variance_reduction import AdjustedDifference, VarianceReduction, variance_reduction
from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

__all__ = [
    "TAIL_PER_KAPPA",
    "AdjustedDifference",
    "Assignment",
    "Balance",
    "ClusteredRegression",
    "CompletedCovariates",
    "CovariateBalance",
    "Learner",
    "MeanDifference",
    "NoRelativeEffect",
    "PanelCells",
    "PanelCoefficient",
    "PanelRegression",
    "PostStratification",
    "Procedure",
    "ProportionDifference",
    "RelativeEffect",
    "RobustRegression",
    "SampleRatio",
    "StratumEffect",
    "TwoWayRegression",
    "VarianceReduction",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "always_valid_quantile",
    "ancova",
    "clustered_difference",
    "clustered_ols",
    "complete_assignment",
    "complete_covariates",
    "covariate_balance",
    "cross_fitted_predictions",
    "detectable_effect",
    "difference",
    "difference_skewness",
    "homogeneity_p",
    "lin_regression",
    "mlrate",
    "mlrate_given_predictions",
    "panel_regression",
    "post_stratified",
    "post_stratified_clusters",
    "ratio_difference",
    "relative_effect",
    "robust_ols",
    "sample_ratio",
    "simple_assignment",
    "stratified_assignment",
    "student_t",
    "tertile_strata",
    "two_proportions",
    "two_way_clustered_ols",
    "variance_reduction",
    "welch_t",
    "wild_bootstrap",
]
