"""Participants about whom something was known before the experiment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Relation = Literal["linear", "linear in a skewed covariate", "quadratic"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Experiments:
    """Outcomes and covariates, shape (n, participants), and who is treated, shape (participants,)."""

    outcome: Array
    covariate: Array
    treated: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariate:
    """One covariate that explains the share `r2` of the outcome's variance of 1; the effect differs by participant."""

    control: int
    treatment: int
    r2: float
    relation: Relation = "linear"

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Experiments:
        shape = n, self.control + self.treatment
        treated = np.arange(shape[1]) >= self.control
        x = rng.standard_normal(shape)
        if self.relation == "linear in a skewed covariate":
            x = (np.exp(x) - math.exp(0.5)) / math.sqrt(math.e * math.expm1(1))
        explained = (x**2 - 1) / math.sqrt(2) if self.relation == "quadratic" else x
        y = 10 + math.sqrt(self.r2) * explained + math.sqrt(1 - self.r2) * rng.standard_normal(shape)
        if effect:
            y += treated * effect * (1 + rng.standard_normal(shape))
        return Experiments(outcome=y, covariate=x, treated=treated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """Participants of strata with the shares and mean outcomes given; within strata the variance is 1."""

    control: int
    treatment: int
    shares: tuple[float, ...]
    levels: tuple[float, ...]

    @property
    def r2(self) -> float:
        """The share of the variance that lies between strata."""
        shares, levels = np.array(self.shares), np.array(self.levels)
        between = float(shares @ (levels - shares @ levels) ** 2)
        return between / (1 + between)

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Experiments:
        shape = n, self.control + self.treatment
        treated = np.arange(shape[1]) >= self.control
        stratum = rng.choice(len(self.shares), p=self.shares, size=shape)
        y = np.array(self.levels)[stratum] + rng.standard_normal(shape) + treated * effect * (1 + 0.5 * stratum)
        return Experiments(outcome=y, covariate=stratum.astype(float), treated=treated)

    def mean_effect(self, effect: float) -> float:
        """Return the mean over participants of an effect that grows from stratum to stratum."""
        return effect * float(np.array(self.shares) @ (1 + 0.5 * np.arange(len(self.shares))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongTables:
    """One table of rows per replication; `participant` numbers them, `treated` and `covariate` do not vary within."""

    participant: list[NDArray[np.intp]]
    treated: list[NDArray[np.bool_]]
    outcome: list[Array]
    covariate: list[Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedCovariate:
    """Participants with 1 to 9 rows and a covariate that explains half of their level.

    Under an effect its slope is larger in treatment, in proportion, while the covariate's mean is 0.
    """

    control: int
    treatment: int

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> LongTables:
        people = self.control + self.treatment
        tables = LongTables(participant=[], treated=[], outcome=[], covariate=[])
        for _ in range(n):
            who = np.repeat(np.arange(people), rng.integers(1, 10, people))
            treated = who >= self.control
            x = rng.standard_normal(people)[who]
            own = rng.standard_normal(people)[who]
            y = 10 + x + own + 1.5 * rng.standard_normal(len(who)) + treated * effect * (1 + 2 * x)
            tables.participant.append(who)
            tables.treated.append(treated)
            tables.outcome.append(y)
            tables.covariate.append(x)
        return tables
