"""DuckDB, embedded: pandas, Polars and Arrow tables, Parquet and CSV files, relations and tables of a connection."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

from decision_widgets.data.engine import ColumnType, Dialect, Row
from decision_widgets.errors import InputError

_INTEGERS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                    "UBIGINT", "UHUGEINT")  # fmt: skip
_names = count()


class DuckDB:
    """One table inside a DuckDB connection."""

    def __init__(self, connection: Any, source: str, mixed: Sequence[str] = ()) -> None:
        self.source = source
        self._mixed = mixed
        self._connection = connection
        self._kept: list[str] = []

    @classmethod
    def of_frame(cls, frame: Any, mixed: Sequence[str] = (), *, in_order: bool = False) -> DuckDB:
        """Scan a frame in memory where it lies; `mixed` names columns whose values have no one type."""
        import duckdb

        connection = duckdb.connect(config={"threads": 1} if in_order else {})
        connection.register("frame", frame)
        return cls(connection, "frame", mixed)

    @classmethod
    def of_files(cls, path: str | Path) -> DuckDB:
        """Scan Parquet or CSV files; the path may be a folder or hold wildcards."""
        import duckdb

        text = str(path)
        if Path(text).is_dir():
            text = f"{text.rstrip('/')}/**/*.parquet"
        reader = "read_csv" if ".csv" in Path(text).name.lower() else "read_parquet"
        engine = cls(duckdb.connect(), f"{reader}({_text(text)})")
        try:
            engine.types()
        except duckdb.Error as problem:
            first = str(problem).splitlines()[0]
            raise InputError(f"No table is read from {text!r}: {first}") from problem
        return engine

    @classmethod
    def of_relation(cls, relation: Any) -> DuckDB:
        """Scan a relation through its own connection, which alone knows the tables it names."""
        return cls(_RelationConnection(relation), _RelationConnection.VIEW)

    @classmethod
    def of_table(cls, connection: Any, table: str) -> DuckDB:
        """Scan a table or view of the caller's connection."""
        return cls(connection.cursor(), ".".join(_quoted(part) for part in table.split(".")))

    def types(self) -> dict[str, ColumnType]:
        described = self.query(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {self.source})")
        return {name: "other" if name in self._mixed else _type(kind) for name, kind in described}

    def query(self, sql: str) -> list[Row]:
        # Fetch all at once: an open result blocks the connection's next statement.
        rows: list[Row] = self._connection.execute(sql).fetchall()
        return rows

    def keep(self, sql: str) -> str:
        name = f"_decision_widgets_{next(_names)}"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        self._kept.append(name)
        return name

    def name(self, column: str) -> str:
        return _quoted(column)

    def literal(self, value: object) -> str:
        return _text(value) if isinstance(value, str) else repr(value)

    def dialect(self) -> Dialect:
        return Dialect(
            text="VARCHAR",
            micros="epoch_us({})",
            days="CAST({} AS DATE) - DATE '1970-01-01'",
            as_timestamp="TRY_CAST({} AS TIMESTAMP)",
            try_double="TRY_CAST({} AS DOUBLE)",
            row_hash="sum(hash({}))",
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
