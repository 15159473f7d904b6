"""A table of numbers that scrolls within its card, and aligned text of the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decision_widgets.views.markup import escape
from decision_widgets.views.text import one_line


class Cell(NamedTuple):
    """A cell: its HTML, its class, and what it is sorted by (nothing where it is missing)."""

    html: str
    css: str = ""
    raw: str | float | None = None


def table_html(label: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table whose first column names its rows; `label` says what it holds."""
    columns = "".join(f'<th scope="col"{_class(cell)}>{cell.html}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(_cell(cell, first=not at) for at, cell in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="dw-scroll" tabindex="0" role="region" aria-label="{escape(label)}, scrollable">'
        f'<table class="dw-table" aria-label="{escape(label)}"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def number(text: str, raw: float | None = None) -> Cell:
    """Make a cell of a number."""
    return Cell(escape(text), "num", raw)


def words(text: object) -> Cell:
    """Make a cell of a name."""
    return Cell(escape(one_line(text)), "name", one_line(text))


def arm_html(arm: object, index: int | None) -> str:
    """Name an arm, with its colour; no index, no colour."""
    dot = "" if index is None else f'<i class="dw-dot sq {arm_colour(index)}"></i>'
    return f'<span class="arm">{dot}{escape(one_line(arm))}</span>'


def arm_colour(index: int) -> str:
    """Name the colour of an arm; colours of treatments come round again after four.

    >>> [arm_colour(index) for index in (0, 1, 4, 5)]
    ['a0', 'a1', 'a4', 'a1']
    """
    return f"a{1 + (index - 1) % _ARM_COLOURS if index else 0}"


def fold(key: str, summary: str, body: str, *, opened: bool) -> str:
    """Put a part of a card behind its summary; `key` lets the live card keep what the reader opened."""
    state = " open" if opened else ""
    return f'<details class="dw-fold" data-key="{escape(key)}"{state}><summary>{summary}</summary>{body}</details>'


_ARM_COLOURS = 4


def _class(cell: Cell) -> str:
    return f' class="{cell.css}"' if cell.css else ""


def _cell(cell: Cell, *, first: bool) -> str:
    tag = 'th scope="row"' if first else "td"
    raw = "" if cell.raw is None else f' data-v="{escape(cell.raw)}"'
    return f"<{tag}{_class(cell)}{raw}>{cell.html}</{tag.partition(' ')[0]}>"
