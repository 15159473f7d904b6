"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here."""

from decision_widgets.estimates.adjusted import Adjusted, adjusted_difference, balance_p
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
from decision_widgets.estimates.equivalence import Equivalence, tost_welch
from decision_widgets.estimates.homogeneity import homogeneity_p
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.normality import (
    Normality,
    NormalityTest,
    anderson_darling,
    lilliefors,
    normality,
    shapiro_wilk,
)
from decision_widgets.estimates.paired import PairedDifference, paired_t
from decision_widgets.estimates.panel import PanelCoefficient, PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
from decision_widgets.estimates.quantile_effects import NoQuantileEffect, QuantileEffect, quantile_effects
from decision_widgets.estimates.ranks import MannWhitney, mann_whitney
from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
from decision_widgets.estimates.sample_quantiles import sample_quantiles
from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
from decision_widgets.estimates.sensitivity import detectable_effect
from decision_widgets.estimates.sequential import always_valid_quantile
from decision_widgets.estimates.signed_rank import SignedRank, wilcoxon_signed_rank
from decision_widgets.estimates.skew import TAIL_PER_KAPPA, difference_skewness
from decision_widgets.estimates.smirnov import KolmogorovSmirnov, ks_two_sample
from decision_widgets.estimates.spread import SpreadComparison, levene
from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

__all__ = [
    "TAIL_PER_KAPPA",
    "Adjusted",
    "ClusteredRegression",
    "Equivalence",
    "KolmogorovSmirnov",
    "MannWhitney",
    "MeanDifference",
    "NoQuantileEffect",
    "NoRelativeEffect",
    "Normality",
    "NormalityTest",
    "PairedDifference",
    "PanelCells",
    "PanelCoefficient",
    "PanelRegression",
    "Procedure",
    "ProportionDifference",
    "QuantileEffect",
    "RelativeEffect",
    "RobustRegression",
    "SampleRatio",
    "SignedRank",
    "SpreadComparison",
    "TwoWayRegression",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "adjusted_difference",
    "always_valid_quantile",
    "balance_p",
    "anderson_darling",
    "clustered_difference",
    "clustered_ols",
    "detectable_effect",
    "difference",
    "difference_skewness",
    "homogeneity_p",
    "ks_two_sample",
    "levene",
    "lilliefors",
    "mann_whitney",
    "normality",
    "paired_t",
    "panel_regression",
    "quantile_effects",
    "ratio_difference",
    "relative_effect",
    "robust_ols",
    "sample_quantiles",
    "sample_ratio",
    "shapiro_wilk",
    "student_t",
    "tost_welch",
    "two_proportions",
    "two_way_clustered_ols",
    "welch_t",
    "wilcoxon_signed_rank",
    "wild_bootstrap",
]
