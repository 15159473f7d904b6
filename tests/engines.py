"""Every engine as a way to hand over one and the same table."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Make = Callable[[pa.Table], Any]
_numbers = count()


def parquet(rows: pa.Table, folder: Path) -> Path:
    path = folder / f"{next(_numbers)}.parquet"
    pq.write_table(rows, path)
    return path


def parquet_folder(rows: pa.Table, folder: Path) -> Path:
    inner = folder / f"folder {next(_numbers)}"
    inner.mkdir()
    half = rows.num_rows // 2
    for part in (rows.slice(0, half), rows.slice(half), rows.slice(0, 0)):
        parquet(part, inner)
    return inner


def parquet_glob(rows: pa.Table, folder: Path) -> str:
    return f"{parquet_folder(rows, folder)}/*.parquet"


def csv(rows: pa.Table, folder: Path) -> str:
    path = folder / f"{next(_numbers)}.csv"
    frame = rows.to_pandas()
    # Else a single is written with so few digits that they are another number.
    frame.astype(dict.fromkeys(frame.select_dtypes("float32"), "float64")).to_csv(path, index=False)
    return str(path)


def relation(rows: pa.Table, folder: Path) -> Any:
    return duckdb.connect().from_arrow(rows)


def table(rows: pa.Table, folder: Path) -> Any:
    connection = duckdb.connect()
    connection.register("rows", rows)
    connection.execute('CREATE TABLE "all ""rides""; 2026" AS SELECT * FROM rows')
    connection.unregister("rows")
    return connection, 'all "rides"; 2026'


DUCKDB: dict[str, Callable[[pa.Table, Path], Any]] = {
    "pandas": lambda rows, folder: rows.to_pandas(),
    "pandas nullable": lambda rows, folder: rows.to_pandas(types_mapper=_nullable),
    "polars": lambda rows, folder: pl.from_arrow(rows),
    "polars lazy": lambda rows, folder: pl.from_arrow(rows).lazy(),
    "arrow": lambda rows, folder: rows,
    "parquet": parquet,
    "parquet folder": parquet_folder,
    "parquet glob": parquet_glob,
    "csv": csv,
    "duckdb relation": relation,
    "duckdb table": table,
}
SPARK = ("spark classic", "spark connect")
SPARK_PARAMS = [
    pytest.param(name, marks=[pytest.mark.spark, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)])
    for name in SPARK
]


def _nullable(kind: pa.DataType) -> Any:
    import pandas as pd

    known = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype()}
    return known.get(kind)


def tolerance(name: str) -> float:
    """Parallel sums are gathered in another order by each engine; Spark's partitions add up more roughly still."""
    return 1e-9 if name in SPARK else 1e-11


class Opened:
    """One engine: `make` hands it a table."""

    def __init__(self, name: str, folder: Path, session: Any = None) -> None:
        self.name, self.folder, self.session = name, folder, session

    def make(self, rows: pa.Table) -> Any:
        if self.session is not None:
            return self.session.read.parquet(str(parquet(rows, self.folder)))
        return DUCKDB[self.name](rows, self.folder)


spark_only = pytest.mark.parametrize("engine", SPARK_PARAMS, indirect=True)
