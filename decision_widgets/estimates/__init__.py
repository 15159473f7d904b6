"""The statistics: moments or arrays in, frozen estimates out. No frame is seen here.

A statistic is loaded when it is first asked for: there are many, and an analysis needs few. Type checkers read
``__init__.pyi``.
"""

import sys
from importlib import import_module
from types import ModuleType

_NAMES = {
    "adjusted": "Adjusted adjusted_difference",
    "after_stopping": "StoppedEstimate after_stopping",
    "allocation": "Allocation allocation",
    "ancova": "ancova lin_regression",
    "assignment": "Assignment complete_assignment simple_assignment stratified_assignment tertile_strata",
    "balance": "balance_p",
    "cate": "Driver IndividualEffects NoIndividualEffects individual_effects",
    "carryover_order": "CarryoverOrder carryover_order",
    "causal_clusters": "CausalClusterEffect causal_cluster_variance two_stage_cluster_bootstrap",
    "clustered": "clustered_difference",
    "confidence_sequence": "AlwaysValid ConfidenceSequence always_valid_quantile asymptotic_half_width "
    "confidence_sequence mixing_variance mixture_boundary mixture_half_width mixture_test",
    "hotelling": "JointTest",
    "covariates": "Balance CompletedCovariates CovariateBalance complete_covariates covariate_balance",
    "design_effect": "IntraclassCorrelation design_effect intraclass_correlation",
    "difference": "MeanDifference difference ratio_difference student_t welch_t",
    "distributed_lags": "DistributedLags distributed_lags lagged_panel",
    "distribution": "ArmDistribution Distribution distribution",
    "duration": "Duration WeekOutlook duration enrolled_share",
    "equivalence": "Equivalence tost_welch",
    "family_choice": "FamilyChoice FamilyGoal choose_procedure",
    "few_clusters": "FewClusters few_clusters",
    "group_sequential": "CrossingProbabilities GroupSequentialBounds Spending crossing_probabilities "
    "detectable_drift spending_bounds wang_tsiatis_bounds",
    "homogeneity": "homogeneity_p independence_p",
    "interaction": "InteractionCoefficient InteractionRegression interaction_regression panel_interaction",
    "logit": "LogitEffect clustered_logit",
    "many_arms": "ArmContrast JointArmTest all_pairs arm_contrast joint_arm_test versus_control",
    "many_to_one": "SimultaneousDifference dunnett many_to_one",
    "many_to_one_tail": "any_exceeds simultaneous_quantile",
    "mechanisms": "Blocks Complete IndependentUnits Mechanism Pairs",
    "mlrate": "Learner cross_fitted_predictions mlrate mlrate_given_predictions",
    "multiple": "Procedure StoreyQ adjust_p_values storey_q_values",
    "newey_west": "SerialRegression driscoll_kraay newey_west",
    "noncentral": "noncentral_t_tails",
    "normality": "Normality NormalityTest anderson_darling lilliefors normality shapiro_wilk",
    "paired": "PairedDifference paired_t",
    "panel": "PanelCoefficient PanelRegression panel_regression",
    "panel_cells": "PanelCells",
    "panel_level": "PanelAdjustment adjusted_panel panel_difference",
    "panel_other_errors": "RowErrors panel_serial_errors row_errors",
    "panel_randomization": "RandomizationInference randomization_inference",
    "panel_subgroups": "PanelSubgroupComparison compare_panel_subgroups",
    "participant_bootstrap": "BootstrapFamily BootstrapKind participant_bootstrap",
    "planning_variance": "HistorySums ObservationSums PlanningVariance correlation_from_history "
    "participant_mean_variance typed_variance variance_from_history",
    "post_stratification": "PostStratification StratumEffect post_stratified post_stratified_clusters",
    "power": "Alternative DfRule cluster_power difference_power",
    "predicted_effects": "Calibration GroupEffect GroupEffects PredictedEffectChecks TargetingGain calibration_slope "
    "check_predicted_effects predicted_group_effects targeting_gain",
    "previous_window": "previous_window_reduction",
    "proportion_power": "ProportionPower proportion_power",
    "proportions": "ProportionDifference two_proportions",
    "quantile_effects": "NoQuantileEffect QuantileEffect quantile_effects",
    "randomization": "RandomizationTest randomization_test sign_flip_test",
    "ranks": "MannWhitney mann_whitney",
    "regression": "ClusteredRegression clustered_ols",
    "relative": "NoRelativeEffect RelativeEffect relative_effect",
    "required_size": "RequiredSize minimum_detectable_effect planned_power required_size",
    "residual_autocorrelation": "Autocorrelation autocorrelation residual_autocorrelation",
    "robust": "RobustRegression TwoWayRegression robust_ols two_way_clustered_ols",
    "sample_quantiles": "sample_quantiles",
    "sample_ratio": "SampleRatio sample_ratio",
    "sample_size": "control_sizes detectable_noncentrality",
    "sensitivity": "detectable_effect",
    "several_arms": "ArmSizes allocation_cost arm_sizes best_control_share control_pairs every_pair",
    "signed_rank": "SignedRank wilcoxon_signed_rank",
    "simultaneous": "interval_alpha interval_disagrees selected_interval_alpha",
    "size_bounds": "SizeBounds size_bounds",
    "size_interval": "SizeInterval size_interval",
    "sizing_goal": "SizingGoal sizing_difference",
    "skew": "TAIL_PER_KAPPA difference_skewness",
    "slot_balance": "LabelBalance ServedSlots WholeBlocks hour_balance lost_slots served_slots whole_blocks",
    "smirnov": "KolmogorovSmirnov ks_two_sample",
    "spread": "SpreadComparison levene",
    "srm_diagnosis": "SampleRatioDiagnosis StageLoss SuspectedPlace diagnose_sample_ratio",
    "ssrm": "SequentialSampleRatio sequential_sample_ratio",
    "step_down": "max_t_quantile resampled_p_values",
    "stopping": "stopping_report",
    "stopping_plan": "JudgedLook Look StoppingPlan StoppingReport",
    "subgroups": "NoSubgroupEffect SubgroupComparison SubgroupDifference SubgroupEffect compare_subgroups",
    "surrogate": "SurrogateIndex surrogate_index",
    "switchback_series": "HorvitzThompson MinimaxSwitchback horvitz_thompson minimax_draws minimax_switchback",
    "onset": "attenuation exposure_shares onset_curve",
    "seasonality": "explained_share",
    "simulated_window": "Exposure SwitchbackWindow",
    "switchback_power": "PowerCheck SwitchbackPower simulate_switchback",
    "variance_reduction": "AdjustedDifference VarianceReduction variance_reduction",
    "wild_bootstrap": "WildBootstrap WildWeights wild_bootstrap",
}
_HOME = {name: file for file, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__():
    return __all__


class _Room(ModuleType):
    """The room under its own names: a statistic is not hidden by the file of the same name once that is loaded."""

    def __setattr__(self, name, value):
        if not (isinstance(value, ModuleType) and name in _HOME):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Room
