"""The effect on every metric of a switchback: the recommended regression, with what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.analysis.covariates import MISSING_ABOVE, adjustment_messages
from decision_widgets.analysis.slot_cells import (
    MetricCells,
    analysed,
    fixed_effects,
    history_covariate,
    metric_cells,
    resolved_time,
)
from decision_widgets.analysis.slot_run import SlotRun, clusters_of
from decision_widgets.data import SlotMetric
from decision_widgets.design import Metric
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    MeanDifference,
    NoRelativeEffect,
    PanelCells,
    PanelRegression,
    RandomizationInference,
    adjusted_panel,
    few_clusters,
    panel_difference,
    panel_regression,
    randomization_inference,
    relative_effect,
)
from decision_widgets.results import Message
from decision_widgets.results.switchback_records import RegressionFacts
from decision_widgets.views import numbers

PLAIN: Final = "panel_cr2"
ADJUSTED: Final = "panel_cuped"
COVARIATE: Final = "level before"
HISTORY: Final = "levels of the weeks before"
DRAWS: Final = 999
# So many times as many draws as the level of one interval needs to be reached at all.
DRAWS_PER_LEVEL: Final = 10
LEAST_VARIATION: Final = 0.05
ENOUGH_VARIATION: Final = 0.50
MOST_EFFECTS: Final = 0.25
FACTOR: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotAnswer:
    """What was found of one metric.

    Attributes
    ----------
    cells : MetricCells
        Of the recommended regression, its covariates among the controls.
    method : str
    best, beside : MeanDifference or None
        The recommended effect and, where that is adjusted (or was tried), the other one.
    reduction : float or None
        Share of the variance that the covariate removes.
    found : tuple of Message
    refused : Message or None
        Why there is no interval.
    """

    metric: Metric
    cells: MetricCells
    fit: PanelRegression
    facts: RegressionFacts
    method: str
    best: MeanDifference
    beside: MeanDifference | None
    reduction: float | None
    n_units: tuple[int, int]
    n_rows: int
    dealt: RandomizationInference | None
    found: tuple[Message, ...]
    refused: Message | None

    @property
    def rows(self) -> dict[str, tuple[MeanDifference, float | None]]:
        """Every estimate by method, the recommended one first, with the variance that it removes."""
        first = {self.method: (self.best, self.reduction if self.method == ADJUSTED else None)}
        if self.beside is None:
            return first
        other = PLAIN if self.method == ADJUSTED else ADJUSTED
        return first | {other: (self.beside, self.reduction if other == ADJUSTED else None)}


def answer_of(run: SlotRun, metric: Metric, read: SlotMetric, *, family_alpha: float) -> SlotAnswer | Message:
    """Estimate one effect in the recommended way; or say why there is none."""
    cells = metric_cells(run, metric, read, 1 if run.design.burn_in else 0)
    stop = _nothing_to_compare(run, metric, cells)
    if stop is not None:
        return stop
    try:
        return _answer(run, metric, read, cells, family_alpha)
    except CannotEstimate as problem:
        facts: dict[str, Any] = problem.facts
        return Message.of(problem.code, metric=metric.name, **facts)
    except InputError as problem:
        return Message.of(
            "E_METRIC_KIND", metric=metric.name, what=str(problem), remedy="change the design or the data"
        )


def fixed_effect_messages(run: SlotRun) -> Iterator[Message]:
    """Judge what the fixed effects leave of the schedule, whatever the metric: places without rows count too."""
    every = metric_free_cells(run)
    if every is None:
        return
    try:
        fit = panel_regression(every)
    except InputError as problem:
        if "determine the treatment" in str(problem):
            yield Message.of("E_FE_COLLINEAR", metric="any metric", retained_variation="0%")
        return
    retained, share = fit.retained_variation, fit.fixed_effects_share
    left = numbers.level_percent(retained)
    if retained < LEAST_VARIATION:
        yield Message.of("E_FE_COLLINEAR", metric="any metric", retained_variation=left)
    elif retained < ENOUGH_VARIATION:
        yield Message.of("W_FE_ABSORBS", percent=numbers.level_percent(1 - retained), left=left)
    if share > MOST_EFFECTS:
        facts: dict[str, Any] = {"rank": round(share * fit.n_clusters), "n": numbers.integer(fit.n_clusters)}
        coarser = resolved_time(run) in ("calendar-hour", "hour-of-week")
        remedy = "use time_fe='hour-of-day+date' from the start, or run longer" if coarser else "run longer"
        facts |= {"percent": numbers.level_percent(share), "units": clusters_of(run).many, "remedy": remedy}
        yield Message.of("W_FE_RICH", **facts)


def metric_free_cells(run: SlotRun) -> PanelCells | None:
    """Return the analysed cells weighted by minutes, with a made-up outcome: what the design alone says."""
    at = analysed(run, 1 if run.design.burn_in else 0)
    region, slot = run.reading.region[at], run.reading.slot[at]
    treatment = (run.served[region, slot] == 1).astype(np.float64)
    if len(at) < 2 or np.ptp(treatment) == 0:
        return None
    return PanelCells(
        weight=run.reading.minutes[at],
        mean=np.random.default_rng(0).normal(size=len(at)),
        within=np.zeros(len(at)),
        treatment=treatment,
        fixed_effects=fixed_effects(run, at),
        cluster=clusters_of(run).label[region, slot],
    )


def _nothing_to_compare(run: SlotRun, metric: Metric, cells: MetricCells) -> Message | None:
    treatment, mean = np.asarray(cells.panel.treatment), np.asarray(cells.panel.mean)
    for arm, name in enumerate(run.arms):
        if not (treatment == arm).any():
            facts = {"arm": name, "n": "0", "units": "slots"}
            return Message.of("E_SMALL_N", metric=metric.name, **facts)
    if len(np.unique(np.asarray(cells.panel.cluster))) < 2:
        _, facts = enough_clusters(run, cells.panel, 0.0)
        return Message.of("E_FEW_CLUSTERS", metric=metric.name, arm=run.arms[1], **facts)
    if np.ptp(mean) == 0 and not np.asarray(cells.panel.within).any():
        facts = {"n": f"{numbers.integer(len(mean))} hours", "value": f"{mean[0]:.10g}", "where": "both arms"}
        return Message.of("E_NO_VARIATION", metric=metric.name, **facts)
    return None


def _answer(
    run: SlotRun, metric: Metric, read: SlotMetric, cells: MetricCells, family_alpha: float
) -> SlotAnswer | Message:
    tried = _adjust(run, metric, read, cells)
    cells, found = tried.cells, [*tried.found]
    fit = panel_regression(cells.panel, alpha=run.design.alpha)
    if fit.retained_variation < LEAST_VARIATION:
        retained = numbers.level_percent(fit.retained_variation)
        return Message.of("E_FE_COLLINEAR", metric=metric.name, retained_variation=retained)
    refused = _few(run, metric, cells, fit, found)
    dealt = _dealt_again(run, cells, family_alpha)
    facts = _facts(run, read, metric, cells, fit, tried.method, dealt, refused)
    found += _about_fit(run, metric, tried.best, dealt, refused)
    return SlotAnswer(
        metric=metric,
        cells=cells,
        fit=fit,
        facts=facts,
        method=tried.method,
        best=tried.best,
        beside=tried.beside,
        reduction=tried.reduction,
        n_units=units_of(run, cells.at),
        n_rows=round(float(read.rows[cells.at].sum())),
        dealt=dealt if isinstance(dealt, RandomizationInference) else None,
        found=tuple(found),
        refused=None if refused is None else _with_estimate(refused, facts),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tried:
    """The effect with or without the history, whichever is to be reported, and the other beside it."""

    cells: MetricCells
    method: str
    best: MeanDifference
    beside: MeanDifference | None = None
    reduction: float | None = None
    found: tuple[Message, ...] = ()


def _adjust(run: SlotRun, metric: Metric, read: SlotMetric, cells: MetricCells) -> _Tried:
    """Adjust by the same hours of the weeks before, where there are any; keep it where that takes off variance."""
    alpha, given = run.design.alpha, history_covariate(run, metric, read, cells)
    if given is None:
        return _Tried(cells=cells, method=PLAIN, best=panel_difference(cells.panel, alpha=alpha))
    covariates, missing = given
    try:
        both = adjusted_panel(cells.panel, covariates, alpha=alpha)
    except InputError as problem:
        message = Message.of("I_COVARIATE_LEFT_OUT", metric=metric.name, covariate=COVARIATE, reason=f"{problem}")
        return _Tried(cells=cells, method=PLAIN, best=panel_difference(cells.panel, alpha=alpha), found=(message,))
    reduction, kept = both.reduction.variance_reduction, both.reduction.kept == "adjusted"
    effects, shifted = (both.unadjusted.effect, both.adjusted.effect), both.reduction.shifted and kept
    found = [
        *adjustment_messages(metric.name, run.arms[1], HISTORY, reduction=reduction, effects=effects, shifted=shifted)
    ]
    if not kept:
        beside, best = both.adjusted, both.unadjusted
        return _Tried(cells=cells, method=PLAIN, best=best, beside=beside, reduction=reduction, found=tuple(found))
    if missing > MISSING_ABOVE:
        share = numbers.level_percent(missing)
        found.append(Message.of("W_CUPED_MISSING", metric=metric.name, covariate=COVARIATE, percent=share))
    richer = replace(cells.panel, controls=dict(cells.panel.controls) | dict(covariates))
    return _Tried(
        cells=replace(cells, panel=richer),
        method=ADJUSTED,
        best=both.adjusted,
        beside=both.unadjusted,
        reduction=reduction,
        found=tuple(found),
    )


def _with_estimate(message: Message, facts: RegressionFacts) -> Message:
    p = facts.randomization_p
    more = f" The estimate alone is {facts.effect:.4g}"
    more += f"; dealing the arms again gives p {numbers.p_value(p)}." if p is not None else "."
    return replace(message, text=message.text + more)


def units_of(run: SlotRun, at: NDArray[np.intp]) -> tuple[int, int]:
    """Count the units of each arm, slots or stretches, that these cells are of."""
    region, slot = run.reading.region[at], run.reading.slot[at]
    unit, arm = run.unit[region, slot], run.served[region, slot]
    return len(np.unique(unit[arm == 0])), len(np.unique(unit[arm == 1]))


def _few(
    run: SlotRun, metric: Metric, cells: MetricCells, fit: PanelRegression, found: list[Message]
) -> Message | None:
    """Judge whether clusters are enough; what is said of it is added to `found`, a refusal is returned."""
    judged, facts = enough_clusters(run, cells.panel, fit.df)
    if judged is None:
        return None
    code = "E_FEW_CLUSTERS" if judged == "refuse" else "W_FEW_CLUSTERS"
    message = Message.of(code, metric=metric.name, arm=run.arms[1], **facts)
    found.append(message)
    return message if judged == "refuse" else None


def enough_clusters(run: SlotRun, panel: PanelCells, df: float) -> tuple[str | None, dict[str, Any]]:
    """Judge the clusters with control and with treatment, and what they weigh; return the facts of the sentence too."""
    treatment, weight = np.asarray(panel.treatment), np.asarray(panel.weight, dtype=np.float64)
    _, cluster = np.unique(np.asarray(panel.cluster), return_inverse=True)
    counts, like = [], []
    for arm in (0, 1):
        own = np.bincount(cluster[treatment == arm], weight[treatment == arm])
        own = own[own > 0]
        counts.append(len(own))
        like.append(float(own.sum() ** 2 / (own**2).sum()) if len(own) else 0.0)
    facts = {
        "n_control": numbers.integer(counts[0]),
        "n_treatment": numbers.integer(counts[1]),
        "df": numbers.df_text(df),
        "units": clusters_of(run).many,
    }
    return few_clusters(counts[0], counts[1], df, effective=min(like)), facts


def _dealt_again(run: SlotRun, cells: MetricCells, family_alpha: float) -> RandomizationInference | str:
    """Deal arms again as they were dealt; or say why that cannot be."""
    region, slot = run.reading.region[cells.at], run.reading.slot[cells.at]
    blocked = run.design.assignment in ("pairs", "day-balanced")
    try:
        return randomization_inference(
            cells.panel,
            run.unit[region, slot],
            run.mechanism,
            block=run.draw[region, slot] if blocked else None,
            draws=max(DRAWS, round(DRAWS_PER_LEVEL / family_alpha) - 1),
            seed=run.design.seed,
        )
    except InputError as problem:
        return str(problem)


def _facts(
    run: SlotRun,
    read: SlotMetric,
    metric: Metric,
    cells: MetricCells,
    fit: PanelRegression,
    method: str,
    dealt: RandomizationInference | str,
    refused: Message | None,
) -> RegressionFacts:
    clusters, panel = clusters_of(run), cells.panel
    known = dealt if isinstance(dealt, RandomizationInference) else None
    return RegressionFacts(
        metric=metric.name,
        method=method,
        time_fe=cells.time_fe,
        fixed_effects=tuple(panel.fixed_effects),
        cluster=clusters.one,
        clusters=clusters.many,
        n_clusters=fit.n_clusters,
        df=None if refused is not None else fit.df,
        std_error=None if refused is not None else fit.std_error,
        effect=fit.effect,
        raw_difference=_raw_difference(read, cells),
        retained_variation=fit.retained_variation,
        weights=cells.weights,
        randomization_p=None if known is None else known.p_value,
        randomization_draws=None if known is None else known.n_draws,
        randomization_enumerated=known is not None and known.enumerated,
        randomization_note=dealt if isinstance(dealt, str) else None,
    )


def _raw_difference(read: SlotMetric, cells: MetricCells) -> float:
    """Return the difference of the arms' levels as the basic statistics give them."""
    at, treated = cells.at, np.asarray(cells.panel.treatment) == 1
    control, treatment = (float(read.total[own].sum() / read.size[own].sum()) for own in (at[~treated], at[treated]))
    return treatment - control


def _about_fit(
    run: SlotRun,
    metric: Metric,
    best: MeanDifference,
    dealt: RandomizationInference | str,
    refused: Message | None,
) -> Iterator[Message]:
    if refused is None and isinstance(dealt, RandomizationInference) and _disagree(run, best, dealt):
        facts = {"p_randomization": numbers.p_value(dealt.p_value), "p_model": numbers.p_value(best.p_value)}
        yield Message.of("W_RI_DISAGREES", metric=metric.name, **facts)
    relative = relative_effect(best)
    if isinstance(relative, NoRelativeEffect):
        mean = numbers.level(best.control_mean, "continuous")
        yield Message.of(relative.code, metric=metric.name, arm=run.arms[1], mean=mean)


def _disagree(run: SlotRun, best: MeanDifference, dealt: RandomizationInference) -> bool:
    """Compare two p-values, the model's no smaller than dealing again can find."""
    floor = (2 if dealt.enumerated else 1) / (dealt.n_draws + (not dealt.enumerated))
    model, alpha = max(best.p_value, floor), run.design.alpha
    apart = max(model, dealt.p_value) > FACTOR * min(model, dealt.p_value)
    return apart or ((best.p_value < alpha) != (dealt.p_value < alpha) and floor < alpha)
