"""Call ``dw.analyze`` as an analyst does, and take from its rows what others compute too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.line import arm_names

import decision_widgets as dw


def design(metrics: Sequence[Any], *, participant: str | None = "participant", arms: int = 3) -> dw.BetweenSubject:
    """Describe the A/B table."""
    return dw.BetweenSubject(
        participant=participant, arm="arm", control="control", arms=arm_names(arms), metrics=list(metrics)
    )


def numbers(result: dw.DecisionResult, method: str = "ols_cr2") -> dict[str, float]:
    """Gather effects, standard errors and degrees of freedom of one method; refused ones are simply not there."""
    found: dict[str, float] = {}
    rows: list[Any] = [row for row in result.estimates if row.method == method and hasattr(row, "effect")]
    for row in rows:
        stem, short = f"{row.metric}.{row.arm}", method.removeprefix("ols_")
        found |= {f"{stem}.effect": row.effect, f"{stem}.std_error_{short}": row.std_error}
        found[f"{stem}.df_{short}"] = row.df
    return found
