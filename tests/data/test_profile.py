"""What each column of a table holds, alike in every engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from decision_widgets.data.profile import ColumnProfile, TableProfile, read_profile
from decision_widgets.errors import InputError


def frame() -> pd.DataFrame:
    n = np.arange(120)
    return pd.DataFrame(
        {
            "who": n // 3,
            "paid": n % 2,
            "spend": np.where(n % 5, n / 7, np.nan),
            "city": np.array(["Hanoi", "Manila", "Jakarta"])[n % 3],
            "yes": np.array(["yes", "no"])[n % 2],
            "on": n % 4 == 0,
            "day": pd.Timestamp("2026-11-02") + pd.to_timedelta(n // 10, "D"),
            '"; drop table': n % 7,
            "<img src=x onerror=alert(1)>": "n/a",
        }
    )


def column(found: TableProfile, name: str) -> ColumnProfile:
    (one,) = [each for each in found.columns if each.name == name]
    return one


def test_columns_are_counted_and_recognised() -> None:
    data = frame()
    found = read_profile(data)
    assert found.rows == 120
    assert [each.name for each in found.columns] == list(data.columns)
    for each in found.columns:
        assert each.missing == data[each.name].isna().sum()
        assert each.distinct == data[each.name].nunique()
    assert (column(found, "paid").kind, column(found, "paid").levels) == ("binary", ("0", "1"))
    assert column(found, "spend").kind == "continuous"
    assert column(found, "yes").kind == "binary"
    assert column(found, "on").kind == "binary"
    assert column(found, '"; drop table').kind == "count"
    assert sorted(column(found, "city").levels) == ["Hanoi", "Jakarta", "Manila"]
    assert "holds one text only" in str(column(found, "<img src=x onerror=alert(1)>").reason)
    day = column(found, "day")
    assert (day.kind, day.first, day.last) == (None, "2026-11-02", "2026-11-13")
    assert column(found, "who").sample == ("0", "0", "0")


@pytest.mark.parametrize("engine", ["polars", "arrow", "duckdb", "parquet"])
def test_every_engine_says_the_same(engine: str, tmp_path: Any) -> None:
    data = frame()
    path = tmp_path / "rows.parquet"
    data.to_parquet(path)
    made: dict[str, Callable[[], Any]] = {
        "polars": lambda: pl.from_pandas(data),
        "arrow": lambda: pa.Table.from_pandas(data),
        "duckdb": lambda: duckdb.connect().from_df(data),
        "parquet": lambda: str(path),
    }
    found, expected = read_profile(made[engine]()), read_profile(data)
    for seen, other in zip(found.columns, expected.columns, strict=True):
        shown = ("name", "missing", "distinct", "kind", "evidence", "confidence", "first", "last")
        assert [getattr(seen, key) for key in shown] == [getattr(other, key) for key in shown]
        assert sorted(seen.levels) == sorted(other.levels)


def test_columns_that_have_no_name_of_their_own_are_left_out() -> None:
    data = pd.DataFrame([[1, 2, 3]] * 3, columns=["a", "a", "b"])
    assert [each.name for each in read_profile(data).columns] == ["b"]
    with pytest.raises(InputError, match="no columns that can be told apart"):
        read_profile(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_what_is_no_table_or_empty_is_refused() -> None:
    with pytest.raises(InputError, match="The data must be"):
        read_profile({"a": [1]})
    with pytest.raises(InputError, match="has no rows"):
        read_profile(pd.DataFrame({"a": []}))


def test_a_profile_is_kept_as_json() -> None:
    found = read_profile(frame())
    assert TableProfile.from_dict(found.to_dict()) == found
