"""A payload as text for a terminal and for text/plain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from decision_widgets.views.schemas import Payload, view_of

# White space and control characters, but not the spaces that hold a number and its unit together.
_BREAKS = re.compile(r"(?:[^\S\u00a0\u202f]|[\x00-\x1f\x7f-\x9f])+")


def one_line(value: object) -> str:
    r"""Write a name on one line: every run of white space is one space.

    >>> one_line("spend\nper\t user ")
    'spend per user'
    """
    return _BREAKS.sub(" ", str(value)).strip(" ")


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
    lines = [[one_line(cell) for cell in line] for line in [header, *rows]]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
