"""Rows → cells of a panel: few keys, one line each, for designs whose randomised units are few (slots × regions)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType, Engine, as_label, as_number, double
from decision_widgets.data.progress import Listener, watching
from decision_widgets.data.tables import open_table
from decision_widgets.errors import InputError

MICROS_PER_MINUTE: Final = 60_000_000
FARTHEST_SHIFT: Final = 1e3  # standard deviations within a cell; the square of it is what cancels
ROUNDING: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSpec:
    """What makes a cell, and what is added up in it.

    Attributes
    ----------
    keys : tuple of str
        Columns of labels; rows that agree in all of them (and in the slot) are one cell.
    outcomes : tuple of str
        Columns of numbers.
    time, slot_minutes : str and int, optional
        A column of timestamps is cut into slots of so many minutes, counted from 1970-01-01 in the column's own
        calendar; the slot is a key named ``"slot"``.
    """

    keys: tuple[str, ...]
    outcomes: tuple[str, ...]
    time: str | None = None
    slot_minutes: int | None = None

    def columns(self) -> dict[str, str]:
        """Return every column to read, each with what it is for."""
        wanted = dict.fromkeys(self.keys, "the cells")
        if self.time is not None:
            wanted.setdefault(self.time, "the time")
        return wanted | {name: "an outcome" for name in self.outcomes if name not in wanted}

    def labels(self) -> tuple[str, ...]:
        """Return the columns whose values only tell rows apart."""
        return self.keys


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellSums:
    """One outcome by cell: rows with a value, their mean, and the centred sum of squares within; shape (C,) each."""

    weight: NDArray[np.float64]
    mean: NDArray[np.float64]
    within: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """C cells: their keys and rows, shape (C,) each, ordered by the keys, and every outcome.

    `left_out` counts rows without a key, by column.
    """

    keys: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64]
    outcomes: Mapping[str, CellSums]
    left_out: Mapping[str, int]


def read_cells(table: Any, spec: CellSpec, progress: bool | Listener | None = None) -> Cells:
    """Gather a table to cells in its engine, all outcomes in one pass.

    A cell without a value of an outcome has weight 0 there. Sums are taken around the mean of the first rows, again
    around each cell's own mean where that was far off, so that values near 1e9 keep their digits.

    Raises
    ------
    InputError, ColumnNotFound
        What is given is no table, lacks a column, or an outcome holds no numbers.
    """
    with watching(progress) as watch:
        engine = open_table(table, spec, watch)
        try:
            watch.stage("Adding up cells")
            return _read(engine, spec)
        finally:
            engine.close()


def _read(engine: Engine, spec: CellSpec) -> Cells:
    types = engine.types()
    keys = {name: as_label(engine, name, types[name]) for name in spec.keys}
    if spec.time is not None:
        keys["slot"] = _slot(engine, spec, types)
    numbers = {name: _number(engine, name, types[name]) for name in spec.outcomes}
    raw = [f"{sql} AS k{i}" for i, sql in enumerate(keys.values())]
    raw += [f"{sql} AS y{j}" for j, sql in enumerate(numbers.values())]
    rows = f"(SELECT {', '.join(raw)} FROM {engine.source}) AS read_rows"
    known = " AND ".join(f"k{i} IS NOT NULL" for i in range(len(keys)))
    shifts = _shifts(engine, rows, len(numbers))
    columns = engine.arrays(_statement(rows, known, len(keys), shifts))
    if any(_far_off(columns, j) for j in range(len(shifts))):
        columns = engine.arrays(_statement_around_means(rows, known, len(keys), shifts))
    if not len(columns["n"]):
        raise InputError("No row has a value in every key of the cells; check the join.")
    order = np.lexsort([np.unique(columns[f"k{i}"], return_inverse=True)[1] for i in reversed(range(len(keys)))])
    columns = {name: column[order] for name, column in columns.items()}
    return Cells(
        keys={name: columns[f"k{i}"] for i, name in enumerate(keys)},
        rows=columns["n"].astype(np.int64),
        outcomes={name: _sums(columns, j, shifts[j]) for j, name in enumerate(numbers)},
        left_out=_left_out(engine, rows, list(keys), int(columns["n"].sum())),
    )


def _left_out(engine: Engine, rows: str, keys: list[str], n_known: int) -> dict[str, int]:
    """Count rows without each key; engines count all rows at next to no cost, and mostly all are known."""
    ((n_rows,),) = engine.query(f"SELECT count(*) FROM {engine.source}")
    if int(n_rows) == n_known:
        return dict.fromkeys(keys, 0)
    lacking = [f"sum(CASE WHEN k{i} IS NULL THEN 1 ELSE 0 END)" for i in range(len(keys))]
    (missing,) = engine.query(f"SELECT {', '.join(lacking)} FROM {rows}")
    return {name: int(n) for name, n in zip(keys, missing, strict=True)}


def _slot(engine: Engine, spec: CellSpec, types: Mapping[str, ColumnType]) -> str:
    assert spec.time is not None
    if types[spec.time] != "timestamp":
        raise InputError(
            f"The time column {spec.time!r} holds no timestamps; convert it first, for example with pd.to_datetime."
        )
    if spec.slot_minutes is None or spec.slot_minutes < 1:
        raise InputError(f"A slot needs whole minutes, at least 1; got {spec.slot_minutes!r}.")
    micros = engine.dialect().micros.format(engine.name(spec.time))
    return f"CAST(floor({micros} / {double(spec.slot_minutes * MICROS_PER_MINUTE)}) AS BIGINT)"


def _number(engine: Engine, name: str, kind: ColumnType) -> str:
    if kind not in ("integer", "number", "bool"):
        raise InputError(f"The outcome {name!r} holds no numbers; name a column of numbers.")
    return as_number(engine, name, kind)


def _shifts(engine: Engine, rows: str, n_outcomes: int) -> list[float]:
    means = ", ".join(f"avg(y{j})" for j in range(n_outcomes))
    (found,) = engine.query(f"SELECT {means} FROM (SELECT * FROM {rows} LIMIT 10000) AS first_rows")
    return [float(mean or 0.0) for mean in found]


def _statement(rows: str, known: str, n_keys: int, shifts: list[float]) -> str:
    keys = ", ".join(f"k{i}" for i in range(n_keys))
    sums = ["count(*) AS n"]
    for j, shift in enumerate(shifts):
        v = f"(y{j} - {double(shift)})"
        sums += [f"0.0E0 AS a{j}", *_sums_of(j, v)]
    return f"SELECT {keys}, {', '.join(sums)} FROM {rows} WHERE {known} GROUP BY {keys}"


def _sums_of(j: int, v: str) -> list[str]:
    return [f"count(y{j}) AS c{j}", f"coalesce(sum({v}), 0.0E0) AS s{j}", f"coalesce(sum({v} * {v}), 0.0E0) AS q{j}"]


def _far_off(columns: Mapping[str, NDArray[Any]], j: int) -> bool:
    """Tell whether some cell's mean is so far from the shift that its sum of squares lost digits."""
    weight, total = np.maximum(columns[f"c{j}"].astype(np.float64), 1), columns[f"s{j}"].astype(np.float64)
    squares = columns[f"q{j}"].astype(np.float64)
    between = total**2 / weight
    return bool((between > FARTHEST_SHIFT**2 * np.maximum(squares - between, squares * ROUNDING)).any())


def _statement_around_means(rows: str, known: str, n_keys: int, shifts: list[float]) -> str:
    """Add up around each cell's own mean: a second scan, for cells that lie far apart."""
    keys = [f"k{i}" for i in range(n_keys)]
    means = [f"coalesce(avg(y{j} - {double(shift)}), 0.0E0) AS a{j}" for j, shift in enumerate(shifts)]
    named = [f"{key} AS m{key}" for key in keys]
    centres = f"(SELECT {', '.join([*named, *means])} FROM {rows} WHERE {known} GROUP BY {', '.join(keys)}) AS centres"
    sums = ["count(*) AS n"]
    for j, shift in enumerate(shifts):
        v = f"(y{j} - {double(shift)} - a{j})"
        sums += [f"max(a{j}) AS a{j}", *_sums_of(j, v)]
    on = " AND ".join(f"{key} = m{key}" for key in keys)
    return f"SELECT {', '.join([*keys, *sums])} FROM {rows} JOIN {centres} ON {on} GROUP BY {', '.join(keys)}"


def _sums(columns: Mapping[str, NDArray[Any]], j: int, shift: float) -> CellSums:
    weight, total = columns[f"c{j}"].astype(np.float64), columns[f"s{j}"].astype(np.float64)
    above = total / np.maximum(weight, 1)
    within = columns[f"q{j}"].astype(np.float64) - weight * above**2
    mean = above + columns[f"a{j}"].astype(np.float64) + shift
    return CellSums(weight=weight, mean=mean, within=np.maximum(within, 0.0))
