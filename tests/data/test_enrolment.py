"""Who came when, and the table as it was at the end of a day: the same on every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from made import CONTROL, TREATMENT, design

import decision_widgets as dw
from decision_widgets.data import MetricReading, Reading, read_moments
from decision_widgets.data.enrolment import read_enrolment

DAY = date(2026, 11, 5)


def rides() -> pd.DataFrame:
    frame = dw.examples.ride_hailing(riders=300)
    return frame.rename(columns={"rider_id": "user"})


def spec(**words: Any) -> Any:
    return design("booked", "fare", time="time", **words).needs()


def csv(frame: pd.DataFrame, folder: Path) -> str:
    frame.to_csv(folder / "rides.csv", index=False)
    return str(folder / "rides.csv")


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "rides.parquet")
    return folder / "rides.parquet"


def table(frame: pd.DataFrame, folder: Path) -> Any:
    connection = duckdb.connect()
    connection.register("rides", frame)
    return connection, "rides"


TABLES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "pandas": lambda frame, folder: frame,
    "zone": lambda frame, folder: frame.assign(time=frame.time.dt.tz_localize("Asia/Jakarta")),
    "dates": lambda frame, folder: frame.assign(time=frame.time.dt.date),
    "text": lambda frame, folder: frame.assign(time=frame.time.astype(str)),
    "polars": lambda frame, folder: pl.from_pandas(frame),
    "arrow": lambda frame, folder: pa.Table.from_pandas(frame),
    "relation": lambda frame, folder: duckdb.connect().from_arrow(pa.Table.from_pandas(frame)),
    "table": table,
    "parquet": parquet,
    "csv": csv,
}


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_participants_are_counted_by_first_day_arm_and_segment(make: Any, tmp_path: Path) -> None:
    frame = rides()
    found = read_enrolment(make(frame, tmp_path), replace(spec(), groups=("city",)))
    people = frame.groupby("user").agg(day=("time", "min"), arm=("variant", "first"), city=("city", "first"))
    for day, counts in found.days.items():
        came = people[people.day.dt.date == day]
        assert counts == tuple((came.arm == arm).sum() for arm in (CONTROL, TREATMENT))
    for city, counts in found.segments["city"].items():
        assert counts == tuple(((people.arm == arm) & (people.city == city)).sum() for arm in (CONTROL, TREATMENT))
    assert sum(map(sum, found.days.values())) == len(people)
    assert (found.first_day, found.last_day) == (frame.time.dt.date.min(), frame.time.dt.date.max())
    assert found.until(DAY) == tuple((people[people.day.dt.date <= DAY].arm == arm).sum() for arm in found.arms)


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_reading_until_a_day_is_reading_the_rows_of_its_end(make: Any, tmp_path: Path) -> None:
    frame = rides()
    found = read_moments(make(frame, tmp_path), replace(spec(), until=DAY))
    assert_same(found, read_moments(frame[frame.time.dt.date <= DAY], spec()))
    assert found.last_day == DAY.isoformat()


def assert_same(one: Reading, other: Reading) -> None:
    assert (one.participants, one.n_rows, one.days) == (other.participants, other.n_rows, other.days)
    for name, read in one.metrics.items():
        expected = other.metrics[name]
        assert isinstance(read, MetricReading)
        assert isinstance(expected, MetricReading)
        for arm, moments in read.arms.items():
            assert moments.level == pytest.approx(expected.arms[arm].level, rel=1e-12)
            assert moments.sums.residual == pytest.approx(expected.arms[arm].sums.residual, rel=1e-10)


def test_midnight_belongs_to_the_day_that_it_begins() -> None:
    frame = rides().astype({"time": "datetime64[us]"})
    frame.loc[0, "time"] = pd.Timestamp("2026-11-06 00:00:00")
    frame.loc[1, "time"] = pd.Timestamp("2026-11-05 23:59:59.999999")
    until = read_moments(frame, replace(spec(), until=DAY))
    assert until.n_rows == (frame.time < "2026-11-06").sum()


def test_every_row_is_a_participant_where_none_is_named() -> None:
    frame = rides()
    found = read_enrolment(frame, spec(participant=None))
    by_day = frame.groupby([frame.time.dt.date, "variant"]).size().unstack(fill_value=0)
    assert dict(found.days) == {day: tuple(counts) for day, counts in zip(by_day.index, by_day.to_numpy(), strict=True)}


def test_participants_of_several_arms_are_nowhere_and_counted() -> None:
    frame = rides()
    user = frame.user.iloc[-1]
    other = CONTROL if frame.variant.iloc[-1] == TREATMENT else TREATMENT
    torn = pd.concat([frame, frame.tail(1).assign(variant=other)], ignore_index=True)
    found, without = read_enrolment(torn, spec()), read_enrolment(frame[frame.user != user], spec())
    assert found.n_contaminated == 1
    assert found.days == without.days


def test_rows_without_time_place_nobody_and_are_counted() -> None:
    frame = rides()
    frame["time"] = frame.time.where(np.arange(len(frame)) % 50 > 0)
    found = read_enrolment(frame, spec())
    known = frame.dropna(subset="time")
    assert found.without_time == len(frame) - len(known)
    assert found.days == read_enrolment(known, spec()).days
    until = read_moments(frame, replace(spec(missing="drop"), until=date(2026, 12, 31)))
    assert until.n_rows == len(known)


def test_a_participant_of_several_levels_is_in_none() -> None:
    frame = rides()
    often = frame.user.value_counts().index[0]
    moved = frame.index[frame.user == often][0]
    frame["city"] = frame.city.where(frame.index != moved, "elsewhere")
    found = read_enrolment(frame, replace(spec(), groups=("city",)))
    assert sum(map(sum, found.segments["city"].values())) == frame.user.nunique() - 1
    assert found.segments["city"]["elsewhere"] == (0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": 5}, "holds numbers, not dates"),
        ({"time": "soon"}, "not read as dates"),
        ({"variant": CONTROL}, "one arm only"),
    ],
)
def test_bad_tables_are_one_clear_error(change: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        read_enrolment(rides().assign(**change), spec())
    with pytest.raises(dw.InputError, match="no rows"):
        read_enrolment(rides().head(0), spec())


def test_days_need_a_column_of_time() -> None:
    with pytest.raises(dw.InputError, match="needs time="):
        read_enrolment(rides(), design("booked").needs())
    with pytest.raises(dw.InputError, match="cannot be told from later ones"):
        read_moments(rides(), replace(design("booked").needs(), until=DAY))
