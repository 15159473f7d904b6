"""What clusters would cost: how alike the rows of one participant are."""

from __future__ import annotations

from typing import Any

from decision_widgets.analysis.past import Past, read_pasts
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import DecisionError


def likeness(data: Any, participant: str, metric: Metric) -> dict[str, Any] | None:
    """Return the rows per participant, their ICC and the design effect of one metric; ``None`` where none is known."""
    try:
        design = BetweenSubject(
            participant=participant, arm="\0arm", control="\0control", metrics=(metric,), missing="drop"
        )
        past = read_pasts(design, data, "observation", False)[metric.name]
    except DecisionError:
        return None
    if not isinstance(past, Past) or past.alike is None:
        return None
    alike = past.alike
    return {
        "participant": participant,
        "metric": metric.name,
        "rows_each": float(past.observations[-1]),
        "icc": alike.icc,
        "design_effect": alike.design_effect,
    }
