"""MLRATE: nobody's own outcome in their prediction, errors by participant, promises."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from decision_widgets.errors import EngineMissing, InputError
from decision_widgets.estimates.ancova import lin_regression
from decision_widgets.estimates.mlrate import cross_fitted_predictions, mlrate, mlrate_given_predictions
from decision_widgets.estimates.regression import clustered_ols


class LeastSquares:
    """The plainest learner, quick enough for a simulation."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        self.beta = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.column_stack([np.ones(len(x)), x]) @ self.beta


class Remembering(LeastSquares):
    """Keeps what it was shown."""

    seen: list[set[float]]
    asked: list[set[float]]

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        self.seen.append(set(x[:, 0]))
        super().fit(x, y)

    def predict(self, x: np.ndarray) -> np.ndarray:
        self.asked.append(set(x[:, 0]))
        return super().predict(x)


def rows(n: int = 300, seed: int = 6) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Make rows of participants, a few each; every participant in one arm."""
    rng = np.random.default_rng(seed)
    who = np.sort(rng.integers(0, n // 3, n))
    x = {"past": rng.normal(size=n // 3)[who], "age": rng.normal(size=n)}
    y = x["past"] ** 2 + x["age"] + rng.normal(size=n // 3)[who] + rng.normal(size=n)
    return y, who % 2 == 0, x, who


def test_nobody_is_predicted_by_a_learner_that_saw_them() -> None:
    y, _, x, who = rows()
    Remembering.seen, Remembering.asked = [], []
    g = cross_fitted_predictions(y, {"who": who, **x}, participant=who, learner=Remembering)
    assert len(Remembering.seen) == len(Remembering.asked) == 5
    for seen, asked in zip(Remembering.seen, Remembering.asked, strict=True):
        assert not seen & asked
        assert seen | asked == set(who)
    sizes = [len(asked) for asked in Remembering.asked]
    assert max(sizes) - min(sizes) <= 1
    assert not g.flags.writeable


def test_a_participants_own_outcome_does_not_change_their_prediction() -> None:
    y, _, x, who = rows()
    changed = y + 100 * (who == who[50])
    here, there = (cross_fitted_predictions(v, x, participant=who, learner=LeastSquares) for v in (y, changed))
    np.testing.assert_array_equal(here[who == who[50]], there[who == who[50]])
    assert np.abs(here - there).max() > 0.1


def test_with_one_row_per_participant_it_is_lins_regression_on_the_prediction() -> None:
    y, _, x, _ = rows()
    treated, g = np.arange(300) % 3 == 0, x["age"] + x["past"]
    answer, lin = mlrate_given_predictions(y, treated, g), lin_regression(y, treated, {"prediction": g})
    assert answer.method == "mlrate"
    assert answer.to_dict() == lin.to_dict() | {"method": "mlrate"}
    labels = [f"u{i}" for i in range(300)]
    assert mlrate_given_predictions(y, treated, g, participant=labels) == answer


def test_several_rows_per_participant_are_clusters() -> None:
    y, treated, x, who = rows()
    g = x["age"] + 0.2 * y.mean() * x["past"]
    answer = mlrate_given_predictions(y, treated, g, participant=who)
    design = np.column_stack([np.ones(300), treated, g, treated * (g - g.mean())])
    fit, plain = clustered_ols(y, design, who), clustered_ols(y, design[:, :2], who)
    assert answer.adjusted.effect == pytest.approx(fit.coefficients[1], rel=1e-10)
    assert answer.adjusted.std_error == pytest.approx(fit.std_error_cr2[1], rel=1e-10)
    assert answer.adjusted.df == pytest.approx(fit.df_cr2[1], rel=1e-9)
    assert answer.unadjusted.effect == pytest.approx(plain.coefficients[1], rel=1e-10)
    assert answer.unadjusted.std_error == pytest.approx(plain.std_error_cr2[1], rel=1e-10)
    assert answer.unadjusted.df == pytest.approx(plain.df_cr2[1], rel=1e-9)
    assert answer.n_control + answer.n_treatment == len(np.unique(who)) == answer.reduction.n_units


def test_the_order_of_rows_and_the_names_of_participants_do_not_matter() -> None:
    y, treated, x, who = rows()
    order = np.random.default_rng(0).permutation(300)
    here = mlrate_given_predictions(y, treated, x["age"], participant=who)
    names = np.array([f"user {-k}" for k in who])
    there = mlrate_given_predictions(y[order], treated[order], x["age"][order], participant=names[order])
    assert there.adjusted.to_dict() == pytest.approx(here.adjusted.to_dict(), rel=1e-10)
    assert there.reduction.std_error_shift == pytest.approx(here.reduction.std_error_shift, rel=1e-10)


def test_the_error_for_the_population_is_the_papers() -> None:
    rng = np.random.default_rng(3)
    n = 20_000
    treated, g = rng.random(n) < 0.3, rng.normal(size=n)
    y = g * (1 + 2 * treated) + rng.normal(size=n)
    answer = mlrate_given_predictions(y, treated, g)
    p, (b_c,), (b_t,) = treated.mean(), answer.control_slopes, answer.treatment_slopes
    variance = y[treated].var() / p + y[~treated].var() / (1 - p)
    variance -= g.var() * (b_t * (1 - p) + b_c * p) ** 2 / (p * (1 - p))
    # The paper takes one variance of g for both arms; they differ by chance, of order 1/√n.
    assert answer.std_error_population == pytest.approx(math.sqrt(variance / n), rel=0.02)


def test_the_default_learner_finds_what_a_line_cannot() -> None:
    rng = np.random.default_rng(1)
    n = 1_000
    past, treated = rng.normal(size=n), np.arange(n) % 2
    y = 2 * past**2 + rng.normal(size=n)
    past[::10] = math.nan
    importlib.import_module("sklearn.ensemble")  # the limit reaches only what is loaded
    with threadpool_limits(1):  # threads that wait for a busy core cost far more than they gain here
        first, again = (mlrate(y, treated, {"past": past}, seed=3) for _ in range(2))
    assert first == again
    assert first.reduction.variance_reduction > 0.5
    assert lin_regression(y, treated, {"past": np.nan_to_num(past)}).reduction.variance_reduction < 0.1


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    y, treated, x, who = rows()
    with pytest.raises(EngineMissing, match=r'pip install "decision_widgets\[ml\]"'):
        mlrate(y, treated, x, participant=who)
    assert mlrate(y, treated, x, participant=who, learner=LeastSquares).covariates == ("prediction",)


def learner(predict: Callable[[np.ndarray], Any]) -> Callable[[], Any]:
    class Odd(LeastSquares):
        def predict(self, x: np.ndarray) -> Any:
            return predict(x)

    return Odd


def broken(x: np.ndarray) -> np.ndarray:
    raise RuntimeError("no memory")


@pytest.mark.parametrize(
    ("predict", "said"),
    [
        (broken, r"The learner failed \(RuntimeError: no memory\)"),
        (lambda x: np.ones(3), "one finite value per row"),
        (lambda x: np.full(len(x), math.nan), "one finite value per row"),
        (lambda x: np.full(len(x), x.mean()), "one value for everybody"),
    ],
)
def test_a_learner_that_does_not_work_is_refused(predict: Any, said: str) -> None:
    y, treated, x, who = rows()
    with pytest.raises(InputError, match=said):
        mlrate(y, treated, x, participant=who, learner=learner(predict))


def test_what_cannot_be_adjusted_is_refused() -> None:
    y, treated, x, who = rows()
    with pytest.raises(InputError, match="some are in both"):
        mlrate(y, np.arange(300) % 2, x, participant=who)
    with pytest.raises(InputError, match="participant needs one label per row"):
        mlrate(y, treated, x, participant=who[:5])
    with pytest.raises(InputError, match="participant has missing labels"):
        mlrate(y, treated, x, participant=np.where(who == 3, math.nan, who))
    with pytest.raises(InputError, match="or missing"):
        mlrate(y, treated, x, participant=[None, *("u" for _ in range(299))])
    with pytest.raises(InputError, match="folds must be between 2 and the number of participants"):
        mlrate(y, treated, x, participant=who, folds=1)
    with pytest.raises(InputError, match="outcome must be finite"):
        mlrate(np.where(who == 3, math.nan, y), treated, x, participant=who)
    with pytest.raises(InputError, match="outcome must be finite"):
        cross_fitted_predictions(np.where(who == 3, math.nan, y), x)
    with pytest.raises(InputError, match="'past' holds values that are not finite"):
        mlrate(y, treated, {"past": np.where(who == 3, math.inf, y)}, participant=who)
    with pytest.raises(InputError, match="'prediction' is constant in control"):
        mlrate_given_predictions(y, treated, treated * x["age"], participant=who)
    with pytest.raises(InputError, match="An arm needs 2 units or more; there are 1 in treatment"):
        mlrate_given_predictions(y, who == who[0], x["age"], participant=who)
    with pytest.raises(InputError, match="reproduce the outcome exactly"):
        mlrate_given_predictions(y, treated, 2 * y + 1, participant=who)
    with pytest.raises(InputError, match="One participant alone"):
        mlrate_given_predictions(y, treated, (who == who[0]) * x["age"] + (who == who[-1]), participant=who)


def drawn(reps: int, n: int, per: int) -> np.ndarray:
    rng = np.random.default_rng(9)
    found = []
    for seed in range(reps):
        who = np.repeat(np.arange(n), per)
        treated = rng.permutation(np.arange(n) % 2 == 0)
        x = rng.normal(size=(n, 2))
        y = x.sum(axis=1) + rng.normal(size=n)  # the learner can explain two thirds of it
        y = y[who] + rng.normal(size=n * per) / 10
        given = {"a": x[who, 0], "b": x[who, 1]}
        answer = mlrate(y, treated[who], given, participant=who, learner=LeastSquares, seed=seed)
        low, high = answer.adjusted.effect_lower, answer.adjusted.effect_upper
        found.append((low <= 0 <= high, answer.reduction.variance_reduction, answer.reduction.shifted))
    return np.array(found, float)


@pytest.mark.parametrize("per", [1, 4])
def test_intervals_cover_and_the_reduction_is_what_the_learner_explains(per: int) -> None:
    covers, gained, shifted = drawn(300, 240, per).T
    assert abs(covers.mean() - 0.95) < 0.038
    assert gained.mean() == pytest.approx(2 / 3, abs=0.02)
    assert shifted.mean() < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("per", [1, 3])
def test_false_positives_stay_within_the_calibration_band(per: int) -> None:
    covers = drawn(10_000, 300, per)[:, 0]
    assert 0.0435 <= 1 - covers.mean() <= 0.0565
