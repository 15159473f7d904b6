"""DuckDB, embedded: pandas, Polars and Arrow tables, Parquet and CSV files, relations and tables of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType, Dialect, Row
from decision_widgets.data.frames import Prepared
from decision_widgets.errors import EngineFailed, InputError

_INTEGERS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                    "UBIGINT", "UHUGEINT")  # fmt: skip
_names = count()


class DuckDB:
    """One table inside a DuckDB connection."""

    def __init__(self, connection: Any, source: str, prepared: Prepared | None = None) -> None:
        self.source = source
        self._aliases: Mapping[str, str] = prepared.aliases if prepared is not None else {}
        self._mixed = prepared.mixed if prepared is not None else ()
        self._connection = connection
        self._kept: list[str] = []

    @classmethod
    def of_frame(cls, prepared: Prepared, *, in_order: bool = False) -> DuckDB:
        """Scan a frame in memory where it lies."""
        import duckdb

        connection = duckdb.connect(config={"threads": 1} if in_order else {})
        connection.register("frame", prepared.frame)
        return cls(connection, "frame", prepared)

    @classmethod
    def of_files(cls, path: str | Path) -> DuckDB:
        """Scan Parquet or CSV files; the path may be a folder or hold wildcards."""
        import duckdb

        text = str(path)
        if Path(text).is_dir():
            text = f"{text.rstrip('/')}/**/*.parquet"
        # Types come from all of a CSV: a first decimal after 20,000 whole numbers must not be rounded away.
        read = "read_csv({}, sample_size=-1)" if ".csv" in Path(text).name.lower() else "read_parquet({})"
        try:
            connection = duckdb.connect()
            connection.execute(f"CREATE VIEW files AS SELECT * FROM {read.format(_text(text))}")
        except duckdb.Error as problem:
            raise InputError(f"No table is read from {text!r}: {_first_line(problem)}") from problem
        return cls(connection, "files")

    @classmethod
    def of_relation(cls, relation: Any) -> DuckDB:
        """Scan a relation through its own connection, which alone knows the tables it names."""
        return cls(_RelationConnection(relation), _RelationConnection.VIEW)

    @classmethod
    def of_table(cls, connection: Any, table: str) -> DuckDB:
        """Scan a table or view of the caller's connection."""
        # Not through a cursor: frames that the caller registered are known to this connection alone.
        named = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall()
        named += connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [table]).fetchall()
        parts = [table] if named else table.split(".")
        return cls(connection, ".".join(_quoted(part) for part in parts))

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
        rows: list[Row] = self._execute(sql).fetchall()
        return rows

    def arrays(self, sql: str) -> dict[str, NDArray[Any]]:
        columns: dict[str, NDArray[Any]] = self._execute(sql).fetchnumpy()
        return columns

    def _execute(self, sql: str) -> Any:
        import duckdb

        try:
            return self._connection.execute(sql)
        except duckdb.Error as problem:
            raise EngineFailed(f"DuckDB could not read the table: {_first_line(problem)}") from problem
        except RuntimeError as problem:
            if "interrupted" in str(problem).lower():
                raise KeyboardInterrupt from None
            raise

    def keep(self, sql: str) -> str:
        name = f"_decision_widgets_{next(_names)}"
        self._execute(f"CREATE TEMP TABLE {name} AS {sql}")
        self._kept.append(name)
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
        )

    def close(self) -> None:
        for name in self._kept:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        self._kept.clear()


class _RelationConnection:
    """Runs SELECTs through a relation; what is to be kept lives in a connection of its own."""

    VIEW: Final = "_decision_widgets_relation"

    def __init__(self, relation: Any) -> None:
        import duckdb

        self._relation = relation
        self._own = duckdb.connect()

    def execute(self, sql: str) -> Any:
        if not sql.startswith("CREATE TEMP TABLE") and self.VIEW not in sql:
            return self._own.execute(sql)
        if sql.startswith("CREATE TEMP TABLE"):
            name, _, select = sql.removeprefix("CREATE TEMP TABLE ").partition(" AS ")
            self._own.register(f"{name}_rows", self._relation.query(self.VIEW, select).to_arrow_table())
            return self._own.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_rows")
        return self._relation.query(self.VIEW, sql)


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0]


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
    return "timestamp" if kind.startswith("TIMESTAMP") else "other"
