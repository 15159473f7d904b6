"""One metric's rows → participants → the moments of each arm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.columns import Numbers
from decision_widgets.data.frame import Assignment
from decision_widgets.data.kinds import Recognition
from decision_widgets.data.reading import MetricReading, Unreadable
from decision_widgets.moments import ArmMoments, MetricColumns, arm_moments
from decision_widgets.vocabulary import Missing


def read_metric(
    numerator: Numbers,
    denominator: NDArray[np.float64] | None,
    columns: MetricColumns,
    who: Assignment,
    missing: Missing,
) -> MetricReading | Unreadable:
    """Gather one metric; `denominator` (one value per row) makes it a ratio of totals."""
    y = numerator.values
    d = np.ones(len(y)) if denominator is None else denominator
    assigned = who.arm >= 0
    absent = assigned & (np.isnan(y) | np.isnan(d))
    if missing == "zero":
        y, d = np.where(np.isnan(y), 0.0, y), np.where(np.isnan(d), 0.0, d)
        used = assigned
    else:
        used = assigned & ~absent
    if not used.any():
        return Unreadable(what=f"No row of '{columns.metric}' has both a value and an arm.", remedy="check the join")
    shift = float(y[used].sum() / d[used].sum()) if d[used].sum() > 0 else 0.0
    arms = {}
    for code, name in enumerate(who.arms):
        rows = np.flatnonzero(used & (who.arm == code))
        n_missing = int((absent & (who.arm == code)).sum())
        arm = _arm(rows, y, d, shift, who, n_missing, ratio=denominator is not None)
        if arm is not None:
            arms[name] = arm
    per_arm = {name: int((who.arm == code).sum()) for code, name in enumerate(who.arms)}
    return MetricReading(
        recognition=_as_ratio(numerator.recognition, columns) if denominator is not None else numerator.recognition,
        arms=arms,
        rows=per_arm,
        missing={name: int((absent & (who.arm == code)).sum()) for code, name in enumerate(who.arms)},
        modal_value=numerator.modal_value,
        modal_share=numerator.modal_share,
    )


def _arm(
    rows: NDArray[np.intp],
    y: NDArray[np.float64],
    d: NDArray[np.float64],
    shift: float,
    who: Assignment,
    n_missing: int,
    *,
    ratio: bool,
) -> ArmMoments | None:
    if len(rows) == 0 or d[rows].sum() <= 0:
        return None
    _, codes = np.unique(who.participant[rows], return_inverse=True)
    single = y[rows] - shift * d[rows]
    return arm_moments(
        np.bincount(codes, weights=d[rows]).astype(np.float64),
        np.bincount(codes, weights=single).astype(np.float64),
        shift=shift,
        n_missing=n_missing,
        observations=None if ratio else single,
        n_observations=len(rows),
    )


def _as_ratio(recognition: Recognition, columns: MetricColumns) -> Recognition:
    return replace(
        recognition,
        kind="ratio",
        evidence=f"Total of '{columns.numerator}' divided by total of '{columns.denominator}'",
        confidence="certain",
        largest=None,
    )
