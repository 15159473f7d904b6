"""Individual effects from a causal forest, shown only when they hold for participants whom the forest has not seen."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import EngineMissing, InputError
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import MeanDifference
from decision_widgets.estimates.fixed_effects import Codes, Matrix
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.predicted_effects import PredictedEffectChecks, check_predicted_effects
from decision_widgets.moments import arm_moments
from decision_widgets.records import Record

Distrust = Literal["few_participants", "weak_effect", "unstable_drivers"]

LEAST_IN_ARM: Final = 40
FEW_PARTICIPANTS: Final = 5_000
WEAK_STATISTIC: Final = 3.0
FOLDS: Final = 5
LEAF: Final = 10
BASELINE_TREES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Driver(Record):
    """How much of the forest's splitting a covariate did; the shares of all covariates add to 1."""

    name: str
    importance: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoIndividualEffects(Record):
    """No evidence that predicted effects rank or size those of participants: only the average effect is left.

    Attributes
    ----------
    average : MeanDifference
        The average effect, errors clustered by participant.
    checks : PredictedEffectChecks
        On the held-out participants; ``checks.failed`` says which failed.
    distrust : tuple of str
        ``"few_participants"`` (below 5,000), ``"weak_effect"`` (the average effect is within 3 standard errors of 0),
        ``"unstable_drivers"`` (the first driver differs between seeds).
    """

    average: MeanDifference
    checks: PredictedEffectChecks
    distrust: tuple[Distrust, ...]
    n_participants: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndividualEffects:
    """Predicted effects that passed all checks.

    Attributes
    ----------
    participants, predicted : ndarray, shape (H,)
        Labels of the held-out participants and their predicted effects, in the metric's unit.
    drivers : tuple of Driver
        The most important first. They say where effects differ, not why.
    seed_agreement : float
        The lowest rank correlation between the predictions of two seeds; 0 if one of them ranks nobody.
    average, checks, distrust
        As in `NoIndividualEffects`.
    """

    participants: NDArray[Any]
    predicted: Matrix
    drivers: tuple[Driver, ...]
    seed_agreement: float
    average: MeanDifference
    checks: PredictedEffectChecks
    distrust: tuple[Distrust, ...]
    n_participants: int
    seed: int

    def __post_init__(self) -> None:
        self.participants.flags.writeable = False
        self.predicted.flags.writeable = False


def individual_effects(
    outcome: ArrayLike,
    treatment: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    participant: ArrayLike,
    *,
    share: float,
    n_trees: int = 500,
    n_seeds: int = 3,
    seed: int = 0,
    alpha: float = 0.05,
) -> IndividualEffects | NoIndividualEffects:
    """Predict each participant's effect with a causal forest, and keep it only if it holds on held-out participants.

    Rows are gathered to participants, weighted by their rows, so that folds and honest subsamples are of participants.
    Half of each arm trains econml's ``CausalForestDML`` (Athey, Tibshirani & Wager 2019) with the known share as
    propensity and a cross-fitted random forest for the outcome; the other half is what `check_predicted_effects`
    judges. `n_seeds` forests tell whether the drivers are stable; the first one's predictions are checked and shown.

    Parameters
    ----------
    outcome, treatment : array_like, shape (N,)
        The metric in its unit, and 0 or 1.
    covariates : mapping of str to array_like, shape (N,)
        Numbers known before the treatment could act, the same in all rows of a participant.
    participant : array_like, shape (N,)
        Labels; at least 40 in each arm.
    share : float
        Known chance of treatment.
    n_trees, n_seeds, seed, alpha
        Of the forest and the checks.

    Raises
    ------
    EngineMissing
        econml is not installed.
    InputError
        Shapes that differ, values that are not finite numbers, a participant in two arms or with a covariate that
        varies, too few participants, or an outcome that does not vary.
    """
    if n_trees < 1 or n_seeds < 2:
        raise InputError(f"A forest needs at least 1 tree, and 2 seeds to compare; got {n_trees} and {n_seeds}.")
    table = _Participants.of(outcome, treatment, covariates, participant, share)
    engine, average, train = _engine(), table.average(alpha), table.training_half(seed)
    fits = [_fit(table, train, share, n_trees, seed + i, *engine) for i in range(n_seeds)]
    checks = _checks(table, train, share, fits[0], seed, alpha)
    distrust = _distrust(len(train), average, [int(np.argmax(fit.importance)) for fit in fits])
    if not checks.passed:
        return NoIndividualEffects(
            average=average, checks=checks, distrust=distrust, n_participants=len(train), seed=seed
        )
    importance = zip(covariates, fits[0].importance, strict=True)
    drivers = (Driver(name=name, importance=float(value)) for name, value in importance)
    return IndividualEffects(
        participants=table.labels[~train],
        predicted=fits[0].predicted,
        drivers=tuple(sorted(drivers, key=lambda driver: -driver.importance)),
        seed_agreement=min(_rank_correlation(*pair) for pair in combinations(fits, 2)),
        average=average,
        checks=checks,
        distrust=distrust,
        n_participants=len(train),
        seed=seed,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Participants:
    """Rows, and the P participants they belong to.

    Attributes
    ----------
    outcome, code : ndarray, shape (N,)
        And the position of each row's participant.
    labels, weight, mean, treatment : ndarray, shape (P,)
    covariates : ndarray, shape (P, K)
    """

    outcome: Matrix
    code: Codes
    labels: NDArray[Any]
    weight: Matrix
    mean: Matrix
    treatment: Matrix
    covariates: Matrix

    @classmethod
    def of(
        cls,
        outcome: ArrayLike,
        treatment: ArrayLike,
        covariates: Mapping[str, ArrayLike],
        participant: ArrayLike,
        share: float,
    ) -> _Participants:
        if not 0 < share < 1:
            raise InputError(f"The share of treatment must lie strictly between 0 and 1; got {share}.")
        if not covariates:
            raise InputError("Individual effects need at least one covariate known before the experiment.")
        y, d = _numbers("outcome", outcome, None), _numbers("treatment", treatment, np.shape(outcome))
        x = np.column_stack([_numbers(name, values, y.shape) for name, values in covariates.items()])
        code = label_codes(participant, len(y), "participant", "row of the outcome")
        first = np.unique(code, return_index=True)[1]
        for name, column in zip(("treatment", *covariates), (d, *x.T), strict=True):
            if (column != column[first][code]).any():
                raise InputError(f"{name!r} differs between rows of the same participant; it must be set beforehand.")
        if not np.isin(d, (0, 1)).all() or min((d[first] == arm).sum() for arm in (0, 1)) < LEAST_IN_ARM:
            raise InputError(f"Individual effects need a treatment of 0 or 1 with {LEAST_IN_ARM} participants in each.")
        weight = np.bincount(code).astype(np.float64)
        return cls(
            outcome=y,
            code=code,
            labels=np.asarray(participant)[first],
            weight=weight,
            mean=np.bincount(code, y) / weight,
            treatment=d[first],
            covariates=x[first],
        )

    def average(self, alpha: float) -> MeanDifference:
        """Return the average effect over rows, errors clustered by participant."""
        shift = float(self.outcome.mean())
        control, treatment = (
            arm_moments(
                self.weight[here],
                self.weight[here] * (self.mean[here] - shift),
                shift=shift,
                n_observations=int(self.weight[here].sum()),
            )
            for here in (self.treatment == 0, self.treatment == 1)
        )
        return clustered_difference(control, treatment, alpha=alpha)

    def training_half(self, seed: int) -> NDArray[np.bool_]:
        """Choose half of the participants of each arm, shape (P,)."""
        rng, train = np.random.default_rng(seed), np.zeros(len(self.labels), dtype=bool)
        for arm in (0, 1):
            members = rng.permutation(np.flatnonzero(self.treatment == arm))
            train[members[: len(members) // 2]] = True
        return train


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """One forest: its predictions for the H held-out participants, and the importance of its K covariates."""

    predicted: Matrix
    baseline: Matrix
    importance: Matrix


class _KnownShare:
    """A classifier that knows the chance of treatment and learns nothing, in the shape scikit-learn wants."""

    def __init__(self, share: float) -> None:
        self.share = share

    def get_params(self, deep: bool = True) -> dict[str, float]:
        return {"share": self.share}

    def set_params(self, **params: float) -> _KnownShare:
        self.share = params.get("share", self.share)
        return self

    def fit(self, x: Matrix, y: Matrix, sample_weight: Matrix | None = None) -> _KnownShare:
        return self

    def predict_proba(self, x: Matrix) -> Matrix:
        return np.tile([1 - self.share, self.share], (len(x), 1))

    def predict(self, x: Matrix) -> Matrix:
        return np.full(len(x), float(self.share > 0.5))


def _engine() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from econml.dml import CausalForestDML
            from sklearn.ensemble import RandomForestRegressor
    except ImportError:
        raise EngineMissing('Individual effects need econml: pip install "decision_widgets[forest]".') from None
    return CausalForestDML, RandomForestRegressor


def _fit(
    table: _Participants,
    train: NDArray[np.bool_],
    share: float,
    n_trees: int,
    seed: int,
    forest_class: Any,
    regressor_class: Any,
) -> _Fit:
    forest = forest_class(
        model_y=regressor_class(BASELINE_TREES, min_samples_leaf=LEAF, random_state=seed),
        model_t=_KnownShare(share),
        discrete_treatment=True,
        cv=FOLDS,
        n_estimators=n_trees,
        min_samples_leaf=LEAF,
        honest=True,
        inference=False,
        random_state=seed,
    )
    x, held = table.covariates[train], table.covariates[~train]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forest.fit(table.mean[train], table.treatment[train], X=x, sample_weight=table.weight[train])
        outcomes = [model.predict(held) for model in chain.from_iterable(forest.models_y)]
        predicted, importance = forest.effect(held), forest.feature_importances_
    return _Fit(
        predicted=_settled(predicted),
        baseline=_settled(np.mean(outcomes, axis=0)),
        importance=_settled(importance),
    )


def _settled(values: ArrayLike) -> Matrix:
    """Drop the last digits: threads add the trees in any order, and the same seed must give the same number."""
    array = np.asarray(values, dtype=np.float64).ravel()
    scale = 2.0 ** np.ceil(np.log2(np.abs(array).max() or 1.0))
    return np.asarray(np.round(array / scale, 12) * scale)


def _checks(
    table: _Participants, train: NDArray[np.bool_], share: float, fit: _Fit, seed: int, alpha: float
) -> PredictedEffectChecks:
    """Check a forest on the rows of the participants whom it has not seen."""
    every = np.zeros((len(train), 2))
    every[~train] = np.column_stack([fit.predicted, fit.baseline])
    held = ~train[table.code]
    code = table.code[held]
    return check_predicted_effects(
        every[code, 0],
        table.outcome[held],
        table.treatment[code],
        share,
        code,
        baseline=every[code, 1],
        seed=seed,
        alpha=alpha,
    )


def _distrust(n_participants: int, average: MeanDifference, first_drivers: Sequence[int]) -> tuple[Distrust, ...]:
    found: dict[Distrust, bool] = {
        "few_participants": n_participants < FEW_PARTICIPANTS,
        "weak_effect": abs(average.statistic) < WEAK_STATISTIC,
        "unstable_drivers": len(set(first_drivers)) > 1,
    }
    return tuple(name for name, holds in found.items() if holds)


def _rank_correlation(one: _Fit, other: _Fit) -> float:
    first, second = (np.unique(fit.predicted, return_inverse=True)[1] for fit in (one, other))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _numbers(name: str, values: ArrayLike, shape: tuple[int, ...] | None) -> Matrix:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name!r} must be numbers; encode its levels as columns of 0 and 1.") from None
    if array.ndim != 1 or array.shape != (shape or array.shape) or not len(array):
        raise InputError(f"{name!r} needs one value per row of the outcome; got shape {array.shape}.")
    if not np.isfinite(array).all():
        raise InputError(f"{name!r} must be finite; fill or drop missing values first.")
    return array
