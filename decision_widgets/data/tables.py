"""Recognise what was given as data and open it in its engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from decision_widgets.data.duckdb_engine import DuckDB
from decision_widgets.data.engine import Engine
from decision_widgets.data.spark_engine import Spark
from decision_widgets.errors import ColumnNotFound, EngineMissing, InputError, did_you_mean, listed
from decision_widgets.moments import MomentSpec

ACCEPTED = (
    "a pandas or Polars frame, a PyArrow table, a DuckDB relation, (connection, table name), the path of Parquet or "
    "CSV files, or a PySpark DataFrame"
)


def open_table(table: Any, spec: MomentSpec) -> Engine:
    """Open a table; a library that is not imported cannot have made it, so nothing heavy is imported to find out."""
    if _made_by(table, "pandas", "DataFrame"):
        return DuckDB.of_frame(_plain_pandas(table, spec))
    engine = _engine_of(table)
    check_columns(list(engine.types()), spec)
    return engine


def _engine_of(table: Any) -> Engine:
    if isinstance(table, str | Path):
        return DuckDB.of_files(table)
    if _made_by(table, "polars", "DataFrame", "LazyFrame") or _made_by(table, "pyarrow", "Table"):
        _needs_pyarrow(table)
        return DuckDB.of_frame(table)
    if _made_by(table, "_duckdb", "DuckDBPyRelation") or _made_by(table, "duckdb", "DuckDBPyRelation"):
        return DuckDB.of_relation(table)
    if isinstance(table, tuple) and len(table) == 2 and isinstance(table[1], str):
        if _made_by(table[0], "_duckdb", "DuckDBPyConnection") or _made_by(table[0], "duckdb", "DuckDBPyConnection"):
            return DuckDB.of_table(table[0], table[1])
    if _made_by(table, "pyspark", "DataFrame"):
        return Spark(table)
    raise InputError(f"The data must be {ACCEPTED}; got {type(table).__name__}.")


def _made_by(table: Any, package: str, *names: str) -> bool:
    return any(
        kind.__name__ in names and kind.__module__.split(".")[0] == package for kind in type(table).__mro__
    ) and (package in sys.modules)


def _needs_pyarrow(table: Any) -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as problem:
        raise EngineMissing(f"Reading a {type(table).__name__} needs PyArrow: pip install pyarrow.") from problem


def check_columns(available: Sequence[str], spec: MomentSpec) -> None:
    """Refuse a table that lacks columns or names one twice; all problems together."""
    wanted = spec.columns()
    missing = [column for column in wanted if column not in available]
    if len(missing) == 1:
        raise ColumnNotFound.among(missing[0], available, wanted[missing[0]])
    if missing:
        each = [f"{column!r} for {wanted[column]}{did_you_mean(column, available)}" for column in missing]
        raise ColumnNotFound(f"The table lacks columns: {'; '.join(each)}. It has: {listed(sorted(available))}.")
    twice = [column for column in wanted if available.count(column) > 1]
    if twice:
        raise InputError(f"The table has several columns called {twice[0]!r}; rename all but one.")


def _plain_pandas(frame: Any, spec: MomentSpec) -> Any:
    """Keep the columns that are read, under text names; Python objects that are numbers become numbers."""
    import pandas as pd

    check_columns([str(name) for name in frame.columns], spec)
    wanted = spec.columns()
    kept = {
        str(name): frame.iloc[:, at] for at, name in enumerate(frame.columns) if str(name) in wanted
    }
    return pd.DataFrame(
        {name: _numbers_of_objects(column, pd) if column.dtype == object else column for name, column in kept.items()}
    )


def _numbers_of_objects(column: Any, pd: Any) -> Any:
    from decimal import Decimal
    from numbers import Real

    present = column.dropna()
    if len(present) and all(isinstance(value, Real | Decimal) for value in present):
        if all(isinstance(value, bool) for value in present):
            return column.astype("boolean")
        return pd.Series([None if pd.isna(v) else float(v) for v in column], index=column.index, dtype="float64")
    return column.astype("string") if len(present) else column.astype("float64")
