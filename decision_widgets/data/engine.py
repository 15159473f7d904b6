"""What an engine must be able to do, and how each spells it; everything else is one SQL text for all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

ColumnType = Literal["integer", "number", "bool", "text", "date", "timestamp", "instant", "other"]
"""A timestamp is read off a clock, whichever; an instant knows its zone and is counted in UTC."""
Row = tuple[Any, ...]


class Wanted(Protocol):
    """What is to be read from a table."""

    def columns(self) -> Mapping[str, str]:
        """Return every column, each with what it is for."""
        ...

    def labels(self) -> tuple[str, ...]:
        """Return those of them whose values only tell rows apart."""
        ...


class Engine(Protocol):
    """Runs aggregates where the rows are. `source` is what stands after FROM."""

    source: str

    def types(self) -> dict[str, ColumnType]:
        """Return the columns and what they hold."""
        ...

    def query(self, sql: str) -> list[Row]:
        """Run a statement and return its (few) rows."""
        ...

    def arrays(self, sql: str) -> dict[str, NDArray[Any]]:
        """Run a statement and return its columns, without missing values."""
        ...

    def keep(self, sql: str) -> str:
        """Keep the rows of a statement in the engine and return what stands for them after FROM."""
        ...

    def name(self, column: str) -> str:
        """Quote a column's name, whatever it contains."""
        ...

    def text(self, value: str) -> str:
        """Quote a text, whatever it contains."""
        ...

    def dialect(self) -> Dialect:
        """Return the spellings that differ between engines."""
        ...

    def close(self) -> None:
        """Drop what was kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Templates of the few functions that engines spell differently; ``{}`` takes a column or a list of them.

    `share` makes a number from 0 to 1 of a hash; `quantiles` takes a column and a list of shares, and interpolates.
    """

    text: str
    micros: str
    days: str
    as_timestamp: str
    try_double: str
    hash: str
    hash_sum: str
    share: str
    numbered: str | None
    quantiles: str


def double(value: float) -> str:
    """Write a number so that every engine reads a double, to the last digit, and no decimal."""
    text = repr(float(value))
    return text if "e" in text else text + "E0"


def as_number(engine: Engine, column: str, kind: ColumnType, levels: Sequence[str] = ()) -> str:
    """Write a column as a double that is NULL where nothing stands; two texts become 0 and 1."""
    name = engine.name(column)
    if levels:
        no, yes = (engine.text(level) for level in levels)
        text = f"CAST({name} AS {engine.dialect().text})"
        return f"CASE WHEN {text} = {yes} THEN 1.0E0 WHEN {text} = {no} THEN 0.0E0 END"
    if kind == "bool":
        return f"CASE WHEN {name} THEN 1.0E0 WHEN NOT {name} THEN 0.0E0 END"
    number = f"CAST({name} AS DOUBLE)"
    return number if kind == "integer" else f"CASE WHEN isnan({number}) THEN NULL ELSE {number} END"


def as_label(engine: Engine, column: str, kind: ColumnType) -> str:
    """Write the column of arms so that each label comes back as a value that `literal` can write."""
    name = engine.name(column)
    if kind in ("integer", "bool"):
        return name
    return as_number(engine, column, kind) if kind == "number" else f"CAST({name} AS {engine.dialect().text})"


def literal(engine: Engine, value: object) -> str:
    """Write a label as it came back."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return double(value) if math.isfinite(value) else f"CAST({engine.text(str(value))} AS DOUBLE)"
    return str(value) if isinstance(value, int) else engine.text(str(value))


def as_key(engine: Engine, column: str, kind: ColumnType) -> str:
    """Write a column to group by; NaN is nobody."""
    name = engine.name(column)
    return f"CASE WHEN isnan(CAST({name} AS DOUBLE)) THEN NULL ELSE {name} END" if kind == "number" else name
