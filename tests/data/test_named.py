"""Tables named in words: what each engine gives, what is a table of Spark, and the first rows of anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from engines import Opened, spark_only

import decision_widgets as dw
from decision_widgets.data.named import is_spark_table

ROWS = pd.DataFrame(
    {
        "who": [1, 1, 2, 3, 4, 5],
        "arm": ["NA", "NA", "b", "b", "NA", "b"],
        "at": pd.to_datetime(["2026-03-29 02:30:00.00"] * 3 + ["2026-03-30 12:00:00.25"] * 3),
        "y": [0.1, 0.2, 1 / 3, 4.0, None, 5e-17],
        "said": ["a", 'a "b", c', "two\nlines", "\\", "é", " "],
    }
)
DESIGN = dw.BetweenSubject(
    participant="who", arm="arm", control="NA", time="at", metrics=["y"], segments=["said"], missing="drop"
)


def written(folder: Path, ending: str) -> str:
    path = folder / f"rows.{ending}"
    ROWS.to_csv(path, index=False) if ending == "csv" else ROWS.to_parquet(path, index=False)
    return str(path)


def values(frame: pd.DataFrame) -> list[list[Any]]:
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("engine_named", ["duckdb", "pandas"])
def test_files_hold_what_was_written_and_an_arm_called_na_is_no_missing_value(
    ending: str, engine_named: Any, tmp_path: Path
) -> None:
    path = written(tmp_path, ending)
    table = dw.read_table(path, engine=engine_named)
    assert table == path if engine_named == "duckdb" else isinstance(table, pd.DataFrame)
    assert values(dw.preview(table, DESIGN, rows=9)) == values(ROWS)
    assert values(dw.preview(table, DESIGN, rows=2)) == values(ROWS.head(2))


@spark_only
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_spark_keeps_clock_times_whatever_the_zone_of_its_session(ending: str, engine: Opened, tmp_path: Path) -> None:
    before = engine.session.conf.get("spark.sql.timestampType")
    table = dw.read_table(written(tmp_path, ending), engine="spark")
    assert engine.session.conf.get("spark.sql.timestampType") == before
    assert dict(table.dtypes)["at"] == "timestamp_ntz"
    assert values(dw.preview(table, DESIGN, rows=9)) == values(ROWS)


@spark_only
def test_spark_names_what_it_cannot_find(engine: Opened) -> None:
    for path in ("nowhere.csv", "nowhere/", "market.nothing"):
        with pytest.raises(
            dw.InputError, match=rf"Spark reads no table from '{path}': .*(PATH|TABLE_OR_VIEW)_NOT_FOUND"
        ):
            dw.read_table(path, engine="spark")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_whole_numbers_stay_exact_beside_missing_ones(ending: str, tmp_path: Path) -> None:
    ids = pd.array([2**53 + 1, 2**53, None, -(2**63)], dtype="Int64")
    frame, path = pd.DataFrame({"who": ids, "y": [1.0, 2.0, 3.0, 4.0]}), str(tmp_path / f"ids.{ending}")
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path, index=False)
    assert values(dw.read_table(path, engine="pandas")) == values(frame)


@pytest.mark.parametrize("kind", ["DECIMAL(20, 0)", "HUGEINT"])
def test_ids_too_wide_for_a_float_stay_different_participants(kind: str, tmp_path: Path) -> None:
    path = str(tmp_path / ("ids.csv" if kind == "HUGEINT" else "ids.parquet"))
    ids = f"(10000000000000000000 + i // 4)::{kind}"
    duckdb.execute(
        f"COPY (SELECT {ids} AS who, i % 2 AS arm, i % 7 AS y, (i % 3)::DECIMAL(9, 2) AS paid FROM range(4000) r(i)) "
        f"TO '{path}'"
    )
    by_duckdb, by_pandas = (dw.summarize(dw.read_table(path, engine=engine), metrics=["y", "paid"], participant="who")
                            for engine in ("duckdb", "pandas"))  # fmt: skip
    for read, other in zip(by_pandas.metrics, by_duckdb.metrics, strict=True):
        assert read.windows[-1].n_participants == other.windows[-1].n_participants == 1000
        assert read.windows[-1].sum_m2 == other.windows[-1].sum_m2
        assert read.windows[-1].sum_s2 == pytest.approx(other.windows[-1].sum_s2, rel=1e-12)


def test_pandas_reads_patterns_and_folders(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        written(tmp_path / place, "parquet")
    for path in (tmp_path, tmp_path / "*" / "*.parquet"):
        assert len(dw.read_table(path, engine="pandas")) == 2 * len(ROWS)


@pytest.mark.parametrize(
    ("path", "is_table"),
    [("rides", True), ("market.rides", True), ("rides.csv", False), ("rides.CSV", False), ("a/rides", False),
     (r"c:\rides", False), ("ride?", False), ("s3://bucket/rides", False), ("rides.parquet", False), ("here", False)],
)  # fmt: skip
def test_a_name_is_a_table_of_spark_unless_it_says_files(
    path: str, is_table: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    assert is_spark_table(path) is is_table


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"path": "", "engine": "duckdb"}, "path must be a name"),
        ({"path": 7, "engine": "duckdb"}, "path must be a name"),
        ({"path": "a.csv", "engine": "sparc"}, "Did you mean 'spark'?"),
        ({"path": "no.csv", "engine": "duckdb"}, "No table is read from 'no.csv'"),
        ({"path": "no.csv", "engine": "duckdb"}, "Give the path of CSV or Parquet files: one, a folder or a pattern."),
        ({"path": "no.parquet", "engine": "pandas"}, "No table is read from 'no.parquet'"),
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError) as caught:
        dw.read_table(**given)
    assert said in str(caught.value)


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decision_widgets.data.named.find_spec", lambda name: None)
    with pytest.raises(dw.EngineMissing, match=r"pip install 'decision_widgets\[spark\]'"):
        dw.read_table("market.rides", engine="spark")


def test_nothing_of_spark_is_imported_for_files(tmp_path: Path) -> None:
    read = f"dw.read_table({str(written(tmp_path, 'csv'))!r}, engine='pandas')"
    code = f"import sys, decision_widgets as dw; {read}; print('pyspark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_instant_is_shown_with_its_zone() -> None:
    table = duckdb.connect().sql(
        "SELECT 'x' AS who, 'b' AS arm, TIMESTAMPTZ '2026-03-29 02:30:00+00' AS at, 1 AS y, 2 AS said"
    )
    shown = dw.preview(table, DESIGN)
    assert pd.Timestamp(shown["at"][0]) == pd.Timestamp("2026-03-29 02:30:00+00")


@pytest.mark.parametrize("as_frame", [True, False])
def test_a_preview_names_every_column_that_is_not_there(as_frame: bool, tmp_path: Path) -> None:
    table = ROWS if as_frame else written(tmp_path, "parquet")
    wrong = dw.BetweenSubject(participant="whom", arm="amr", control="NA", metrics=["y"])
    with pytest.raises(dw.ColumnNotFound) as caught:
        dw.preview(table, wrong)
    for said in (
        "'whom' for the participant, did you mean 'who'?",
        "'amr' for the arm, did you mean 'arm'?",
        "at, said, who, y",
    ):
        assert said in str(caught.value)
    assert list(dw.preview(table, dw.BetweenSubject(participant="who", arm="later", control="c", metrics=["y"]),
                           past=True)) == ["who", "y"]  # fmt: skip


def test_a_preview_of_the_past_of_a_switchback_needs_no_arm() -> None:
    design = dw.Switchback(time="at", slot="1h", region="who", arm="later", segments=["rain"], metrics=["y"])
    assert list(dw.preview(ROWS, design, past=True)) == ["at", "who", "y"]
    with pytest.raises(dw.ColumnNotFound, match="'later' for the arm"):
        dw.preview(ROWS, design)


def test_a_preview_refuses_what_is_no_design_and_no_number_of_rows() -> None:
    with pytest.raises(dw.InputError, match=r"preview\(data, design\)"):
        dw.preview(DESIGN, ROWS)  # type: ignore[arg-type]  # the wrong way round
    with pytest.raises(dw.InputError, match="rows must be a positive whole number"):
        dw.preview(ROWS, DESIGN, rows=0)
