"""PySpark, classic or Connect: built-in aggregates only, so it runs on any cluster.

Jobs: one for each statement of `overview` (a sample, a flat aggregate) and three over the participants (torn, sums,
errors). Shuffles: one by arm in the flat aggregate, one by participant when rows are gathered; the participants are
kept, so what follows moves only a few numbers.
"""

from __future__ import annotations

from itertools import count
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType, Dialect, Row
from decision_widgets.errors import EngineFailed

_TYPES: Final[dict[str, ColumnType]] = {
    "tinyint": "integer",
    "smallint": "integer",
    "int": "integer",
    "bigint": "integer",
    "float": "number",
    "double": "number",
    "boolean": "bool",
    "string": "text",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp",
}
_names = count()


class Spark:
    """One DataFrame of a Spark session, as a temporary view."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self._session = frame.sparkSession
        self._views: list[str] = []
        self._persisted: list[Any] = []
        self.source = self._view(frame)

    def types(self) -> dict[str, ColumnType]:
        return {
            name: "number" if kind.startswith("decimal") else _TYPES.get(kind, "text" if "char" in kind else "other")
            for name, kind in self._frame.dtypes
        }

    def query(self, sql: str) -> list[Row]:
        from pyspark.errors import PySparkException

        try:
            return [tuple(row) for row in self._session.sql(sql).collect()]
        except PySparkException as problem:
            raise EngineFailed(f"Spark could not read the table: {str(problem).strip().splitlines()[0]}") from problem

    def arrays(self, sql: str) -> dict[str, NDArray[Any]]:
        frame = self._session.sql(sql)
        rows = self.query(sql)
        return {name: np.array([row[at] for row in rows]) for at, name in enumerate(frame.columns)}

    def keep(self, sql: str) -> str:
        rows = self._session.sql(sql).persist()
        self._persisted.append(rows)
        return self._view(rows)

    def name(self, column: str) -> str:
        return "`" + column.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def dialect(self) -> Dialect:
        return Dialect(
            text="STRING",
            micros="unix_micros(CAST({} AS TIMESTAMP))",
            days="unix_date({})",
            as_timestamp="try_to_timestamp({})",
            try_double="try_cast({} AS DOUBLE)",
            hash="xxhash64({})",
            hash_sum="sum(CAST({} AS DECIMAL(38, 0)))",
            share="({} / 18446744073709551616.0E0 + 0.5E0)",
            numbered=None,
        )

    def close(self) -> None:
        for rows in self._persisted:
            rows.unpersist()
        for name in self._views:
            self._session.catalog.dropTempView(name)
        self._persisted.clear()
        self._views.clear()

    def _view(self, frame: Any) -> str:
        name = f"_decision_widgets_{next(_names)}"
        frame.createOrReplaceTempView(name)
        self._views.append(name)
        return name
