"""What the history of a switchback says about seasons, gaps and memory, before anything is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from decision_widgets.analysis.past_panel import HOUR, PastPanel
from decision_widgets.analysis.time_effects import time_effects_of, time_labels
from decision_widgets.design import Switchback
from decision_widgets.estimates.fixed_effects import Codes, Matrix, absorb
from decision_widgets.estimates.residual_autocorrelation import Autocorrelation, autocorrelation
from decision_widgets.estimates.seasonality import explained_share

GONE: Final = 0.1
MOST_LAGS: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """Of one metric: shares of its variation that labels of time explain, and how alike neighbouring hours are."""

    missing: float
    worst: str
    seasons: dict[str, float]
    correlation: Autocorrelation
    gone_after: int | None

    @property
    def first(self) -> float:
        return self.correlation.correlations[1]


def evidence_of(design: Switchback, panel: PastPanel, metric: str) -> Evidence:
    """Gather the evidence on region × hour cells.

    Raises
    ------
    InputError
        The metric does not vary.
    """
    past = panel.metrics[metric]
    total, size, rows = (panel.hours(values) for values in (past.total, past.size, past.rows))
    region, at = (codes.ravel() for codes in np.indices(rows.shape))
    hour = panel.start // HOUR + at
    kept = (size.ravel() > 0) & ((rows.ravel() > 0) | past.per_hour)
    value = total.ravel()[kept] / size.ravel()[kept]
    weight = _usual(size, panel)[kept]
    held, region, hour = weight > 0, region[kept], hour[kept]
    value, weight, region, hour = value[held], weight[held], region[held], hour[held]
    labels = {"hour of the day": hour % 24, "date": hour // 24, "hour of the week": hour % 168}
    residual = _residual(design, panel, value, weight, region, hour)
    found = autocorrelation(residual, hour, series=region, lags=min(MOST_LAGS, rows.shape[1] - 1))
    missing, worst = _gaps(panel.hours(panel.rows), panel)
    return Evidence(
        missing=missing,
        worst=worst,
        seasons={name: explained_share(value, codes, weight=weight, within=region) for name, codes in labels.items()},
        correlation=found,
        gone_after=next((k for k, r in enumerate(found.correlations) if k and abs(r) < GONE), None),
    )


def _usual(size: Matrix, panel: PastPanel) -> Matrix:
    phase = (panel.start // HOUR + np.arange(size.shape[1])) % 168
    count = np.maximum(np.bincount(phase, minlength=168), 1)
    usual = np.stack([np.bincount(phase, row, 168) for row in size]) / count
    return np.asarray(usual[:, phase].ravel())


def _gaps(rows: Matrix, panel: PastPanel) -> tuple[float, str]:
    """Return the share of regions and hours without a row, and where most of them are."""
    empty = rows == 0
    if not empty.any():
        return 0.0, ""
    by_region = empty.sum(axis=1)
    worst = int(by_region.argmax())
    if len(by_region) > 1 and by_region[worst] * 2 > by_region.sum():
        return float(empty.mean()), panel.regions[worst]
    hour = np.bincount((panel.start // HOUR + np.flatnonzero(empty.any(axis=0))) % 24, minlength=24).argmax()
    return float(empty.mean()), f"the hour from {int(hour):02d}:00"


def _residual(
    design: Switchback, panel: PastPanel, value: Matrix, weight: Matrix, region: Codes, hour: Codes
) -> Matrix:
    """Return what the fixed effects of the analysis leave of each hour."""
    effects = time_labels(time_effects_of(design, len(panel.regions), panel.days), hour).values()
    codes = [np.unique(each, return_inverse=True)[1] for each in [*effects, region]]
    span = absorb(codes, weight)
    return np.asarray(span.residual((span.root * value)[:, None])[:, 0] / span.root)
