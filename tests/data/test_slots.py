"""Rows become the cells of a switchback: the same in every engine, on the local clock, with nothing lost in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Opened, assert_same

import decision_widgets as dw
from decision_widgets.data import SlotMetric, SlotReading, Unreadable
from decision_widgets.data.slots import read_slots
from decision_widgets.design.clock import minute_of
from decision_widgets.moments import SlotSpec

START = pd.Timestamp("2026-11-02")
HOURLY = dw.Metric("trips", numerator="completed", denominator="at")
PRICE = dw.Metric("price", numerator="fare", denominator="km")


def rides(n: int = 3000, seed: int = 5, days: int = 6, history: int = 3) -> pd.DataFrame:
    """Three regions whose arms change every two hours; the days before have none."""
    rng = np.random.default_rng(seed)
    second = rng.integers(-history * 86_400, days * 86_400, n)
    city = rng.choice(["North", "South", "East"], n)
    slot = second // 7200
    treated = (slot * 7 + np.char.str_len(city.astype(str)) * 3) % 5 < 2
    return pd.DataFrame(
        {
            "at": (START + pd.to_timedelta(second, "s")).astype("datetime64[us]"),
            "city": city,
            "arm": np.where(second < 0, None, np.where(treated, "new", "old")),
            "fare": 20 + rng.normal(0, 4, n),
            "completed": rng.random(n) < 0.7,
            "km": rng.integers(0, 9, n),
            "rain": np.where(second // 86_400 % 2 == 0, "wet", "dry"),
            "heat": rng.normal(25, 2, n),
        }
    )


def design(**words: Any) -> dw.Switchback:
    given = {
        "time": "at", "slot": "2h", "burn_in": "20min", "region": "city", "arm": "arm", "control": "old",
        "metrics": ["fare", "completed", PRICE, HOURLY],
    }  # fmt: skip
    return dw.Switchback(**given | words)


def read(frame: Any, **words: Any) -> SlotReading:
    return read_slots(frame, design(**words).needs())


def metric(reading: SlotReading, name: str) -> SlotMetric:
    found = reading.metrics[name]
    assert isinstance(found, SlotMetric), found
    return found


def as_frame(reading: SlotReading) -> pd.DataFrame:
    """The cells with rows, one line each."""
    columns: dict[str, Any] = {
        "region": np.array(reading.regions)[reading.region],
        "hour": reading.hour,
        "slot": reading.slot,
        "part": reading.part,
        "arm": reading.arm,
        "rows": reading.rows,
    }
    columns |= dict(reading.labels) | dict(reading.controls)
    for name, own in reading.metrics.items():
        if isinstance(own, SlotMetric):
            columns |= {f"{name} {part}": getattr(own, part) for part in ("rows", "total", "size", "within", "missing")}
    return pd.DataFrame(columns)


def grouped(frame: pd.DataFrame, slot: int, burn_in: int, start: pd.Timestamp = START) -> Any:
    """The same keys, written once more with pandas."""
    minute = (frame["at"] - start) // pd.Timedelta(minutes=1)
    into = minute % slot
    keys = {
        "region": frame["city"],
        "hour": (frame["at"] - pd.Timestamp(0)) // pd.Timedelta(hours=1),
        "slot": minute // slot,
        "part": np.select([into < burn_in, into < 2 * burn_in], [0, 1], 2),
        "arm": frame["arm"].map({"old": 0, "new": 1}).fillna(-1).astype(int).where(minute >= 0, -1),
    }
    return frame.assign(**keys).groupby(list(keys))


@pytest.mark.parametrize(
    ("slot", "burn_in"),
    [("2h", 0), ("2h", 20), ("2h", 60), ("2h", 90), ("45min", 10), ("1d", 0), ("2d", 120), ("1h", 7)],
)
def test_cells_hold_what_pandas_groups(slot: str, burn_in: int) -> None:
    frame = rides()
    spec = design(slot=slot, burn_in=burn_in).needs()
    found = as_frame(read_slots(frame, spec))
    found = found[found["rows"] > 0].set_index(["region", "hour", "slot", "part", "arm"])
    of = grouped(frame, spec.slot, burn_in)
    assert found.index.tolist() == of.size().index.tolist()
    assert found["rows"].tolist() == of.size().tolist()
    np.testing.assert_allclose(found["fare total"], of["fare"].sum(), rtol=1e-12)
    within = of["fare"].apply(lambda y: ((y - y.mean()) ** 2).sum())
    np.testing.assert_allclose(found["fare within"], within, rtol=1e-9, atol=1e-10)
    assert found["completed total"].tolist() == of["completed"].sum().tolist() == found["trips total"].tolist()
    assert found["price size"].tolist() == of["km"].sum().tolist()
    np.testing.assert_allclose(found["price total"], of["fare"].sum(), rtol=1e-12)


def test_every_engine_gives_the_same_cells(engine: Opened) -> None:
    frame = rides()
    frame.loc[::17, "fare"] = np.nan
    spec = design(missing="drop", controls=["heat"], segments=["rain"], burn_in="20min").needs()
    found = read_slots(engine.make(pa.Table.from_pandas(frame, preserve_index=False)), spec)
    expected = read_slots(frame, spec)
    for reading in (found, expected):
        heat = reading.controls["heat"]
        assert np.isnan(heat).tolist() == (reading.rows == 0).tolist()
        np.nan_to_num(heat, copy=False)
    assert_same(found, expected, 1e-11)
    assert found.fingerprint == expected.fingerprint


def test_every_engine_puts_instants_on_the_clock_of_the_design(engine: Opened) -> None:
    frame = rides(1200)
    local = frame.assign(at=frame["at"].dt.tz_localize("Asia/Kathmandu"))  # 5 h 45 min ahead
    rows = pa.Table.from_pandas(local.assign(at=local["at"].dt.tz_convert("UTC")), preserve_index=False)
    found = read_slots(engine.make(rows), design(timezone="Asia/Kathmandu").needs())
    assert_same(found, read(frame), 1e-11)


def test_cells_are_ordered_and_their_minutes_fill_the_clock() -> None:
    reading = read(rides(), slot="90min", burn_in="20min")
    keys = list(zip(reading.region, reading.hour, reading.slot, reading.part, strict=True))
    assert keys == sorted(keys)
    run = reading.slot >= 0
    # Between the first slot and the hour of the last row every region has every minute once.
    last = (rides()["at"].max() - START) // pd.Timedelta(minutes=1)
    for region in range(3):
        clock = reading.minutes[run & (reading.region == region)].sum()
        assert last < clock <= (last // 60 + 1) * 60
    lengths = pd.Series(reading.minutes).groupby([reading.region, reading.hour]).sum()
    assert (lengths <= 60).all()
    assert (lengths == 60).mean() > 0.95


def test_parts_are_the_burn_in_as_long_again_and_the_rest() -> None:
    reading = read(rides(), slot="2h", burn_in="20min")
    run = (reading.slot >= 0) & (reading.region == 0) & (reading.slot < 60)
    by_part = [reading.minutes[run & (reading.part == part)].sum() for part in range(3)]
    assert by_part == [60 * 20, 60 * 20, 60 * 80]
    assert set(read(rides(), burn_in=0).part) == {2}
    assert set(read(rides(), burn_in="60min").part) == {0, 1}
    assert set(read(rides(), burn_in="90min").part) == {0, 1}


def test_a_total_per_hour_counts_nothing_where_nothing_happened() -> None:
    frame = rides(600)
    reading = read(frame, burn_in=0)
    trips, empty = metric(reading, "trips"), reading.rows == 0
    assert empty.sum() > 50
    assert not trips.total[empty].any()
    assert (trips.size[empty & (reading.part == 2)] > 0).all()
    assert trips.total.sum() == frame["completed"].sum()
    assert metric(reading, "fare").size[empty].sum() == 0
    run = (reading.slot >= 0) & (reading.hour < reading.hour.max())
    assert trips.size[run].sum() == pytest.approx(3 * (reading.hour.max() - minute_of("2026-11-02T00:00") // 60))
    # A place without rows has the arm of its slot.
    arms = pd.DataFrame({"region": reading.region, "slot": reading.slot, "arm": reading.arm})[reading.slot >= 0]
    with_rows = arms[reading.rows[reading.slot >= 0] > 0].groupby(["region", "slot"])["arm"].first()
    assert (arms.groupby(["region", "slot"])["arm"].nunique() == 1).all()
    assert with_rows.isin([0, 1]).all()


def test_a_region_counts_from_its_first_day_to_its_last() -> None:
    frame = rides(4000, history=0)
    day = (frame["at"] - START).dt.days
    frame = frame[(frame["city"] != "East") | day.between(2, 3)]
    reading = read(frame)
    east = reading.region == reading.regions.index("East")
    assert reading.slot[east].min() == 24
    assert reading.slot[east].max() == 47
    assert reading.minutes[east].sum() == 2 * 1440


def test_history_has_the_days_on_which_something_happened() -> None:
    frame = rides(4000, history=6)
    frame = frame[~frame["at"].between("2026-10-29", "2026-10-30", inclusive="left")]
    reading = read(frame)
    days = set(reading.hour[reading.slot < 0] // 24 - minute_of("2026-11-02T00:00") // 1440)
    assert days == {-6, -5, -3, -2, -1}
    assert (reading.arm[reading.slot < 0] == -1).all()


def test_two_arms_in_a_slot_are_two_cells_that_share_its_minutes() -> None:
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2026-11-02 00:10", "2026-11-02 00:20", "2026-11-02 00:30", "2026-11-02 03:00"]),
            "city": "a", "arm": ["old", "old", "new", "new"], "fare": [1.0, 2.0, 3.0, 4.0],
        }
    )  # fmt: skip
    reading = read(frame, metrics=["fare", dw.Metric("rides", numerator="fare", denominator="at")], burn_in=0)
    first = reading.hour == reading.hour.min()
    assert reading.arm[first].tolist() == [0, 1]
    assert reading.rows[first].tolist() == [2, 1]
    assert reading.minutes[first].tolist() == [40, 20]
    assert metric(reading, "rides").size[first].sum() == 1
    # The hour after has no row: most rows of the slot were old.
    assert reading.arm.tolist() == [0, 1, 0, 1, 1]


def test_the_start_is_midnight_before_the_first_arm_or_what_is_said() -> None:
    frame = rides()
    frame.loc[frame["at"] < START + pd.Timedelta("7h"), "arm"] = None
    reading = read(frame)
    assert reading.start == minute_of("2026-11-02T00:00")
    early = (reading.slot >= 0) & (reading.slot < 3)
    assert (reading.arm[early] == -1).all()
    assert reading.left_out["arm"] == frame["arm"].isna().sum() - (frame["at"] < START).sum()
    later = read(frame, start="2026-11-02T06:00", slot="1d", burn_in=0)
    assert later.start == minute_of("2026-11-02T06:00")
    assert set(later.hour[later.slot == 0]) == set(range(later.start // 60, later.start // 60 + 24))


def test_rows_after_the_schedule_and_of_another_arm_before_it_are_left_out() -> None:
    frame = rides(history=3)
    frame.loc[frame["at"] < START, "arm"] = "old"
    frame.loc[frame.index[frame["at"] < START][:5], "arm"] = "new"
    arms = dict.fromkeys(("North", "South", "East"), "01" * 24 + "10" * 6)
    reading = read(frame, schedule=dw.Schedule(start="2026-11-02T00:00", slot=120, arms=arms))
    after = (frame["at"] >= START + pd.Timedelta("5D")).sum()
    assert reading.left_out["after the schedule"] == after > 0
    assert reading.left_out["before the start with another arm than control"] == 5
    assert reading.rows.sum() == len(frame) - after - 5
    assert reading.slot.max() == 59
    assert reading.last_day == "2026-11-06"
    assert reading.days == 5


def test_without_a_column_of_arms_nobody_has_one() -> None:
    reading = read(rides(), arm=None, control=None)
    assert set(reading.arm) == {-1}
    assert reading.arms == ("control", "treatment")
    assert reading.first_day == "2026-10-30"
    assert isinstance(reading.metrics["fare"], SlotMetric)


@pytest.mark.parametrize(
    ("missing", "rows", "total"), [("drop", 2, 6.0), ("zero", 3, 6.0)], ids=["left out", "counted as 0"]
)
def test_a_missing_value_leaves_out_its_own_metric_alone(missing: str, rows: int, total: float) -> None:
    at = pd.to_datetime(["2026-11-02 00:10", "2026-11-02 00:20", "2026-11-02 00:30", "2026-11-02 03:00"])
    frame = pd.DataFrame(
        {"at": at, "arm": [0, 0, 0, 1], "y": [2.0, 4.0, np.nan, 1.0], "n": [1.0, np.nan, 1.0, 1.0], "z": 1.0}
    )
    metrics = ["y", "z", dw.Metric("r", numerator="y", denominator="n")]
    words = {"region": None, "control": None, "metrics": metrics, "burn_in": 0}
    reading = read(frame, missing=missing, **words)
    y, z, r = (metric(reading, name) for name in ("y", "z", "r"))
    assert (y.rows[0], y.total[0], y.size[0], y.missing[0]) == (rows, total, rows, 1)
    values = [2.0, 4.0, *[0.0] * (rows - 2)]
    assert y.within[0] == pytest.approx(np.var(values) * rows)
    assert (z.rows[0], z.missing[0]) == (3, 0)
    assert (r.rows[0], r.total[0], r.size[0], r.missing[0]) == (rows - 1, 2.0, rows - 1, 2)
    with pytest.raises(dw.MissingValues, match="metric 'y' is missing in 1 rows"):
        read(frame, missing="raise", **words)


def test_rows_without_a_region_a_time_or_a_control_are_counted() -> None:
    frame = rides()
    frame.loc[:4, "city"] = None
    frame.loc[5:11, "at"] = pd.NaT
    frame.loc[12:14, "heat"] = np.nan
    reading = read(frame, missing="drop", controls=["heat"])
    assert {name: reading.left_out[name] for name in ("at", "city", "heat")} == {"at": 7, "city": 5, "heat": 3}
    assert reading.rows.sum() == len(frame) - 15
    assert reading.n_rows == len(frame)
    with pytest.raises(dw.MissingValues, match="7 rows have no readable at, 5 rows have no city, 3 rows have no heat"):
        read(frame, controls=["heat"])


def test_controls_are_means_and_labels_divide_cells() -> None:
    frame = rides()
    frame.loc[frame.index % 3 == 0, "rain"] = "dry"
    found = as_frame(read(frame, controls=["heat"], segments=["rain"]))
    found = found[found["rows"] > 0]
    keyed = grouped(frame, 120, 20).obj.groupby(["region", "hour", "slot", "part", "arm", "rain"])
    assert found["rows"].tolist() == keyed.size().tolist()
    np.testing.assert_allclose(found["heat"], keyed["heat"].mean(), rtol=1e-12)


def test_a_place_without_rows_has_the_label_that_place_or_clock_determines() -> None:
    frame = rides(900, history=0)
    hour = frame["at"].dt.hour
    frame["climate"] = frame["city"].map({"North": "cold", "South": "hot", "East": "hot"})
    frame["peak"], frame["luck"] = hour.between(7, 9), np.arange(900) % 2
    reading = read(frame, fixed_effects=["rain", "climate"], segments=["peak", "luck"])
    empty, labels = reading.rows == 0, reading.labels
    day = reading.hour // 24 - minute_of("2026-11-02T00:00") // 1440
    north = reading.region == reading.regions.index("North")
    assert labels["rain"].tolist() == np.where(day % 2 == 0, "wet", "dry").tolist()
    assert labels["climate"].tolist() == np.where(north, "cold", "hot").tolist()
    assert labels["peak"].tolist() == np.where(np.isin(reading.hour % 24, (7, 8, 9)), "True", "False").tolist()
    assert set(labels["luck"][empty]) == {""}
    assert set(labels["luck"][~empty]) == {"0", "1"}


def test_values_near_a_billion_keep_their_digits() -> None:
    frame = rides()
    small = frame["fare"].round(6)
    frame["fare"] = 1e9 + small + 1e7 * (frame["at"].dt.day % 7)
    exact = frame.assign(fare=frame["fare"] - 1e9)  # no digit is lost: doubles near 1e9 are 1e-7 apart
    found = as_frame(read(frame))
    found = found[found["rows"] > 0]
    of = grouped(exact, 120, 20)["fare"]
    within = of.apply(lambda y: ((y - y.mean()) ** 2).sum())
    np.testing.assert_allclose(found["fare within"], within, rtol=1e-6, atol=1e-6)  # digits that 1e9 itself leaves
    np.testing.assert_allclose(
        found["fare total"] - 1e9 * found["rows"], of.sum(), atol=1e-5
    )  # a total of 50e9 ends there


@pytest.mark.parametrize("unit", [1e95, 1e-90])
def test_values_of_any_size_are_added_up(unit: float) -> None:
    frame = rides()
    reading = read(frame.assign(fare=unit * frame["fare"]))
    expected = metric(read(frame), "fare")
    np.testing.assert_allclose(metric(reading, "fare").total / unit, expected.total, rtol=1e-12)
    np.testing.assert_allclose(metric(reading, "fare").within / unit**2, expected.within, rtol=1e-9, atol=1e-9)


def test_two_other_numbers_declared_binary_become_0_and_1() -> None:
    frame = rides()
    frame["code"] = np.where(frame["completed"], 9, 4)
    reading = read(frame, metrics=["completed", dw.Metric("code", kind="binary")])
    code, completed = metric(reading, "code"), metric(reading, "completed")
    assert code.recognition.mapping == ("4", "9")
    np.testing.assert_allclose(code.total, completed.total, atol=1e-9)
    np.testing.assert_allclose(code.within, completed.within, atol=1e-9)


def test_a_metric_that_cannot_be_read_leaves_the_others() -> None:
    frame = rides().assign(
        words="n/a", infinite=np.inf, negative=-1.0, nothing=0.0, empty=np.nan, yes=lambda f: f["completed"].map(str)
    )
    frame.loc[3:, "words"] = "7"
    metrics = [
        "fare", "words", "infinite", "empty", "yes",
        dw.Metric("a", numerator="fare", denominator="negative"),
        dw.Metric("b", numerator="fare", denominator="nothing"),
        dw.Metric("c", numerator="words", denominator="at"),
    ]  # fmt: skip
    found = read(frame, metrics=metrics, missing="drop").metrics
    said = {name: own.what for name, own in found.items() if isinstance(own, Unreadable)}
    assert said.keys() == {"words", "infinite", "empty", "a", "b", "c"}
    assert "has text in 3 of 3,000 rows" in said["words"] == said["c"]
    assert "infinite in 3,000" in said["infinite"]
    assert "missing in all" in said["empty"]
    assert "negative in some rows" in said["a"]
    assert "0 in every row" in said["b"]
    assert found["yes"].recognition.kind == "binary"  # type: ignore[union-attr]  # told by the keys above


def test_a_metric_that_the_engine_cannot_compute_leaves_the_others() -> None:
    connection = duckdb.connect()
    connection.register("rows", pa.Table.from_pandas(rides().assign(text="x")))
    relation = connection.sql("SELECT * EXCLUDE text, CAST(text AS INTEGER) AS broken FROM rows")
    found = read(relation, metrics=["fare", "broken"]).metrics
    assert isinstance(found["fare"], SlotMetric)
    assert isinstance(found["broken"], Unreadable)
    assert "could not read" in found["broken"].what


def test_a_metric_without_a_value_in_the_run_is_refused() -> None:
    frame = rides()
    frame.loc[frame["at"] >= START, "fare"] = np.nan
    found = read(frame, missing="drop").metrics
    assert isinstance(found["fare"], Unreadable)
    assert "both a value and an arm" in found["fare"].what
    assert isinstance(found["completed"], SlotMetric)


def test_names_and_labels_are_text_whatever_they_hold() -> None:
    hostile = ['a"b', "c'd\\", "<img src=x onerror=alert(1)>" + "x" * 300]
    names = {"at": 'when "it" began', "city": "the; city--", "arm": "Arm", "fare": "fa`re", "completed": "arm"}
    frame = rides().rename(columns=names)
    frame[names["city"]] = frame[names["city"]].map(dict(zip(["North", "South", "East"], hostile, strict=True)))
    words = {"time": names["at"], "region": names["city"], "arm": names["arm"]}
    reading = read(frame, metrics=[names["fare"], names["completed"]], **words)
    assert set(reading.regions) == set(hostile)
    assert metric(reading, "fa`re").total.sum() == pytest.approx(rides()["fare"].sum())
    assert metric(reading, "arm").total.sum() == rides()["completed"].sum()


@pytest.mark.parametrize(
    ("arms", "words", "expected"),
    [
        ((0, 1), {}, ("0", "1")),
        ((0.0, 1.0), {}, ("0", "1")),
        ((False, True), {}, ("False", "True")),
        (("B", "A"), {}, ("A", "B")),
        (("x", "y"), {"treatment": "x"}, ("y", "x")),
    ],
)
def test_arms_are_named_as_everywhere(arms: tuple[Any, Any], words: dict[str, Any], expected: Any) -> None:
    frame = rides(history=0)
    frame["arm"] = frame["arm"].map({"old": arms[0], "new": arms[1]})
    reading = read(frame, control=None, **words)
    assert reading.arms == expected
    treated = str(arms[1]) == expected[1] or (arms[1] == 1.0 and expected[1] == "1")
    of = "new" if treated else "old"
    assert reading.rows[reading.arm == 1].sum() == (rides(history=0)["arm"] == of).sum()


BERLIN = "Europe/Berlin"


def every_quarter(first: str, days: int) -> pd.DataFrame:
    begin = pd.Timestamp(first, tz=BERLIN)
    at = pd.date_range(begin, begin + pd.DateOffset(days=days), freq="15min", inclusive="left")
    hour = at.tz_localize(None).hour
    arm = np.where((hour // 2 + at.day) % 2, "new", "old")
    return pd.DataFrame({"at": at, "arm": arm, "y": np.arange(len(at)) % 7.0})


@pytest.mark.parametrize(
    ("first", "rows_of_the_day", "touched", "minutes"),
    [("2026-03-28", 92, "2026-03-29T02:00", 60), ("2026-10-24", 100, "2026-10-25T02:00", 60)],
    ids=["an hour skipped", "an hour twice"],
)
def test_slots_in_which_the_clock_changed_are_named(
    first: str, rows_of_the_day: int, touched: str, minutes: int
) -> None:
    frame = every_quarter(first, 3)
    words = {"region": None, "metrics": ["y"], "timezone": BERLIN, "burn_in": 0}
    reading = read(frame.assign(at=frame["at"].dt.tz_convert("UTC")), **words)
    day = reading.hour // 24 - reading.start // 1440
    assert reading.rows[day == 1].sum() == rows_of_the_day
    assert reading.rows[day == 2].sum() == 96
    assert reading.clock_changes == ((minute_of(touched) - reading.start) // 120,)
    assert reading.minutes.max() == minutes
    naive = read(frame.assign(at=frame["at"].dt.tz_localize(None)), **words)
    assert_same(reading, naive, 1e-12)
    assert read(frame, slot="1d", **words).clock_changes == (1,)
    quiet = replace(design(**words).needs(), end=reading.start + 1440)
    assert read_slots(frame, quiet).clock_changes == ()


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        ({"at": lambda f: f["at"].astype(str)}, {}, "'at' holds texts, not timestamps; convert it first"),
        ({"at": lambda f: f["at"].dt.date}, {}, "'at' holds no timestamps"),
        ({"at": lambda f: f["at"].dt.normalize()}, {}, "'at' holds midnights only"),
        ({"at": 5}, {}, "unit='s'"),
        ({"at": lambda f: f["at"].dt.tz_localize("UTC")}, {}, r"time zone.*timezone='Asia/Singapore'"),
        ({"at": lambda f: f["at"].dt.tz_localize("UTC").astype(object)}, {}, r"time zone.*timezone='Asia/Singapore'"),
        ({"at": pd.NaT}, {}, "No row has a value in at and city"),
        ({"city": None}, {"missing": "drop"}, "No row has a value in at and city"),
        ({"heat": np.nan}, {"controls": ["heat"]}, r"The control 'heat' cannot be used: .* missing in all"),
        ({"heat": "hot"}, {"controls": ["heat"]}, r"The control 'heat' cannot be used: .* one text only"),
        ({"heat": np.inf}, {"controls": ["heat"]}, r"The control 'heat' cannot be used: .* infinite"),
        ({"arm": None}, {}, "The arm column 'arm' is missing in every row; check the join"),
        ({"arm": "old"}, {}, "compares two arms; the column holds old"),
        ({"arm": "old"}, {"treatment": "new"}, "one arm only, 'old'"),
        ({"arm": lambda f: f["arm"].where(f.index > 20, "other")}, {}, "the column holds new, old, other"),
        ({}, {"start": "2027-01-01"}, "No row lies in the run, which starts on 2027-01-01"),
        ({"at": lambda f: f["at"].where(f.index > 2, pd.Timestamp("2106-02-07"))}, {}, "a mistaken date in 'at'"),
        ({}, {"region": "town"}, "no column 'town' for the region"),
        ({}, {"segments": ["sun"]}, "no column 'sun' for fixed effects or segments"),
    ],
)  # fmt: skip
def test_what_is_no_switchback_is_one_clear_error(change: dict[str, Any], words: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        read(rides(history=0).assign(**change), **words)


def test_dates_and_empty_tables_are_one_clear_error(engine: Opened) -> None:
    rows = pa.Table.from_pandas(rides(60), preserve_index=False)
    with pytest.raises(dw.InputError, match=r"no rows|'at' holds (texts|no timestamps)"):
        read(engine.make(rows.slice(0, 0)))
    days = rows.set_column(0, "at", rows.column("at").cast(pa.date32()))
    with pytest.raises(dw.InputError, match=r"'at' holds (days|no timestamps|midnights only)"):
        read(engine.make(days))


def test_the_fingerprint_is_of_the_cells_in_any_order_and_of_the_values() -> None:
    frame = rides()
    first = read(frame).fingerprint
    assert read(frame.sample(frac=1, random_state=1)).fingerprint == first
    assert read(frame.iloc[1:]).fingerprint != first
    assert read(frame.assign(fare=frame["fare"] + (frame.index == 7))).fingerprint != first
    assert read(frame.assign(city=frame["city"].replace("East", "West"))).fingerprint != first


def test_a_design_says_what_it_needs() -> None:
    arms = {"a": "0110", "b": "1001"}
    words = {"start": None, "schedule": dw.Schedule(start="2026-11-02T06:00", slot=120, arms=arms)}
    spec = design(**words, fixed_effects=["rain"], segments=["rain", "sun"], controls=["heat"]).needs()
    assert (spec.start, spec.end) == (minute_of("2026-11-02T06:00"), minute_of("2026-11-02T14:00"))
    assert spec.conditions == ("rain", "sun")
    assert spec.controls == ("heat",)
    assert (spec.control, spec.treatment) == ("old", None)
    assert list(spec.columns()) == ["at", "city", "arm", "fare", "completed", "km", "heat", "rain", "sun"]
    without = design(arm=None, control=None).needs()
    assert (without.control, without.treatment, without.start, without.end) == ("control", "treatment", None, None)
    assert SlotSpec(time="at", slot=90, burn_in=20, metrics=()).grain == 10
    assert SlotSpec(time="at", slot=120, start=minute_of("2026-11-02T06:45"), metrics=()).grain == 15
