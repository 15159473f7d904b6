"""However the rows are split, and wherever the values lie, the digits are there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import assert_same, parquet
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.data import MetricReading, read_moments

GRID = 2.0**-20  # values on this grid are exact doubles next to 1e9, so what is lost is lost by the sums
LIMIT = 1e-10


def parts_of(frame: pd.DataFrame, how: str) -> list[pd.DataFrame]:
    rng = np.random.default_rng(8)
    if how == "one arm per file":
        return [part for _, part in frame.groupby("variant")]
    if how == "sorted by participant":
        ordered = frame.sort_values("user")
        return [ordered.iloc[at : at + 300] for at in range(0, len(ordered), 300)]
    if how == "one part empty":
        return [frame.iloc[:0], frame.sample(frac=1, random_state=1), frame.iloc[:0]]
    place = rng.integers(0, int(how.split()[0]), len(frame))
    return [part for _, part in frame.groupby(place)]


@pytest.mark.parametrize(
    "how", ["1 part", "2 parts", "7 parts", "one part empty", "one arm per file", "sorted by participant"]
)
def test_any_split_of_the_rows_into_files_gives_the_same_moments(how: str, tmp_path: Path) -> None:
    frame = experiment(500, arms=3)
    frame["before"] = frame.groupby("user")["spend"].transform("mean") + frame["user"] % 7
    frame.loc[frame.index % 9 == 0, "spend"] = np.nan
    metrics = (dw.Metric("spend", covariates=["before"]), "trips", dw.Metric("rate", numerator="clicks",
               denominator="views"))  # fmt: skip
    spec = design(*metrics, missing="drop").needs()
    for part in parts_of(frame, how):
        parquet(pa.Table.from_pandas(part, schema=pa.Schema.from_pandas(frame), preserve_index=False), tmp_path)
    found, expected = read_moments(tmp_path, spec), read_moments(frame, spec)
    assert_same(found, expected, 1e-11)
    assert int(found.fingerprint, 16) > 0


def exact(values: Any) -> tuple[Fraction, Fraction]:
    """Return the mean and the variance of the mean, without rounding."""
    numbers = [Fraction(float(value)) for value in values]
    mean = sum(numbers, Fraction(0)) / len(numbers)
    squares = sum(((number - mean) ** 2 for number in numbers), Fraction(0))
    return mean, squares / (len(numbers) - 1) / len(numbers)


def error(found: float, expected: Fraction) -> float:
    return float(abs(Fraction(found) / expected - 1))


def participants(n: int = 400, seed: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm = np.where(np.arange(n) % 2 == 0, CONTROL, TREATMENT)
    before = rng.normal(0, 1, n)
    value = 0.7 * before + rng.normal(0, 1, n) + 0.4 * (arm == TREATMENT)
    grid = {"before": np.round(before / GRID) * GRID, "value": np.round(value / GRID) * GRID}
    return pd.DataFrame({"user": rng.permutation(n), "variant": arm, **grid})


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e9])
@pytest.mark.parametrize("scale", [2.0**-27, 1.0, 2.0**40], ids=["1e-8", "1", "1e12"])
@pytest.mark.parametrize("participant", ["user", None])
def test_level_effect_and_error_are_those_of_exact_arithmetic(
    offset: float, scale: float, participant: str | None
) -> None:
    frame = participants()
    frame["value"] = (frame["value"] + offset) * scale
    asked = design(dw.Metric("value", kind="continuous"), participant=participant)
    found = dw.analyze(frame, asked, methods=[]).effect("value")
    control, treatment = (exact(frame.loc[frame.variant == arm, "value"]) for arm in (CONTROL, TREATMENT))
    assert error(found.control_mean, control[0]) < LIMIT
    assert error(found.effect, treatment[0] - control[0]) < LIMIT
    assert error(found.std_error**2, treatment[1] + control[1]) < 2 * LIMIT


def test_one_read_holds_metrics_of_any_scale() -> None:
    frame = participants()
    scales = {"tiny": 1e-8, "small": 1e-3, "plain": 1.0, "large": 1e6, "huge": 1e12}
    for name, scale in scales.items():
        frame[name] = frame["value"] * scale
    frame["mixed"] = np.where(frame.index % 7 == 0, frame["value"] * 1e12, frame["value"] * 1e-8)
    result = dw.analyze(frame, design(*scales, "mixed"), methods=[])
    for name in (*scales, "mixed"):
        control, treatment = (exact(frame.loc[frame.variant == arm, name]) for arm in (CONTROL, TREATMENT))
        found = result.effect(name)
        assert error(found.effect, treatment[0] - control[0]) < LIMIT
        assert error(found.std_error**2, treatment[1] + control[1]) < 2 * LIMIT


def solved(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Solve linear equations without rounding."""
    n = len(rows)
    table = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for at in range(n):
        pivot = next(row for row in range(at, n) if table[row][at])
        table[at], table[pivot] = table[pivot], table[at]
        table[at] = [value / table[at][at] for value in table[at]]
        for row in range(n):
            if row != at:
                table[row] = [a - table[row][at] * b for a, b in zip(table[row], table[at], strict=True)]
    return [row[-1] for row in table]


def adjusted_level(frame: pd.DataFrame, arm: str, covariates: list[str]) -> Fraction:
    """Return an arm's regression at the mean of all participants, without rounding."""
    means = [sum(map(Fraction, frame[name]), Fraction(0)) / len(frame) for name in covariates]
    own = frame[frame.variant == arm]
    centred = [[Fraction(x) - mean for x in own[name]] for name, mean in zip(covariates, means, strict=True)]
    design_rows = [[Fraction(1)] * len(own), *centred]
    y = [Fraction(value) for value in own["value"]]
    gram = [[sum(map(lambda a, b: a * b, p, q), Fraction(0)) for q in design_rows] for p in design_rows]
    return solved(gram, [sum(map(lambda a, b: a * b, p, y), Fraction(0)) for p in design_rows])[0]


@pytest.mark.parametrize(("offset", "before"), [(0.0, 0.0), (1e9, 0.0), (0.0, 1e9), (1e9, -1e9)])
@pytest.mark.parametrize("covariates", [["before"], ["before", "other"]])
def test_an_adjusted_effect_is_that_of_exact_arithmetic(offset: float, before: float, covariates: list[str]) -> None:
    frame = participants(120)
    frame["other"] = np.round(np.random.default_rng(2).normal(0, 1, len(frame)) / GRID) * GRID
    near = dw.analyze(frame, asked := design(dw.Metric("value", covariates=covariates)), methods=[]).effect("value")
    frame["value"] += offset
    frame["before"] += before
    found = dw.analyze(frame, asked, methods=[]).effect("value")
    levels = [adjusted_level(frame, arm, covariates) for arm in (CONTROL, TREATMENT)]
    assert error(found.effect, levels[1] - levels[0]) < LIMIT
    assert found.std_error == pytest.approx(near.std_error, rel=LIMIT)


@pytest.mark.parametrize("scale", [2.0**-27, 2.0**40])
def test_an_adjusted_effect_scales_with_its_outcome_and_not_with_its_covariate(scale: float) -> None:
    frame = participants(120)
    asked = design(dw.Metric("value", kind="continuous", covariates=["before"]))
    plain = dw.analyze(frame, asked, methods=[]).effect("value")
    outcome = dw.analyze(frame.assign(value=frame["value"] * scale), asked, methods=[]).effect("value")
    covariate = dw.analyze(frame.assign(before=frame["before"] * scale), asked, methods=[]).effect("value")
    assert (outcome.effect, outcome.std_error) == pytest.approx(
        (plain.effect * scale, plain.std_error * scale), rel=LIMIT
    )
    assert (covariate.effect, covariate.std_error) == pytest.approx((plain.effect, plain.std_error), rel=LIMIT)


def test_rows_of_participants_near_a_billion_keep_their_digits() -> None:
    frame = experiment(300)
    frame["spend"] = np.round(frame["spend"] / GRID) * GRID
    spec = design("spend").needs()
    near = read_moments(frame, spec).metrics["spend"]
    far = read_moments(frame.assign(spend=frame["spend"] + 1e9), spec).metrics["spend"]
    assert isinstance(near, MetricReading)
    assert isinstance(far, MetricReading)
    for arm, moments in near.arms.items():
        assert far.arms[arm].linearised_variance == pytest.approx(moments.linearised_variance, rel=LIMIT)
        assert far.arms[arm].sums.adjusted_residual == pytest.approx(moments.sums.adjusted_residual, rel=LIMIT)
        mean, _ = exact(frame.loc[frame.variant == arm, "spend"] + 1e9)
        assert error(far.arms[arm].level, mean) < 1e-15
