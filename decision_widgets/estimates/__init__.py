"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here.

A statistic is loaded when it is first asked for: there are many, and an analysis needs few.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from decision_widgets.estimates.adjusted import Adjusted, adjusted_difference, balance_p
    from decision_widgets.estimates.after_stopping import StoppedEstimate, after_stopping
    from decision_widgets.estimates.allocation import Allocation, allocation
    from decision_widgets.estimates.ancova import ancova, lin_regression
    from decision_widgets.estimates.assignment import (
        Assignment,
        complete_assignment,
        simple_assignment,
        stratified_assignment,
        tertile_strata,
    )
    from decision_widgets.estimates.cate import Driver, IndividualEffects, NoIndividualEffects, individual_effects
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
    from decision_widgets.estimates.contrasts import JointTest
    from decision_widgets.estimates.covariates import (
        Balance,
        CompletedCovariates,
        CovariateBalance,
        complete_covariates,
        covariate_balance,
    )
    from decision_widgets.estimates.design_effect import IntraclassCorrelation, design_effect, intraclass_correlation
    from decision_widgets.estimates.difference import MeanDifference, difference, ratio_difference, student_t, welch_t
    from decision_widgets.estimates.duration import Duration, WeekOutlook, duration
    from decision_widgets.estimates.equivalence import Equivalence, tost_welch
    from decision_widgets.estimates.family_choice import FamilyChoice, FamilyGoal, choose_procedure
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
    from decision_widgets.estimates.interaction import (
        InteractionCoefficient,
        InteractionRegression,
        interaction_regression,
        panel_interaction,
    )
    from decision_widgets.estimates.many_arms import (
        ArmContrast,
        JointArmTest,
        all_pairs,
        arm_contrast,
        joint_arm_test,
        versus_control,
    )
    from decision_widgets.estimates.many_to_one import SimultaneousDifference, dunnett, many_to_one
    from decision_widgets.estimates.many_to_one_tail import any_exceeds, simultaneous_quantile
    from decision_widgets.estimates.mlrate import Learner, cross_fitted_predictions, mlrate, mlrate_given_predictions
    from decision_widgets.estimates.multiple import Procedure, StoreyQ, adjust_p_values, storey_q_values
    from decision_widgets.estimates.noncentral import noncentral_t_tails
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
    from decision_widgets.estimates.panel_subgroups import PanelSubgroupComparison, compare_panel_subgroups
    from decision_widgets.estimates.participant_bootstrap import BootstrapFamily, BootstrapKind, participant_bootstrap
    from decision_widgets.estimates.planning_variance import (
        HistorySums,
        ObservationSums,
        PlanningVariance,
        correlation_from_history,
        participant_mean_variance,
        typed_variance,
        variance_from_history,
    )
    from decision_widgets.estimates.post_stratification import (
        PostStratification,
        StratumEffect,
        post_stratified,
        post_stratified_clusters,
    )
    from decision_widgets.estimates.power import Alternative, DfRule, cluster_power, difference_power
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
    from decision_widgets.estimates.proportion_power import ProportionPower, proportion_power
    from decision_widgets.estimates.proportions import ProportionDifference, two_proportions
    from decision_widgets.estimates.quantile_effects import NoQuantileEffect, QuantileEffect, quantile_effects
    from decision_widgets.estimates.ranks import MannWhitney, mann_whitney
    from decision_widgets.estimates.regression import ClusteredRegression, clustered_ols
    from decision_widgets.estimates.relative import NoRelativeEffect, RelativeEffect, relative_effect
    from decision_widgets.estimates.required_size import (
        RequiredSize,
        minimum_detectable_effect,
        planned_power,
        required_size,
    )
    from decision_widgets.estimates.robust import RobustRegression, TwoWayRegression, robust_ols, two_way_clustered_ols
    from decision_widgets.estimates.sample_quantiles import sample_quantiles
    from decision_widgets.estimates.sample_ratio import SampleRatio, sample_ratio
    from decision_widgets.estimates.sample_size import control_sizes, detectable_noncentrality
    from decision_widgets.estimates.sensitivity import detectable_effect
    from decision_widgets.estimates.several_arms import (
        ArmSizes,
        allocation_cost,
        arm_sizes,
        best_control_share,
        control_pairs,
        every_pair,
    )
    from decision_widgets.estimates.signed_rank import SignedRank, wilcoxon_signed_rank
    from decision_widgets.estimates.simultaneous import interval_alpha, interval_disagrees, selected_interval_alpha
    from decision_widgets.estimates.size_interval import SizeInterval, size_interval
    from decision_widgets.estimates.sizing_goal import SizingGoal
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
    from decision_widgets.estimates.smirnov import KolmogorovSmirnov, ks_two_sample
    from decision_widgets.estimates.spread import SpreadComparison, levene
    from decision_widgets.estimates.srm_diagnosis import (
        SampleRatioDiagnosis,
        StageLoss,
        SuspectedPlace,
        diagnose_sample_ratio,
    )
    from decision_widgets.estimates.ssrm import SequentialSampleRatio, sequential_sample_ratio
    from decision_widgets.estimates.step_down import max_t_quantile, resampled_p_values
    from decision_widgets.estimates.stopping import stopping_report
    from decision_widgets.estimates.stopping_plan import JudgedLook, Look, StoppingPlan, StoppingReport
    from decision_widgets.estimates.subgroups import (
        NoSubgroupEffect,
        SubgroupComparison,
        SubgroupDifference,
        SubgroupEffect,
        compare_subgroups,
    )
    from decision_widgets.estimates.variance_reduction import AdjustedDifference, VarianceReduction, variance_reduction
    from decision_widgets.estimates.wild_bootstrap import WildBootstrap, WildWeights, wild_bootstrap

_HOME: Final = {
    "adjusted": (
        "Adjusted",
        "adjusted_difference",
        "balance_p",
    ),
    "after_stopping": (
        "StoppedEstimate",
        "after_stopping",
    ),
    "allocation": (
        "Allocation",
        "allocation",
    ),
    "ancova": (
        "ancova",
        "lin_regression",
    ),
    "assignment": (
        "Assignment",
        "complete_assignment",
        "simple_assignment",
        "stratified_assignment",
        "tertile_strata",
    ),
    "cate": (
        "Driver",
        "IndividualEffects",
        "NoIndividualEffects",
        "individual_effects",
    ),
    "clustered": ("clustered_difference",),
    "confidence_sequence": (
        "AlwaysValid",
        "ConfidenceSequence",
        "always_valid_quantile",
        "asymptotic_half_width",
        "confidence_sequence",
        "mixing_variance",
        "mixture_boundary",
        "mixture_half_width",
        "mixture_test",
    ),
    "contrasts": ("JointTest",),
    "covariates": (
        "Balance",
        "CompletedCovariates",
        "CovariateBalance",
        "complete_covariates",
        "covariate_balance",
    ),
    "design_effect": (
        "IntraclassCorrelation",
        "design_effect",
        "intraclass_correlation",
    ),
    "difference": (
        "MeanDifference",
        "difference",
        "ratio_difference",
        "student_t",
        "welch_t",
    ),
    "duration": (
        "Duration",
        "WeekOutlook",
        "duration",
    ),
    "equivalence": (
        "Equivalence",
        "tost_welch",
    ),
    "family_choice": (
        "FamilyChoice",
        "FamilyGoal",
        "choose_procedure",
    ),
    "group_sequential": (
        "CrossingProbabilities",
        "GroupSequentialBounds",
        "Spending",
        "crossing_probabilities",
        "detectable_drift",
        "spending_bounds",
        "wang_tsiatis_bounds",
    ),
    "homogeneity": ("homogeneity_p",),
    "interaction": (
        "InteractionCoefficient",
        "InteractionRegression",
        "interaction_regression",
        "panel_interaction",
    ),
    "many_arms": (
        "ArmContrast",
        "JointArmTest",
        "all_pairs",
        "arm_contrast",
        "joint_arm_test",
        "versus_control",
    ),
    "many_to_one": (
        "SimultaneousDifference",
        "dunnett",
        "many_to_one",
    ),
    "many_to_one_tail": (
        "any_exceeds",
        "simultaneous_quantile",
    ),
    "mlrate": (
        "Learner",
        "cross_fitted_predictions",
        "mlrate",
        "mlrate_given_predictions",
    ),
    "multiple": (
        "Procedure",
        "StoreyQ",
        "adjust_p_values",
        "storey_q_values",
    ),
    "noncentral": ("noncentral_t_tails",),
    "normality": (
        "Normality",
        "NormalityTest",
        "anderson_darling",
        "lilliefors",
        "normality",
        "shapiro_wilk",
    ),
    "paired": (
        "PairedDifference",
        "paired_t",
    ),
    "panel": (
        "PanelCoefficient",
        "PanelRegression",
        "panel_regression",
    ),
    "panel_cells": ("PanelCells",),
    "panel_subgroups": (
        "PanelSubgroupComparison",
        "compare_panel_subgroups",
    ),
    "participant_bootstrap": (
        "BootstrapFamily",
        "BootstrapKind",
        "participant_bootstrap",
    ),
    "planning_variance": (
        "HistorySums",
        "ObservationSums",
        "PlanningVariance",
        "correlation_from_history",
        "participant_mean_variance",
        "typed_variance",
        "variance_from_history",
    ),
    "post_stratification": (
        "PostStratification",
        "StratumEffect",
        "post_stratified",
        "post_stratified_clusters",
    ),
    "power": (
        "Alternative",
        "DfRule",
        "cluster_power",
        "difference_power",
    ),
    "predicted_effects": (
        "Calibration",
        "GroupEffect",
        "GroupEffects",
        "PredictedEffectChecks",
        "TargetingGain",
        "calibration_slope",
        "check_predicted_effects",
        "predicted_group_effects",
        "targeting_gain",
    ),
    "proportion_power": (
        "ProportionPower",
        "proportion_power",
    ),
    "proportions": (
        "ProportionDifference",
        "two_proportions",
    ),
    "quantile_effects": (
        "NoQuantileEffect",
        "QuantileEffect",
        "quantile_effects",
    ),
    "ranks": (
        "MannWhitney",
        "mann_whitney",
    ),
    "regression": (
        "ClusteredRegression",
        "clustered_ols",
    ),
    "relative": (
        "NoRelativeEffect",
        "RelativeEffect",
        "relative_effect",
    ),
    "required_size": (
        "RequiredSize",
        "minimum_detectable_effect",
        "planned_power",
        "required_size",
    ),
    "robust": (
        "RobustRegression",
        "TwoWayRegression",
        "robust_ols",
        "two_way_clustered_ols",
    ),
    "sample_quantiles": ("sample_quantiles",),
    "sample_ratio": (
        "SampleRatio",
        "sample_ratio",
    ),
    "sample_size": (
        "control_sizes",
        "detectable_noncentrality",
    ),
    "sensitivity": ("detectable_effect",),
    "several_arms": (
        "ArmSizes",
        "allocation_cost",
        "arm_sizes",
        "best_control_share",
        "control_pairs",
        "every_pair",
    ),
    "signed_rank": (
        "SignedRank",
        "wilcoxon_signed_rank",
    ),
    "simultaneous": (
        "interval_alpha",
        "interval_disagrees",
        "selected_interval_alpha",
    ),
    "size_interval": (
        "SizeInterval",
        "size_interval",
    ),
    "sizing_goal": ("SizingGoal",),
    "skew": (
        "TAIL_PER_KAPPA",
        "difference_skewness",
    ),
    "slot_balance": (
        "LabelBalance",
        "ServedSlots",
        "WholeBlocks",
        "hour_balance",
        "lost_slots",
        "served_slots",
        "whole_blocks",
    ),
    "smirnov": (
        "KolmogorovSmirnov",
        "ks_two_sample",
    ),
    "spread": (
        "SpreadComparison",
        "levene",
    ),
    "srm_diagnosis": (
        "SampleRatioDiagnosis",
        "StageLoss",
        "SuspectedPlace",
        "diagnose_sample_ratio",
    ),
    "ssrm": (
        "SequentialSampleRatio",
        "sequential_sample_ratio",
    ),
    "step_down": (
        "max_t_quantile",
        "resampled_p_values",
    ),
    "stopping": ("stopping_report",),
    "stopping_plan": (
        "JudgedLook",
        "Look",
        "StoppingPlan",
        "StoppingReport",
    ),
    "subgroups": (
        "NoSubgroupEffect",
        "SubgroupComparison",
        "SubgroupDifference",
        "SubgroupEffect",
        "compare_subgroups",
    ),
    "variance_reduction": (
        "AdjustedDifference",
        "VarianceReduction",
        "variance_reduction",
    ),
    "wild_bootstrap": (
        "WildBootstrap",
        "WildWeights",
        "wild_bootstrap",
    ),
}
_MODULE_OF: Final = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "TAIL_PER_KAPPA",
    "Adjusted",
    "AdjustedDifference",
    "Allocation",
    "Alternative",
    "AlwaysValid",
    "ArmContrast",
    "ArmSizes",
    "Assignment",
    "Balance",
    "BootstrapFamily",
    "BootstrapKind",
    "Calibration",
    "ClusteredRegression",
    "CompletedCovariates",
    "ConfidenceSequence",
    "CovariateBalance",
    "CrossingProbabilities",
    "DfRule",
    "Driver",
    "Duration",
    "Equivalence",
    "FamilyChoice",
    "FamilyGoal",
    "GroupEffect",
    "GroupEffects",
    "GroupSequentialBounds",
    "HistorySums",
    "IndividualEffects",
    "InteractionCoefficient",
    "InteractionRegression",
    "IntraclassCorrelation",
    "JointArmTest",
    "JointTest",
    "JudgedLook",
    "KolmogorovSmirnov",
    "LabelBalance",
    "Learner",
    "Look",
    "MannWhitney",
    "MeanDifference",
    "NoIndividualEffects",
    "NoQuantileEffect",
    "NoRelativeEffect",
    "NoSubgroupEffect",
    "Normality",
    "NormalityTest",
    "ObservationSums",
    "PairedDifference",
    "PanelCells",
    "PanelCoefficient",
    "PanelRegression",
    "PanelSubgroupComparison",
    "PlanningVariance",
    "PostStratification",
    "PredictedEffectChecks",
    "Procedure",
    "ProportionDifference",
    "ProportionPower",
    "QuantileEffect",
    "RelativeEffect",
    "RequiredSize",
    "RobustRegression",
    "SampleRatio",
    "SampleRatioDiagnosis",
    "SequentialSampleRatio",
    "ServedSlots",
    "SignedRank",
    "SimultaneousDifference",
    "SizeInterval",
    "SizingGoal",
    "Spending",
    "SpreadComparison",
    "StageLoss",
    "StoppedEstimate",
    "StoppingPlan",
    "StoppingReport",
    "StoreyQ",
    "StratumEffect",
    "SubgroupComparison",
    "SubgroupDifference",
    "SubgroupEffect",
    "SuspectedPlace",
    "TargetingGain",
    "TwoWayRegression",
    "VarianceReduction",
    "WeekOutlook",
    "WholeBlocks",
    "WildBootstrap",
    "WildWeights",
    "adjust_p_values",
    "adjusted_difference",
    "after_stopping",
    "all_pairs",
    "allocation",
    "allocation_cost",
    "always_valid_quantile",
    "ancova",
    "anderson_darling",
    "any_exceeds",
    "arm_contrast",
    "arm_sizes",
    "asymptotic_half_width",
    "balance_p",
    "best_control_share",
    "calibration_slope",
    "check_predicted_effects",
    "choose_procedure",
    "cluster_power",
    "clustered_difference",
    "clustered_ols",
    "compare_panel_subgroups",
    "compare_subgroups",
    "complete_assignment",
    "complete_covariates",
    "confidence_sequence",
    "control_pairs",
    "control_sizes",
    "correlation_from_history",
    "covariate_balance",
    "cross_fitted_predictions",
    "crossing_probabilities",
    "design_effect",
    "detectable_drift",
    "detectable_effect",
    "detectable_noncentrality",
    "diagnose_sample_ratio",
    "difference",
    "difference_power",
    "difference_skewness",
    "dunnett",
    "duration",
    "every_pair",
    "homogeneity_p",
    "hour_balance",
    "individual_effects",
    "interaction_regression",
    "interval_alpha",
    "interval_disagrees",
    "intraclass_correlation",
    "joint_arm_test",
    "ks_two_sample",
    "levene",
    "lilliefors",
    "lin_regression",
    "lost_slots",
    "mann_whitney",
    "many_to_one",
    "max_t_quantile",
    "minimum_detectable_effect",
    "mixing_variance",
    "mixture_boundary",
    "mixture_half_width",
    "mixture_test",
    "mlrate",
    "mlrate_given_predictions",
    "noncentral_t_tails",
    "normality",
    "paired_t",
    "panel_interaction",
    "panel_regression",
    "participant_bootstrap",
    "participant_mean_variance",
    "planned_power",
    "post_stratified",
    "post_stratified_clusters",
    "predicted_group_effects",
    "proportion_power",
    "quantile_effects",
    "ratio_difference",
    "relative_effect",
    "required_size",
    "resampled_p_values",
    "robust_ols",
    "sample_quantiles",
    "sample_ratio",
    "selected_interval_alpha",
    "sequential_sample_ratio",
    "served_slots",
    "shapiro_wilk",
    "simple_assignment",
    "simultaneous_quantile",
    "size_interval",
    "spending_bounds",
    "stopping_report",
    "storey_q_values",
    "stratified_assignment",
    "student_t",
    "targeting_gain",
    "tertile_strata",
    "tost_welch",
    "two_proportions",
    "two_way_clustered_ols",
    "typed_variance",
    "variance_from_history",
    "variance_reduction",
    "versus_control",
    "wang_tsiatis_bounds",
    "welch_t",
    "whole_blocks",
    "wilcoxon_signed_rank",
    "wild_bootstrap",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
