"""Which procedure suits a family of comparisons: two questions, one answer with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from decision_widgets.checks import Positive
from decision_widgets.errors import InputError
from decision_widgets.estimates.multiple import Procedure
from decision_widgets.records import Record

FamilyGoal = Literal["fwer", "fdr"]
Dependence = Literal["single", "independent", "positive", "negative", "unknown"]

# Estimating how many nulls are true needs some.
TWO_STAGE_FROM: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FamilyChoice(Record):
    """The procedure that `adjust_p_values` takes, and why in words.

    Attributes
    ----------
    goal : {"fwer", "fdr"}
        Bound the chance of any false claim, or the expected share of false claims.
    family : int
        Comparisons.
    """

    procedure: Procedure
    reason: str
    goal: FamilyGoal
    family: int


def choose_procedure(
    family: int,
    goal: FamilyGoal = "fwer",
    *,
    dependent: bool | None = None,
    negatively_related: bool | None = None,
) -> FamilyChoice:
    """Choose how to adjust a family of comparisons from what is known about their dependence.

    Parameters
    ----------
    family : int
        Comparisons, planned ones that failed included.
    goal : {"fwer", "fdr"}
        ``"fwer"`` for primary metrics and arms, ``"fdr"`` for exploratory metrics and segments.
    dependent : bool, optional
        Do the comparisons share participants or a control? ``None`` is "I don't know".
    negatively_related : bool, optional
        Can one fall because another rises, as cancellations and completions do?

    Notes
    -----
    Holm–Šidák (Holm 1979; Šidák 1967) and two-stage BKY (2006) need independence; Hommel (1988) and BH (1995)
    positive dependence (Simes; Benjamini & Yekutieli 2001); Holm and BY (2001) nothing. Without an answer: Holm, BH.

    >>> choose_procedure(6, "fdr", negatively_related=True).procedure
    'by'
    """
    if goal not in _CHOICES:
        raise InputError(f"goal must be 'fwer' or 'fdr'; got {goal!r}.")
    if not (rule := Positive(whole=True)).accepts(family):
        raise InputError(f"family must be {rule.wants()}; got {family!r}.")
    if dependent is False and negatively_related:
        raise InputError("Comparisons that are negatively related are not independent; answer dependent=True.")
    procedure, reason = _CHOICES[goal][_dependence(family, dependent, negatively_related)]
    if goal == "fdr" and dependent is False and 1 < family < TWO_STAGE_FROM:
        procedure, reason = "bh", _FEW
    return FamilyChoice(procedure=procedure, reason=reason, goal=goal, family=int(family))


def _dependence(family: int, dependent: bool | None, negatively_related: bool | None) -> Dependence:
    if family == 1:
        return "single"
    if dependent is False:
        return "independent"
    if negatively_related is None:
        return "unknown"
    return "negative" if negatively_related else "positive"


_FEW: Final = (
    "Benjamini–Hochberg: the comparisons are independent, but fewer than 10 are too few to estimate how many have no "
    "effect."
)
_CHOICES: Final[dict[FamilyGoal, dict[Dependence, tuple[Procedure, str]]]] = {
    "fwer": {
        "single": ("holm", "One comparison needs no adjustment."),
        "independent": ("holm-sidak", "Holm–Šidák: the comparisons are independent, which it uses for a little power."),
        "positive": (
            "hommel",
            "Hommel: the comparisons depend on each other, none negatively, so it is valid and finds more than Holm.",
        ),
        "negative": ("holm", "Holm: the comparisons may be negatively related, and it holds under any dependence."),
        "unknown": ("holm", "Holm: how the comparisons depend on each other is not known, and it holds in any case."),
    },
    "fdr": {
        "single": ("bh", "One comparison needs no adjustment."),
        "independent": (
            "bky",
            "Two-stage Benjamini–Krieger–Yekutieli: the comparisons are independent and many enough to estimate how "
            "many have no effect.",
        ),
        "positive": ("bh", "Benjamini–Hochberg: the comparisons depend on each other, none negatively."),
        "negative": (
            "by",
            "Benjamini–Yekutieli: the comparisons may be negatively related, and it holds under any dependence; that "
            "costs power.",
        ),
        "unknown": (
            "bh",
            "Benjamini–Hochberg: how the comparisons depend on each other is not known; it is proven for positive "
            "dependence and holds closely in practice.",
        ),
    },
}
