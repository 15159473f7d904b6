"""Rows of a switchback → fine cells, in one scan: so short a time that hours, slots and burn-ins are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.cells import Adding, CellSums, add_up, whole_slots
from decision_widgets.data.engine import ColumnType, Engine, as_label
from decision_widgets.data.slot_clock import Minutes, check_years, local_minutes
from decision_widgets.data.slot_keys import Labels
from decision_widgets.data.slot_scan import MetricScan, Name
from decision_widgets.errors import InputError
from decision_widgets.moments import SlotSpec

NO_TIME: Final = -(10**12)
QUARTER: Final = 15  # every offset of a time zone in use is a multiple of it
_FIXES: Final[dict[ColumnType, str]] = {
    "date": "holds days; a switchback needs the moment at which each exposure began",
    "text": "holds texts, not timestamps; convert it first, for example with pd.to_datetime",
    "integer": "holds numbers, not timestamps; convert it first, for example with pd.to_datetime(..., unit='s')",
    "number": "holds numbers, not timestamps; convert it first, for example with pd.to_datetime(..., unit='s')",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FineCells:
    """Fine cells, in any order; shape (F,) each.

    Attributes
    ----------
    minute : ndarray of int
        The local minute since 1970 at which a cell begins; `timed` is false where rows have no time.
    controlled : ndarray of bool
        Whether the rows have a value in every control.
    labels : mapping of column to Labels
        Region, arm and conditions as the table writes them; ``""`` where nothing stands.
    sums, further : mapping
        By column what `add_up` gives; by column and place, or by ratio and part, what `MetricScan.further` asks for.
    """

    minute: Minutes
    timed: NDArray[np.bool_]
    controlled: NDArray[np.bool_]
    labels: Mapping[str, Labels]
    rows: NDArray[np.int64]
    sums: Mapping[str, CellSums]
    further: Mapping[Name, NDArray[np.float64]]


def read_fine(engine: Engine, spec: SlotSpec, types: Mapping[str, ColumnType], scan: MetricScan) -> FineCells:
    """Scan the rows once.

    Raises
    ------
    InputError
        A time column that holds no timestamps, timestamps with a zone where the design names no clock, no rows.
    """
    _check_time(spec, types[spec.time])
    zoned = types[spec.time] == "instant"
    grain = gcd(spec.grain, QUARTER) if zoned else spec.grain
    texts = list(dict.fromkeys(spec.labels()))
    keys = {"time": f"coalesce({whole_slots(engine, spec.time, grain)}, {NO_TIME})"}
    keys |= {"control": _controlled(scan)} if spec.controls else {}
    keys |= {f"label {i}": _text(engine, name, types[name]) for i, name in enumerate(texts)}
    further = scan.further()
    added = add_up(engine, Adding(keys=keys, numbers=scan.numbers, shifts=scan.shifts, further=tuple(further.values())))
    if not len(added.rows):
        raise InputError("The table has no rows; check the query or the filter before it.")
    count = added.keys["time"].astype(np.int64)
    return FineCells(
        minute=_local(count * grain, count != NO_TIME, spec, zoned),
        timed=count != NO_TIME,
        controlled=added.keys["control"].astype(bool) if spec.controls else np.ones(len(count), bool),
        labels={name: Labels.of(added.keys[f"label {i}"], types[name]) for i, name in enumerate(texts)},
        rows=added.rows,
        sums=added.sums,
        further={name: _floats(column) for name, column in zip(further, added.further, strict=True)},
    )


def _check_time(spec: SlotSpec, kind: ColumnType) -> None:
    if kind not in ("timestamp", "instant"):
        raise InputError(f"The time column {spec.time!r} {_FIXES.get(kind, 'holds no timestamps; convert it first')}.")
    if kind == "instant" and spec.timezone is None:
        raise InputError(
            f"The timestamps of {spec.time!r} have a time zone, so the design must say whose clock the slots follow, "
            "for example timezone='Asia/Singapore'."
        )


def _controlled(scan: MetricScan) -> str:
    return f"CASE WHEN {' OR '.join(f'({sql}) IS NULL' for sql in scan.controls())} THEN 0 ELSE 1 END"


def _text(engine: Engine, name: str, kind: ColumnType) -> str:
    column = engine.name(name)
    if kind == "bool":
        return f"CASE WHEN {column} THEN 'True' WHEN NOT {column} THEN 'False' ELSE '' END"
    return f"coalesce(CAST({as_label(engine, name, kind)} AS {engine.dialect().text}), '')"


def _floats(column: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return an aggregate as numbers, NaN where an engine found nothing to aggregate."""
    return np.asarray(np.ma.filled(column.astype(np.float64), np.nan))


def _local(minute: Minutes, timed: NDArray[np.bool_], spec: SlotSpec, zoned: bool) -> Minutes:
    if not timed.any():
        return minute
    check_years(minute[timed], spec.time)
    if zoned and spec.timezone is not None:
        minute[timed] = local_minutes(minute[timed], spec.timezone)
    return minute
