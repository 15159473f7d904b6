"""Files as they come: several of them, of differing types, in folders with names, with other people's dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import decision_widgets as dw

DESIGN = dw.BetweenSubject(participant="id", arm="g", control="a", metrics=["y"])
DATED = dw.BetweenSubject(participant="id", arm="g", control="a", metrics=["y"], time="t")


def rows(n: int = 60, first: int = 0) -> pd.DataFrame:
    ids = np.arange(first, first + n)
    return pd.DataFrame({"id": ids, "g": np.where(ids % 2, "b", "a"), "y": (ids * 7 % 11) / 4})


def same(path: Path, frame: pd.DataFrame) -> None:
    found, expected = (dw.analyze(table, DESIGN).effect("y") for table in (path, frame))
    assert (found.n_control, found.n_treatment) == (expected.n_control, expected.n_treatment)
    assert (found.effect, found.std_error) == pytest.approx((expected.effect, expected.std_error), rel=1e-12)


@pytest.mark.parametrize("kind", ["int64", "bool", "float32", "int8"])
@pytest.mark.parametrize("as_folder", [True, False])
def test_a_month_of_whole_numbers_does_not_round_the_next(kind: str, as_folder: bool, tmp_path: Path) -> None:
    whole = rows().assign(y=lambda f: f.id % 2).astype({"y": kind})
    later = rows(first=60).assign(y=lambda f: f.y + 0.123456789)
    whole.to_parquet(tmp_path / "2026-01.parquet")
    later.to_parquet(tmp_path / "2026-02.parquet")
    expected = pd.concat([whole.astype({"y": float}), later])
    same(tmp_path if as_folder else tmp_path / "*.parquet", expected)


def test_a_column_that_a_file_lacks_is_missing_there(tmp_path: Path) -> None:
    rows().drop(columns="y").to_parquet(tmp_path / "1.parquet")
    rows(first=60).to_parquet(tmp_path / "2.parquet")
    with pytest.raises(dw.MissingValues, match="'y' is missing in 60 of 120 rows"):
        dw.analyze(tmp_path, DESIGN)


def test_no_line_of_a_csv_is_a_comment(tmp_path: Path) -> None:
    frame = rows().assign(id=lambda f: np.where(f.id % 4 == 0, "#", "") + f.id.astype(str))
    frame.to_csv(tmp_path / "orders.csv", index=False)
    same(tmp_path / "orders.csv", frame)


def test_a_folder_of_packed_csv_files_is_read(tmp_path: Path) -> None:
    rows().to_csv(tmp_path / "1.csv.gz", index=False)
    rows(first=60).to_csv(tmp_path / "2.csv.gz", index=False)
    same(tmp_path, rows(120))


def test_the_names_of_folders_are_columns_only_where_files_have_none(tmp_path: Path) -> None:
    folder = tmp_path / "y=2026"
    folder.mkdir()
    rows().to_parquet(folder / "1.parquet")
    same(folder / "1.parquet", rows())
    with pytest.raises(dw.InputError, match="hold a column 'y', and the name of their folder says another"):
        dw.analyze(tmp_path, DESIGN)


def test_folders_name_the_arms(tmp_path: Path) -> None:
    for arm in "ab":
        (tmp_path / f"g={arm}").mkdir()
        rows().query("g == @arm").drop(columns="g").to_parquet(tmp_path / f"g={arm}" / "1.parquet")
    same(tmp_path, rows())


@pytest.mark.parametrize("written", ["%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%m/%d/%Y %H:%M:%S"])
def test_which_number_is_the_month_is_never_guessed(written: str, tmp_path: Path) -> None:
    day = pd.Timestamp("2026-10-05") + pd.to_timedelta(rows().id % 7, "D")
    rows().assign(t=day.dt.strftime(written)).to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(dw.InputError, match=r"'t' is not read as dates: .* convert it first"):
        dw.analyze(tmp_path / "rows.csv", DATED)
    found = dw.analyze(tmp_path / "rows.csv", DESIGN).effect("y")
    assert found.result == "estimate"


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y/%m/%d", "%d.%m.%Y"])
def test_dates_that_can_be_read_one_way_are_read(written: str, tmp_path: Path) -> None:
    day = pd.Timestamp("2026-10-05 10:00") + pd.to_timedelta(rows().id % 7, "D")
    rows().assign(t=day.dt.strftime(written)).to_csv(tmp_path / "rows.csv", index=False)
    told = dw.analyze(tmp_path / "rows.csv", DATED).provenance
    assert (told.first_day, told.last_day) == ("2026-10-05", "2026-10-11")


def test_a_time_zone_of_arrow_keeps_its_own_days() -> None:
    at = pd.date_range("2026-01-01 20:00", periods=60, freq="6h", tz="America/New_York")
    own = rows().assign(t=at)
    arrow = own.assign(t=own.t.astype(pd.ArrowDtype(pa.timestamp("us", "America/New_York"))))
    told = [dw.analyze(frame, DATED).provenance for frame in (own, arrow)]
    assert told[0] == told[1]


def test_a_kind_that_the_engine_does_not_know_is_one_clear_error() -> None:
    table = pa.table(rows())
    wide = table.set_column(2, "y", table["y"].cast(pa.decimal256(40, 2)))
    with pytest.raises(dw.InputError, match=r"DuckDB reads no such frame: .* Cast that column first"):
        dw.analyze(wide, DESIGN)
