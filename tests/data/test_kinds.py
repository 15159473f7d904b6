"""What kind of metric a column is, and what texts and odd types become."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from decision_widgets.data import MetricReading, Unreadable, read_moments
from decision_widgets.data.kinds import Recognition
from decision_widgets.moments import MetricColumns, MomentSpec
from decision_widgets.vocabulary import Kind


def reading(values: Any, declared: Kind | None) -> MetricReading | Unreadable:
    """Read values that stand in the control; a treatment of the same values stands beside it."""
    column = values if isinstance(values, pd.Series) else pd.Series(values)
    both = pd.concat([column, column], ignore_index=True)
    frame = pd.DataFrame({"user": range(len(both)), "arm": ["C"] * len(column) + ["T"] * len(column), "y": both})
    metric = MetricColumns(metric="y", numerator="y", kind=declared)
    spec = MomentSpec(
        participant="user", arm="arm", control="C", arms=None, time=None, metrics=(metric,), missing="drop"
    )
    return read_moments(frame, spec).metrics["y"]


def read(values: Any, declared: Kind | None = None) -> MetricReading:
    found = reading(values, declared)
    assert isinstance(found, MetricReading), found
    return found


def refusal(values: Any, declared: Kind | None = None) -> str:
    found = reading(values, declared)
    assert isinstance(found, Unreadable), found
    return found.what


def assert_numbers(found: MetricReading, numbers: list[float]) -> None:
    arm = found.arms["C"]
    present = [number for number in numbers if number == number]
    assert (arm.n_observations, arm.n_missing) == (len(present), len(numbers) - len(present))
    assert arm.level == pytest.approx(np.mean(present), rel=1e-14)
    assert arm.observations is not None
    assert arm.observations.cross[0, 0] == pytest.approx(np.var(present) * len(present), rel=1e-12)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 1, 1], "binary"),
        ([0.0, 1.0, np.nan], "binary"),
        ([True, False], "binary"),
        (["yes", "no"], "binary"),
        ([0, 1, 2], "count"),
        ([0, 500, 1000], "count"),
        ([0, 500, 1001], "continuous"),
        ([-1, 0, 1], "continuous"),
        ([0.5, 1, 2], "continuous"),
        ([3, 3, 3], "continuous"),
    ],
)
def test_the_kind_is_recognised(values: list[Any], kind: Kind) -> None:
    assert read(values).recognition.kind == kind


def test_large_whole_numbers_are_said_to_look_like_money() -> None:
    assert read([0, 500, 25_000]).recognition.largest == 25_000
    assert read([0, 500, 1000]).recognition.largest is None


@pytest.mark.parametrize(
    ("values", "mapping", "numbers"),
    [
        ([0, 1], None, [0, 1]),
        (["yes", "No", "yes"], None, [1, 0, 1]),
        (["off", "on"], None, [0, 1]),
        (["no", "Yes"], None, [0, 1]),
        (["TRUE", "FALSE"], None, [1, 0]),
    ],
)
def test_two_values_become_0_and_1(values: list[Any], mapping: tuple[str, str] | None, numbers: list[int]) -> None:
    found = read(values)
    assert found.recognition.kind == "binary"
    assert found.recognition.mapping == mapping
    assert_numbers(found, numbers)


def test_two_other_numbers_stay_what_they_are_unless_declared_binary() -> None:
    found = read([10, 20, 10])
    assert found.recognition.kind == "continuous"
    assert_numbers(found, [10, 20, 10])
    declared = read([10, 20, 10], "binary")
    assert declared.recognition.mapping == ("10", "20")
    assert_numbers(declared, [0, 1, 0])


@pytest.mark.parametrize("values", [["paid", "unpaid"], ["bought", "not bought"], ["clicked", "ignored"]])
def test_two_words_that_do_not_say_which_is_yes_are_refused(values: list[str]) -> None:
    assert "does not say which counts as 1" in refusal(values)
    assert "does not say which counts as 1" in refusal(values, "binary")


def test_a_different_whole_number_in_every_row_is_no_metric_unless_declared() -> None:
    frame = pd.DataFrame({"user": range(1500), "arm": ["C", "T"] * 750, "order": range(500_000, 501_500)})
    spec = MomentSpec(
        participant="user",
        arm="arm",
        control="C",
        arms=None,
        time=None,
        metrics=(
            MetricColumns(metric="guessed", numerator="order"),
            MetricColumns(metric="declared", numerator="order", kind="continuous"),
        ),
    )
    guessed, declared = read_moments(frame, spec).metrics.values()
    assert isinstance(guessed, Unreadable)
    assert "looks like an identifier" in guessed.what
    assert isinstance(declared, MetricReading)


def test_a_declared_kind_keeps_the_numbers_as_they_are() -> None:
    found = read([5, 7, 5], "continuous")
    assert found.recognition == Recognition(
        kind="continuous", evidence="Two values only, 5 and 7; 33.3% are 7", confidence="certain"
    )
    assert_numbers(found, [5, 7, 5])


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 0, None, 3], dtype="Int64"),
        pd.Series([1, 0, None, 3], dtype="Float64"),
        pd.Series([1, 0, None, 3], dtype="float32"),
        pd.Series([1, 0, None, 3], dtype="category"),
        pd.Series([1, 0, pd.NA, 3], dtype=object),
        pd.Series([Decimal(1), Decimal(0), Decimal("NaN"), Decimal(3)]),
        pd.Series(pd.arrays.SparseArray([1.0, 0.0, np.nan, 3.0])),
    ],
    ids=lambda column: str(column.dtype),
)
def test_the_same_numbers_in_any_column_type_are_the_same(column: pd.Series) -> None:
    assert_numbers(read(column), [1.0, 0.0, np.nan, 3.0])


def test_a_nullable_boolean_is_binary() -> None:
    found = read(pd.Series([True, None, False], dtype="boolean"))
    assert_numbers(found, [1.0, np.nan, 0.0])
    assert found.recognition.kind == "binary"
    assert found.recognition.mapping is None


def test_a_category_of_two_words_is_binary() -> None:
    found = read(pd.Series(["no", "yes", None], dtype="category"))
    assert_numbers(found, [0.0, 1.0, np.nan])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (pd.to_datetime(["2026-01-01", "2026-01-02"]), "holds dates"),
        (pd.to_datetime(["2026-01-01", "2026-01-02"]).tz_localize("UTC"), "holds dates"),
        (pd.period_range("2026-01", periods=3, freq="M"), "holds dates"),
        ([pd.Timestamp("2026-01-01").date(), pd.Timestamp("2026-01-02").date()], "holds dates"),
        (pd.to_timedelta([1, 2], unit="D"), "neither numbers nor texts"),
        ([None, None], "missing in all 4 rows"),
        (pd.Series([pd.NA, pd.NA], dtype="Int64"), "missing in all 4 rows"),
        (["12", "13", "14"], "holds its numbers as text"),
        (["0", "1"], "holds its numbers as text"),
        ([1.5, "n/a", 3], "text in 2 of 6 rows, for example 'n/a' in row 1"),
        ([None, 1.5, "n/a"], "text in 2 of 6 rows, for example 'n/a' in row 2"),
        (["a", "b", "c"], "text in 6 of 6 rows, for example 'a' in row 0"),
        (["2,5", "3", "4,25"], "text in 4 of 6 rows, for example '2,5' in row 0"),
        (["2,5", "4,25"], "text in 4 of 4 rows, for example '2,5' in row 0"),
        (["yes", "yes"], "holds one text only, 'yes'"),
        ([1.0, np.inf, -np.inf], "infinite in 4 of 6 rows, first in row 1"),
        ([Decimal("Infinity"), Decimal(1)], "infinite in 2 of 4 rows"),
        ([1.0, 1e200, 2.0], r"beyond ±1e\+100 in 2 of 6 rows"),
        ([1, 10**400, 3], r"beyond ±1e\+100 in 2 of 6 rows"),
        ([[1], [1], [2]], "neither numbers nor texts"),
        ([1 + 1j, 2 + 0j, 0j], "neither numbers nor texts"),
    ],
)
def test_what_is_no_metric_says_why(values: Any, said: str) -> None:
    assert re.search(said, refusal(values))


@pytest.mark.parametrize(
    ("texts", "remedy"),
    [
        (["2,5", "3,25", "4"], "write the decimals of 'y' with a point, for example by pd.read_csv(…, decimal=',')"),
        (
            ["988", "11,370", "1,234,567"],
            "say what its commas are: pd.read_csv(…, thousands=',') if '11,370' is 11370, decimal=',' if not",
        ),
        (["$2.5", "$3", "$4"], 'df["y"] = df["y"].str.strip("$€£% ").astype(float)'),
        (["85%", "3%", "4%"], 'df["y"] = df["y"].str.strip("$€£% ").astype(float)'),
        (["a lot", "3", "4"], "clean the column 'y' so that it holds numbers only, then run again"),
    ],
)
def test_numbers_as_others_write_them_are_refused_with_what_to_do(texts: list[str], remedy: str) -> None:
    found = reading(texts, None)
    assert isinstance(found, Unreadable)
    assert found.remedy == remedy


def test_three_values_declared_binary_are_refused() -> None:
    assert "declared binary and has more than two values, for example 0, 1 and 2" in refusal([0, 1, 2], "binary")
