"""Recognise what was given as data and open it in its engine."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from decision_widgets.data.duckdb_engine import DuckDB
from decision_widgets.data.engine import Engine, Wanted
from decision_widgets.data.frames import prepare_arrow, prepare_pandas, prepare_polars
from decision_widgets.data.progress import Watch
from decision_widgets.data.spark_engine import Spark
from decision_widgets.errors import ColumnNotFound, EngineMissing, InputError, did_you_mean, listed

# Up to here one thread reads in a fixed order, so that the same table gives the same last digit.
IN_ORDER_UP_TO = 200_000
ACCEPTED = (
    "a pandas or Polars frame, a PyArrow table, a DuckDB relation, (connection, table name), the path of Parquet or "
    "CSV files, or a PySpark DataFrame"
)


def open_table(table: Any, wanted: Wanted, watch: Watch, *, zones: bool = False) -> Engine:
    """Open a table; a library that is not imported cannot have made it, so nothing heavy is imported to find out.

    Times of frames lose their zone and keep their own calendar, unless `zones` are wanted.
    """
    if is_pandas(table):
        check_columns([str(name) for name in table.columns], wanted)
        return DuckDB.of_frame(prepare_pandas(table, wanted, zones=zones), watch, in_order=len(table) <= IN_ORDER_UP_TO)
    if _made_by(table, "polars", "DataFrame", "LazyFrame"):
        _needs_pyarrow(table)
        check_columns(list(table.collect_schema()), wanted)
        return DuckDB.of_frame(prepare_polars(table, wanted, watch, zones=zones), watch)
    if _made_by(table, "pyarrow", "Table"):
        check_columns(table.column_names, wanted)
        return DuckDB.of_frame(prepare_arrow(table, wanted, zones=zones), watch)
    if _made_by(table, "pyspark", "DataFrame"):
        check_columns(list(table.columns), wanted)
        return Spark(table, watch)
    engine = _engine_of(table, watch)
    check_columns(list(engine.types()), wanted)
    return engine


def columns_of(table: Any, watch: Watch) -> list[str]:
    """Name the columns of a table, those with a text for a name, in their order."""
    if is_pandas(table):
        return [name for name in table.columns if isinstance(name, str)]
    if _made_by(table, "polars", "DataFrame", "LazyFrame"):
        return list(table.collect_schema())
    if _made_by(table, "pyarrow", "Table"):
        return list(table.column_names)
    if _made_by(table, "pyspark", "DataFrame"):
        return list(table.columns)
    engine = _engine_of(table, watch)
    try:
        return list(engine.types())
    finally:
        engine.close()


def is_pandas(table: Any) -> bool:
    """Tell whether a table is a pandas frame."""
    return _made_by(table, "pandas", "DataFrame")


def is_table(given: Any) -> bool:
    """Tell whether something is a table, whatever methods it has beside."""
    frames = (("pandas", "DataFrame"), ("polars", "DataFrame"), ("polars", "LazyFrame"), ("pyarrow", "Table"))
    others = (("pyspark", "DataFrame"), ("duckdb", "DuckDBPyRelation"))
    return isinstance(given, str | Path) or any(_made_by(given, *each) for each in (*frames, *others))


def _engine_of(table: Any, watch: Watch) -> Engine:
    if isinstance(table, str | Path):
        return DuckDB.of_files(table, watch)
    if _made_by(table, "duckdb", "DuckDBPyRelation"):
        return DuckDB.of_relation(table, watch)
    if isinstance(table, tuple) and len(table) == 2 and _made_by(table[0], "duckdb", "DuckDBPyConnection"):
        return DuckDB.of_table(table[0], str(table[1]), watch)
    raise InputError(f"The data must be {ACCEPTED}; got {type(table).__name__}.")


def _made_by(table: Any, package: str, *names: str) -> bool:
    homes = (package, f"_{package}")  # DuckDB's classes live in its compiled module
    return any(kind.__name__ in names and kind.__module__.split(".")[0] in homes for kind in type(table).__mro__)


def _needs_pyarrow(table: Any) -> None:
    if find_spec("pyarrow") is None:
        raise EngineMissing(f"Reading a {type(table).__name__} needs PyArrow: pip install 'decision_widgets[polars]'.")


def check_columns(available: Sequence[str], wanted: Wanted) -> None:
    """Refuse a table that lacks columns or names one twice; all problems together."""
    columns = wanted.columns()
    missing = [column for column in columns if column not in available]
    if len(missing) == 1:
        raise ColumnNotFound.among(missing[0], available, columns[missing[0]])
    if missing:
        near = {column: did_you_mean(column, available).replace(" Did", ", did") for column in missing}
        each = [f"{column!r} for {columns[column]}{near[column]}" for column in missing]
        raise ColumnNotFound(f"The table lacks columns: {'; '.join(each)}. It has: {listed(sorted(available))}.")
    twice = [column for column in columns if available.count(column) > 1]
    if twice:
        raise InputError(f"The table has several columns called {twice[0]!r}; rename all but one.")
