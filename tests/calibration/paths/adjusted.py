"""Variance reduction: CUPED, MLRATE and post-stratification; the analysis of a table with a covariate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from calibration.path import ALPHA, Answers, Array, Path, around
from calibration.worlds.covariates import Covariate, Experiments, LongTables, RepeatedCovariate, Strata

import decision_widgets as dw
from decision_widgets.estimates import (
    MeanDifference,
    VarianceReduction,
    ancova,
    lin_regression,
    mlrate,
    mlrate_given_predictions,
    post_stratified,
    post_stratified_clusters,
)
from decision_widgets.moments import Moments, arm_moments
from decision_widgets.results import EffectEstimate

REDUCTION = "variance reduction"
POINTS = 0.02
SECTION = "Variance reduction"


class AdjustedAnswer(Protocol):
    """What every adjustment answers."""

    @property
    def adjusted(self) -> MeanDifference: ...
    @property
    def reduction(self) -> VarianceReduction: ...


def answers(found: Iterable[AdjustedAnswer]) -> Answers:
    """Gather adjusted estimates, used whether or not they gained."""
    found = list(found)
    reduced = np.array([each.reduction.variance_reduction for each in found])
    return Answers.of_estimates([each.adjusted for each in found], facts={REDUCTION: reduced})


def lin(data: Experiments) -> Answers:
    rows = zip(data.outcome, data.covariate, strict=True)
    return answers(lin_regression(y, data.treated, {"past": x}) for y, x in rows)


def common_slope(data: Experiments) -> Answers:
    rows = zip(data.outcome, data.covariate, strict=True)
    return answers(ancova(y, data.treated, {"past": x}) for y, x in rows)


@dataclass
class Parabola:
    """A learner that is quick: least squares on the covariate and its square."""

    coefficients: Array | None = None

    def fit(self, x: Array, y: Array) -> None:
        self.coefficients = np.linalg.lstsq(_powers(x), y, rcond=None)[0]

    def predict(self, x: Array) -> Array:
        return np.asarray(_powers(x) @ self.coefficients)


def _powers(x: Array) -> Array:
    return np.column_stack([np.ones(len(x)), x, x**2])


def learnt(data: Experiments) -> Answers:
    rows = zip(data.outcome, data.covariate, strict=True)
    return answers(mlrate(y, data.treated, {"past": x}, learner=Parabola) for y, x in rows)


def clustered_by_participant(data: LongTables) -> Answers:
    """Adjust rows by the participant's covariate, taken as a prediction: Lin's regression, clustered."""
    tables = zip(data.outcome, data.treated, data.covariate, data.participant, strict=True)
    return answers(mlrate_given_predictions(y, d, x, participant=who) for y, d, x, who in tables)


def stratified(data: Experiments) -> Answers:
    def moments(y: Array) -> Moments:
        return Moments.of({"y": y})

    return answers(post_stratified(_by_stratum(data, i, moments)) for i in range(len(data.outcome)))


def stratified_clusters(data: Experiments) -> Answers:
    """Post-stratify participants of one observation each, in the form that is clustered by participant."""

    def moments(y: Array) -> object:
        return arm_moments(np.ones(len(y)), y, shift=0.0)

    return answers(
        post_stratified_clusters(
            _by_stratum(data, i, moments), *(moments(data.outcome[i][arm]) for arm in (~data.treated, data.treated))
        )
        for i in range(len(data.outcome))
    )


def _by_stratum(data: Experiments, i: int, moments: Callable[[Array], object]) -> dict[str, tuple[object, object]]:
    y, stratum = data.outcome[i], data.covariate[i]
    return {
        str(s): (moments(y[~data.treated & (stratum == s)]), moments(y[data.treated & (stratum == s)]))
        for s in np.unique(stratum)
    }


def analysed(data: LongTables) -> Answers:
    """Give each table to the whole analysis and take its recommended effect, adjusted or not."""
    design = dw.BetweenSubject(
        participant="who", arm="arm", control="A", metrics=[dw.Metric("y", covariates=["before"])]
    )
    found = []
    for who, treated, y, x in zip(data.participant, data.treated, data.outcome, data.covariate, strict=True):
        table = pd.DataFrame({"who": who, "arm": np.where(treated, "B", "A"), "y": y, "before": x})
        row = dw.analyze(table, design).effect("y")
        if not isinstance(row, EffectEstimate):
            raise TypeError(f"The analysis refused: {row}.")
        found.append(row)
    return Answers.of_estimates(found, facts={REDUCTION: np.array([row.variance_reduction or 0.0 for row in found])})


FOUR = Strata(control=500, treatment=500, shares=(0.4, 0.3, 0.2, 0.1), levels=(0.0, 0.5, 1.5, 3.0))

PATHS = (
    Path(
        section=SECTION,
        name="CUPED as Lin's regression, 500 against 500, normal covariate",
        seed=2000,
        draw=Covariate(control=500, treatment=500, r2=0.36).draw,
        analyse=lin,
        band=around(ALPHA),
        cover=0.2,
        theory={REDUCTION: (0.36, POINTS)},
    ),
    Path(
        section=SECTION,
        name="CUPED as Lin's regression, 800 against 200, skewed covariate",
        seed=2001,
        draw=Covariate(control=800, treatment=200, r2=0.5, relation="linear in a skewed covariate").draw,
        analyse=lin,
        band=around(ALPHA),
        cover=0.2,
    ),
    Path(
        section=SECTION,
        name="CUPED as ANCOVA, 500 against 500",
        seed=2002,
        draw=Covariate(control=500, treatment=500, r2=0.36).draw,
        analyse=common_slope,
        band=around(ALPHA),
        cover=0.2,
        theory={REDUCTION: (0.36, POINTS)},
    ),
    Path(
        section=SECTION,
        name="CUPED clustered by participant, 200 against 200, 1 to 9 rows each",
        seed=2003,
        draw=RepeatedCovariate(control=200, treatment=200).draw,
        analyse=clustered_by_participant,
        band=around(ALPHA),
    ),
    Path(
        section=SECTION,
        name="MLRATE, quadratic relation and learner, 500 against 500",
        seed=2004,
        draw=Covariate(control=500, treatment=500, r2=0.5, relation="quadratic").draw,
        analyse=learnt,
        band=around(ALPHA),
        cover=0.2,
        theory={REDUCTION: (0.5, POINTS)},
    ),
    Path(
        section=SECTION,
        name="post-stratification, four strata, 500 against 500",
        seed=2005,
        draw=FOUR.draw,
        analyse=stratified,
        band=around(ALPHA),
        cover=0.2,
        truth=FOUR.mean_effect(0.2),
        theory={REDUCTION: (FOUR.r2, POINTS)},
    ),
    Path(
        section=SECTION,
        name="post-stratification clustered by participant, four strata, 500 against 500",
        seed=2006,
        draw=FOUR.draw,
        analyse=stratified_clusters,
        band=around(ALPHA),
        theory={REDUCTION: (FOUR.r2, POINTS)},
    ),
    Path(
        section=SECTION,
        name="the whole analysis of a table with a covariate, 200 against 200; slopes differ under the effect",
        seed=2007,
        draw=RepeatedCovariate(control=200, treatment=200).draw,
        analyse=analysed,
        band=around(ALPHA),
        cover=0.3,
        share=0.1,
        batch=50,
    ),
)
