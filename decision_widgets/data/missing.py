"""What is said where values are missing and the design does not say what to do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decision_widgets.errors import MissingValues, listed


def missing_values(problems: Sequence[str]) -> MissingValues:
    """Return the error that lists what is missing, and the words that settle it."""
    return MissingValues(
        f"Values are missing: {listed(problems)}. Say what to do with such rows: "
        'missing="drop" leaves them out and counts them, missing="zero" counts an absent outcome as 0.'
    )


def rows_without(left_out: Mapping[str, int], time: str | None) -> list[str]:
    """Say how many rows lack which column; a time that is written but no date lacks too.

    >>> rows_without({"user": 3, "at": 2, "arm": 0}, "at")
    ['3 rows have no user', '2 rows have no readable at']
    """
    return [f"{n:,} rows have no {'readable ' if name == time else ''}{name}" for name, n in left_out.items() if n]
