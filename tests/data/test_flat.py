"""A table of one row per participant: one scan gives what gathering by a participant's number gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, design, experiment

import decision_widgets as dw
from decision_widgets.data import MetricReading, read_moments
from decision_widgets.data.duckdb_engine import DuckDB
from decision_widgets.moments import ArmMoments

RATE = dw.Metric("rate", numerator="clicks", denominator="views")


def people(participants: int = 600, **words: Any) -> pd.DataFrame:
    frame = experiment(participants, **words).groupby("user", as_index=False).first()
    rng = np.random.default_rng(4)
    frame["taps"] = rng.poisson(3, len(frame))
    frame["before"] = frame["spend"] + rng.normal(0, 2, len(frame))
    return frame


def both(frame: pd.DataFrame, *metrics: Any, **words: Any) -> tuple[dw.DecisionResult, dw.DecisionResult]:
    flat = dw.analyze(frame, design(*metrics, participant=None, **words))
    return flat, dw.analyze(frame, design(*metrics, **words))


def same(flat: dw.DecisionResult, grouped: dw.DecisionResult) -> None:
    left, right = (result.to_frame().drop(columns=["codes"]) for result in (flat, grouped))
    pd.testing.assert_frame_equal(left, right, rtol=1e-11, atol=1e-13)
    pd.testing.assert_frame_equal(flat.statistics_frame(), grouped.statistics_frame(), rtol=1e-11)
    codes = {message.code for message in flat.messages} - {"I_ROWS_ARE_PARTICIPANTS"}
    assert codes == {message.code for message in grouped.messages}


def test_one_scan_gives_what_gathering_gives() -> None:
    same(*both(people(), "spend", "taps", "paid"))


def test_ratios_covariates_and_missing_values_are_read_without_a_participant_too() -> None:
    frame = people()
    frame.loc[::9, "spend"] = np.nan
    frame.loc[::4, "before"] = np.nan
    spend = dw.Metric("spend", covariates=["before"])
    same(*both(frame, spend, "taps", RATE, missing="drop"))
    same(*both(frame, "spend", "taps", missing="drop"))
    same(*both(frame, "spend", missing="zero"))


def test_many_arms_and_labels_of_any_type_are_the_same() -> None:
    frame = people(900, arms=3).assign(variant=lambda f: (f["variant"].str.len() % 7).astype(float))
    control = str(int(frame["variant"].iloc[0]))
    same(*both(frame, "spend", "taps", control=control))


@pytest.mark.parametrize(
    "change",
    [
        lambda y: 1e9 + y,
        lambda y: y.where(y.index != 3, 1e7),
        lambda y: np.exp(y),
        lambda y: y * 1e-9,
        lambda y: y.where(y.index % 2 == 0, y + 1e9),
    ],
    ids=["large level", "outlier", "heavy tail", "small unit", "two levels"],
)
def test_hard_values_are_as_exact(change: Any) -> None:
    frame = people()
    frame["spend"] = change(frame["spend"])
    flat, grouped = (read(frame, participant) for participant in (None, "user"))
    for name in flat:
        assert flat[name].sums.adjusted_residual == pytest.approx(grouped[name].sums.adjusted_residual, rel=1e-11)
        assert flat[name].skewness == pytest.approx(grouped[name].skewness, rel=1e-8, abs=1e-10)
        assert flat[name].top_share == pytest.approx(grouped[name].top_share, rel=1e-8)


def read(frame: pd.DataFrame, participant: str | None) -> dict[str, ArmMoments]:
    reading = read_moments(frame, design("spend", participant=participant).needs()).metrics["spend"]
    assert isinstance(reading, MetricReading)
    return dict(reading.arms)


def test_the_table_is_scanned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    query = DuckDB.query

    def counted(self: DuckDB, sql: str) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return query(self, sql)

    monkeypatch.setattr(DuckDB, "query", counted)
    dw.analyze(people(), design("spend", "taps", "paid", participant=None), methods=[])
    assert [sql for sql in asked if "FROM frame" in sql and "LIMIT" not in sql and "DESCRIBE" not in sql] == asked[-1:]


def test_it_is_said_that_rows_count_as_participants() -> None:
    flat, _ = both(people(), "spend")
    assert "I_ROWS_ARE_PARTICIPANTS" in {message.code for message in flat.messages}
    assert flat.effect("spend").n_control == (people()["variant"] == CONTROL).sum()


def test_per_participant_needs_a_participant() -> None:
    with pytest.raises(dw.InputError, match="no column 'user'"):
        dw.analyze(
            people().drop(columns="user"),
            design({"name": "per", "numerator": "spend", "denominator": "user"}, participant=None),
        )
