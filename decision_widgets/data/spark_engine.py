"""PySpark, classic or Connect: built-in functions only and no UDF, so it runs on any cluster.

Statements: a sample and a flat aggregate of rows; a census, sums and errors of participants; two more for all
adjustments together, one for each text, group and heavy tail, two for each sample of values. None but those is for one
metric alone. Each has at most one shuffle, by arm, which moves only a few numbers; rows are shuffled once, by
participant, when they are gathered, and what was gathered is kept. Adaptive execution makes a job of each stage: up to
three a statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType, Dialect, Row
from decision_widgets.data.progress import Watch
from decision_widgets.data.spark_jobs import jobs_of
from decision_widgets.errors import EngineFailed, first_line

T = TypeVar("T")
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
    "timestamp": "instant",
    "timestamp_ntz": "timestamp",
}
# A clock without a zone is read as it stands; Spark itself would take it for one of the session's zone.
_OF_DAY: Final = "(hour({0}) * 3600 + minute({0}) * 60) * 1000000L + CAST(extract(SECOND FROM {0}) * 1000000 AS BIGINT)"
_MICROS: Final = (
    "CASE typeof({0}) WHEN 'timestamp_ntz' THEN unix_date(CAST({0} AS DATE)) * 86400000000L + "
    f"{_OF_DAY} ELSE unix_micros(CAST({{0}} AS TIMESTAMP)) END"
)


class Spark:
    """One DataFrame of a Spark session, as a temporary view whose columns have names of ours."""

    def __init__(self, frame: Any, watch: Watch) -> None:
        self._types = [(str(name), _type(kind)) for name, kind in frame.dtypes]
        # By place: Spark takes "Group" and "group" for one column.
        self._aliases = {name: f"c{at}" for at, (name, _) in enumerate(self._types)}
        self._session = frame.sparkSession
        self._watch = watch
        self._jobs = jobs_of(self._session, watch)
        self._views: list[str] = []
        self._persisted: list[Any] = []
        self.source = self._view(frame.toDF(*(f"c{at}" for at in range(len(self._types)))))

    def types(self) -> dict[str, ColumnType]:
        return dict(self._types)

    def query(self, sql: str) -> list[Row]:
        return self._run(lambda: [tuple(row) for row in self._session.sql(sql).collect()])

    def arrays(self, sql: str) -> dict[str, NDArray[Any]]:
        def columns() -> dict[str, NDArray[Any]]:
            frame = self._session.sql(sql)
            rows = frame.collect()
            return {name: np.array([row[at] for row in rows]) for at, name in enumerate(frame.columns)}

        return self._run(columns)

    def _run(self, work: Callable[[], T]) -> T:
        from pyspark.errors import PySparkException

        try:
            return self._watch.run(self._jobs.tagged(work), cancel=self._jobs.cancel, share=self._jobs.share)
        except Exception as problem:
            # The latter when a task fails; its package is not there where Spark is only a client.
            if isinstance(problem, PySparkException) or type(problem).__name__ == "Py4JJavaError":
                raise EngineFailed(f"Spark could not read the table: {first_line(problem)}") from problem
            raise

    def keep(self, sql: str) -> str:
        rows = self._run(lambda: self._session.sql(sql)).persist()
        self._persisted.append(rows)
        return self._view(rows)

    def name(self, column: str) -> str:
        return "`" + self._aliases.get(column, column).replace("`", "``") + "`"

    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def dialect(self) -> Dialect:
        return Dialect(
            text="STRING",
            micros=_MICROS,
            days="unix_date({})",
            as_timestamp="try_cast({} AS TIMESTAMP_NTZ)",
            try_double="try_cast({} AS DOUBLE)",
            hash="xxhash64({})",
            hash_sum="sum(CAST({} AS DECIMAL(38, 0)))",
            share="({} / 18446744073709551616.0E0 + 0.5E0)",
            numbered=None,
            quantiles="percentile({}, array({}))",
        )

    def close(self) -> None:
        for rows in self._persisted:
            rows.unpersist()
        for name in self._views:
            self._session.catalog.dropTempView(name)
        self._persisted.clear()
        self._views.clear()
        self._jobs.forget()

    def _view(self, frame: Any) -> str:
        name = f"_decision_widgets_{uuid4().hex}"
        frame.createOrReplaceTempView(name)
        self._views.append(name)
        return name


def _type(kind: str) -> ColumnType:
    return "number" if kind.startswith("decimal") else _TYPES.get(kind, "text" if "char" in kind else "other")
