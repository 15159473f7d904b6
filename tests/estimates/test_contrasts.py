"""The joint test of contrasts equals the one computed with every matrix written out."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.contrasts import contrasted, joint_test
from decision_widgets.estimates.hotelling import JointTest
from decision_widgets.estimates.panel import panel_coefficients
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel


def panel(n_clusters: int = 14, cells_each: int = 6, seed: int = 0, effect_levels: int = 3) -> PanelCells:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_clusters), cells_each)
    n = len(cluster)
    return PanelCells(
        weight=np.ones(n),
        mean=rng.normal(size=n) + rng.normal(size=n_clusters)[cluster],
        within=np.zeros(n),
        treatment=rng.integers(0, 2, n_clusters)[cluster] * (rng.random(n) < 0.7),
        fixed_effects={"hour": np.arange(n) % effect_levels} if effect_levels else {},
        cluster=cluster,
        controls={"x": rng.normal(size=n), "z": rng.integers(0, 2, n_clusters)[cluster] + 0.2 * rng.normal(size=n)},
    )


def written_out(cells: PanelCells, weights: np.ndarray) -> tuple[float, float, float]:
    """Return Q, F and its denominator's degrees of freedom (Tipton & Pustejovsky 2015), from the N × N matrices."""
    y, cluster = np.asarray(cells.mean), np.asarray(cells.cluster)
    dummies = [(np.asarray(v)[:, None] == np.unique(v)).astype(float) for v in cells.fixed_effects.values()]
    x = np.column_stack([cells.treatment, *cells.controls.values(), *(dummies or [np.ones(len(y))])])
    bread = np.linalg.inv(x.T @ x)
    hat, beta = x @ bread @ x.T, bread @ x.T @ y
    c = np.hstack([weights, np.zeros((len(weights), x.shape[1] - weights.shape[1]))])
    free = np.eye(len(y)) - hat
    parts = {}
    for g in np.unique(cluster):
        inside = np.flatnonzero(cluster == g)
        value, vector = np.linalg.eigh(free[np.ix_(inside, inside)])
        root = vector @ np.diag(np.where(value > 1e-10, 1 / np.sqrt(np.abs(value)), 0)) @ vector.T
        full = np.zeros((len(c), len(y)))
        full[:, inside] = c @ bread @ x[inside].T @ root
        parts[g] = full
    v = sum(np.outer(w @ (free @ y), w @ (free @ y)) for w in parts.values())
    omega = sum(w @ free @ w.T for w in parts.values())
    value, vector = np.linalg.eigh(omega)
    white = vector @ np.diag(value**-0.5) @ vector.T
    total, q = 0.0, len(c)
    for one in parts.values():
        for other in parts.values():
            p = white @ one @ free @ other.T @ white.T
            for s in range(q):
                for t in range(q):
                    # cov(a_s·a_t, b_s·b_t) = E[a_s b_s]E[a_t b_t] + E[a_s b_t]E[a_t b_s]
                    total += p[s, s] * p[t, t] + p[s, t] * p[t, s]
    eta = q * (q + 1) / total
    wald = float((c @ beta) @ np.linalg.solve(v, c @ beta))
    return wald, (eta - q + 1) / (eta * q) * wald, eta - q + 1


def of(cells: PanelCells, weights: np.ndarray) -> PanelSolution:
    return contrasted(solve_panel(cells), {f"contrast {i}": row for i, row in enumerate(weights)})


@pytest.mark.parametrize("effect_levels", [0, 3, 40])
@pytest.mark.parametrize("q", [1, 2, 3])
def test_it_is_the_test_written_out(q: int, effect_levels: int) -> None:
    cells, weights = panel(effect_levels=effect_levels), np.array([[1.0, -1, 0], [0, 1, -2], [1, 1, 1]])[:q]
    answer = joint_test(of(cells, weights))
    _, statistic, denominator = written_out(cells, weights)
    assert answer.statistic == pytest.approx(statistic, rel=1e-9)
    assert answer.df == q
    assert answer.df_denominator == pytest.approx(denominator, rel=1e-9)
    assert 0 < answer.p_value < 1


def test_one_contrast_is_the_square_of_its_t_test() -> None:
    single = of(panel(), np.array([[1.0, 0, 0]]))
    t, joint = panel_coefficients(single, alpha=0.05)[0], joint_test(single)
    assert joint.statistic == pytest.approx(t.statistic**2, rel=1e-9)
    assert joint.df_denominator == pytest.approx(t.df, rel=1e-9)
    assert joint.p_value == pytest.approx(t.p_value, rel=1e-8)


def test_it_depends_on_the_hypothesis_and_not_on_how_it_is_written() -> None:
    weights = np.array([[1.0, -1, 0], [0, 1, -1]])
    one, other = joint_test(of(panel(), weights)), joint_test(of(panel(), np.array([[2.0, 5], [1, -1e3]]) @ weights))
    for name in ("statistic", "df_denominator", "p_value"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-7)


def test_contrasts_that_depend_on_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="depend on each other"):
        joint_test(of(panel(), np.array([[1.0, 0, 0], [2, 0, 0]])))


def test_too_few_clusters_for_so_many_contrasts_are_refused_with_their_code() -> None:
    with pytest.raises(CannotEstimate) as refusal:
        joint_test(of(panel(n_clusters=2, cells_each=20), np.eye(3)))
    assert refusal.value.code == "E_FEW_CLUSTERS"


def test_it_survives_its_plain_form() -> None:
    answer = joint_test(of(panel(), np.eye(3)))
    assert JointTest.from_dict(answer.to_dict()) == answer
