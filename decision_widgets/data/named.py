"""A table named in words, as a parameter or an option names it, and the first rows of any table."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from decision_widgets import checks
from decision_widgets.data.duckdb_engine import DuckDB
from decision_widgets.data.engine import Wanted
from decision_widgets.data.progress import watching
from decision_widgets.data.tables import check_columns, is_pandas, open_table
from decision_widgets.errors import EngineFailed, EngineMissing, InputError, first_line

if TYPE_CHECKING:
    import pandas as pd

NamedEngine: TypeAlias = Literal["duckdb", "pandas", "spark"]
_OF_FILES: Final = re.compile(r"[/\\*?]|\.(csv|parquet)\b", re.IGNORECASE)
_RULES: Final[dict[str, checks.Rule]] = {"path": checks.Name(), "engine": checks.OneOf(get_args(NamedEngine))}


def read_table(path: str | Path, *, engine: NamedEngine = "duckdb") -> Any:
    """Open the table that a text names, as something that ``analyze``, ``advise`` and ``monitor`` take.

    The three engines give the same numbers; they differ in where the rows are meanwhile.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet files: one file, a folder of Parquet files, or a pattern such as ``"events/*.parquet"``. With
        ``engine="spark"`` also the name of a table, such as ``"market.rides"``: a text without a slash, an ending
        ``.csv`` or ``.parquet`` and a wildcard, unless there is such a folder here.
    engine : {"duckdb", "pandas", "spark"}
        ``"duckdb"`` leaves the rows in their files and needs nothing else; ``"pandas"`` loads all of them as a frame;
        ``"spark"`` leaves them with Spark: the session that runs, or one that is started as Spark is configured here.

    Returns
    -------
    str, pandas.DataFrame or pyspark.sql.DataFrame
        In this order of the engines.

    Raises
    ------
    InputError
        Another engine; nothing there, or nothing that can be read.
    EngineMissing
        PySpark is not installed.

    Examples
    --------
    >>> read_table("rides.csv", engine="polars")
    Traceback (most recent call last):
    decision_widgets.errors.InputError: engine must be one of 'duckdb', 'pandas', 'spark'; got 'polars'.
    """
    path = str(path) if isinstance(path, Path) else path
    problems = checks.problems(_RULES, {"path": path, "engine": engine})
    if problems:
        raise InputError.together("Reading a table", problems)
    if engine == "spark":
        return _of_spark(path)
    with watching(False) as watch:
        try:
            files = DuckDB.of_files(path, watch)
        except InputError as problem:
            said = f"{problem} Give the path of CSV or Parquet files: one, a folder or a pattern."
            raise InputError(said) from problem
        try:
            return files.frame() if engine == "pandas" else path
        finally:
            files.close()


def is_spark_table(path: str) -> bool:
    """Tell whether a text names a table of Spark and no files.

    >>> is_spark_table("market.rides"), is_spark_table("rides.csv"), is_spark_table("s3://bucket/rides")
    (True, False, False)
    """
    return not (_OF_FILES.search(path) or Path(path).exists())


def first_rows(table: Any, wanted: Wanted, n: int) -> pd.DataFrame:
    """Return the first `n` rows of the columns that are wanted, from whatever engine.

    Raises
    ------
    InputError, ColumnNotFound
        It is no table, or lacks a column.
    """
    import pandas as pd

    columns = list(wanted.columns())
    if is_pandas(table):
        names = [str(name) for name in table.columns]
        check_columns(names, wanted)
        frame: pd.DataFrame = table.iloc[:n, [names.index(column) for column in columns]]
        return frame
    with watching(False) as watch:
        engine = open_table(table, wanted, watch, zones=True)
        try:
            types, text = engine.types(), engine.dialect().text
            # An instant is shown as its engine writes it, with its zone.
            shown = {"instant": f"CAST({{}} AS {text})"}
            named = ", ".join(shown.get(types[column], "{}").format(engine.name(column)) for column in columns)
            return pd.DataFrame(engine.query(f"SELECT {named} FROM {engine.source} LIMIT {n}"), columns=columns)
        finally:
            engine.close()


def _of_spark(path: str) -> Any:
    if find_spec("pyspark") is None:
        raise EngineMissing(
            "engine='spark' needs PySpark: pip install 'decision_widgets[spark]'; Java comes from the system."
        )
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        session = SparkSession.builder.getOrCreate()
    except PySparkException as problem:
        raise EngineFailed(f"Spark does not start: {first_line(problem)} Check its settings and Java.") from problem
    try:
        table = _spark_frame(session, path)
        list(table.columns)  # a Connect session looks for the table only when it is asked about it
        return table
    except PySparkException as problem:
        raise EngineFailed(
            f"Spark reads no table from {path!r}: {first_line(problem)} "
            "Give the name of one of its tables, or the path of CSV or Parquet files."
        ) from problem


def _spark_frame(session: Any, path: str) -> Any:
    if is_spark_table(path):
        return session.table(path)
    return _csv(session, path) if ".csv" in Path(path).name.lower() else session.read.parquet(path)


def _csv(session: Any, path: str) -> Any:
    """Read CSV files as everybody writes them, and a clock time without a zone as one.

    Spark itself would take such a time for one of the session's zone, cut a quoted text at its line ends, and read what
    it cannot read as missing.
    """
    words = {"header": True, "quote": '"', "escape": '"', "multiLine": True, "mode": "FAILFAST"}
    key = "spark.sql.timestampType"
    before = session.conf.get(key)
    session.conf.set(key, "TIMESTAMP_NTZ")
    try:
        found = session.read.csv(path, inferSchema=True, **words).schema
    finally:
        session.conf.set(key, before)
    return session.read.schema(found).csv(path, **words)
