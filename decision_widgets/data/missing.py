"""What is said where values are missing and the design does not say what to do with them."""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.errors import MissingValues, listed


def missing_values(problems: Sequence[str]) -> MissingValues:
    """Return the error that lists what is missing, and the words that settle it."""
    return MissingValues(
        f"Values are missing: {listed(problems)}. Say what to do with such rows: "
        'missing="drop" leaves them out and counts them, missing="zero" counts an absent outcome as 0.'
    )
