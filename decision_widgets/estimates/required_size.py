"""Whole participants for one treatment against control, and what they can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import number
from decision_widgets.estimates.planning_variance import PlanningVariance
from decision_widgets.estimates.power import difference_power
from decision_widgets.estimates.sample_size import control_sizes, detectable_noncentrality, whole
from decision_widgets.estimates.sizing_goal import SizingGoal, detectable_change, sizing_difference
from decision_widgets.records import Record

# A standard error needs at least 3 participants per arm.
LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RequiredSize(Record):
    """Participants needed.

    Attributes
    ----------
    n_control, n_treatment, n_total : int
        Rounded up, at least 3 per arm.
    power : float
        What the rounded numbers reach; at least what was asked for.
    control_exact : float
        The solution before rounding.
    distance : float
        What the test must see, in the metric's own unit: the effect, or margin plus effect.
    """

    n_control: int
    n_treatment: int
    n_total: int
    power: float
    control_exact: float
    distance: float
    alpha: float


def required_size(goal: SizingGoal, variance: PlanningVariance, *, allocation: float = 1.0) -> RequiredSize:
    """Tell how many participants each arm needs to reach the goal.

    ``n_c = (z_{1−α/s} + z_{power})²·(V_c + V_t/k)/δ²``, made exact by the noncentral t (see `control_sizes`); δ, V_c
    and V_t as in `sizing_difference`.

    Parameters
    ----------
    allocation : float
        ``k = n_t/n_c``.

    Raises
    ------
    InputError
        See `sizing_difference` and `control_sizes`.

    Examples
    --------
    >>> size = required_size(SizingGoal(effect=0.5), PlanningVariance(level=10, variance=1))
    >>> size.n_control, size.n_treatment, round(size.power, 4)
    (64, 64, 0.8015)
    """
    k = number("allocation", allocation, 0)
    distance, v_c, v_t = sizing_difference(goal, variance.level, variance.variance, binary=variance.binary)
    exact = float(
        control_sizes(distance, v_c, v_t, allocation=k, alpha=goal.alpha, power=goal.power, alternative=goal.side)
    )
    n_control, n_treatment = max(LEAST, whole(exact)), max(LEAST, whole(k * exact))
    reached = difference_power(distance, v_c, v_t, n_control, n_treatment, alpha=goal.alpha, alternative=goal.side)
    return RequiredSize(
        n_control=n_control,
        n_treatment=n_treatment,
        n_total=n_control + n_treatment,
        power=float(reached),
        control_exact=exact,
        distance=float(distance),
        alpha=goal.alpha,
    )


def planned_power(goal: SizingGoal, variance: PlanningVariance, n_control: float, n_treatment: float) -> float:
    """Tell with what probability these participants reach the goal.

    >>> round(planned_power(SizingGoal(effect=0.5), PlanningVariance(level=10, variance=1), 64, 64), 4)
    0.8015
    """
    distance, v_c, v_t = sizing_difference(goal, variance.level, variance.variance, binary=variance.binary)
    return float(difference_power(distance, v_c, v_t, n_control, n_treatment, alpha=goal.alpha, alternative=goal.side))


def minimum_detectable_effect(
    goal: SizingGoal, variance: PlanningVariance, n_control: float, n_treatment: float
) -> float:
    """Tell the smallest effect that these participants find with the goal's power, in the goal's scale and direction.

    With a margin: the smallest loss that they can rule out when the true effect is the goal's (below 0, a gain that
    they can show). Undoes
    `required_size`: the effect of its answer needs the same participants.

    Raises
    ------
    InputError
        Fewer than 2 participants in an arm, or no such effect: a share would leave 0 to 1, or the control is so
        uncertain that no relative effect stands out.

    Examples
    --------
    >>> round(minimum_detectable_effect(SizingGoal(effect=1), PlanningVariance(level=10, variance=1), 64, 64), 3)
    0.499
    """
    n_c, n_t = number("n_control", n_control, 2, closed=True), number("n_treatment", n_treatment, 2, closed=True)
    nc = detectable_noncentrality(n_c + n_t - 2, alpha=goal.alpha, power=goal.power, alternative=goal.side)
    found = float(detectable_change(goal, nc, variance.level, variance.variance, n_c, n_t, binary=variance.binary))
    if np.isnan(found):
        raise InputError(
            f"{n_c:g} and {n_t:g} participants are too few to find any {'relative ' * goal.relative}effect."
        )
    return found
