"""Between subjects: Welch, the recommended regression, its relative effect, few participants, and rows as if alone."""

from __future__ import annotations

from typing import get_args

import numpy as np
from calibration.path import ALPHA, Answers, Array, Departure, Path, around, claimed, observed
from calibration.stand_ins import few_clusters
from calibration.worlds.participants import REVENUE, Arm, Outcome, Participants, Rows
from scipy import special

from decision_widgets.estimates import (
    MeanDifference,
    RelativeEffect,
    clustered_difference,
    relative_effect,
    robust_ols,
    welch_t,
)
from decision_widgets.moments import Moments, arm_moments

Arms = tuple[Arm, Arm]
EFFECTS: dict[Outcome, float] = {"continuous": 0.15, "binary": 0.04, "count": 0.2, "revenue": 0.2}
UNEQUAL_AND_FEW = Departure(
    reason="up to 60 participants of very unequal sizes: .066 to .07 where no warning shows, above the limit of .065",
    high=0.075,
)
SPREADS, CORRELATIONS = (0.0, 1.0, 2.0), (0.0, 0.2, 0.5)


def recommended(arms: Arms) -> list[MeanDifference]:
    """Compare the arms of every replication as the recommended analysis does."""
    control, treatment = ([arm_moments(m, s, shift=0.0) for m, s in zip(*arm, strict=True)] for arm in arms)
    return [clustered_difference(c, t) for c, t in zip(control, treatment, strict=True)]


def clustered(arms: Arms) -> Answers:
    return Answers.of_estimates(recommended(arms))


def with_few(arms: Arms) -> Answers:
    """Compare, and say where the result would be refused or shown under a warning."""
    estimates = recommended(arms)
    n = [arm[0].shape[1] for arm in arms]
    said = np.array([few_clusters(n[0], n[1], e.df or 0.0) or "" for e in estimates])
    df = np.array([e.df for e in estimates], dtype=float)
    return Answers.of_estimates(estimates, refused=said == "refuse", warned=said == "warn", facts={"df": df})


def relative(arms: Arms) -> Answers:
    found = [relative_effect(estimate) for estimate in recommended(arms)]
    bounds = np.array(
        [(r.relative_effect_lower, r.relative_effect_upper) for r in found if isinstance(r, RelativeEffect)]
    )
    if len(bounds) < len(found):
        raise ValueError("A relative effect was refused in a world whose level is far from 0.")
    lower, upper = bounds.T
    return Answers(claims=((lower > 0) | (upper < 0)).astype(float), lower=lower, upper=upper)


def welch(arms: Arms) -> Answers:
    pairs = zip(arms[0][1], arms[1][1], strict=True)
    return Answers.of_estimates(welch_t(Moments.of({"y": c}), Moments.of({"y": t})) for c, t in pairs)


def rows_alone(outcome: Array) -> Answers:
    """Regress single rows with HC1 errors, blind to whom they belong to; the second half of the units is treated."""
    units, rows = outcome.shape[1:]
    x = np.column_stack([np.ones(units * rows), np.arange(units * rows) >= units * rows // 2])
    fits = [robust_ols(y.ravel(), x) for y in outcome]
    t = np.array([fit.coefficients[1] / fit.std_error_hc1[1] for fit in fits])
    return Answers(claims=claimed(2 * special.stdtr(units * rows - 2, -np.abs(t))))


def _defaults() -> list[Path]:
    cells = [(o, cv, icc) for o in get_args(Outcome) for cv in SPREADS for icc in CORRELATIONS]
    return [
        Path(
            section="Between subjects: the recommended regression, 500 against 500 participants",
            name=f"{outcome}, CV of sizes {cv:g}, ICC {icc:g}",
            seed=1000 + i,
            draw=Participants(control=500, treatment=500, outcome=outcome, cv=cv, icc=icc).draw,
            analyse=clustered,
            band=around(ALPHA),
            cover=EFFECTS[outcome],
        )
        for i, (outcome, cv, icc) in enumerate(cells)
    ]


def _welch() -> list[Path]:
    worlds: list[tuple[Outcome, int, int]] = [
        ("continuous", 500, 500),
        ("continuous", 900, 100),
        ("binary", 500, 500),
        ("count", 500, 500),
        ("revenue", 500, 500),
    ]
    return [
        Path(
            section="Between subjects: Welch on participants with one value each",
            name=f"{outcome}, {control} against {treatment}",
            seed=1100 + i,
            draw=Participants(control=control, treatment=treatment, outcome=outcome, mean=1).draw,
            analyse=welch,
            band=around(ALPHA),
            cover=EFFECTS[outcome],
        )
        for i, (outcome, control, treatment) in enumerate(worlds)
    ]


def _few() -> list[Path]:
    cells = [(n, cv) for n in (10, 20, 30, 50, 100) for cv in SPREADS]
    return [
        Path(
            section="Between subjects: few participants",
            name=f"{n} against {n}, CV of sizes {cv:g}",
            seed=1200 + i,
            draw=Participants(control=n, treatment=n, outcome="continuous", cv=cv, icc=0.2).draw,
            analyse=with_few,
            band=observed(0.0, 0.065),
            warned_band=observed(0.0, 0.075),
            departure=UNEQUAL_AND_FEW if cv == 2 and n <= 30 else None,
        )
        for i, (n, cv) in enumerate(cells)
    ]


PATHS = (
    *_welch(),
    *_defaults(),
    Path(
        section="Between subjects: relative effect (Fieller)",
        name="revenue, CV of sizes 1, ICC 0.2",
        seed=1300,
        draw=Participants(control=500, treatment=500, outcome="revenue", cv=1, icc=0.2).draw,
        analyse=relative,
        band=around(ALPHA),
        cover=0.2,
        truth=0.2 / REVENUE,
    ),
    *_few(),
    Path(
        section="Negative controls",
        name="HC1 on the rows of participants (100 against 100, 10 rows each, ICC 0.2)",
        seed=1400,
        draw=Rows(control=100, treatment=100, rows=10, icc=0.2).draw,
        analyse=rows_alone,
        band=around(ALPHA),
        must_fail=True,
    ),
)
