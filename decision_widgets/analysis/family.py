"""Multiple comparisons: which effects form a family, their adjusted p-values and simultaneous intervals.

Primary metrics × treatments are one family in which no false claim is wanted; secondary metrics × treatments are
exploratory, a share of false claims is bounded. Two answers of the design choose the procedure. Several treatments
against control in one primary metric are Dunnett's, whose correlation is known. Guardrails are in no family: each must
hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from decision_widgets.design import BetweenSubject, Metric, Switchback
from decision_widgets.estimates import (
    FamilyGoal,
    MeanDifference,
    Procedure,
    adjust_p_values,
    choose_procedure,
    many_to_one,
    selected_interval_alpha,
)
from decision_widgets.estimates.quantiles import two_sided_p
from decision_widgets.results import EffectEstimate, Row
from decision_widgets.vocabulary import Role

Design = BetweenSubject | Switchback

FALSE_DISCOVERY_RATE: Final = 0.10
_GOALS: Final[dict[Role, FamilyGoal]] = {"primary": "fwer", "secondary": "fdr"}
_LABELS: Final[dict[Procedure, str]] = {
    "bonferroni": "Bonferroni",
    "sidak": "Šidák",
    "holm": "Holm",
    "holm-sidak": "Holm–Šidák",
    "hochberg": "Hochberg",
    "hommel": "Hommel",
    "bh": "Benjamini–Hochberg",
    "by": "Benjamini–Yekutieli",
    "bky": "two-stage Benjamini–Krieger–Yekutieli",
}


def simultaneous_alpha(design: Design, metric: Metric, n_treatments: int) -> float:
    """Return the level of one interval of the primary family (Bonferroni); the plain level for other roles."""
    if metric.role != "primary":
        return design.alpha
    return design.alpha / (n_treatments * _primaries(design))


def share_control(
    design: Design, metric: Metric, answers: Mapping[str, MeanDifference]
) -> dict[str, tuple[float, float]] | None:
    """Return adjusted p and the alpha of a single interval by arm, where Dunnett's correlation is known.

    That is one primary metric, several treatments against one control level, and no answer that asks for another
    procedure.
    """
    asked = design.dependent is not None or design.negatively_related is not None
    if metric.role != "primary" or _primaries(design) > 1 or len(answers) < 2 or asked:
        return None
    first = next(iter(answers.values()))
    if any(
        (a.control_mean, a.control_variance) != (first.control_mean, first.control_variance) for a in answers.values()
    ):
        return None
    together = many_to_one(list(answers.values()), alpha=design.alpha)
    return {
        arm: (
            each.p_value_adjusted,
            two_sided_p((each.effect_upper_simultaneous - each.effect) / each.std_error, each.df),
        )
        for arm, each in zip(answers, together, strict=True)
    }


def _primaries(design: Design) -> int:
    return sum(metric.role == "primary" for metric in design.metrics)


def adjust(design: Design, rows: list[Row]) -> list[Row]:
    """Return the rows with adjusted p-values; the family counts refused comparisons too, as they were planned."""
    adjusted = list(rows)
    for role, goal in _GOALS.items():
        planned = [i for i, row in enumerate(rows) if row.recommended and row.role == role]
        open_rows = [i for i in planned if not (isinstance(row := rows[i], EffectEstimate) and row.adjustment)]
        if not open_rows:
            continue
        p_values = [row.p_value if isinstance(row := rows[i], EffectEstimate) else 1.0 for i in planned]
        family, label = _adjusted_p(design, goal, p_values)
        for i, p in zip(planned, family, strict=True):
            row = adjusted[i]
            if isinstance(row, EffectEstimate):
                adjusted[i] = replace(row, p_value_adjusted=p, adjustment=label, family=len(planned))
    return adjusted


def selected_alpha(
    design: Design, answers: Mapping[tuple[str, str], MeanDifference | None]
) -> dict[tuple[str, str], float]:
    """Return the alpha of the intervals of those secondary effects that are picked out (false coverage rate).

    `answers` holds every secondary metric × treatment, ``None`` where there is no effect.
    """
    p_values = _adjusted_p(design, "fdr", [1.0 if answer is None else answer.p_value for answer in answers.values()])[0]
    picked = [key for key, p in zip(answers, p_values, strict=True) if p <= FALSE_DISCOVERY_RATE]
    if not picked:
        return {}
    any_dependence = bool(design.negatively_related)
    level = selected_interval_alpha(len(picked), len(answers), q=FALSE_DISCOVERY_RATE, any_dependence=any_dependence)
    return dict.fromkeys(picked, min(design.alpha, level))


def _adjusted_p(design: Design, goal: FamilyGoal, p_values: list[float]) -> tuple[list[float], str]:
    """Return adjusted p-values and what the procedure is called."""
    if not p_values:
        return [], ""
    answers = {"dependent": design.dependent, "negatively_related": design.negatively_related}
    choice = choose_procedure(len(p_values), goal, **answers)
    level = design.alpha if goal == "fwer" else FALSE_DISCOVERY_RATE
    return list(adjust_p_values(p_values, choice.procedure, alpha=level)), _LABELS[choice.procedure]
