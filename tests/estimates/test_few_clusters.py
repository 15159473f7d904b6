"""When an effect may be judged by its clustered error."""

from __future__ import annotations

import math

import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.few_clusters import few_clusters


@pytest.mark.parametrize(
    ("n_control", "n_treatment", "df", "verdict"),
    [
        (2, 50, 40.0, "refuse"),
        (50, 2, 40.0, "refuse"),
        (50, 50, 2.99, "refuse"),
        (0, 50, 40.0, "refuse"),
        (3, 3, 3.0, "warn"),
        (9, 50, 40.0, "warn"),
        (50, 9, 40.0, "warn"),
        (50, 50, 9.99, "warn"),
        (10, 10, 10.0, None),
    ],
)
def test_the_fewest_decide(n_control: int, n_treatment: int, df: float, verdict: str | None) -> None:
    assert few_clusters(n_control, n_treatment, df) == verdict


@pytest.mark.parametrize("given", [(-1, 3, 3.0), (3, 3, math.nan), (3, 3, -1.0)])
def test_counts_that_cannot_be_are_refused(given: tuple[int, int, float]) -> None:
    with pytest.raises(InputError, match="cannot be negative or missing"):
        few_clusters(*given)
