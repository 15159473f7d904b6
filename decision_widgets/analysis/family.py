"""Multiple comparisons: which effects form a family, their adjusted p-values and simultaneous intervals.

Primary metrics × treatments are one family in which no false claim is wanted (Holm; Bonferroni intervals). Secondary
metrics × treatments are exploratory (Benjamini–Hochberg). Guardrails are in no family: each must hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.estimates import Procedure, adjust_p_values
from decision_widgets.results import EffectEstimate, Row
from decision_widgets.vocabulary import Role

_PROCEDURES: Final[dict[Role, tuple[Procedure, str]]] = {
    "primary": ("holm", "Holm"),
    "secondary": ("bh", "Benjamini\u2013Hochberg"),
}


def simultaneous_alpha(design: BetweenSubject, metric: Metric, n_treatments: int) -> float:
    """Return the level of one interval of the primary family (Bonferroni); the plain level for other roles."""
    if metric.role != "primary":
        return design.alpha
    return design.alpha / (n_treatments * sum(m.role == "primary" for m in design.metrics))


def adjust(design: BetweenSubject, rows: list[Row]) -> list[Row]:
    """Return the rows with adjusted p-values; the family counts refused comparisons too, as they were planned."""
    adjusted = list(rows)
    for role, (procedure, label) in _PROCEDURES.items():
        planned = [i for i, row in enumerate(rows) if row.recommended and row.role == role]
        p_values = [row.p_value if isinstance(row := rows[i], EffectEstimate) else 1.0 for i in planned]
        for i, p in zip(planned, adjust_p_values(p_values, procedure, alpha=design.alpha), strict=True):
            row = adjusted[i]
            if isinstance(row, EffectEstimate):
                adjusted[i] = replace(row, p_value_adjusted=p, adjustment=label, family=len(planned))
    return adjusted
