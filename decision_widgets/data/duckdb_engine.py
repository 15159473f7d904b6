"""DuckDB, embedded: pandas, Polars and Arrow tables, Parquet and CSV files, relations and tables of a connection."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType, Dialect, Row
from decision_widgets.data.frames import Prepared
from decision_widgets.data.progress import Watch
from decision_widgets.errors import EngineFailed, InputError, first_line

_INTEGERS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                    "UBIGINT", "UHUGEINT")  # fmt: skip

_WIDE: Final = ("HUGEINT", "UHUGEINT")
_DAY_OR_MONTH_FIRST: Final = re.compile(r"\s*\d{1,2}[/-]\d{1,2}[/-]")
_MONTHS: Final = 12


class DuckDB:
    """One table inside a DuckDB connection."""

    def __init__(self, connection: Any, source: str, watch: Watch, prepared: Prepared | None = None) -> None:
        self.source = source
        self._aliases: Mapping[str, str] = prepared.aliases if prepared is not None else {}
        self._mixed = prepared.mixed if prepared is not None else ()
        self._connection = connection
        self._watch = watch
        self._kept: list[str] = []
        self._bar: Row = ()
        if watch.asked:
            self._count_progress()

    @classmethod
    def of_frame(cls, prepared: Prepared, watch: Watch, *, in_order: bool = False) -> DuckDB:
        """Scan a frame in memory where it lies."""
        import duckdb

        connection = _own_connection(in_order=in_order)
        try:
            connection.register("frame", prepared.frame)
        except duckdb.Error as problem:
            raise InputError(f"DuckDB reads no such frame: {first_line(problem)} Cast that column first.") from problem
        return cls(connection, "frame", watch, prepared)

    @classmethod
    def of_files(cls, path: str | Path, watch: Watch) -> DuckDB:
        """Scan Parquet or CSV files; the path may be a folder or hold wildcards."""
        import duckdb

        text = given = str(path)
        if Path(text).is_dir():
            ending = "parquet" if any(Path(text).rglob("*.parquet")) or not any(Path(text).rglob("*.csv*")) else "csv*"
            text = f"{text.rstrip('/')}/**/*.{ending}"
        # Types come from all of a CSV: a first decimal after 20,000 whole numbers must not be rounded away; no line is
        # a comment. Of several Parquet files each column gets a type that holds the values of all.
        words = {"sample_size": "-1", "comment": "''"} if ".csv" in Path(text).name.lower() else {}
        if Path(text).is_file():
            words["hive_partitioning"] = "false"  # what its folders are called is not in the file
        elif not words:
            words["union_by_name"] = "true"
        engine = cls(_own_connection(), "files", watch)
        try:
            engine._view(text, words)
            if "sample_size" in words and (guessed := engine._guessed_dates(text, words)):
                words["types"] = "{" + ", ".join(f"{_text(name)}: 'VARCHAR'" for name in guessed) + "}"
                engine._view(text, words)
            if "hive_partitioning" not in words and "://" not in text:
                engine._refuse_columns_of_folders(text, words)
        except duckdb.Error as problem:
            raise InputError(f"No table is read from {given!r}: {first_line(problem)}") from problem
        return engine

    def _view(self, path: str, words: Mapping[str, str]) -> None:
        self._run(f"CREATE OR REPLACE TEMP VIEW files AS SELECT * FROM {_reading(path, words)}", _nothing)

    def _refuse_columns_of_folders(self, path: str, words: Mapping[str, str]) -> None:
        """Refuse files with a column that their folders name too, as in ``city=Oslo``: DuckDB takes the folder's."""
        first = self.query(f"SELECT file FROM glob({_text(path)}) LIMIT 1")
        folders = {part.partition("=")[0] for (file,) in first for part in Path(str(file)).parts[:-1] if "=" in part}
        if not folders:
            return
        self._view(path, {**words, "hive_partitioning": "false"})
        both = sorted(folders & self.types().keys())
        if both:
            raise InputError(
                f"The files hold a column {both[0]!r}, and the name of their folder says another; rename one of them."
            )
        self._view(path, words)

    def _guessed_dates(self, path: str, words: Mapping[str, str]) -> list[str]:
        """Name the dates of CSV files in which no day is beyond 12: DuckDB guessed which number is the month."""
        dated = [name for name, kind in self.types().items() if kind in ("date", "timestamp")]
        if not dated:
            return []
        columns = ", ".join(map(_quoted, dated))
        raw = self.query(f"SELECT {columns} FROM {_reading(path, {**words, 'all_varchar': 'true'})} LIMIT 100")
        foreign = [
            name
            for at, name in enumerate(dated)
            if any(row[at] and _DAY_OR_MONTH_FIRST.match(str(row[at])) for row in raw)
        ]
        if not foreign:
            return []
        (latest,) = self.query(f"SELECT {', '.join(f'max(day({_quoted(name)}))' for name in foreign)} FROM files")
        return [name for name, day in zip(foreign, latest, strict=True) if day is not None and day <= _MONTHS]

    @classmethod
    def of_relation(cls, relation: Any, watch: Watch) -> DuckDB:
        """Scan a relation through its own connection, which alone knows the tables it names."""
        return cls(_RelationConnection(relation), _RelationConnection.VIEW, watch)

    @classmethod
    def of_table(cls, connection: Any, table: str, watch: Watch) -> DuckDB:
        """Scan a table or view of the caller's connection."""
        # Not through a cursor: frames that the caller registered are known to this connection alone.
        named = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall()
        named += connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [table]).fetchall()
        parts = [table] if named else table.split(".")
        return cls(connection, ".".join(_quoted(part) for part in parts), watch)

    def types(self) -> dict[str, ColumnType]:
        described: list[Row] = self.query(
            f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {self.source})"
        )
        names = {alias: name for name, alias in self._aliases.items()}
        kinds: dict[str, ColumnType] = {names.get(str(column), str(column)): _type(kind) for column, kind in described}
        for name in self._mixed:
            kinds[name] = "other"
        return kinds

    def query(self, sql: str) -> list[Row]:
        # Fetch all at once: an open result blocks the connection's next statement.
        rows: list[Row] = self._execute(sql, lambda result: result.fetchall())
        return rows

    def arrays(self, sql: str) -> dict[str, NDArray[Any]]:
        columns: dict[str, NDArray[Any]] = self._execute(sql, lambda result: result.fetchnumpy())
        return columns

    def frame(self) -> Any:
        """Return all rows as a pandas frame, numbers as exact as they are written."""
        import pandas as pd

        frame = self._execute(f"SELECT * FROM {self.source}", lambda result: result.df())
        described = self.query(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {self.source})")
        for name, kind in ((str(name), str(kind)) for name, kind in described):
            wide = kind in _WIDE or kind.startswith("DECIMAL")
            # pandas holds neither, and DuckDB before 2 makes floats of whole numbers beside missing ones.
            if wide or (_type(kind) == "integer" and frame[name].dtype.kind == "f"):
                values = [value for (value,) in self.query(f"SELECT {self.name(name)} FROM {self.source}")]
                whole = pd.UInt64Dtype() if kind.startswith("U") else pd.Int64Dtype()
                frame[name] = pd.Series(values, dtype=object) if wide else pd.Series(values, dtype=whole)
        return frame

    def _execute(self, sql: str, fetch: Callable[[Any], Any]) -> Any:
        import duckdb

        try:
            return self._run(sql, fetch)
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except RuntimeError as problem:
            if "interrupted" in str(problem).lower():
                raise KeyboardInterrupt from None
            raise
        except duckdb.Error as problem:
            raise EngineFailed(f"DuckDB could not read the table: {first_line(problem)}") from problem

    def _run(self, sql: str, fetch: Callable[[Any], Any]) -> Any:
        def work() -> Any:
            return fetch(self._connection.execute(sql))

        if self._connection.interrupt is None:
            return work()
        return self._watch.run(work, cancel=self._connection.interrupt, share=self._share)

    def _share(self) -> float | None:
        asked = getattr(self._connection, "query_progress", None)
        percent = -1.0 if asked is None else asked()
        return percent / 100 if percent >= 0 else None

    def _count_progress(self) -> None:
        """Let the connection count how far a statement has come, and print no bar of its own."""
        ((first,),) = self._connection.execute("SELECT txid_current()").fetchall()
        ((second,),) = self._connection.execute("SELECT txid_current()").fetchall()
        if first == second:
            return  # in a transaction of the caller's: one that fails would not let the settings be put back
        settings = "current_setting('enable_progress_bar'), current_setting('enable_progress_bar_print')"
        (self._bar,) = self._connection.execute(f"SELECT {settings}").fetchall()
        self._set_bar(True, False)

    def _set_bar(self, *values: bool) -> None:
        for name, value in zip(("enable_progress_bar", "enable_progress_bar_print"), values, strict=True):
            self._connection.execute(f"SET {name} = {value}")

    def keep(self, sql: str) -> str:
        name = f"_decision_widgets_{uuid4().hex}"
        self._kept.append(name)
        self._execute(f"CREATE TEMP TABLE {name} AS {sql}", _nothing)
        return name

    def name(self, column: str) -> str:
        return _quoted(self._aliases.get(column, column))

    def text(self, value: str) -> str:
        return _text(value)

    def dialect(self) -> Dialect:
        return Dialect(
            text="VARCHAR",
            micros="epoch_us({})",
            days="CAST({} AS DATE) - DATE '1970-01-01'",
            as_timestamp="TRY_CAST({} AS TIMESTAMP)",
            try_double="TRY_CAST({} AS DOUBLE)",
            hash="hash({})",
            hash_sum="sum({})",
            share="({} / 18446744073709551616.0E0)",
            numbered="SELECT *, row_number() OVER () - 1 AS {} FROM {}",
            quantiles="quantile_cont({}, [{}])",
        )

    def close(self) -> None:
        import duckdb

        # In a transaction that failed nothing can be dropped, and nothing outlives it.
        with suppress(duckdb.TransactionException):
            for name in self._kept:
                self._connection.execute(f"DROP TABLE IF EXISTS {name}")
            if self._bar:
                self._set_bar(*self._bar)
            if isinstance(self._connection, _RelationConnection):
                self._connection.leave()
        self._kept.clear()


class _RelationConnection:
    """Runs statements through a relation. Before DuckDB 2 its connection is out of reach: it hears no interrupt."""

    VIEW: Final = "_decision_widgets_relation"

    def __init__(self, relation: Any) -> None:
        self._relation = relation
        connection = getattr(relation, "_con", None)
        self.interrupt: Callable[[], None] | None = getattr(connection, "interrupt", None)
        self.query_progress: Callable[[], float] | None = getattr(connection, "query_progress", None)

    def execute(self, sql: str) -> Any:
        return self._relation.query(self.VIEW, sql)

    def leave(self) -> None:
        """Drop the view that DuckDB before 2 leaves behind."""
        if self.interrupt is None:
            self.execute(f"DROP VIEW IF EXISTS {self.VIEW}")


def _own_connection(*, in_order: bool = False) -> Any:
    """Open a connection to the embedded engine; what is registered or made in it is seen by no other."""
    return _embedded(os.getpid(), in_order=in_order).cursor()


@cache
def _embedded(process: int, *, in_order: bool) -> Any:
    """Start the engine once, which takes longer than a small scan; its threads do not survive a fork.

    It outlives every read, so memory that it freed must go back to the system by itself.
    """
    import duckdb

    config: dict[str, Any] = {"allocator_background_threads": True} | ({"threads": 1} if in_order else {})
    engine = duckdb.connect(config=config)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=partial(_never_close, engine))
    return engine


def _never_close(engine: Any) -> None:
    """Keep a parent's engine in a forked process, which would wait at its end for threads that it does not have."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(engine))


def _reading(path: str, words: Mapping[str, str]) -> str:
    named = "".join(f", {name}={value}" for name, value in words.items())
    return f"{'read_csv' if 'sample_size' in words else 'read_parquet'}({_text(path)}{named})"


def _nothing(_: Any) -> None:
    """Fetch nothing."""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _type(kind: str) -> ColumnType:
    kind = kind.upper()
    if kind in _INTEGERS:
        return "integer"
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        return "number"
    if kind == "BOOLEAN":
        return "bool"
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        return "text"
    if kind == "DATE":
        return "date"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return "instant"
    return "timestamp" if kind.startswith("TIMESTAMP") else "other"
