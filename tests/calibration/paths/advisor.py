"""The sizes that the advisor returns have the power that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from calibration.path import ALPHA, Path, observed
from calibration.paths.between import Arms, clustered, recommended
from calibration.worlds.participants import Outcome, Participants

from decision_widgets.estimates import (
    HistorySums,
    RequiredSize,
    SizingGoal,
    detectable_effect,
    required_size,
    variance_from_history,
)

POWER, POINTS = 0.80, 0.02
HISTORY, PILOT = 500_000, 300
EFFECTS = {"continuous": 0.1, "binary": 0.03}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An experiment of as many participants as are required after a long history of the same metric."""

    outcome: Outcome
    mean: float
    cv: float
    icc: float
    informative: float = 0.0

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Arms:
        size = size_for(self)
        return self.people(size.n_control, size.n_treatment).draw(rng, n, effect)

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
def size_for(world: Sized) -> RequiredSize:
    """Size the experiment from a history."""
    m, s = world.people(1, 1).arm(np.random.default_rng(7999), (1, HISTORY), 0.0)
    variance = variance_from_history(HistorySums.of(m[0], s[0]), binary=world.outcome == "binary")
    return required_size(SizingGoal(effect=EFFECTS[world.outcome], power=POWER), variance)


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
)
