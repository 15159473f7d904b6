"""Post-stratification: sums over strata, thin strata merged, participants as clusters, promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import welch_t
from decision_widgets.estimates.post_stratification import (
    PostStratification,
    post_stratified,
    post_stratified_clusters,
)
from decision_widgets.estimates.regression import clustered_ols
from decision_widgets.moments import ArmMoments, Moments, arm_moments

Cells = dict[str, tuple[Moments | None, Moments | None]]
ArmCells = dict[str, tuple[ArmMoments | None, ArmMoments | None]]


def units(n: int = 400, seed: int = 2, effect: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    stratum, treated = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1]), rng.random(n) < 0.4
    return 3.0 * stratum + effect * treated * (1 + stratum) + rng.normal(size=n), treated, stratum


def cells_of(y: np.ndarray, treated: np.ndarray, stratum: np.ndarray) -> Cells:
    def moments(rows: np.ndarray) -> Moments | None:
        return Moments.of({"y": y[rows]}) if rows.any() else None

    kinds = np.unique(stratum)
    return {str(k): (moments((stratum == k) & ~treated), moments((stratum == k) & treated)) for k in kinds}


def numbers(answer: PostStratification) -> list[float]:
    a, r = answer.adjusted, answer.reduction
    return [a.effect, a.std_error, answer.std_error_population, r.shift, r.std_error_shift]


def test_the_estimate_is_the_weighted_sum_over_strata() -> None:
    y, treated, stratum = units()
    answer = post_stratified(cells_of(y, treated, stratum), alpha=0.1)
    parts = [(y[(stratum == k) & treated], y[(stratum == k) & ~treated], (stratum == k).mean()) for k in range(4)]
    effect = sum(w * (t.mean() - c.mean()) for t, c, w in parts)
    variance = sum(w**2 * (t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c)) for t, c, w in parts)
    assert answer.adjusted.effect == pytest.approx(effect, rel=1e-12)
    assert answer.adjusted.std_error == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert [s.n_control + s.n_treatment for s in answer.strata] == [int((stratum == k).sum()) for k in range(4)]
    assert [s.share for s in answer.strata] == pytest.approx([w for _, _, w in parts], rel=1e-12)
    welch = welch_t(Moments.of({"y": y[~treated]}), Moments.of({"y": y[treated]}), alpha=0.1)
    assert answer.unadjusted.to_dict() == pytest.approx(welch.to_dict(), rel=1e-12)
    assert PostStratification.from_json(answer.to_json()) == answer


def test_it_is_the_regression_on_interacted_stratum_dummies() -> None:
    y, treated, stratum = units()
    dummies = np.column_stack([(stratum == k) - (stratum == k).mean() for k in range(1, 4)])
    x = np.column_stack([np.ones(400), treated, dummies, treated[:, None] * dummies])
    fit = clustered_ols(y, x, np.arange(400))
    answer = post_stratified(cells_of(y, treated, stratum)).adjusted
    assert answer.effect == pytest.approx(fit.coefficients[1], rel=1e-10)
    assert answer.std_error == pytest.approx(fit.std_error_cr2[1], rel=1e-10)


def test_one_stratum_is_welchs_test() -> None:
    y, treated, _ = units()
    answer = post_stratified(cells_of(y, treated, np.zeros(400)))
    assert answer.adjusted.to_dict() == pytest.approx(answer.unadjusted.to_dict(), rel=1e-10)
    assert answer.reduction.variance_reduction == pytest.approx(0, abs=1e-12)
    assert not answer.reduction.shifted


@pytest.mark.parametrize("shares", [None, {"0": 0.1, "1": 0.2, "2": 0.3, "3": 0.4}])
def test_swapping_shifting_and_scaling_do_what_they_should(shares: dict[str, float] | None) -> None:
    y, treated, stratum = units()
    here = numbers(post_stratified(cells_of(y, treated, stratum), shares=shares))
    swapped = numbers(post_stratified(cells_of(y, ~treated, stratum), shares=shares))
    moved = numbers(post_stratified(cells_of(-2 * y + 1e5, treated, stratum), shares=shares))
    signs = np.array([-1, 1, 1, -1, 1])
    np.testing.assert_allclose(swapped, signs * here, rtol=1e-10)
    np.testing.assert_allclose(moved, 2 * signs * here, rtol=1e-6)


def test_known_shares_weigh_the_strata() -> None:
    y, treated, stratum = units()
    cells, shares = cells_of(y, treated, stratum), {"0": 0.1, "1": 0.2, "2": 0.3, "3": 0.4}
    answer = post_stratified(cells, shares=shares)
    by_stratum = [s.effect for s in answer.strata]
    assert answer.adjusted.effect == pytest.approx(np.dot(list(shares.values()), by_stratum), rel=1e-12)
    assert answer.std_error_population == pytest.approx(answer.adjusted.std_error, rel=1e-12)
    assert answer.reduction.kept == "adjusted"


def influence(y: np.ndarray, treated: np.ndarray, stratum: np.ndarray, w: np.ndarray, known: bool) -> np.ndarray:
    """Return each unit's influence on the post-stratified minus the plain effect, written out."""
    n, sign = len(y), np.where(treated, 1.0, -1.0)
    cell = {(k, a): y[(stratum == k) & (treated == a)] for k in range(4) for a in (False, True)}
    effects = np.array([cell[k, True].mean() - cell[k, False].mean() for k in range(4)])
    mean = np.array([cell[k, a].mean() for k, a in zip(stratum, treated, strict=True)])
    size = np.array([len(cell[k, a]) for k, a in zip(stratum, treated, strict=True)])
    arm_mean, arm_size = (np.where(treated, f(y[treated]), f(y[~treated])) for f in (np.mean, len))
    adjusted = sign * w[stratum] * (y - mean) / size * np.sqrt(size / (size - 1))
    plain = sign * ((y - mean) * np.sqrt(size / (size - 1)) + mean - arm_mean) / arm_size
    return adjusted - plain + (0 if known else (effects[stratum] - w @ effects) / n)


@pytest.mark.parametrize("known", [True, False])
def test_the_error_of_the_shift_is_that_of_the_units_influence(known: bool) -> None:
    y, treated, stratum = units()
    w = np.array([0.1, 0.2, 0.3, 0.4]) if known else np.bincount(stratum) / 400
    shares = dict(zip("0123", w.tolist(), strict=True)) if known else None
    answer = post_stratified(cells_of(y, treated, stratum), shares=shares)
    psi = influence(y, treated, stratum, w, known)
    assert answer.reduction.std_error_shift == pytest.approx(np.linalg.norm(psi), rel=1e-10)


def test_thin_strata_become_one() -> None:
    y, treated, stratum = units()
    treated = np.where(np.arange(400) < 36, np.arange(400) % 2 == 0, treated)
    fine = np.where(np.arange(400) < 18, 7, np.where(np.arange(400) < 36, 8, stratum))  # 9 in each arm
    answer = post_stratified(cells_of(y, treated, fine))
    merged = post_stratified(cells_of(y, treated, np.where(fine == 8, 7, fine)))
    assert (answer.n_strata, answer.n_strata_merged, merged.n_strata_merged) == (6, 2, 0)
    assert answer.strata[-1].members == ("7", "8")
    assert numbers(answer) == pytest.approx(numbers(merged), rel=1e-10)
    assert sum(s.share for s in answer.strata) == pytest.approx(1)


def test_the_smallest_stratum_helps_a_thin_one() -> None:
    few, many, some = (Moments.of({"y": np.arange(n) % 5}) for n in (9, 50, 20))
    answer = post_stratified({"a": (few, many), "b": (many, many), "c": (some, some), "d": (None, few)})
    assert [s.members for s in answer.strata] == [("a",), ("b",), ("d", "c")]
    assert answer.n_strata_merged == 2
    alone = post_stratified({"a": (few, few), "b": (few, few)}, shares={"a": 0.25, "b": 0.75})
    assert [(s.members, s.share) for s in alone.strata] == [(("a", "b"), 1.0)]
    pair = Moments.of({"y": [1, 2]})
    kept = post_stratified({"a": (many, many), "b": (pair, pair), "c": (None, many)}, merge_below=0)
    assert [s.members for s in kept.strata] == [("a",), ("c", "b")]


def test_what_is_merged_does_not_depend_on_which_arm_happens_to_be_short() -> None:
    many, short, long = (Moments.of({"y": np.arange(n) % 5}) for n in (50, 9, 13))
    for cells in ((short, long), (long, short)):
        answer = post_stratified({"a": (many, many), "b": cells})
        assert (answer.n_strata_merged, answer.strata[1].members) == (0, ("b",))


def test_what_cannot_be_stratified_is_refused() -> None:
    good, constant = Moments.of({"y": np.arange(12.0)}), Moments.of({"y": np.ones(12)})
    pair: Cells = {"a": (good, good), "b": (good, good)}
    for shares, said in (
        ({"a": 1.0}, "must name the strata"),
        ({"a": 1.0, "b": 0.0}, "positive fraction"),
        ({"a": 0.5, "b": math.nan}, "positive fraction"),
        ({"a": 0.5, "b": 0.4}, "sum to 1; got 0.9"),
    ):
        with pytest.raises(InputError, match=said):
            post_stratified(pair, shares=shares)
    with pytest.raises(InputError, match="at least one stratum"):
        post_stratified({})
    with pytest.raises(InputError, match="at least 2 units in each arm; got 0"):
        post_stratified({"a": (good, None)})
    with pytest.raises(InputError, match="merge_below must be a number of units"):
        post_stratified(pair, merge_below=-1)
    with pytest.raises(InputError, match="vary"):
        post_stratified({"a": (constant, constant)})
    other = Moments.of({"y": np.full(12, 2.0)})
    with pytest.raises(InputError, match="vary inside strata"):
        post_stratified({"a": (constant, other), "b": (other, constant)})
    tenth, fifth = Moments.of({"y": np.full(12, 0.1)}), Moments.of({"y": np.full(12, 0.2)})
    with pytest.raises(InputError, match=r"vary inside strata|reproduce the outcome"):
        post_stratified({"a": (tenth, fifth), "b": (fifth, tenth)})


def participants(n: int = 200, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    stratum, treated = rng.integers(0, 3, n), rng.random(n) < 0.5
    m = 1.0 + rng.poisson(1 + stratum)
    return m, m * (2 * stratum + treated * stratum + rng.normal(size=n)), treated, stratum


def arm_cells(
    m: np.ndarray, s: np.ndarray, treated: np.ndarray, stratum: np.ndarray, shifts: tuple[float, ...] = (0.0,)
) -> tuple[ArmCells, ArmMoments, ArmMoments]:
    def arm(rows: np.ndarray, shift: float) -> ArmMoments:
        return arm_moments(m[rows], s[rows] - shift * m[rows], shift=shift)

    cells: ArmCells = {
        str(k): tuple(arm((stratum == k) & (treated == a), shifts[(int(k) + a) % len(shifts)]) for a in (False, True))
        for k in np.unique(stratum)
    }
    return cells, arm(~treated, shifts[0]), arm(treated, shifts[-1])


def test_one_stratum_of_participants_is_the_clustered_difference() -> None:
    m, s, treated, _ = participants()
    cells, control, treatment = arm_cells(m, s, treated, np.zeros(200))
    answer = post_stratified_clusters(cells, control, treatment)
    expected = clustered_difference(control, treatment).to_dict()
    assert answer.adjusted.to_dict() == pytest.approx(expected, rel=1e-10)
    assert answer.unadjusted.to_dict() == pytest.approx(expected, rel=1e-12)


def test_participants_with_one_observation_are_units() -> None:
    y, treated, stratum = units()
    cells, control, treatment = arm_cells(np.ones(400), y, treated, stratum)
    expected = numbers(post_stratified(cells_of(y, treated, stratum)))
    for weights in ("observations", "participants"):
        answer = post_stratified_clusters(cells, control, treatment, weights=weights)
        assert numbers(answer) == pytest.approx(expected, rel=1e-9)


def test_strata_of_participants_are_weighed_as_the_estimand_says() -> None:
    m, s, treated, stratum = participants()
    cells, control, treatment = arm_cells(m, s, treated, stratum)
    sizes = {"observations": m, "participants": np.ones(200)}
    for weights, size in sizes.items():
        answer = post_stratified_clusters(cells, control, treatment, weights=weights)
        share = np.bincount(stratum, size) / size.sum()
        level = [
            [s[rows].sum() / m[rows].sum() for rows in ((stratum == k) & treated, (stratum == k) & ~treated)]
            for k in range(3)
        ]
        assert answer.adjusted.effect == pytest.approx(share @ np.subtract(*np.transpose(level)), rel=1e-10)
        assert [each.share for each in answer.strata] == pytest.approx(share, rel=1e-12)
        cr2 = [clustered_difference(*cells[str(k)]).std_error for k in range(3)]
        assert answer.adjusted.std_error == pytest.approx(np.linalg.norm(share * cr2), rel=1e-10)


def test_the_shifts_of_the_cells_do_not_matter() -> None:
    m, s, treated, stratum = participants()
    here = post_stratified_clusters(*arm_cells(m, s, treated, stratum), merge_below=30)
    moved = post_stratified_clusters(*arm_cells(m, s, treated, stratum, (5.0, -3.0, 1.5)), merge_below=30)
    assert numbers(moved) == pytest.approx(numbers(here), rel=1e-9)
    assert moved.adjusted.control_mean == pytest.approx(here.adjusted.control_mean, rel=1e-10)


def test_merged_participants_have_the_clustered_variance_of_the_merged_rows() -> None:
    _, s, treated, _ = participants()
    m = np.full(200, 3.0)  # equal weights: the merged formula is CR2 exactly
    coarse = np.where(np.arange(200) < 70, 1, 0)
    cells, control, treatment = arm_cells(m, s, treated, coarse)
    expected = post_stratified_clusters(cells, control, treatment)
    fine, *_ = arm_cells(m, s, treated, np.where(np.arange(200) < 14, 2, coarse))
    merged = post_stratified_clusters(fine, control, treatment)
    assert [each.members for each in merged.strata] == [("0",), ("2", "1")]
    assert numbers(merged) == pytest.approx(numbers(expected), rel=1e-9)
    assert merged.adjusted.df == pytest.approx(expected.adjusted.df, rel=1e-9)


def test_merged_participants_of_unequal_weight_have_an_unbiased_variance() -> None:
    rng, size = np.random.default_rng(8), unequal_sizes()
    treated = np.arange(len(size)) % 2 == 0
    stratum = np.arange(len(size)) // 18  # 9 participants in each arm: all are merged
    found, effects = [], []
    for _ in range(1_500):
        s = np.sqrt(size) * rng.normal(size=len(size))  # independent observations
        answer = post_stratified_clusters(*arm_cells(size, s, treated, stratum)).adjusted
        found.append(answer.std_error**2)
        effects.append(answer.effect)
    truth = sum(1 / size[arm].sum() for arm in (treated, ~treated))
    assert np.mean(found) == pytest.approx(truth, rel=4 * np.std(found) / np.mean(found) / math.sqrt(1_500))
    assert np.var(effects) == pytest.approx(truth, rel=0.15)


def unequal_sizes() -> np.ndarray:
    return np.round(np.exp(np.random.default_rng(0).normal(1, 1, 36))) + 1


def test_participants_must_be_in_one_stratum() -> None:
    m, s, treated, stratum = participants()
    cells, control, treatment = arm_cells(m, s, treated, stratum)
    with pytest.raises(InputError, match="participants once"):
        post_stratified_clusters({k: cells[k] for k in "01"}, control, treatment)
    with pytest.raises(InputError, match="'observations' or 'participants'"):
        post_stratified_clusters(cells, control, treatment, weights="rows")
    heavy = np.where((stratum == 0) & ~treated, 0.0, m)
    heavy[np.flatnonzero((stratum == 0) & ~treated)[0]] = 4.0
    cells, control, treatment = arm_cells(heavy, s * (heavy > 0), treated, stratum)
    with pytest.raises(InputError, match="One participant holds the whole weight"):
        post_stratified_clusters(cells, control, treatment)


def drawn(reps: int, n: int, effect: float) -> np.ndarray:
    rows = []
    for seed in range(reps):
        y, treated, stratum = units(n, seed, effect)
        answer = post_stratified(cells_of(y, treated, stratum))
        low, high = answer.adjusted.effect_lower, answer.adjusted.effect_upper
        truth = effect * 2  # Σ w_s·effect·(1 + s)
        rows.append(
            (
                low <= truth <= high,
                abs(answer.adjusted.effect - truth) <= 1.96 * answer.std_error_population,
                answer.reduction.variance_reduction,
                answer.reduction.shift / answer.reduction.std_error_shift,
            )
        )
    return np.array(rows, float)


def test_merging_does_not_bias_the_effect() -> None:
    found = []
    for seed in range(700):
        y, treated, stratum = units(250, seed, effect=0.0)  # the last stratum hovers around the limit
        answer = post_stratified(cells_of(y, treated, stratum))
        found.append((answer.adjusted.statistic, answer.n_strata_merged > 0))
    z, merged = np.array(found).T
    assert 0.3 < merged.mean() < 0.7
    assert abs(z[merged == 1].mean()) < 3.5 / math.sqrt(merged.sum())


def test_intervals_cover_and_the_reduction_is_the_share_between_strata() -> None:
    covers, _, gained, z = drawn(400, 300, effect=0.0).T
    assert abs(covers.mean() - 0.95) < 0.033
    assert gained.mean() == pytest.approx(9 / 10, abs=0.02)  # between strata 9·Var(s) = 9, inside 1
    assert z.std() == pytest.approx(1, abs=0.12)


def test_with_effects_that_differ_the_population_needs_its_own_error() -> None:
    covers, population, _, z = drawn(400, 300, effect=3.0).T
    assert covers.mean() < 0.9
    assert abs(population.mean() - 0.95) < 0.033
    assert z.std() == pytest.approx(1, abs=0.12)


@pytest.mark.slow
def test_false_positives_stay_within_the_calibration_band() -> None:
    covers = drawn(10_000, 300, effect=0.0)[:, 0]
    assert 0.0435 <= 1 - covers.mean() <= 0.0565
