"""What an experiment that is looked at before its end was planned to do, what each look says, and the answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from decision_widgets.checks import Between, OneOf, Positive, Rule, is_day, problems
from decision_widgets.errors import InputError
from decision_widgets.estimates.confidence_sequence import Sides
from decision_widgets.records import Record
from decision_widgets.vocabulary import Direction, StoppingRule, words

DesignKind = Literal["between", "within"]
Decision = Literal["stop-benefit", "stop-harm", "continue", "plan-reached", "too-early"]
Interval = Literal["stagewise", "repeated", "confidence sequence"]
LookStatus = Literal["judged", "too-early", "no-new-information", "after-the-end"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoppingPlan(Record):
    """What was decided before launch.

    Attributes
    ----------
    planned_std_error : float
        Standard error expected at the end; the information target is the inverse of its square.
    rule : {"obf", "pocock", "mixture"}
        Lan–DeMets spending of either type, or the normal-mixture confidence sequence.
    alpha, sides : float, {1, 2}
        Error of all looks together; one side can stop for benefit only.
    planned_looks : tuple of str, optional
        Days of the planned looks ("2026-05-28"), the last of which ends the experiment; ``None``: any look is planned.
    direction : {"increase", "decrease"}
        The direction that is a benefit.
    design : {"between", "within"}
        Looks count from 100 participants in each arm, or from 20 units of a switchback in all.
    """

    planned_std_error: float
    rule: StoppingRule = "obf"
    alpha: float = 0.05
    sides: Sides = 2
    planned_looks: tuple[str, ...] | None = None
    direction: Direction = "increase"
    design: DesignKind = "between"

    def __post_init__(self) -> None:
        rules: dict[str, Rule] = {
            "planned_std_error": Positive(),
            "rule": OneOf(get_args(StoppingRule)),
            "alpha": Between(0, 0.5),
            "direction": OneOf(words(Direction)),
            "design": OneOf(get_args(DesignKind)),
        }
        wrong = problems(rules, {name: getattr(self, name) for name in rules})
        if self.sides not in (1, 2):
            wrong.append(f"sides must be 1 or 2; got {self.sides!r}.")
        wrong += _wrong_days(self.planned_looks)
        if wrong:
            raise InputError.together("StoppingPlan", wrong)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Look(Record):
    """One look: the effect of all data so far with its clustered standard error, participants (or units) per arm."""

    date: str
    effect: float
    std_error: float
    n_control: int
    n_treatment: int

    def __post_init__(self) -> None:
        rules: dict[str, Rule] = {"effect": Between(-math.inf, math.inf), "std_error": Positive()}
        wrong = problems(rules, {name: getattr(self, name) for name in rules})
        if not is_day(self.date):
            wrong.append(f"date must be a day such as '2026-05-28'; got {self.date!r}.")
        counts = (self.n_control, self.n_treatment)
        if not all(n == 0 or Positive(whole=True).accepts(n) for n in counts):
            wrong.append(f"Counts must be whole numbers, not negative; got {counts[0]!r} and {counts[1]!r}.")
        if wrong:
            raise InputError.together(f"The look of {self.date}", wrong)
        # numpy's numbers become Python's, which JSON knows.
        for name, kind in (("effect", float), ("std_error", float), ("n_control", int), ("n_treatment", int)):
            object.__setattr__(self, name, kind(getattr(self, name)))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JudgedLook(Record):
    """A look against the plan.

    Attributes
    ----------
    status : {"judged", "too-early", "no-new-information", "after-the-end"}
        Only a judged look can stop the experiment.
    is_planned : bool
        Its date is one of the plan's.
    information : float
        Fraction of the plan's, ``(planned_std_error/std_error)²``.
    critical_value : float or None
        Standard errors that the effect must exceed; ``None`` where the look cannot stop.
    cumulative_alpha : float or None
        Error spent up to here; ``None`` for the mixture.
    is_crossed : bool
        The boundary was exceeded (on the side of benefit, with one side).
    always_valid_lower, always_valid_upper, always_valid_p : float or None
        Of the confidence sequence, whatever the rule; p is the smallest so far. ``None`` before the start.
    """

    date: str
    status: LookStatus
    is_planned: bool
    effect: float
    std_error: float
    n_control: int
    n_treatment: int
    information: float
    statistic: float
    critical_value: float | None
    cumulative_alpha: float | None
    is_crossed: bool
    always_valid_lower: float | None
    always_valid_upper: float | None
    always_valid_p: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoppingReport(Record):
    """Whether the experiment may stop, and what may be claimed.

    Attributes
    ----------
    decision : {"stop-benefit", "stop-harm", "continue", "plan-reached", "too-early"}
        By the first look that crossed; "plan-reached" when none did and the plan has ended.
    decided_at : str or None
        Date of the look that decision, effect and interval rest on; ``None`` when all were too early.
    naive_effect : float or None
        The plain estimate there; `is_exaggerated` when crossing a boundary before the end chose it.
    effect : float or None
        Median-unbiased, after a stop or the end of a spending plan.
    interval : {"stagewise", "repeated", "confidence sequence"} or None
        Of `effect_lower` and `effect_upper`. Repeated: while a spending plan runs, ``effect ± critical·SE``, valid at
        every look together (Jennison & Turnbull 1989). A limit is ``None`` where the rule gives none.
    p_value : float or None
        Stagewise, or always-valid for the mixture; none while a spending plan runs.
    conditional_power : float or None
        Chance of ending with a benefit if the effect is what it looks like now, judged once at the end; `is_futile`
        when it is below 0.1 with half the information in: a note, which binds nobody.
    unplanned_looks : tuple of str
        Dates of looks that a spending plan did not foresee (the fact of W_PEEKED). They spent their share, which is
        valid if their dates did not depend on the effects; otherwise only the always-valid columns hold.
    """

    decision: Decision
    decided_at: str | None
    rule: StoppingRule
    alpha: float
    sides: Sides
    information: float | None
    naive_effect: float | None
    is_exaggerated: bool
    effect: float | None
    effect_lower: float | None
    effect_upper: float | None
    p_value: float | None
    interval: Interval | None
    conditional_power: float | None
    is_futile: bool
    unplanned_looks: tuple[str, ...]
    looks: tuple[JudgedLook, ...]


def _wrong_days(days: object) -> list[str]:
    if days is None:
        return []
    if not isinstance(days, tuple) or not days or not all(map(is_day, days)):
        return [f"planned_looks must be a tuple of days such as '2026-05-28', or None; got {days!r}."]
    if any(later <= earlier for earlier, later in pairwise(days)):
        return [f"planned_looks must ascend; got {days!r}."]
    return []
