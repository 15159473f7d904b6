"""The metrics of a switchback: what their columns hold, and their sums by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.cells import CellSums
from decision_widgets.data.columns import Column, judge
from decision_widgets.data.engine import ColumnType, Engine
from decision_widgets.data.overview import PART_OF_RATIO
from decision_widgets.data.reading import SlotMetric, Unreadable
from decision_widgets.data.slot_clock import HOUR
from decision_widgets.data.slot_panel import Panel
from decision_widgets.data.slot_rows import FineCells
from decision_widgets.data.slot_scan import SETTLED, MetricScan, unusable_control
from decision_widgets.moments import MetricColumns
from decision_widgets.vocabulary import Kind

Floats = NDArray[np.float64]
Columns = Mapping[tuple[str, Kind | None], Column | Unreadable]


def judge_columns(
    engine: Engine, types: Mapping[str, ColumnType], scan: MetricScan, fine: FineCells
) -> dict[tuple[str, Kind | None], Column | Unreadable]:
    """Say what each column is, from what the scan settled; a control that is no number is an error."""
    found: dict[tuple[str, Kind | None], Column | Unreadable] = {}
    n_rows = int(fine.rows.sum())
    for name, declared in dict.fromkeys(scan.wanted()):
        candidate = scan.candidates[name]
        if isinstance(candidate, Unreadable):
            found[name, declared] = candidate
            continue
        row = tuple(_over(gather, fine.further[name, i]) for i, gather in enumerate(SETTLED.gathers))
        found[name, declared] = judge(engine, name, types[name], candidate, {0: row}, n_rows, declared)
    for name in scan.spec.controls:
        if isinstance(control := found[name, PART_OF_RATIO], Unreadable):
            raise unusable_control(name, control)
    return found


def _over(gather: str, column: Floats) -> float | None:
    known = column[~np.isnan(column)]
    if not len(known):
        return None
    return float(known.sum() if gather == "sum" else known.min() if gather == "min" else known.max())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Makes the sums of every metric by cell. `kept` are the fine cells that the panel is made of."""

    scan: MetricScan
    fine: FineCells
    columns: Columns
    kept: NDArray[np.bool_]
    panel: Panel
    compared: NDArray[np.bool_]

    def metrics(self) -> dict[str, SlotMetric | Unreadable]:
        """Return every metric, or why there is none."""
        return {columns.metric: self._block(columns) for columns in self.scan.spec.metrics}

    def controls(self) -> dict[str, Floats]:
        """Return the mean of every control by cell; NaN in a cell without rows."""
        return {name: self._control(name) for name in self.scan.spec.controls}

    def _control(self, name: str) -> Floats:
        sums = self._united(self.fine.sums[name])
        return np.where(sums.weight > 0, sums.mean, np.nan)

    def _block(self, columns: MetricColumns) -> SlotMetric | Unreadable:
        denominator = self.scan.denominator(columns)
        declared = columns.kind if columns.denominator is None else PART_OF_RATIO
        y = self.columns[columns.numerator, declared]
        if isinstance(y, Unreadable):
            return y
        if columns.denominator is None:
            block = self._mean(columns.numerator, y)
        elif denominator is None:
            block = self._per_hour(columns, y)
        else:
            d = self.columns[denominator, PART_OF_RATIO]
            if isinstance(d, Unreadable):
                return d
            if d.lowest < 0:
                return Unreadable(
                    what=f"Its denominator '{denominator}' is negative in some rows, down to {d.lowest:g}.",
                    remedy="a ratio of totals needs a denominator of 0 or more",
                )
            block = self._ratio(columns, y)
        if not block.rows[self.compared].any():
            what = f"No row of '{columns.metric}' has both a value and an arm."
            return Unreadable(what=what, remedy="check the join")
        if not block.size[self.compared].any():
            return Unreadable(what=f"Its denominator '{denominator}' is 0 in every row.", remedy="check its query")
        return block

    def _mean(self, name: str, y: Column) -> SlotMetric:
        sums = self._united(self._recoded(name, y))
        known, mean = sums.weight, sums.mean
        missing = self.panel.rows - known
        within, rows = sums.within, known
        if self.scan.spec.missing == "zero":
            rows = self.panel.rows.astype(np.float64)
            within = within + known * missing / np.maximum(rows, 1) * mean**2
        return SlotMetric(
            recognition=y.recognition, rows=rows, total=sums.total, size=rows, within=within, missing=missing
        )

    def _recoded(self, name: str, y: Column) -> CellSums:
        """Read two other numbers as 0 and 1 where a metric is declared binary."""
        sums = self.fine.sums[name]
        if y.recognition.mapping is None or self.scan.readable[name].texts is not None:
            return sums
        wide = float(np.nanmax(self.fine.further[name, SETTLED.gathers.index("max")])) - y.lowest
        return CellSums(
            weight=sums.weight, excess=sums.excess / wide, within=sums.within / wide**2,
            shift=(sums.shift - y.lowest) / wide,
        )  # fmt: skip

    def _per_hour(self, columns: MetricColumns, y: Column) -> SlotMetric:
        sums = self._united(self.fine.sums[columns.numerator])
        zero = self.scan.spec.missing == "zero"
        return SlotMetric(
            recognition=replace(
                y.recognition,
                kind="ratio",
                evidence=f"Total of '{columns.numerator}' per region and hour of '{columns.denominator}'",
                confidence="certain",
                largest=None,
            ),
            rows=self.panel.rows.astype(np.float64) if zero else sums.weight,
            total=sums.total,
            size=self.panel.minutes / HOUR,
            within=np.zeros(len(self.panel.rows)),
            missing=self.panel.rows - sums.weight,
        )

    def _ratio(self, columns: MetricColumns, y: Column) -> SlotMetric:
        known, rows, total, size = (
            self._added(self.fine.further[columns.metric, part]) for part in ("known", "rows", "total", "size")
        )
        return SlotMetric(
            recognition=replace(
                y.recognition,
                kind="ratio",
                evidence=f"Total of '{columns.numerator}' divided by total of '{columns.denominator}'",
                confidence="certain",
                largest=None,
            ),
            rows=rows,
            total=total,
            size=size,
            within=np.zeros(len(rows)),
            missing=self.panel.rows - known,
        )

    def _added(self, values: Floats) -> Floats:
        return self._by_cell(values[self.kept])

    def _by_cell(self, values: Floats) -> Floats:
        return np.bincount(self.panel.at, values, minlength=len(self.panel.rows)).astype(np.float64)

    def _united(self, sums: CellSums) -> CellSums:
        """Unite counts, means and centred squares of the fine cells (Chan, Golub & LeVeque 1983)."""
        weight, excess = self._added(sums.weight), self._added(sums.excess)
        mean = excess / np.maximum(weight, 1)
        apart = sums.weight[self.kept] * (sums.above[self.kept] - mean[self.panel.at]) ** 2
        within = self._by_cell(sums.within[self.kept] + apart)
        return CellSums(weight=weight, excess=excess, within=within, shift=sums.shift)
