"""What an experiment is asked to show, and the test that will show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError, did_you_mean
from decision_widgets.estimates.arguments import Array, finite, number, together
from decision_widgets.estimates.power import Alternative, checked
from decision_widgets.records import Record
from decision_widgets.vocabulary import Direction

RelativeInterval = Literal["delta", "fieller"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SizingGoal(Record):
    """An effect to find, or a loss to rule out, with what error rates.

    Attributes
    ----------
    effect : float
        The true effect to plan for, treatment minus control; a fraction of the control's level if `relative`.
    margin : float
        0 to show a difference; above 0 to show that the treatment is not worse by as much (non-inferiority), in the
        scale of `effect`.
    direction : {"increase", "decrease"}
        Which way is better; read with a margin only.
    alternative : {"two-sided", "greater", "less"}
        Of the test; with a margin it is one-sided, whatever stands here.
    interval : {"delta", "fieller"}
        By which a relative effect will be judged: the delta method's, which an increase widens, or Fieller's, which
        leaves 0 out exactly when that of the difference does.
    """

    effect: float
    relative: bool = False
    margin: float = 0.0
    direction: Direction = "increase"
    alpha: float = 0.05
    power: float = 0.8
    alternative: Alternative = "two-sided"
    interval: RelativeInterval = "delta"

    def __post_init__(self) -> None:
        checked(self.alpha, self.alternative)
        number("power", self.power, self.alpha, 1)
        number("margin", self.margin, 0, closed=True)
        effect = number("effect", self.effect)
        if self.direction not in get_args(Direction):
            hint = did_you_mean(str(self.direction), get_args(Direction))
            raise InputError(f"direction must be 'increase' or 'decrease'; got {self.direction!r}.{hint}")
        if self.interval not in get_args(RelativeInterval):
            hint = did_you_mean(str(self.interval), get_args(RelativeInterval))
            raise InputError(f"interval must be 'delta' or 'fieller'; got {self.interval!r}.{hint}")
        if self.margin and self.margin + self.sign * effect <= 0:
            raise InputError(f"A margin of {self.margin:g} cannot be shown when the true effect is {effect:g}.")
        if not self.margin and effect == 0:
            raise InputError("A goal needs an effect that is not 0; state the smallest one worth finding.")
        if not self.margin and effect * {"two-sided": effect, "greater": 1, "less": -1}[self.alternative] < 0:
            raise InputError(f"alternative={self.alternative!r} never finds an effect of {effect:g}; turn one around.")

    @classmethod
    def noninferiority(
        cls,
        margin: float,
        *,
        effect: float = 0.0,
        relative: bool = False,
        direction: Direction = "increase",
        alpha: float = 0.025,
        power: float = 0.8,
    ) -> SizingGoal:
        """Ask to rule out a loss of `margin`, one-sided, when the true effect is `effect`.

        >>> SizingGoal.noninferiority(0.02, relative=True).alpha
        0.025
        """
        number("margin", margin, 0)
        return cls(
            effect=effect,
            relative=relative,
            margin=margin,
            direction=direction,
            alpha=alpha,
            power=power,
            alternative="greater" if direction == "increase" else "less",
        )

    @property
    def sign(self) -> int:
        """Which way the treatment is to differ: +1 up, −1 down."""
        if self.margin:
            return 1 if self.direction == "increase" else -1
        return 1 if self.effect > 0 else -1

    @property
    def widens(self) -> bool:
        """Whether the control's variance is counted (1 + r)² times: the delta method's interval of an increase."""
        return self.relative and self.interval == "delta" and self.effect > 0

    @property
    def scales(self) -> bool:
        """Whether the treatment's variance is counted (1 + r)² times: values that grow by a share spread by it too."""
        return self.relative and self.interval == "fieller" and self.effect > 0

    @property
    def side(self) -> Alternative:
        """The alternative of the test once the difference is turned to be positive."""
        return "two-sided" if self.alternative == "two-sided" and not self.margin else "greater"


def sizing_difference(
    goal: SizingGoal, level: ArrayLike, variance: ArrayLike, *, binary: bool = False
) -> tuple[Array, Array, Array]:
    """Return the distance to show, always positive, and the variances of one control and one treatment participant.

    Absolute: ``δ`` and ``V_c = V_t = V``. Relative: ``δ = r·R`` and, for an increase judged by the delta method's
    interval, which divides by the control, ``V_c(1 + r)²``. Fieller's interval leaves 0 out exactly when that of the
    difference does; with it an increase counts ``V_t(1 + r)²``, for values that grow in proportion also spread in
    proportion. For a decrease both stay V.
    Margin: ``Δ + δ``. Binary: ``V_t = V·p_t(1 − p_t)/(p_c(1 − p_c))`` (unpooled, as it is analysed).

    Raises
    ------
    InputError
        A relative goal on a level that is not positive, or an effect that takes a share outside 0 to 1.
    """
    r, v = together(finite("level", level), finite("variance", variance, 0))
    if goal.relative and np.any(r <= 0):
        raise InputError(f"A relative effect needs a positive level under control; it is {r.min():g}.")
    unit = r if goal.relative else np.ones_like(r)
    change = goal.effect * unit
    v_c = v * (1 + goal.effect) ** 2 if goal.widens else v
    v_t = v * (1 + goal.effect) ** 2 if goal.scales else v
    if binary:
        shares = np.stack([r, r + change])
        outside = shares[(shares <= 0) | (shares >= 1)]
        if outside.size:
            raise InputError(f"A share stays between 0 and 1; the plan would make it {outside[0]:g}.")
        v_t = v * shares[1] * (1 - shares[1]) / (shares[0] * (1 - shares[0]))
    return np.abs(goal.margin * unit + goal.sign * change), v_c, v_t


def can_serve(goal: SizingGoal, level: Array, variance: Array, *, binary: bool = False) -> NDArray[np.bool_]:
    """Say where `sizing_difference` has an answer: values vary, shares stay inside 0 to 1, a percentage has a base."""
    possible = np.isfinite(level) & np.isfinite(variance) & (variance > 0)
    if goal.relative:
        possible &= level > 0
    if binary:
        changed = level + goal.effect * (level if goal.relative else 1.0)
        possible &= (level > 0) & (level < 1) & (changed > 0) & (changed < 1)
    return possible


def detectable_change(
    goal: SizingGoal,
    noncentrality: ArrayLike,
    level: ArrayLike,
    variance: ArrayLike,
    n_control: ArrayLike,
    n_treatment: ArrayLike,
    *,
    binary: bool = False,
) -> Array:
    """Return the effect (or margin) that lies `noncentrality` standard errors away, NaN where there is none.

    Its variances depend on itself, as in `sizing_difference`: with the signed change δ,
    ``δ² = nc²·[V_c(δ)/n_c + V_t(δ)/n_t]`` is a quadratic with one root on each side of 0.
    """
    nc, r, v, n_c, n_t = together(
        *(np.asarray(a, np.float64) for a in (noncentrality, level, variance, n_control, n_treatment))
    )
    unit = r if goal.relative else np.ones_like(r)
    if goal.margin:
        _, v_c, v_t = sizing_difference(goal, r, v, binary=binary)
        return np.asarray((nc * np.sqrt(v_c / n_c + v_t / n_t)) / unit - goal.sign * goal.effect)
    per_level, of_treated = (
        1 / r if counted else np.zeros_like(r) for counted in (goal.widens, goal.scales and not binary)
    )
    scale = v / (r * (1 - r)) if binary else np.zeros_like(r)
    square = 1 - nc**2 * (v * per_level**2 / n_c + (v * of_treated**2 - scale) / n_t)
    half = nc**2 * (2 * v * per_level / n_c + (2 * v * of_treated + scale * (1 - 2 * r)) / n_t) / 2
    constant = nc**2 * (v / n_c + v / n_t)
    possible = square > 0
    safe = np.where(possible, square, 1.0)
    change = (half + goal.sign * np.sqrt(half**2 + safe * constant)) / safe
    if binary:
        possible &= (r + change > 0) & (r + change < 1)
    if goal.relative:
        possible &= change > -r
    return np.asarray(np.where(possible, change / unit, np.nan))
