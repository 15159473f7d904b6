"""Does treatment outlast its burn-in: the effect by burn-in, the test of the order, residuals of neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import numpy as np

from decision_widgets.analysis.intervals import relative
from decision_widgets.analysis.slot_cells import MetricCells, history_covariate, metric_cells
from decision_widgets.analysis.slot_effects import ADJUSTED, SlotAnswer, enough_clusters
from decision_widgets.analysis.slot_run import Codes, SlotRun, clusters_of
from decision_widgets.data import SlotMetric
from decision_widgets.design.clock import as_length
from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    CarryoverOrder,
    PanelCells,
    carryover_order,
    detectable_effect,
    panel_difference,
    residual_autocorrelation,
)
from decision_widgets.results import Message
from decision_widgets.results.switchback_records import (
    BurnInEffect,
    CarryoverCheck,
    CarryoverStatus,
    OrderTest,
    ResidualCorrelation,
)
from decision_widgets.views import numbers
from decision_widgets.vocabulary import Kind

LEAKS_BELOW: Final = 0.05
TESTED_LAGS: Final = 2
MOST_LAGS: Final = 24


def carryover_check(run: SlotRun, answer: SlotAnswer, read: SlotMetric) -> CarryoverCheck:
    """Estimate a metric's effect with other burn-ins, and test whether earlier slots still act."""
    order = _order_test(run, answer, read)
    return CarryoverCheck(
        metric=answer.metric.name,
        status=_status(run, answer, order),
        burn_ins=tuple(_by_burn_in(run, answer, read)),
        order_test=order,
    )


def carryover_messages(run: SlotRun, check: CarryoverCheck, kind: Kind | None) -> Iterator[Message]:
    """Say that treatment still acts after the time that was planned for."""
    test = check.order_test
    if check.status != "leaks" or test.effect is None:
        return
    said = numbers.absolute(test.effect, test.effect_lower, test.effect_upper, kind or "continuous")
    yield Message.of(
        "W_CARRYOVER",
        metric=check.metric,
        after=as_length(max(run.design.order, run.design.burn_in)) if run.design.order else "its own slot",
        effect=said.effect,
        interval=said.interval,
        p=numbers.p_value(test.p_value),
    )


def _status(run: SlotRun, answer: SlotAnswer, order: OrderTest) -> CarryoverStatus:
    if order.p_value is None or order.effect_lower is None or order.effect_upper is None:
        return "cannot-tell"
    if order.p_value < LEAKS_BELOW:
        return "leaks"
    best, metric = answer.best, answer.metric
    smallest = (metric.minimum_effect or 0) * abs(best.control_mean)
    if not smallest:
        smallest = detectable_effect(best.std_error, df=best.df, alpha=run.design.alpha, power=run.design.power)
    return "settled" if max(-order.effect_lower, order.effect_upper) <= smallest else "cannot-tell"


def _by_burn_in(run: SlotRun, answer: SlotAnswer, read: SlotMetric) -> Iterator[BurnInEffect]:
    burn_in, slot = run.design.burn_in, run.design.slot
    for parts in (0, 1, 2) if burn_in else (0,):
        if parts * burn_in < slot:
            yield _one_burn_in(run, answer, read, parts)


def _one_burn_in(run: SlotRun, answer: SlotAnswer, read: SlotMetric, parts: int) -> BurnInEffect:
    burn_in = parts * run.design.burn_in
    shared: dict[str, Any] = {"burn_in": burn_in, "planned": burn_in == run.design.burn_in}
    cells = like(run, answer, read, metric_cells(run, answer.metric, read, parts))
    try:
        found = panel_difference(cells.panel, alpha=run.design.alpha)
    except InputError as problem:
        return BurnInEffect(**shared, reason=str(problem))
    assert found.df is not None
    n_clusters = len(np.unique(np.asarray(cells.panel.cluster)))
    judged, _ = enough_clusters(run, cells.panel, found.df)
    if judged == "refuse":
        reason = "Too few clusters for an interval."
        return BurnInEffect(**shared, effect=found.effect, n_clusters=n_clusters, reason=reason)
    return BurnInEffect(
        **shared,
        effect=found.effect,
        effect_lower=found.effect_lower,
        effect_upper=found.effect_upper,
        **relative(found, found.quantile(run.design.alpha)),
        n_clusters=n_clusters,
        df=found.df,
    )


def like(run: SlotRun, answer: SlotAnswer, read: SlotMetric, cells: MetricCells) -> MetricCells:
    """Return other cells of a metric with the covariates that its recommended effect is adjusted by."""
    given = history_covariate(run, answer.metric, read, cells) if answer.method == ADJUSTED else None
    if given is None:
        return cells
    return replace(cells, panel=replace(cells.panel, controls=dict(cells.panel.controls) | dict(given[0])))


def _order_test(run: SlotRun, answer: SlotAnswer, read: SlotMetric) -> OrderTest:
    """Test the first two slots that are past the order, else the first alone."""
    slot, burn_in, order = run.design.slot, run.design.burn_in, run.design.order
    first = 1 + -(-max(0, order - burn_in) // slot)
    reason = ""
    for last in (first + TESTED_LAGS - 1, first):
        try:
            found = _lagged(run, answer, first, last)
        except InputError as problem:
            reason = reason or str(problem)
            continue
        return OrderTest(
            order=order,
            statistic=found.joint.statistic,
            df=found.joint.df,
            df_denominator=found.joint.df_denominator,
            p_value=found.joint.p_value,
            effect=found.late.effect,
            effect_lower=found.late.effect_lower,
            effect_upper=found.late.effect_upper,
        )
    return OrderTest(order=order, reason=reason)


def _lagged(run: SlotRun, answer: SlotAnswer, first: int, last: int) -> CarryoverOrder:
    at = answer.cells.at
    region, slot = run.reading.region[at], run.reading.slot[at]
    earlier, known = lagged_arms(run, region, slot, last)
    cluster = run.long_blocks((last + 1) * run.design.slot)
    panel = only(replace(answer.cells.panel, cluster=cluster[region, slot]), known)
    return carryover_order(panel, earlier[known], late=range(first, last + 1), alpha=run.design.alpha)


def lagged_arms(run: SlotRun, region: Codes, slot: Codes, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the arms 1, …, L slots before, shape (C, L), and which cells have all of them."""
    columns = []
    for lag in range(1, lags + 1):
        before = slot - lag
        arm = run.served[region, np.maximum(before, 0)].astype(np.float64)
        columns.append(np.where((before >= 0) & np.isin(arm, (0, 1)), arm, np.nan))
    earlier = np.column_stack(columns)
    return earlier, np.isfinite(earlier).all(axis=1)


def only(panel: PanelCells, rows: np.ndarray) -> PanelCells:
    """Return some of the cells."""
    return PanelCells(
        weight=np.asarray(panel.weight)[rows],
        mean=np.asarray(panel.mean)[rows],
        within=np.asarray(panel.within)[rows],
        treatment=np.asarray(panel.treatment)[rows],
        fixed_effects={name: np.asarray(labels)[rows] for name, labels in panel.fixed_effects.items()},
        cluster=np.asarray(panel.cluster)[rows],
        controls={name: np.asarray(values)[rows] for name, values in panel.controls.items()},
    )


def residual_correlation(run: SlotRun, answer: SlotAnswer) -> ResidualCorrelation | None:
    """Correlate the residuals of slots with those of earlier ones, within regions."""
    at = answer.cells.at
    region, slot = run.reading.region[at], run.reading.slot[at]
    lags = min(MOST_LAGS, int(slot.max() - slot.min()))
    with suppress(InputError):
        found = residual_autocorrelation(answer.cells.panel, slot.astype(np.intp), series=region, lags=lags)
        return ResidualCorrelation(
            metric=answer.metric.name,
            correlations=found.correlations,
            limit=found.limit,
            gone_at=found.gone_at,
            lag=run.design.slot,
            cluster=clusters_of(run).one,
        )
    return None
