"""Influence in an orthonormal basis: the same errors as the dense cluster regression, whatever the clusters."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.influence import degrees_of_freedom, influence
from decision_widgets.estimates.regression import clustered_ols


def rows(n: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.exponential(size=n)])
    return x @ [1.0, 2.0, 0.5] + rng.normal(size=n) * (1 + x[:, 2]), x


@pytest.mark.parametrize("n_clusters", [7, 25, 80])
def test_variance_and_degrees_of_freedom_are_those_of_the_cluster_regression(n_clusters: int) -> None:
    y, x = rows()
    cluster = np.random.default_rng(1).permutation(np.arange(80) % n_clusters)
    fit = clustered_ols(y, x, cluster)
    q, r = np.linalg.qr(x)
    for j in range(3):
        coordinates = np.linalg.solve(r.T, np.eye(3)[j])
        got = influence(q, coordinates, y - q @ (q.T @ y), cluster)
        assert np.sqrt(got.variance) == pytest.approx(fit.std_error_cr2[j], rel=1e-10)
        assert degrees_of_freedom(got) == pytest.approx(fit.df_cr2[j], rel=1e-9)


def test_rows_alone_are_clusters_of_one() -> None:
    y, x = rows()
    q, r = np.linalg.qr(x)
    coordinates, residual = np.linalg.solve(r.T, np.eye(3)[1]), y - q @ (q.T @ y)
    alone, clusters = influence(q, coordinates, residual), influence(q, coordinates, residual, np.arange(80))
    np.testing.assert_allclose(alone.values, clusters.values, rtol=1e-9, atol=1e-15)
    assert (alone.trace, alone.square) == pytest.approx((clusters.trace, clusters.square), rel=1e-9)


def test_a_cluster_that_alone_determines_a_direction_is_refused() -> None:
    y, _ = rows()
    cluster = np.arange(80) // 10
    x = np.column_stack([np.ones(80), cluster == 0])
    q, _ = np.linalg.qr(x)
    with pytest.raises(InputError, match="One participant alone"):
        influence(q, np.array([1.0, 0.0]), y - q @ (q.T @ y), cluster)
