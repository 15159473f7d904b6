"""A plan of looks: how strong the evidence must be at each, and what the plan can see."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

import scipy

from decision_widgets.checks import Between, problems
from decision_widgets.errors import InputError, did_you_mean
from decision_widgets.estimates.arguments import as_numbers
from decision_widgets.estimates.boundary_crossing import LEAST_GAIN, crossings, root, start
from decision_widgets.estimates.confidence_sequence import Sides
from decision_widgets.estimates.quantiles import upper_quantile
from decision_widgets.records import Record

Spending = Literal["obf", "pocock", "kim-demets", "hwang-shih-decani"]

# Less probability than this has no quantile worth printing; nothing is spent on it.
NOTHING: Final = 1e-300
# Beyond, everything is spent at the first look or at the last, and exponentials overflow.
LARGEST_GAMMA: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupSequentialBounds(Record):
    """The boundary of each look.

    Attributes
    ----------
    information : tuple of float
        Information at the looks as a fraction of the plan's, ``(SE planned for the end / SE at the look)²``.
    critical_values : tuple of float or None
        The look stops when ``effect/SE`` exceeds it (either sign, when `sides` is 2); ``None`` where nothing is left
        to spend, so that the look cannot stop.
    cumulative_alpha : tuple of float
        Probability, without any effect, of having stopped by that look.
    rule : str
        The spending function, or "wang-tsiatis".
    """

    information: tuple[float, ...]
    critical_values: tuple[float | None, ...]
    cumulative_alpha: tuple[float, ...]
    alpha: float
    sides: Sides
    rule: str

    def upper(self) -> list[float]:
        """Return the upper boundary of Z; infinite where the look cannot stop."""
        return [math.inf if value is None else value for value in self.critical_values]

    def lower(self) -> list[float]:
        """Return the lower boundary of Z; infinite where there is none."""
        return [-value if self.sides == 2 else -math.inf for value in self.upper()]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CrossingProbabilities(Record):
    """What a plan does under a true effect.

    `upper` and `lower` are the probabilities of stopping at each look above and below; `power` is the sum of `upper`;
    `expected_information` is the mean information used when the last look ends the experiment.
    """

    drift: float
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    power: float
    expected_information: float


def spending_bounds(
    information: Sequence[float],
    *,
    alpha: float = 0.05,
    sides: Sides = 2,
    spending: Spending = "obf",
    gamma: float | None = None,
    final: bool = False,
) -> GroupSequentialBounds:
    """Tell how many standard errors the effect needs at each look, so that all looks together err with `alpha`.

    Lan & DeMets (1983): by information t each side has spent at most f(t), with a = alpha/sides the error of one
    side: "obf" ``2 − 2Φ(z_{1−a/2}/√t)``, "pocock" ``a·ln(1 + (e − 1)t)``, "kim-demets" ``a·t^γ`` (1987),
    "hwang-shih-decani" ``a(1 − e^{−γt})/(1 − e^{−γ})`` (1990). The boundaries follow by recursive integration
    (Armitage, McPherson & Rowe 1969), to about 1e-9.

    Parameters
    ----------
    information : sequence of float
        Fractions of the planned information at the looks really taken, ascending; looks may be unequal, more or fewer
        than planned, and run beyond 1, where everything is spent. Their times must not depend on the effects seen.
    gamma : float, optional
        Parameter of the last two: above 0 for "kim-demets", any number for "hwang-shih-decani".
    final : bool
        The last look ends the experiment, so it spends what is left although the plan's information is not reached.

    Raises
    ------
    InputError
        Looks that do not ascend by a millionth, an alpha not between 0 and 0.5, an unknown rule, a gamma that does
        not fit it.

    >>> [round(c, 3) for c in spending_bounds([0.25, 0.5, 0.75, 1]).critical_values]
    [4.333, 2.963, 2.359, 2.014]
    """
    looks = _checked(information, alpha, sides)
    spent = [_spending(spending, gamma)(alpha / sides, min(t, 1.0)) for t in looks]
    if final:
        spent[-1] = alpha / sides
    paths, values, before = start(0.0), [], 0.0
    for k, t in enumerate(looks):
        side = spent[k] - before
        value = _critical_value(lambda z, now=paths, t=t: now.above(t, z), side) if side > NOTHING else None  # type: ignore[misc]  # defaults
        values.append(value)
        bound = math.inf if value is None else value
        following = looks[k + 1] if k + 1 < len(looks) else None
        paths = paths.between(t, -bound if sides == 2 else -math.inf, bound, following)
        before = spent[k]
    return GroupSequentialBounds(
        information=looks,
        critical_values=tuple(values),
        cumulative_alpha=tuple(sides * each for each in spent),
        alpha=alpha,
        sides=sides,
        rule=spending,
    )


def wang_tsiatis_bounds(
    information: Sequence[float], *, delta: float, alpha: float = 0.05, sides: Sides = 2
) -> GroupSequentialBounds:
    """Tell the boundaries of a plan whose looks are all known: one constant, ``C·(t_k/t_K)^(delta − 1/2)``.

    Wang & Tsiatis (1987): `delta` 0 is O'Brien & Fleming's (1979) boundary, 0.5 Pocock's (1977). The looks must be
    taken as planned; `spending_bounds` holds for looks that differ.

    Raises
    ------
    InputError
        As `spending_bounds`; a delta that is no finite number.

    >>> [round(c, 3) for c in wang_tsiatis_bounds([0.2, 0.4, 0.6, 0.8, 1], delta=0).critical_values]
    [4.562, 3.226, 2.634, 2.281, 2.04]
    """
    looks = _checked(information, alpha, sides)
    if not math.isfinite(delta):
        raise InputError(f"delta must be a finite number; got {delta!r}.")
    shape = [(t / looks[-1]) ** (delta - 0.5) for t in looks]

    def spent(constant: float) -> list[float]:
        upper = [constant * each for each in shape]
        up, _ = crossings(looks, upper, [-c if sides == 2 else -math.inf for c in upper], 0.0)
        return [sides * each for each in up]

    at_least, at_most = upper_quantile(alpha / sides), upper_quantile(alpha / sides / len(looks)) / min(shape)
    constant = root(lambda c: sum(spent(c)) - alpha, at_least, at_most * (1 + 1e-9)) if len(looks) > 1 else at_least
    by_look = spent(constant)
    return GroupSequentialBounds(
        information=looks,
        critical_values=tuple(constant * each for each in shape),
        cumulative_alpha=tuple(math.fsum(by_look[: k + 1]) for k in range(len(looks))),
        alpha=alpha,
        sides=sides,
        rule="wang-tsiatis",
    )


def crossing_probabilities(bounds: GroupSequentialBounds, drift: float) -> CrossingProbabilities:
    """Tell how probably a plan stops at each of its looks under a true effect.

    Parameters
    ----------
    drift : float
        The true effect divided by the standard error planned for the end (information 1).

    >>> bounds = spending_bounds([0.5, 1], alpha=0.05)
    >>> round(crossing_probabilities(bounds, 2.8).power, 3)
    0.798
    """
    if not math.isfinite(drift):
        raise InputError(f"drift must be a finite number; got {drift!r}.")
    up, down = crossings(bounds.information, bounds.upper(), bounds.lower(), drift)
    early = math.fsum(
        (a + b) * (bounds.information[-1] - t) for a, b, t in zip(up, down, bounds.information, strict=True)
    )
    return CrossingProbabilities(
        drift=drift,
        upper=tuple(up),
        lower=tuple(down),
        power=math.fsum(up),
        expected_information=bounds.information[-1] - early,
    )


def detectable_drift(bounds: GroupSequentialBounds, *, power: float = 0.8) -> float:
    """Tell which effect, in standard errors at the end of the plan, a plan finds with the stated power.

    Its square, divided by ``(z_{1−alpha/sides} + z_power)²``, is how much larger than without looks the sample must be.

    >>> round(detectable_drift(spending_bounds([0.5, 1]), power=0.8), 3)
    2.807
    """
    wrong = problems({"power": Between(bounds.alpha / bounds.sides, 1)}, {"power": power})
    if wrong:
        raise InputError.together("detectable_drift", wrong)
    if all(value is None for value in bounds.critical_values):
        raise InputError("No look of this plan can stop, so it has no power; give looks that have something to spend.")
    furthest = max(value / math.sqrt(t) for value, t in _stopping(bounds))
    high = furthest + upper_quantile(1 - power if power > 0.5 else power) / math.sqrt(bounds.information[0]) + 1
    return root(lambda drift: crossing_probabilities(bounds, drift).power - power, 0.0, high)


def _stopping(bounds: GroupSequentialBounds) -> list[tuple[float, float]]:
    both = zip(bounds.critical_values, bounds.information, strict=True)
    return [(value, t) for value, t in both if value is not None]


def _checked(information: Sequence[float], alpha: float, sides: int) -> tuple[float, ...]:
    wrong = problems({"alpha": Between(0, 0.5)}, {"alpha": alpha})
    if sides not in (1, 2):
        wrong.append(f"sides must be 1 or 2; got {sides!r}.")
    looks = tuple(as_numbers(information, "information").tolist())
    if not looks or not all(math.isfinite(t) and t > 0 for t in looks):
        wrong.append(f"information must be positive numbers, one per look; got {list(information)}.")
    elif any(later - earlier < LEAST_GAIN * later for earlier, later in pairwise(looks)):
        wrong.append(f"information must grow from look to look; got {list(looks)}. Leave out looks that brought none.")
    if wrong:
        raise InputError.together("The plan of looks", wrong)
    return looks


def _spending(spending: Spending, gamma: float | None) -> Callable[[float, float], float]:
    if spending not in get_args(Spending):
        raise InputError(f"There is no spending rule {spending!r}.{did_you_mean(spending, get_args(Spending))}")
    wants = spending in ("kim-demets", "hwang-shih-decani")
    if wants != (gamma is not None):
        raise InputError(f"Rule {spending!r} {'needs' if wants else 'takes no'} gamma; got {gamma!r}.")
    least = 0 if spending == "kim-demets" else -LARGEST_GAMMA
    if gamma is not None and not (Between(least, LARGEST_GAMMA).accepts(gamma)):
        raise InputError(f"gamma of {spending!r} must lie between {least} and {LARGEST_GAMMA}; got {gamma!r}.")
    if spending == "obf":
        return lambda a, t: float(2 * scipy.special.ndtr(-upper_quantile(a / 2) / math.sqrt(t)))
    if spending == "pocock" or gamma is None:
        return lambda a, t: a * math.log1p((math.e - 1) * t)
    if spending == "kim-demets":
        return lambda a, t: a * t**gamma
    return lambda a, t: a * (t if gamma == 0 else math.expm1(-gamma * t) / math.expm1(-gamma))


def _critical_value(above: Callable[[float], float], side: float) -> float:
    """Return the z that running paths exceed with probability `side`: 0 is too low, the plain quantile too high."""
    high = upper_quantile(side)
    return root(lambda z: math.log(max(above(z), NOTHING)) - math.log(side), 0.0, high + 1e-9)
