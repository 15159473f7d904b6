"""A payload as text for a terminal and for text/plain."""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.views.schemas import Payload, view_of


def to_text(payload: Payload) -> str:
    """Write the verdict's sentence and an aligned table of metrics."""
    schema = str(payload.get("schema"))
    view = view_of(schema)
    return view.to_text(payload) if view else f"({schema} cannot be shown by this version of decision_widgets)"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align columns under their header.

    >>> print(table(["Metric", "p"], [["Fare", "0.025"]]))
    Metric  p
    Fare    0.025
    """
    widths = [max(len(line[at]) for line in [header, *rows]) for at in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [header, *rows]
    )
