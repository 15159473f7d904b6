"""Adjustment by a prediction that a learner makes from covariates: MLRATE."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import EngineMissing, InputError
from decision_widgets.estimates.ancova import interacted
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.covariates import (
    Mask,
    Matrix,
    finite_outcome,
    numbers,
    read_covariates,
    treated_units,
)
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.variance_reduction import AdjustedDifference


class Learner(Protocol):
    """What predicts the outcome: scikit-learn's regressors, or anything with these two methods."""

    def fit(self, x: Matrix, y: Matrix, /) -> object: ...

    def predict(self, x: Matrix, /) -> ArrayLike: ...


def mlrate(
    outcome: ArrayLike,
    treatment: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    participant: ArrayLike | None = None,
    learner: Callable[[], Learner] | None = None,
    folds: int = 5,
    seed: int = 0,
    alpha: float = 0.05,
) -> AdjustedDifference:
    """Tell whether two arms differ once a machine-learned prediction of the outcome is held equal.

    `cross_fitted_predictions` g, then `mlrate_given_predictions` (Guo et al. 2021). The learner may be as wrong as it
    likes: a bad g costs precision gained, not validity.

    Parameters
    ----------
    outcome : array_like, shape (N,)
    treatment : array_like, shape (N,)
        0 for control, 1 for treatment.
    covariates : mapping of str to array_like, shape (N,)
        Measured before exposure; NaN where missing, if the learner takes it (the default does).
    participant : array_like, shape (N,), optional
        Labels, when participants have several rows.
    learner, folds, seed
        As `cross_fitted_predictions`.

    Raises
    ------
    EngineMissing
        The default learner without scikit-learn.
    InputError
        As `cross_fitted_predictions` and `mlrate_given_predictions`.
    """
    checked_alpha(alpha)
    treated = treated_units(treatment)
    y = finite_outcome(outcome, treated)
    _clusters(participant, treated)
    g = cross_fitted_predictions(y, covariates, participant=participant, learner=learner, folds=folds, seed=seed)
    return mlrate_given_predictions(y, treated, g, participant=participant, alpha=alpha)


def mlrate_given_predictions(
    outcome: ArrayLike,
    treatment: ArrayLike,
    prediction: ArrayLike,
    *,
    participant: ArrayLike | None = None,
    alpha: float = 0.05,
) -> AdjustedDifference:
    """Tell whether two arms differ once predictions of the outcome are held equal.

    OLS of ``y`` on ``1, D, g, D·(g − ḡ)`` (Guo et al. 2021), HC2 errors, or CR2 by participant when they have several
    rows; t with Bell–McCaffrey degrees of freedom. `std_error_population` is the paper's
    ``σ² = Var_t/p + Var_c/(1−p) − Var(g)[β_t(1−p) + β_c p]²/(p(1−p))``, over N.

    Parameters
    ----------
    outcome, treatment : array_like, shape (N,)
    prediction : array_like, shape (N,)
        g, from data of other participants (`cross_fitted_predictions`) or from before the experiment.
    participant : array_like, shape (N,), optional
        Labels; at least 3 in each arm, each in one arm.

    Raises
    ------
    InputError
        Values that are not finite, a prediction that is the same for everybody in an arm, participants in two arms,
        too few units, or an outcome that the prediction reproduces.

    Examples
    --------
    >>> answer = mlrate_given_predictions([1, 2, 5, 4, 5, 7], [0, 0, 0, 1, 1, 1], [1, 2, 3, 2, 3, 4])
    >>> round(answer.adjusted.effect, 6), answer.n_control
    (0.916667, 3)
    """
    treated = treated_units(treatment)
    y = finite_outcome(outcome, treated)
    g = read_covariates({"prediction": prediction}, len(y))
    return interacted("mlrate", y, treated, g, ("prediction",), _clusters(participant, treated), alpha)


def cross_fitted_predictions(
    outcome: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    participant: ArrayLike | None = None,
    learner: Callable[[], Learner] | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Matrix:
    """Predict each participant's outcome by a learner that saw other participants only.

    Participants are dealt at random into folds of equal size; those of a fold are predicted by a learner fitted to
    all other folds, both arms together, without the treatment.

    Parameters
    ----------
    outcome : array_like, shape (N,)
    covariates : mapping of str to array_like, shape (N,)
        Finite, or NaN where missing.
    participant : array_like, shape (N,), optional
        Labels; without them each row is a participant.
    learner : callable, optional
        Makes an unfitted object with ``fit(x, y)`` and ``predict(x)``, x of shape (rows, K) in the order of
        `covariates`; by default scikit-learn's ``HistGradientBoostingRegressor``.
    folds : int
        At least 2, at most as many as participants.
    seed : int
        Of the folds and of the default learner.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    EngineMissing
        The default learner without scikit-learn.
    InputError
        Wrong shapes, infinite values, too few participants, a learner that fails or predicts what is not finite.
    """
    y = numbers(outcome, "outcome")
    if not np.isfinite(y).all():
        raise InputError("outcome must be finite; drop or fill missing values first.")
    x = read_covariates(covariates, len(y), gaps=True)
    codes = np.arange(len(y)) if participant is None else label_codes(participant, len(y), "participant", "row")
    n = int(codes.max()) + 1
    if not 2 <= folds <= n:
        raise InputError(f"folds must be between 2 and the number of participants, {n}; got {folds}.")
    make = _gradient_boosting(seed) if learner is None else learner
    fold = np.random.default_rng(seed).permutation(np.arange(n) % folds)[codes]
    prediction = np.empty(len(y))
    for k in range(folds):
        own = fold == k
        prediction[own] = _predicted(make, x[~own], y[~own], x[own])
    if all(np.ptp(prediction[fold == k]) == 0 for k in range(folds)):
        # Fold by fold the mean of the others is left, which mirrors the fold's own outcomes.
        raise InputError("The learner predicts one value for everybody; give it more participants or covariates.")
    prediction.flags.writeable = False
    return prediction


def _gradient_boosting(seed: int) -> Callable[[], Learner]:
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor
    except ImportError:
        raise EngineMissing('MLRATE needs scikit-learn: pip install "decision_widgets[ml]".') from None
    return lambda: HistGradientBoostingRegressor(random_state=seed)


def _predicted(make: Callable[[], Learner], x: Matrix, y: Matrix, new: Matrix) -> Matrix:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = make()
            fitted.fit(x, y)
            prediction = np.asarray(fitted.predict(new), dtype=np.float64)
    except Exception as problem:
        raise InputError(f"The learner failed ({type(problem).__name__}: {problem}).") from problem
    if prediction.shape != (len(new),) or not np.isfinite(prediction).all():
        raise InputError(f"The learner must predict one finite value per row, shape ({len(new)},).")
    return prediction


def _clusters(participant: ArrayLike | None, treated: Mask) -> NDArray[np.intp] | None:
    """Number the participants, each of whom must be in one arm; ``None`` when each has one row."""
    if participant is None:
        return None
    codes = label_codes(participant, len(treated), "participant", "row")
    rows = np.bincount(codes)
    treated_rows = np.bincount(codes, treated)
    if ((treated_rows > 0) & (treated_rows < rows)).any():
        raise InputError("Every participant must be in one arm; some are in both. Leave them out.")
    return codes if rows.max() > 1 else None
