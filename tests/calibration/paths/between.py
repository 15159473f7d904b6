"""Between subjects: Welch, the recommended regression, its relative effect, few participants, and rows as if alone."""

from __future__ import annotations

from typing import get_args

import numpy as np
from calibration.path import ALPHA, Answers, Array, Path, around, claimed, observed
from calibration.worlds.covariates import BinaryCovariate, Experiments
from calibration.worlds.participants import REVENUE, Arm, Outcome, Participants, Rows
from scipy import special

from decision_widgets.estimates import (
    MeanDifference,
    RelativeEffect,
    clustered_difference,
    clustered_logit,
    few_clusters,
    relative_effect,
    robust_ols,
    welch_t,
)
from decision_widgets.moments import ArmMoments, Moments, arm_moments

Arms = tuple[Arm, Arm]
EFFECTS: dict[Outcome, float] = {"continuous": 0.15, "binary": 0.04, "count": 0.2, "revenue": 0.2}
SPREADS, CORRELATIONS = (0.0, 1.0, 2.0), (0.0, 0.2, 0.5)


def moments_of(arms: Arms) -> list[tuple[ArmMoments, ArmMoments]]:
    """Reduce control and treatment of every replication."""
    control, treatment = ([arm_moments(m, s, shift=0.0) for m, s in zip(*arm, strict=True)] for arm in arms)
    return list(zip(control, treatment, strict=True))


def recommended(arms: Arms) -> list[MeanDifference]:
    """Compare the arms of every replication as the recommended analysis does."""
    return [clustered_difference(*pair) for pair in moments_of(arms)]


def clustered(arms: Arms) -> Answers:
    return Answers.of_estimates(recommended(arms))


def with_few(arms: Arms) -> Answers:
    """Compare, and say where the result would be refused or shown under a warning."""
    pairs = moments_of(arms)
    estimates = [clustered_difference(*pair) for pair in pairs]
    n = [arm[0].shape[1] for arm in arms]
    effective = [min(arm.effective_participants for arm in pair) for pair in pairs]
    said = np.array(
        [few_clusters(*n, e.df or 0.0, effective=like) or "" for e, like in zip(estimates, effective, strict=True)]
    )
    df = np.array([e.df for e in estimates], dtype=float)
    facts = {"df": df, "weigh like": np.array(effective)}
    return Answers.of_estimates(estimates, refused=said == "refuse", warned=said == "warn", facts=facts)


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


def marginal(arms: Arms) -> Answers:
    """Take the average marginal effect of a logit of participants' successes out of their observations."""
    m, s = (np.concatenate([arm[i] for arm in arms], axis=1) for i in (0, 1))
    treated = np.arange(m.shape[1]) >= arms[0][0].shape[1]
    who = np.arange(m.shape[1])
    pairs = zip(s, m, strict=True)
    return Answers.of_estimates(clustered_logit(y, treated, who, trials=trials) for y, trials in pairs)


def marginal_given(data: Experiments) -> Answers:
    """Take the same of participants with one observation, given a covariate."""
    who = np.arange(len(data.treated))
    rows = zip(data.outcome, data.covariate, strict=True)
    return Answers.of_estimates(clustered_logit(y, data.treated, who, covariates=x) for y, x in rows)


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
    *(
        Path(
            section="Between subjects: average marginal effect of a logit",
            name=f"binary, 500 against 500, CV of sizes {cv:g}, ICC 0.2",
            seed=1310 + i,
            draw=Participants(control=500, treatment=500, outcome="binary", cv=cv, icc=0.2).draw,
            analyse=marginal,
            band=around(ALPHA),
            cover=EFFECTS["binary"],
        )
        for i, cv in enumerate((0.0, 1.0))
    ),
    Path(
        section="Between subjects: average marginal effect of a logit",
        name="binary, 500 against 500, given a covariate to which it is not linear in log odds",
        seed=1312,
        draw=BinaryCovariate(control=500, treatment=500).draw,
        analyse=marginal_given,
        band=around(ALPHA),
        cover=0.06,
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
