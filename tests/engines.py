"""Every engine as a way to hand over one and the same table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decision_widgets.moments import Moments

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
# Spark and its Java bridge warn of what is theirs: open sockets, pandas' and Python's coming changes.
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


def assert_same(found: Any, expected: Any, rtol: float, at: str = "") -> None:
    """Compare records: numbers up to `rtol` of what they stand for, not of a rest near 0; the others exactly."""
    assert type(found) is type(expected), at
    if isinstance(expected, Moments):
        spread = np.sqrt(np.diag(expected.cross) / expected.n)
        assert found.n == expected.n, at
        assert (np.abs(found.mean - expected.mean) <= rtol * (np.abs(expected.mean) + spread)).all(), at
        scale = expected.n * np.outer(spread, spread)
        assert (np.abs(found.cross - expected.cross) <= rtol * (scale + scale.max() * 1e-6)).all(), at
    elif is_dataclass(expected):
        for field in fields(expected):
            if field.name != "fingerprint":  # each engine has its own hash
                left, right = getattr(found, field.name), getattr(expected, field.name)
                assert_same(left, right, rtol, f"{at}.{field.name}")
    elif isinstance(expected, Mapping):
        assert found.keys() == expected.keys(), at
        for name, own in expected.items():
            assert_same(found[name], own, rtol, f"{at}[{name}]")
    elif isinstance(expected, tuple):
        assert len(found) == len(expected), at
        for place, own in enumerate(expected):
            assert_same(found[place], own, rtol, f"{at}[{place}]")
    elif isinstance(expected, np.ndarray) and expected.dtype.kind == "f":
        largest = np.abs(expected).max(initial=0)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * largest, err_msg=at)
    elif isinstance(expected, np.ndarray):
        assert found.tolist() == expected.tolist(), at
    else:
        same = pytest.approx(expected, rel=rtol, abs=1e-12) if isinstance(expected, float) else expected
        assert found == same, at
