"""A table of the past becomes the same sums on every engine, and those sums are what a loop over participants gives."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Opened, assert_same, tolerance
from made import running

import decision_widgets as dw
from decision_widgets.data.history import read_history
from decision_widgets.errors import ColumnNotFound, InputError, MissingValues
from decision_widgets.moments import HistorySpec, MetricColumns, MetricSummary, WindowSums

ODD = "odd \"name\"; DROP TABLE 'x' 🚕 {0} `b`"
METRICS = (
    MetricColumns(metric="spend", numerator="spend"),
    MetricColumns(metric="paid", numerator="paid"),
    MetricColumns(metric="balance", numerator=ODD),
    MetricColumns(metric="rate", numerator="clicks", denominator="views"),
    MetricColumns(metric="per_user", numerator="trips", denominator="user"),
)
SPEC = HistorySpec(participant="user", time="time", metrics=METRICS, missing="drop")


def history(days: int = 20) -> pd.DataFrame:
    frame = running(700, days=days, seed=4)
    rng = np.random.default_rng(5)
    frame[ODD] = 1e9 + rng.normal(0, 1, len(frame))
    return frame.assign(spend=frame.spend.where(rng.random(len(frame)) > 0.1))


@pytest.fixture(scope="module")
def found() -> Any:
    return read_history(history(), SPEC)


def by_hand(frame: pd.DataFrame, columns: MetricColumns, shift: float) -> dict[str, float]:
    """Take the sums of one window from its participants, one by one."""
    sums: dict[str, float] = dict.fromkeys((f.name for f in fields(WindowSums) if f.name.startswith("sum_")), 0.0)
    people = valued = observations = 0
    for _, rows in frame.groupby("user"):
        people += 1
        weight = rows[columns.denominator] if columns.denominator == "views" else pd.Series(1.0, index=rows.index)
        values = rows[columns.numerator]
        used = values.notna() & weight.notna()
        if not used.any():
            continue
        valued += 1
        observations += int(used.sum())
        m = 1.0 if columns.denominator == "user" else float(weight[used].sum())
        s = float((values[used] - shift * weight[used]).sum())
        for name in sums:
            powers = name.removeprefix("sum_")
            of_m = int((powers.partition("m")[2] or "1") if "m" in powers else 0)
            of_s = int((powers.partition("s")[2].partition("m")[0] or "1") if "s" in powers else 0)
            sums[name] += m**of_m * s**of_s
    return {"n_people": people, "n_participants": valued, "n_observations": observations} | sums


@pytest.mark.parametrize("columns", METRICS, ids=lambda columns: columns.metric)
@pytest.mark.parametrize("days", [1, 6, 20])
def test_each_window_holds_the_sums_of_its_participants(found: Any, columns: MetricColumns, days: int) -> None:
    frame = history()
    day = (frame.time.dt.normalize() - frame.time.dt.normalize().min()).dt.days
    summary = found.summary(columns.metric)
    window = summary.windows[days - 1]
    assert window.days == days
    expected = by_hand(frame[day < days], columns, summary.shift)
    scale = {"n": 1.0, "sum": max(abs(value) for value in expected.values())}
    for name, value in expected.items():
        own = getattr(window, name)
        assert own == pytest.approx(value, rel=1e-9, abs=1e-10 * scale[name.partition("_")[0]]), name


def test_rows_give_the_sums_that_the_intraclass_correlation_needs(found: Any) -> None:
    frame = history().dropna(subset="spend")
    summary = found.summary("spend")
    rows = summary.windows[-1].rows
    shifted = frame.assign(v=frame.spend - summary.shift).groupby("user").v
    means, sizes = shifted.mean(), shifted.size()
    assert rows.sum_y2 == pytest.approx(float((frame.spend - summary.shift).pow(2).sum()))
    assert rows.sum_inverse_m == pytest.approx(float((1 / sizes).sum()))
    assert rows.sum_mean == pytest.approx(float(means.sum()))
    assert rows.sum_mean2 == pytest.approx(float(means.pow(2).sum()))
    assert rows.within == pytest.approx(float((shifted.var(ddof=0) * sizes).sum()))
    assert found.summary("rate").windows[-1].rows is None


def test_large_values_keep_their_digits(found: Any) -> None:
    summary = found.summary("balance")
    window = summary.windows[-1]
    within = window.rows.within / (window.n_observations - window.n_participants)
    assert within == pytest.approx(1.0, rel=0.1)
    assert summary.shift == pytest.approx(1e9, rel=1e-6)


def test_windows_before_and_after_hold_what_participants_did_then(found: Any) -> None:
    frame = history()
    day = (frame.time.dt.normalize() - frame.time.dt.normalize().min()).dt.days
    summary = found.summary("paid")
    assert sorted({half.days for half in summary.previous}) == [7]
    later, before = frame[day >= 13], frame[(day >= 6) & (day < 13)]
    own = later.assign(v=later.paid - summary.shift).groupby("user").v.agg(["sum", "size"])
    x = before.assign(v=before.paid - summary.shift).groupby("user").v.mean().reindex(own.index)
    both = summary.previous
    assert sum(half.n_participants for half in both) == len(own)
    assert sum(half.n_known for half in both) == int(x.notna().sum())
    assert sum(half.sum_msx for half in both) == pytest.approx(float((own["size"] * own["sum"] * x.fillna(0)).sum()))
    assert sum(half.sum_m2x2 for half in both) == pytest.approx(float((own["size"] * x.fillna(0)).pow(2).sum()))
    assert min(half.n_participants for half in both) > 0.4 * len(own)


def test_levels_and_sizes_are_those_of_participants(found: Any) -> None:
    frame = history()
    sizes = frame.groupby("user").size()
    summary = found.summary("paid")
    assert summary.sizes == (*(int((sizes == n).sum()) for n in range(1, 11)), int((sizes > 10).sum()))
    levels = frame.groupby("user").paid.mean()
    for share, value in summary.quantiles:
        assert value == pytest.approx(float(levels.quantile(share)), abs=1e-12)
    assert summary.zero_share == pytest.approx(float((frame.paid == 0).mean()))
    spend = found.summary("spend")
    assert (spend.n_rows, spend.n_missing) == (len(frame), int(frame.spend.isna().sum()))
    assert (spend.first_day, spend.last_day, spend.n_days) == ("2026-11-02", "2026-11-21", 20)


def test_every_engine_gives_the_same_history(engine: Opened, found: Any) -> None:
    table = pa.Table.from_pandas(history(), preserve_index=False)
    table = table.set_column(
        table.column_names.index("time"), "time", table["time"].cast(pa.timestamp("us"))
    )  # Spark knows no nanoseconds
    own = read_history(engine.make(table), SPEC)
    for metric in METRICS:
        left, right = own.summary(metric.metric), found.summary(metric.metric)
        assert len(left.windows) == len(right.windows)
        # Sums near 0 are compared with what they are made of.
        assert_same(replace(left, windows=(), previous=()), replace(right, windows=(), previous=()), 1e-6)
        for mine, theirs in zip((*left.windows, *left.previous), (*right.windows, *right.previous), strict=True):
            numbers = [(getattr(mine, f.name), getattr(theirs, f.name)) for f in fields(mine) if f.name != "rows"]
            largest = max(abs(value) for _, value in numbers if value is not None)
            for a, b in numbers:
                assert a == pytest.approx(b, rel=tolerance(engine.name) * 1e3, abs=tolerance(engine.name) * largest)


def test_an_advice_is_the_same_on_every_engine(engine: Opened) -> None:
    frame = history()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.set_column(table.column_names.index("time"), "time", table["time"].cast(pa.timestamp("us")))
    design = dw.BetweenSubject(
        participant="user", arm="arm", control="A", time="time", missing="drop",
        metrics=[dw.Metric("paid", covariates=["before"]), dw.Metric("spend", role="secondary")],
    )  # fmt: skip
    own, expected = (dw.advise(design, given, effect=0.1) for given in (engine.make(table), frame))
    assert own.plan.n_participants == expected.plan.n_participants
    for left, right in zip(own.rows, expected.rows, strict=True):
        assert_same(left, right, 1e-9)


def test_more_than_six_weeks_are_read_from_their_end() -> None:
    frame = running(400, days=70, seed=2)
    summary = read_history(frame, replace(SPEC, metrics=METRICS[1:2])).summary("paid")
    assert summary.n_days == 42
    assert summary.first_day == str(frame.time.max().date() - pd.Timedelta(days=41))[:10]
    assert sorted({half.days for half in summary.previous}) == [7, 14, 21, 28]
    assert summary.windows[-1].n_people == frame[frame.time >= summary.first_day].user.nunique()


def test_a_short_history_has_two_halves_of_its_days() -> None:
    summary = read_history(running(400, days=9), replace(SPEC, metrics=METRICS[1:2])).summary("paid")
    assert {half.days for half in summary.previous} == {4}


def test_without_time_there_is_one_window_and_without_participants_every_row_is_one() -> None:
    frame = history()
    timeless = read_history(frame, replace(SPEC, time=None)).summary("paid")
    assert (timeless.n_days, len(timeless.windows), timeless.previous) == (None, 1, ())
    assert timeless.windows[0].n_people == frame.user.nunique()
    single = replace(SPEC, participant=None, metrics=METRICS[:4])
    rows = read_history(frame, single).summary("paid")
    assert rows.windows[-1].n_participants == rows.windows[-1].n_observations == len(frame)
    assert rows.windows[4].n_people == int((frame.time < "2026-11-07").sum())
    assert rows.windows[-1].sum_m2 == len(frame)


def test_two_metrics_together_equal_each_alone_and_null_rows_change_counts_alone() -> None:
    frame = history()
    together = read_history(frame, SPEC)
    alone = read_history(frame, replace(SPEC, metrics=METRICS[1:2])).summary("paid")
    assert together.summary("paid") == alone
    extra = frame[frame.paid == 1].head(30).assign(paid=np.nan)
    longer = pd.concat([frame, extra], ignore_index=True)
    more = read_history(longer, replace(SPEC, metrics=METRICS[1:2])).summary("paid")
    assert more.windows[-1].sum_s2 == pytest.approx(alone.windows[-1].sum_s2)
    assert (more.n_rows - alone.n_rows, more.n_missing) == (30, 30)


def test_an_absent_outcome_counts_as_0_when_asked() -> None:
    frame = history()
    zero = read_history(frame, replace(SPEC, metrics=METRICS[:1], missing="zero")).summary("spend")
    filled = read_history(frame.fillna({"spend": 0.0}), replace(SPEC, metrics=METRICS[:1])).summary("spend")
    last = zero.windows[-1], filled.windows[-1]
    assert last[0].n_observations == last[1].n_observations == len(frame)
    levels = [w.sum_s / w.sum_m + s.shift for w, s in zip(last, (zero, filled), strict=True)]
    assert levels[0] == pytest.approx(levels[1])
    assert zero.n_missing == int(frame.spend.isna().sum())


def test_missing_values_are_an_error_unless_the_design_says_what_to_do() -> None:
    with pytest.raises(MissingValues, match=r"metric 'spend' is missing in [\d,]+ of"):
        read_history(history(), replace(SPEC, missing="raise"))
    frame = history().assign(user=lambda f: f.user.where(f.index > 4))
    with pytest.raises(MissingValues, match="5 rows have no user or readable time"):
        read_history(frame, replace(SPEC, metrics=METRICS[1:2], missing="raise"))
    assert read_history(frame, replace(SPEC, metrics=METRICS[1:2])).summary("paid").left_out == 5


def test_what_cannot_be_read_is_refused_and_the_rest_is_read() -> None:
    frame = history().assign(city="Hanoi", nothing=np.nan)
    wanted = (*METRICS[:1], *(MetricColumns(metric=name, numerator=name) for name in ("city", "nothing", "time")))
    found = read_history(frame, replace(SPEC, metrics=wanted))
    assert [each.metric for each in found.metrics] == ["spend"]
    assert {refused.metric for refused in found.refused} == {"city", "nothing", "time"}
    assert all(refused.what and refused.remedy for refused in found.refused)
    with pytest.raises(InputError, match="Did you mean 'spend'"):
        found.summary("spent")


def test_bad_tables_have_one_clear_message() -> None:
    with pytest.raises(ColumnNotFound, match="Did you mean 'paid'"):
        read_history(history(), replace(SPEC, metrics=(MetricColumns(metric="pad", numerator="pad"),)))
    with pytest.raises(InputError, match="no rows"):
        read_history(history().head(0), replace(SPEC, metrics=METRICS[1:2]))
    with pytest.raises(InputError, match="missing in every row"):
        read_history(history().assign(user=np.nan), replace(SPEC, metrics=METRICS[1:2]))
    with pytest.raises(InputError, match="The data must be"):
        read_history(3, SPEC)


def test_a_summary_survives_its_json_form(found: Any) -> None:
    summary = found.summary("spend")
    assert MetricSummary.from_json(summary.to_json()) == summary
    assert dw.HistorySummary.from_json(found.to_json()) == found
    with pytest.raises(InputError, match=r"metric summary has schema 'dw\.metric_summary/1'"):
        MetricSummary.from_json(found.to_json())
