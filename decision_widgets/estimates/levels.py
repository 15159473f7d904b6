"""Arguments that every test shares."""

from __future__ import annotations

from decision_widgets.checks import Between, problems
from decision_widgets.errors import InputError


def checked_alpha(alpha: float) -> float:
    """Return `alpha` if it lies between 0 and 1; refuse it otherwise."""
    wrong = problems({"alpha": Between(0, 1)}, {"alpha": alpha})
    if wrong:
        raise InputError(wrong[0])
    return alpha
