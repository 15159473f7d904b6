"""Rows → cells of a panel: few keys, one line each, for designs whose randomised units are few (slots × regions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType, Engine, as_label, as_number, double
from decision_widgets.data.progress import Listener, watching
from decision_widgets.data.tables import open_table
from decision_widgets.errors import InputError

MICROS_PER_MINUTE: Final = 60_000_000
FARTHEST_SHIFT: Final = 1e3  # standard deviations within cells; the square of it is what cancels


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
    """One outcome by cell: rows with a value, their total, and the centred sum of squares within; shape (C,) each.

    The total is what all rows have of `shift` and their `excess` over it, which keeps the digits that a large level
    would cost.
    """

    weight: NDArray[np.float64]
    excess: NDArray[np.float64]
    within: NDArray[np.float64]
    shift: float

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean by cell."""
        return self.above + self.shift

    @property
    def above(self) -> NDArray[np.float64]:
        """What the mean lies above the shift."""
        return self.excess / np.maximum(self.weight, 1)

    @property
    def total(self) -> NDArray[np.float64]:
        """The total by cell."""
        return self.excess + self.weight * self.shift


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """C cells: their keys and rows, shape (C,) each, ordered by the keys, and every outcome.

    `left_out` counts rows without a key, by column.
    """

    keys: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64]
    outcomes: Mapping[str, CellSums]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """What is added up, in the engine's words.

    Attributes
    ----------
    keys : mapping of name to SQL
        Rows with a key that is NULL are in no cell.
    numbers : mapping of name to SQL
        Further aggregates may call the j-th of them ``y<j>``.
    shifts : mapping of name to float
        Which of the numbers become sums, and what is subtracted from each: near its level, so that sums keep digits.
    further : sequence of str
        Aggregates that are wanted beside.
    """

    keys: Mapping[str, str]
    numbers: Mapping[str, str]
    shifts: Mapping[str, float]
    further: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Added:
    """What came of it, cell by cell, in any order."""

    keys: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64]
    sums: Mapping[str, CellSums]
    further: Sequence[NDArray[Any]]


def read_cells(table: Any, spec: CellSpec, progress: bool | Listener | None = None) -> Cells:
    """Gather a table to cells in its engine, all outcomes in one pass.

    A cell without a value of an outcome has weight 0 there. Sums are taken around the mean of the first rows, again
    around each cell's own mean where cells lie far apart, so that values near 1e9 keep their digits.

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
    adding = Adding(keys=keys, numbers=numbers, shifts=_shifts(engine, numbers))
    added = add_up(engine, adding)
    if not len(added.rows):
        raise InputError("No row has a value in every key of the cells; check the join.")
    order = np.lexsort([np.unique(key, return_inverse=True)[1] for key in reversed([*added.keys.values()])])
    return Cells(
        keys={name: key[order] for name, key in added.keys.items()},
        rows=added.rows[order],
        outcomes={name: _in_order(sums, order) for name, sums in added.sums.items()},
        left_out=_left_out(engine, adding, int(added.rows.sum())),
    )


def add_up(engine: Engine, adding: Adding) -> Added:
    """Group by the keys and add up: one scan, and one more where cells lie so far apart that squares lost digits."""
    shifts = [adding.shifts.get(name) for name in adding.numbers]
    columns = engine.arrays(_statement(engine, adding, shifts))
    if any(_far_off(columns, j) for j, shift in enumerate(shifts) if shift is not None):
        columns = engine.arrays(_statement_around_means(engine, adding, shifts))
    found = dict(zip(adding.numbers, enumerate(shifts), strict=True))
    return Added(
        keys={name: columns[f"k{i}"] for i, name in enumerate(adding.keys)},
        rows=columns["n"].astype(np.int64),
        sums={name: _sums(columns, j, shift) for name, (j, shift) in found.items() if shift is not None},
        further=[columns[f"x{i}"] for i in range(len(adding.further))],
    )


def _rows(engine: Engine, adding: Adding) -> str:
    raw = [f"{sql} AS k{i}" for i, sql in enumerate(adding.keys.values())]
    raw += [f"{sql} AS y{j}" for j, sql in enumerate(adding.numbers.values())]
    return f"(SELECT {', '.join(raw)} FROM {engine.source}) AS read_rows"


def _known(adding: Adding) -> str:
    return " AND ".join(f"k{i} IS NOT NULL" for i in range(len(adding.keys)))


def _left_out(engine: Engine, adding: Adding, n_known: int) -> dict[str, int]:
    """Count rows without each key; engines count all rows at next to no cost, and mostly all are known."""
    ((n_rows,),) = engine.query(f"SELECT count(*) FROM {engine.source}")
    if int(n_rows) == n_known:
        return dict.fromkeys(adding.keys, 0)
    lacking = [f"sum(CASE WHEN k{i} IS NULL THEN 1 ELSE 0 END)" for i in range(len(adding.keys))]
    (missing,) = engine.query(f"SELECT {', '.join(lacking)} FROM {_rows(engine, adding)}")
    return {name: int(n) for name, n in zip(adding.keys, missing, strict=True)}


def _slot(engine: Engine, spec: CellSpec, types: Mapping[str, ColumnType]) -> str:
    assert spec.time is not None
    if types[spec.time] not in ("timestamp", "instant"):
        raise InputError(
            f"The time column {spec.time!r} holds no timestamps; convert it first, for example with pd.to_datetime."
        )
    if spec.slot_minutes is None or spec.slot_minutes < 1:
        raise InputError(f"A slot needs whole minutes, at least 1; got {spec.slot_minutes!r}.")
    return whole_slots(engine, spec.time, spec.slot_minutes)


def whole_slots(engine: Engine, time: str, minutes: int) -> str:
    """Write a column of timestamps as the number of whole slots since 1970."""
    micros = engine.dialect().micros.format(engine.name(time))
    return f"CAST(floor({micros} / {double(minutes * MICROS_PER_MINUTE)}) AS BIGINT)"


def _number(engine: Engine, name: str, kind: ColumnType) -> str:
    if kind not in ("integer", "number", "bool"):
        raise InputError(f"The outcome {name!r} holds no numbers; name a column of numbers.")
    return as_number(engine, name, kind)


def _shifts(engine: Engine, numbers: Mapping[str, str]) -> dict[str, float]:
    """Subtract whole numbers, so that sums of whole numbers stay exact."""
    first = ", ".join(f"{sql} AS y{j}" for j, sql in enumerate(numbers.values()))
    means = ", ".join(f"avg(y{j})" for j in range(len(numbers)))
    (found,) = engine.query(f"SELECT {means} FROM (SELECT {first} FROM {engine.source} LIMIT 10000) AS first_rows")
    levels = [mean if mean is not None and isfinite(mean) else 0.0 for mean in found]
    return {name: float(round(level)) for name, level in zip(numbers, levels, strict=True)}


def _statement(engine: Engine, adding: Adding, shifts: Sequence[float | None]) -> str:
    keys = ", ".join(f"k{i}" for i in range(len(adding.keys)))
    sums = ["count(*) AS n"]
    for j, shift in enumerate(shifts):
        if shift is not None:
            sums += [f"0.0E0 AS a{j}", *_sums_of(j, f"(y{j} - {double(shift)})")]
    sums += [f"{sql} AS x{i}" for i, sql in enumerate(adding.further)]
    return f"SELECT {keys}, {', '.join(sums)} FROM {_rows(engine, adding)} WHERE {_known(adding)} GROUP BY {keys}"


def _sums_of(j: int, v: str) -> list[str]:
    return [f"count(y{j}) AS c{j}", f"coalesce(sum({v}), 0.0E0) AS s{j}", f"coalesce(sum({v} * {v}), 0.0E0) AS q{j}"]


def _far_off(columns: Mapping[str, NDArray[Any]], j: int) -> bool:
    """Tell whether cells' means lie so far from the shift that the sums of squares within them lost digits."""
    weight, total, squares = (columns[f"{part}{j}"].astype(np.float64) for part in "csq")
    many = weight > 1
    if not many.any() or not np.isfinite(squares).all():
        return False
    within = squares[many].sum() - (total[many] ** 2 / weight[many]).sum()
    return bool(squares[many].sum() > FARTHEST_SHIFT**2 * within)


def _statement_around_means(engine: Engine, adding: Adding, shifts: Sequence[float | None]) -> str:
    """Add up around each cell's own mean: a second scan, for cells that lie far apart."""
    rows, known = _rows(engine, adding), _known(adding)
    keys = [f"k{i}" for i in range(len(adding.keys))]
    summed = {j: shift for j, shift in enumerate(shifts) if shift is not None}
    means = [f"coalesce(avg(y{j} - {double(shift)}), 0.0E0) AS a{j}" for j, shift in summed.items()]
    named = [f"{key} AS m{key}" for key in keys]
    centres = f"(SELECT {', '.join([*named, *means])} FROM {rows} WHERE {known} GROUP BY {', '.join(keys)}) AS centres"
    sums = ["count(*) AS n"]
    for j, shift in summed.items():
        sums += [f"max(a{j}) AS a{j}", *_sums_of(j, f"(y{j} - {double(shift)} - a{j})")]
    sums += [f"{sql} AS x{i}" for i, sql in enumerate(adding.further)]
    on = " AND ".join(f"{key} = m{key}" for key in keys)
    return f"SELECT {', '.join([*keys, *sums])} FROM {rows} JOIN {centres} ON {on} GROUP BY {', '.join(keys)}"


def _sums(columns: Mapping[str, NDArray[Any]], j: int, shift: float) -> CellSums:
    weight, total, squares, centre = (columns[f"{part}{j}"].astype(np.float64) for part in "csqa")
    with np.errstate(invalid="ignore", over="ignore"):  # a column with an infinite value is refused by whoever judges
        within = np.where(weight > 1, np.maximum(squares - total**2 / np.maximum(weight, 1), 0.0), 0.0)
        return CellSums(weight=weight, excess=total + weight * centre, within=within, shift=shift)


def _in_order(sums: CellSums, order: NDArray[np.intp]) -> CellSums:
    return CellSums(weight=sums.weight[order], excess=sums.excess[order], within=sums.within[order], shift=sums.shift)
