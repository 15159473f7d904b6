"""What is asked for a metric's past by its name, and what is read as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.analysis.sources import kept_source


@pytest.mark.parametrize(
    "table",
    [pd.DataFrame({"summary": [1]}), "a/b", "rides.csv", "rides-*", "day=1.PARQUET", Path("rides")],
)
def test_a_table_or_a_path_is_no_store(table: Any) -> None:
    assert kept_source(table) is None


def test_a_file_goes_before_a_name_in_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kept_source("booked") is not None
    Path("booked").mkdir()
    assert kept_source("booked") is None


def test_whatever_knows_metrics_by_name_is_a_store() -> None:
    typed = dw.TypedSummary("booked", mean=0.3)
    for history in (typed, [typed], {"booked": typed}, dw.MetricStore("store.sqlite")):
        assert kept_source(history) is not None
