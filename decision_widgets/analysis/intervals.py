"""The intervals of one effect as the table holds them: absolute and relative, of one look and of the decision."""

from __future__ import annotations

from typing import Any

from decision_widgets.estimates import MeanDifference, RelativeEffect, always_valid_quantile, relative_effect


def decision_quantile(answer: MeanDifference, alpha: float, share: float | None) -> float:
    """Return how many standard errors the interval of the decision reaches: more while the plan is not reached."""
    at_the_end = answer.quantile(alpha)
    if share is None or share >= 1:
        return at_the_end
    return max(at_the_end, always_valid_quantile(alpha=alpha, share_of_plan=share))


def simultaneous(answer: MeanDifference, quantile: float) -> dict[str, Any]:
    """Return the ends of the interval that the decision reads."""
    lower, upper = answer.interval(quantile)
    ends = {"effect_lower_simultaneous": lower, "effect_upper_simultaneous": upper}
    return ends | relative(answer, quantile, "_simultaneous")


def relative(answer: MeanDifference, quantile: float, suffix: str = "") -> dict[str, Any]:
    """Return the relative effect and its ends, ``None`` where there is none."""
    found = relative_effect(answer, quantile=quantile)
    known = found if isinstance(found, RelativeEffect) else None
    ends = {
        f"relative_effect_lower{suffix}": known and known.relative_effect_lower,
        f"relative_effect_upper{suffix}": known and known.relative_effect_upper,
    }
    return ends if suffix else ends | {"relative_effect": known and known.relative_effect}
