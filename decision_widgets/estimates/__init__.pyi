from decision_widgets.estimates.adjusted import (
    Adjusted as Adjusted,
)
from decision_widgets.estimates.adjusted import (
    adjusted_difference as adjusted_difference,
)
from decision_widgets.estimates.after_stopping import (
    StoppedEstimate as StoppedEstimate,
)
from decision_widgets.estimates.after_stopping import (
    after_stopping as after_stopping,
)
from decision_widgets.estimates.allocation import (
    Allocation as Allocation,
)
from decision_widgets.estimates.allocation import (
    allocation as allocation,
)
from decision_widgets.estimates.ancova import (
    ancova as ancova,
)
from decision_widgets.estimates.ancova import (
    lin_regression as lin_regression,
)
from decision_widgets.estimates.assignment import (
    Assignment as Assignment,
)
from decision_widgets.estimates.assignment import (
    complete_assignment as complete_assignment,
)
from decision_widgets.estimates.assignment import (
    simple_assignment as simple_assignment,
)
from decision_widgets.estimates.assignment import (
    stratified_assignment as stratified_assignment,
)
from decision_widgets.estimates.assignment import (
    tertile_strata as tertile_strata,
)
from decision_widgets.estimates.balance import balance_p as balance_p
from decision_widgets.estimates.carryover_order import (
    CarryoverOrder as CarryoverOrder,
)
from decision_widgets.estimates.carryover_order import (
    carryover_order as carryover_order,
)
from decision_widgets.estimates.cate import (
    Driver as Driver,
)
from decision_widgets.estimates.cate import (
    IndividualEffects as IndividualEffects,
)
from decision_widgets.estimates.cate import (
    NoIndividualEffects as NoIndividualEffects,
)
from decision_widgets.estimates.cate import (
    individual_effects as individual_effects,
)
from decision_widgets.estimates.causal_clusters import (
    CausalClusterEffect as CausalClusterEffect,
)
from decision_widgets.estimates.causal_clusters import (
    causal_cluster_variance as causal_cluster_variance,
)
from decision_widgets.estimates.causal_clusters import (
    two_stage_cluster_bootstrap as two_stage_cluster_bootstrap,
)
from decision_widgets.estimates.clustered import clustered_difference as clustered_difference
from decision_widgets.estimates.confidence_sequence import (
    AlwaysValid as AlwaysValid,
)
from decision_widgets.estimates.confidence_sequence import (
    ConfidenceSequence as ConfidenceSequence,
)
from decision_widgets.estimates.confidence_sequence import (
    always_valid_quantile as always_valid_quantile,
)
from decision_widgets.estimates.confidence_sequence import (
    asymptotic_half_width as asymptotic_half_width,
)
from decision_widgets.estimates.confidence_sequence import (
    confidence_sequence as confidence_sequence,
)
from decision_widgets.estimates.confidence_sequence import (
    mixing_variance as mixing_variance,
)
from decision_widgets.estimates.confidence_sequence import (
    mixture_boundary as mixture_boundary,
)
from decision_widgets.estimates.confidence_sequence import (
    mixture_half_width as mixture_half_width,
)
from decision_widgets.estimates.confidence_sequence import (
    mixture_test as mixture_test,
)
from decision_widgets.estimates.covariates import (
    Balance as Balance,
)
from decision_widgets.estimates.covariates import (
    CompletedCovariates as CompletedCovariates,
)
from decision_widgets.estimates.covariates import (
    CovariateBalance as CovariateBalance,
)
from decision_widgets.estimates.covariates import (
    complete_covariates as complete_covariates,
)
from decision_widgets.estimates.covariates import (
    covariate_balance as covariate_balance,
)
from decision_widgets.estimates.design_effect import (
    IntraclassCorrelation as IntraclassCorrelation,
)
from decision_widgets.estimates.design_effect import (
    design_effect as design_effect,
)
from decision_widgets.estimates.design_effect import (
    intraclass_correlation as intraclass_correlation,
)
from decision_widgets.estimates.difference import (
    MeanDifference as MeanDifference,
)
from decision_widgets.estimates.difference import (
    difference as difference,
)
from decision_widgets.estimates.difference import (
    ratio_difference as ratio_difference,
)
from decision_widgets.estimates.difference import (
    student_t as student_t,
)
from decision_widgets.estimates.difference import (
    welch_t as welch_t,
)
from decision_widgets.estimates.distributed_lags import (
    DistributedLags as DistributedLags,
)
from decision_widgets.estimates.distributed_lags import (
    distributed_lags as distributed_lags,
)
from decision_widgets.estimates.distributed_lags import (
    lagged_panel as lagged_panel,
)
from decision_widgets.estimates.distribution import (
    ArmDistribution as ArmDistribution,
)
from decision_widgets.estimates.distribution import (
    Distribution as Distribution,
)
from decision_widgets.estimates.distribution import (
    distribution as distribution,
)
from decision_widgets.estimates.duration import (
    Duration as Duration,
)
from decision_widgets.estimates.duration import (
    WeekOutlook as WeekOutlook,
)
from decision_widgets.estimates.duration import (
    duration as duration,
)
from decision_widgets.estimates.duration import (
    enrolled_share as enrolled_share,
)
from decision_widgets.estimates.equivalence import (
    Equivalence as Equivalence,
)
from decision_widgets.estimates.equivalence import (
    tost_welch as tost_welch,
)
from decision_widgets.estimates.family_choice import (
    FamilyChoice as FamilyChoice,
)
from decision_widgets.estimates.family_choice import (
    FamilyGoal as FamilyGoal,
)
from decision_widgets.estimates.family_choice import (
    choose_procedure as choose_procedure,
)
from decision_widgets.estimates.few_clusters import (
    FewClusters as FewClusters,
)
from decision_widgets.estimates.few_clusters import (
    few_clusters as few_clusters,
)
from decision_widgets.estimates.group_sequential import (
    CrossingProbabilities as CrossingProbabilities,
)
from decision_widgets.estimates.group_sequential import (
    GroupSequentialBounds as GroupSequentialBounds,
)
from decision_widgets.estimates.group_sequential import (
    Spending as Spending,
)
from decision_widgets.estimates.group_sequential import (
    crossing_probabilities as crossing_probabilities,
)
from decision_widgets.estimates.group_sequential import (
    detectable_drift as detectable_drift,
)
from decision_widgets.estimates.group_sequential import (
    spending_bounds as spending_bounds,
)
from decision_widgets.estimates.group_sequential import (
    wang_tsiatis_bounds as wang_tsiatis_bounds,
)
from decision_widgets.estimates.homogeneity import (
    homogeneity_p as homogeneity_p,
)
from decision_widgets.estimates.homogeneity import (
    independence_p as independence_p,
)
from decision_widgets.estimates.hotelling import JointTest as JointTest
from decision_widgets.estimates.interaction import (
    InteractionCoefficient as InteractionCoefficient,
)
from decision_widgets.estimates.interaction import (
    InteractionRegression as InteractionRegression,
)
from decision_widgets.estimates.interaction import (
    interaction_regression as interaction_regression,
)
from decision_widgets.estimates.interaction import (
    panel_interaction as panel_interaction,
)
from decision_widgets.estimates.logit import (
    LogitEffect as LogitEffect,
)
from decision_widgets.estimates.logit import (
    clustered_logit as clustered_logit,
)
from decision_widgets.estimates.many_arms import (
    ArmContrast as ArmContrast,
)
from decision_widgets.estimates.many_arms import (
    JointArmTest as JointArmTest,
)
from decision_widgets.estimates.many_arms import (
    all_pairs as all_pairs,
)
from decision_widgets.estimates.many_arms import (
    arm_contrast as arm_contrast,
)
from decision_widgets.estimates.many_arms import (
    joint_arm_test as joint_arm_test,
)
from decision_widgets.estimates.many_arms import (
    versus_control as versus_control,
)
from decision_widgets.estimates.many_to_one import (
    SimultaneousDifference as SimultaneousDifference,
)
from decision_widgets.estimates.many_to_one import (
    dunnett as dunnett,
)
from decision_widgets.estimates.many_to_one import (
    many_to_one as many_to_one,
)
from decision_widgets.estimates.many_to_one_tail import (
    any_exceeds as any_exceeds,
)
from decision_widgets.estimates.many_to_one_tail import (
    simultaneous_quantile as simultaneous_quantile,
)
from decision_widgets.estimates.mechanisms import (
    Blocks as Blocks,
)
from decision_widgets.estimates.mechanisms import (
    Complete as Complete,
)
from decision_widgets.estimates.mechanisms import (
    IndependentUnits as IndependentUnits,
)
from decision_widgets.estimates.mechanisms import (
    Mechanism as Mechanism,
)
from decision_widgets.estimates.mechanisms import (
    Pairs as Pairs,
)
from decision_widgets.estimates.mlrate import (
    Learner as Learner,
)
from decision_widgets.estimates.mlrate import (
    cross_fitted_predictions as cross_fitted_predictions,
)
from decision_widgets.estimates.mlrate import (
    mlrate as mlrate,
)
from decision_widgets.estimates.mlrate import (
    mlrate_given_predictions as mlrate_given_predictions,
)
from decision_widgets.estimates.multiple import (
    Procedure as Procedure,
)
from decision_widgets.estimates.multiple import (
    StoreyQ as StoreyQ,
)
from decision_widgets.estimates.multiple import (
    adjust_p_values as adjust_p_values,
)
from decision_widgets.estimates.multiple import (
    storey_q_values as storey_q_values,
)
from decision_widgets.estimates.newey_west import (
    SerialRegression as SerialRegression,
)
from decision_widgets.estimates.newey_west import (
    driscoll_kraay as driscoll_kraay,
)
from decision_widgets.estimates.newey_west import (
    newey_west as newey_west,
)
from decision_widgets.estimates.noncentral import noncentral_t_tails as noncentral_t_tails
from decision_widgets.estimates.normality import (
    Normality as Normality,
)
from decision_widgets.estimates.normality import (
    NormalityTest as NormalityTest,
)
from decision_widgets.estimates.normality import (
    anderson_darling as anderson_darling,
)
from decision_widgets.estimates.normality import (
    lilliefors as lilliefors,
)
from decision_widgets.estimates.normality import (
    normality as normality,
)
from decision_widgets.estimates.normality import (
    shapiro_wilk as shapiro_wilk,
)
from decision_widgets.estimates.onset import (
    attenuation as attenuation,
)
from decision_widgets.estimates.onset import (
    exposure_shares as exposure_shares,
)
from decision_widgets.estimates.onset import (
    onset_curve as onset_curve,
)
from decision_widgets.estimates.paired import (
    PairedDifference as PairedDifference,
)
from decision_widgets.estimates.paired import (
    paired_t as paired_t,
)
from decision_widgets.estimates.panel import (
    PanelCoefficient as PanelCoefficient,
)
from decision_widgets.estimates.panel import (
    PanelRegression as PanelRegression,
)
from decision_widgets.estimates.panel import (
    panel_regression as panel_regression,
)
from decision_widgets.estimates.panel_cells import PanelCells as PanelCells
from decision_widgets.estimates.panel_level import (
    PanelAdjustment as PanelAdjustment,
)
from decision_widgets.estimates.panel_level import (
    adjusted_panel as adjusted_panel,
)
from decision_widgets.estimates.panel_level import (
    panel_difference as panel_difference,
)
from decision_widgets.estimates.panel_other_errors import (
    RowErrors as RowErrors,
)
from decision_widgets.estimates.panel_other_errors import (
    panel_serial_errors as panel_serial_errors,
)
from decision_widgets.estimates.panel_other_errors import (
    row_errors as row_errors,
)
from decision_widgets.estimates.panel_randomization import (
    RandomizationInference as RandomizationInference,
)
from decision_widgets.estimates.panel_randomization import (
    randomization_inference as randomization_inference,
)
from decision_widgets.estimates.panel_subgroups import (
    PanelSubgroupComparison as PanelSubgroupComparison,
)
from decision_widgets.estimates.panel_subgroups import (
    compare_panel_subgroups as compare_panel_subgroups,
)
from decision_widgets.estimates.participant_bootstrap import (
    BootstrapFamily as BootstrapFamily,
)
from decision_widgets.estimates.participant_bootstrap import (
    BootstrapKind as BootstrapKind,
)
from decision_widgets.estimates.participant_bootstrap import (
    participant_bootstrap as participant_bootstrap,
)
from decision_widgets.estimates.planning_variance import (
    HistorySums as HistorySums,
)
from decision_widgets.estimates.planning_variance import (
    ObservationSums as ObservationSums,
)
from decision_widgets.estimates.planning_variance import (
    PlanningVariance as PlanningVariance,
)
from decision_widgets.estimates.planning_variance import (
    correlation_from_history as correlation_from_history,
)
from decision_widgets.estimates.planning_variance import (
    participant_mean_variance as participant_mean_variance,
)
from decision_widgets.estimates.planning_variance import (
    typed_variance as typed_variance,
)
from decision_widgets.estimates.planning_variance import (
    variance_from_history as variance_from_history,
)
from decision_widgets.estimates.post_stratification import (
    PostStratification as PostStratification,
)
from decision_widgets.estimates.post_stratification import (
    StratumEffect as StratumEffect,
)
from decision_widgets.estimates.post_stratification import (
    post_stratified as post_stratified,
)
from decision_widgets.estimates.post_stratification import (
    post_stratified_clusters as post_stratified_clusters,
)
from decision_widgets.estimates.power import (
    Alternative as Alternative,
)
from decision_widgets.estimates.power import (
    DfRule as DfRule,
)
from decision_widgets.estimates.power import (
    cluster_power as cluster_power,
)
from decision_widgets.estimates.power import (
    difference_power as difference_power,
)
from decision_widgets.estimates.predicted_effects import (
    Calibration as Calibration,
)
from decision_widgets.estimates.predicted_effects import (
    GroupEffect as GroupEffect,
)
from decision_widgets.estimates.predicted_effects import (
    GroupEffects as GroupEffects,
)
from decision_widgets.estimates.predicted_effects import (
    PredictedEffectChecks as PredictedEffectChecks,
)
from decision_widgets.estimates.predicted_effects import (
    TargetingGain as TargetingGain,
)
from decision_widgets.estimates.predicted_effects import (
    calibration_slope as calibration_slope,
)
from decision_widgets.estimates.predicted_effects import (
    check_predicted_effects as check_predicted_effects,
)
from decision_widgets.estimates.predicted_effects import (
    predicted_group_effects as predicted_group_effects,
)
from decision_widgets.estimates.predicted_effects import (
    targeting_gain as targeting_gain,
)
from decision_widgets.estimates.previous_window import previous_window_reduction as previous_window_reduction
from decision_widgets.estimates.proportion_power import (
    ProportionPower as ProportionPower,
)
from decision_widgets.estimates.proportion_power import (
    proportion_power as proportion_power,
)
from decision_widgets.estimates.proportions import (
    ProportionDifference as ProportionDifference,
)
from decision_widgets.estimates.proportions import (
    two_proportions as two_proportions,
)
from decision_widgets.estimates.quantile_effects import (
    NoQuantileEffect as NoQuantileEffect,
)
from decision_widgets.estimates.quantile_effects import (
    QuantileEffect as QuantileEffect,
)
from decision_widgets.estimates.quantile_effects import (
    quantile_effects as quantile_effects,
)
from decision_widgets.estimates.randomization import (
    RandomizationTest as RandomizationTest,
)
from decision_widgets.estimates.randomization import (
    randomization_test as randomization_test,
)
from decision_widgets.estimates.randomization import (
    sign_flip_test as sign_flip_test,
)
from decision_widgets.estimates.ranks import (
    MannWhitney as MannWhitney,
)
from decision_widgets.estimates.ranks import (
    mann_whitney as mann_whitney,
)
from decision_widgets.estimates.regression import (
    ClusteredRegression as ClusteredRegression,
)
from decision_widgets.estimates.regression import (
    clustered_ols as clustered_ols,
)
from decision_widgets.estimates.relative import (
    NoRelativeEffect as NoRelativeEffect,
)
from decision_widgets.estimates.relative import (
    RelativeEffect as RelativeEffect,
)
from decision_widgets.estimates.relative import (
    relative_effect as relative_effect,
)
from decision_widgets.estimates.required_size import (
    RequiredSize as RequiredSize,
)
from decision_widgets.estimates.required_size import (
    minimum_detectable_effect as minimum_detectable_effect,
)
from decision_widgets.estimates.required_size import (
    planned_power as planned_power,
)
from decision_widgets.estimates.required_size import (
    required_size as required_size,
)
from decision_widgets.estimates.residual_autocorrelation import (
    Autocorrelation as Autocorrelation,
)
from decision_widgets.estimates.residual_autocorrelation import (
    autocorrelation as autocorrelation,
)
from decision_widgets.estimates.residual_autocorrelation import (
    residual_autocorrelation as residual_autocorrelation,
)
from decision_widgets.estimates.robust import (
    RobustRegression as RobustRegression,
)
from decision_widgets.estimates.robust import (
    TwoWayRegression as TwoWayRegression,
)
from decision_widgets.estimates.robust import (
    robust_ols as robust_ols,
)
from decision_widgets.estimates.robust import (
    two_way_clustered_ols as two_way_clustered_ols,
)
from decision_widgets.estimates.sample_quantiles import sample_quantiles as sample_quantiles
from decision_widgets.estimates.sample_ratio import (
    SampleRatio as SampleRatio,
)
from decision_widgets.estimates.sample_ratio import (
    sample_ratio as sample_ratio,
)
from decision_widgets.estimates.sample_size import (
    control_sizes as control_sizes,
)
from decision_widgets.estimates.sample_size import (
    detectable_noncentrality as detectable_noncentrality,
)
from decision_widgets.estimates.seasonality import (
    explained_share as explained_share,
)
from decision_widgets.estimates.sensitivity import detectable_effect as detectable_effect
from decision_widgets.estimates.several_arms import (
    ArmSizes as ArmSizes,
)
from decision_widgets.estimates.several_arms import (
    allocation_cost as allocation_cost,
)
from decision_widgets.estimates.several_arms import (
    arm_sizes as arm_sizes,
)
from decision_widgets.estimates.several_arms import (
    best_control_share as best_control_share,
)
from decision_widgets.estimates.several_arms import (
    control_pairs as control_pairs,
)
from decision_widgets.estimates.several_arms import (
    every_pair as every_pair,
)
from decision_widgets.estimates.signed_rank import (
    SignedRank as SignedRank,
)
from decision_widgets.estimates.signed_rank import (
    wilcoxon_signed_rank as wilcoxon_signed_rank,
)
from decision_widgets.estimates.simulated_window import (
    Exposure as Exposure,
)
from decision_widgets.estimates.simulated_window import (
    SwitchbackWindow as SwitchbackWindow,
)
from decision_widgets.estimates.simultaneous import (
    interval_alpha as interval_alpha,
)
from decision_widgets.estimates.simultaneous import (
    interval_disagrees as interval_disagrees,
)
from decision_widgets.estimates.simultaneous import (
    selected_interval_alpha as selected_interval_alpha,
)
from decision_widgets.estimates.size_bounds import (
    SizeBounds as SizeBounds,
)
from decision_widgets.estimates.size_bounds import (
    size_bounds as size_bounds,
)
from decision_widgets.estimates.size_interval import (
    SizeInterval as SizeInterval,
)
from decision_widgets.estimates.size_interval import (
    size_interval as size_interval,
)
from decision_widgets.estimates.sizing_goal import SizingGoal as SizingGoal
from decision_widgets.estimates.sizing_goal import (
    sizing_difference as sizing_difference,
)
from decision_widgets.estimates.skew import (
    TAIL_PER_KAPPA as TAIL_PER_KAPPA,
)
from decision_widgets.estimates.skew import (
    difference_skewness as difference_skewness,
)
from decision_widgets.estimates.slot_balance import (
    LabelBalance as LabelBalance,
)
from decision_widgets.estimates.slot_balance import (
    ServedSlots as ServedSlots,
)
from decision_widgets.estimates.slot_balance import (
    WholeBlocks as WholeBlocks,
)
from decision_widgets.estimates.slot_balance import (
    hour_balance as hour_balance,
)
from decision_widgets.estimates.slot_balance import (
    lost_slots as lost_slots,
)
from decision_widgets.estimates.slot_balance import (
    served_slots as served_slots,
)
from decision_widgets.estimates.slot_balance import (
    whole_blocks as whole_blocks,
)
from decision_widgets.estimates.smirnov import (
    KolmogorovSmirnov as KolmogorovSmirnov,
)
from decision_widgets.estimates.smirnov import (
    ks_two_sample as ks_two_sample,
)
from decision_widgets.estimates.spread import (
    SpreadComparison as SpreadComparison,
)
from decision_widgets.estimates.spread import (
    levene as levene,
)
from decision_widgets.estimates.srm_diagnosis import (
    SampleRatioDiagnosis as SampleRatioDiagnosis,
)
from decision_widgets.estimates.srm_diagnosis import (
    StageLoss as StageLoss,
)
from decision_widgets.estimates.srm_diagnosis import (
    SuspectedPlace as SuspectedPlace,
)
from decision_widgets.estimates.srm_diagnosis import (
    diagnose_sample_ratio as diagnose_sample_ratio,
)
from decision_widgets.estimates.ssrm import (
    SequentialSampleRatio as SequentialSampleRatio,
)
from decision_widgets.estimates.ssrm import (
    sequential_sample_ratio as sequential_sample_ratio,
)
from decision_widgets.estimates.step_down import (
    max_t_quantile as max_t_quantile,
)
from decision_widgets.estimates.step_down import (
    resampled_p_values as resampled_p_values,
)
from decision_widgets.estimates.stopping import stopping_report as stopping_report
from decision_widgets.estimates.stopping_plan import (
    JudgedLook as JudgedLook,
)
from decision_widgets.estimates.stopping_plan import (
    Look as Look,
)
from decision_widgets.estimates.stopping_plan import (
    StoppingPlan as StoppingPlan,
)
from decision_widgets.estimates.stopping_plan import (
    StoppingReport as StoppingReport,
)
from decision_widgets.estimates.subgroups import (
    NoSubgroupEffect as NoSubgroupEffect,
)
from decision_widgets.estimates.subgroups import (
    SubgroupComparison as SubgroupComparison,
)
from decision_widgets.estimates.subgroups import (
    SubgroupDifference as SubgroupDifference,
)
from decision_widgets.estimates.subgroups import (
    SubgroupEffect as SubgroupEffect,
)
from decision_widgets.estimates.subgroups import (
    compare_subgroups as compare_subgroups,
)
from decision_widgets.estimates.surrogate import (
    SurrogateIndex as SurrogateIndex,
)
from decision_widgets.estimates.surrogate import (
    surrogate_index as surrogate_index,
)
from decision_widgets.estimates.switchback_power import (
    PowerCheck as PowerCheck,
)
from decision_widgets.estimates.switchback_power import (
    SwitchbackPower as SwitchbackPower,
)
from decision_widgets.estimates.switchback_power import (
    simulate_switchback as simulate_switchback,
)
from decision_widgets.estimates.switchback_series import (
    HorvitzThompson as HorvitzThompson,
)
from decision_widgets.estimates.switchback_series import (
    MinimaxSwitchback as MinimaxSwitchback,
)
from decision_widgets.estimates.switchback_series import (
    horvitz_thompson as horvitz_thompson,
)
from decision_widgets.estimates.switchback_series import (
    minimax_draws as minimax_draws,
)
from decision_widgets.estimates.switchback_series import (
    minimax_switchback as minimax_switchback,
)
from decision_widgets.estimates.variance_reduction import (
    AdjustedDifference as AdjustedDifference,
)
from decision_widgets.estimates.variance_reduction import (
    VarianceReduction as VarianceReduction,
)
from decision_widgets.estimates.variance_reduction import (
    variance_reduction as variance_reduction,
)
from decision_widgets.estimates.wild_bootstrap import (
    WildBootstrap as WildBootstrap,
)
from decision_widgets.estimates.wild_bootstrap import (
    WildWeights as WildWeights,
)
from decision_widgets.estimates.wild_bootstrap import (
    wild_bootstrap as wild_bootstrap,
)
