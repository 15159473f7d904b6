"""The sizes that the advisor returns have the power that was asked for; those of textbook formulas do not."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
from calibration.path import ALPHA, Array, Band, Path, at_most, observed
from calibration.paths.between import Arms, clustered, recommended
from calibration.worlds.participants import REVENUE, SHARE, Outcome, Participants

import decision_widgets as dw
from decision_widgets.estimates import (
    PlanningVariance,
    SizingGoal,
    detectable_effect,
    planned_power,
    required_size,
    typed_variance,
)
from decision_widgets.moments import WindowSums

POWER, POINTS = 0.80, 0.02
# So few participants are returned by textbook formulas that the normal power of their sizes is rougher.
TEXTBOOK_POINTS = 0.04
HISTORY, PILOT = 500_000, 300
EFFECTS = {"continuous": 0.1, "binary": 0.03, "revenue": 0.15 * REVENUE}
LEVELS = {"continuous": 0.0, "binary": SHARE, "revenue": REVENUE}
# Of a single observation.
VARIANCES = {"continuous": 1.0, "binary": SHARE * (1 - SHARE), "revenue": math.e * math.expm1(1)}
DESIGN = dw.BetweenSubject(participant="p", arm="a", control="A", metrics=["y"], power=POWER)
Formula = Literal["advisor", "independent observations", "1 + (m − 1)·ICC"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An experiment of as many participants as a formula requires after a long history of the same metric."""

    outcome: Outcome
    mean: float
    cv: float
    icc: float
    informative: float = 0.0
    formula: Formula = "advisor"

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Arms:
        return self.people(*size_for(self)).draw(rng, n, effect)

    def people(self, control: int, treatment: int) -> Participants:
        return Participants(
            control=control,
            treatment=treatment,
            outcome=self.outcome,
            mean=self.mean,
            cv=self.cv,
            icc=self.icc,
            informative=self.informative,
            effect_spread=0.0,
        )

    @property
    def title(self) -> str:
        sizes = f", sizes correlated {self.informative:+g}" if self.informative else ""
        return f"{self.outcome}, {self.mean:g} observations, CV {self.cv:g}, ICC {self.icc:g}{sizes}"


@cache
def size_for(world: Sized) -> tuple[int, int]:
    """Size the experiment: by an advice on the summary of a history, or by a textbook's formula."""
    if world.formula == "advisor":
        m, s = world.people(1, 1).arm(np.random.default_rng(7999), (1, HISTORY), 0.0)
        summary = summary_of(m[0], s[0], world.outcome)
        goal = goal_of(world.outcome)
        advice = dw.advise(DESIGN, summary, effect=goal.effect, relative=goal.relative)
        assert advice.plan is not None
        control, treatment = advice.plan.n_arms.values()
        return control, treatment
    inflation = 1.0 if world.formula == "independent observations" else 1 + (world.mean - 1) * world.icc
    variance = PlanningVariance(level=0.0, variance=VARIANCES[world.outcome] * inflation / world.mean)
    size = required_size(SizingGoal(effect=EFFECTS[world.outcome], power=POWER), variance)
    return size.n_control, size.n_treatment


def goal_of(outcome: Outcome) -> SizingGoal:
    """Return the effect to find: of revenue a fraction, for there it multiplies."""
    if outcome == "revenue":
        return SizingGoal(effect=EFFECTS[outcome] / REVENUE, relative=True, power=POWER)
    return SizingGoal(effect=EFFECTS[outcome], power=POWER)


def band_of(world: Sized) -> Band:
    """Say which power a textbook's size has in truth (Eldridge); informative sizes have no formula, and lose more."""
    if world.informative:
        return at_most(POWER)
    truth = typed_variance(
        LEVELS[world.outcome],
        None if world.outcome == "binary" else VARIANCES[world.outcome] ** 0.5,
        observations_per_participant=world.mean,
        cv_observations=world.cv,
        icc=world.icc,
    )
    power = planned_power(goal_of(world.outcome), truth, *size_for(world))
    return observed(power - TEXTBOOK_POINTS, power + TEXTBOOK_POINTS)


def summary_of(m: Array, s: Array, outcome: Outcome) -> dw.MetricSummary:
    """Sum a history up as ``summarize`` does; the squares of single observations are not known here."""
    powers = {"m": (1, 0), "s": (0, 1), "m2": (2, 0), "sm": (1, 1), "s2": (0, 2), "m3": (3, 0), "sm2": (2, 1)}
    powers |= {"s2m": (1, 2), "s3": (0, 3), "m4": (4, 0), "sm3": (3, 1), "s2m2": (2, 2), "s3m": (1, 3), "s4": (0, 4)}
    sums = {f"sum_{name}": float((m**a * s**b).sum()) for name, (a, b) in powers.items()}
    window = WindowSums(days=None, n_people=len(m), n_participants=len(m), n_observations=int(m.sum()), **sums)
    return dw.MetricSummary(
        metric="y",
        kind="binary" if outcome == "binary" else "continuous",
        evidence="simulated",
        confidence="certain",
        numerator="y",
        participant="p",
        shift=0.0,
        windows=(window,),
        zero_share=0.0,
        modal_share=0.0,
        top_share=0.0,
        n_rows=int(m.sum()),
        n_missing=0,
    )


GRID = (
    Sized(outcome="continuous", mean=8, cv=0, icc=0.2),
    Sized(outcome="continuous", mean=8, cv=0.5, icc=0.2),
    Sized(outcome="continuous", mean=8, cv=1, icc=0.2),
    Sized(outcome="continuous", mean=8, cv=2, icc=0.2),
    Sized(outcome="continuous", mean=20, cv=1.5, icc=0.1),
    Sized(outcome="continuous", mean=3, cv=1, icc=0.5),
    Sized(outcome="continuous", mean=8, cv=1, icc=0.2, informative=0.5),
    Sized(outcome="continuous", mean=8, cv=1, icc=0.2, informative=-0.5),
    Sized(outcome="continuous", mean=8, cv=2, icc=0.2, informative=0.5),
    Sized(outcome="binary", mean=8, cv=1, icc=0.2),
    Sized(outcome="binary", mean=8, cv=2, icc=0.1),
    Sized(outcome="revenue", mean=8, cv=1, icc=0.2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """Experiments whose true effect is the one that results of their size call detectable at the stated power."""

    people: Participants

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Arms:
        """Draw with `effect` times the detectable effect."""
        return self.people.draw(rng, n, effect * detectable_in(self.people))


@cache
def detectable_in(people: Participants) -> float:
    """Return the detectable effect at the mean standard error and degrees of freedom of a few results."""
    found = recommended(people.draw(np.random.default_rng(7998), PILOT, 0.0))
    std_error, df = (float(np.mean(values)) for values in zip(*((e.std_error, e.df) for e in found), strict=True))
    return detectable_effect(std_error, df=df, alpha=ALPHA, power=POWER)


SHOWN = Participants(control=300, treatment=300, outcome="continuous", cv=1, icc=0.36, effect_spread=0.0)
FORMULAS: tuple[Formula, ...] = ("independent observations", "1 + (m − 1)·ICC")
TEXTBOOK = "Advisor: power at the size that a textbook formula returns for 80%"
SECTION = "Advisor: power at the size returned for 80%"

PATHS = (
    Path(
        section=SECTION,
        name="the detectable effect that a result shows: 300 against 300, CV 1, ICC 0.36",
        seed=7100,
        draw=Detectable(people=SHOWN).draw,
        analyse=clustered,
        band=observed(POWER - POINTS, POWER + POINTS),
        effect=1.0,
    ),
    *(
        Path(
            section=SECTION,
            name=world.title,
            seed=7000 + i,
            draw=world.draw,
            analyse=clustered,
            band=observed(POWER - POINTS, POWER + POINTS),
            effect=EFFECTS[world.outcome],
            batch=100,
        )
        for i, world in enumerate(GRID)
    ),
    *(
        Path(
            section=TEXTBOOK,
            name=f"{world.title}, sized for {formula}",
            seed=7200 + 20 * k + i,
            draw=replace(world, formula=formula).draw,
            analyse=clustered,
            band=band_of(replace(world, formula=formula)),
            effect=EFFECTS[world.outcome],
            batch=100,
        )
        for i, world in enumerate(GRID)
        for k, formula in enumerate(FORMULAS)
    ),
)
