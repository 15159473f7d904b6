"""Frames read in a notebook: whether one has changed since, told from its shape and a summary of what was read.

Nothing is kept but a weak reference and the summary. Numbers and times enter the summary one by one, in a large table
every k-th of them; of other columns 1,000 values do. A change of a few labels can so go unnoticed, one of the number
of rows never does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import ref

import numpy as np

MOST_NUMBERS: Final = 2_000_000
MOST_LABELS: Final = 1_000
KEPT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A frame as it was when it was read.

    Attributes
    ----------
    table : weak reference
        To the frame.
    columns : tuple of str
        What was read of it.
    summary : tuple
        As `summary_of`.
    """

    table: ref[Any]
    columns: tuple[str, ...]
    summary: tuple[Any, ...]

    def now(self, table: Any) -> Seen | None:
        """Summarise another frame, or the same one later, by the same columns; ``None`` where that cannot be."""
        return _look_at(table, self.columns)

    def change(self, table: Any) -> str | None:
        """Say in what a frame differs, between "It" and "when it was read"; nothing when it does not."""
        try:
            summary = summary_of(table, self.columns)
        except KeyError as problem:
            return f"no longer has the column {problem} that it had"
        except (TypeError, ValueError):
            return "has values of another kind than"
        before, after = self.summary[0], summary[0]
        if before != after:
            more = "more" if after > before else "fewer"
            n = abs(after - before)
            return f"has {n:,} {more} row{'' if n == 1 else 's'} than"
        changed = [c for c, old, new in zip(self.columns, self.summary[1:], summary[1:], strict=True) if old != new]
        return f"has other values in {', '.join(map(repr, changed))} than" if changed else None


_seen: dict[str, Seen] = {}


def remember(table: Any, columns: Iterable[str], fingerprint: str) -> None:
    """Remember a frame that was read, under the fingerprint of what was read; outside a notebook nothing is."""
    found = _look_at(table, tuple(columns)) if _in_notebook() and is_frame(table) else None
    if found is None:
        return
    _seen.pop(fingerprint, None)
    _seen[fingerprint] = found
    while len(_seen) > KEPT:
        del _seen[next(iter(_seen))]


def is_frame(table: Any) -> bool:
    """Tell a pandas or Polars frame, whose rows are in memory, from whatever else has columns."""
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(table).__mro__}
    return bool(kinds & {("pandas", "DataFrame"), ("polars", "DataFrame")})


def seen(fingerprint: str) -> Seen | None:
    """Return the frame that was read under a fingerprint, where it is remembered."""
    return _seen.get(fingerprint)


def _look_at(table: Any, columns: tuple[str, ...]) -> Seen | None:
    try:
        return Seen(table=ref(table), columns=columns, summary=summary_of(table, columns))
    except (KeyError, TypeError, ValueError):
        return None


def summary_of(table: Any, columns: Iterable[str]) -> tuple[Any, ...]:
    """Summarise a pandas or Polars frame: its number of rows, then one value per column.

    Raises
    ------
    KeyError
        A column is not there.
    """
    names, n = tuple(columns), len(table)
    known = set(table.columns)
    for name in names:
        if name not in known:
            raise KeyError(name)
    step = max(1, n * len(names) // MOST_NUMBERS)
    return (n, *(_summary(table[name], n, step) for name in names))


def _summary(column: Any, n: int, step: int) -> Any:
    kind = getattr(column.dtype, "kind", None)  # of pandas; Polars answers questions instead
    if kind in ("b", "i", "u", "f") or (kind is None and column.dtype.is_numeric()):
        return hash(np.asarray(column[::step], dtype=np.float64).tobytes())
    if kind in ("M", "m") or (kind is None and column.dtype.is_temporal()):
        return hash(np.asarray(column[::step]).tobytes())
    return hash(tuple(map(str, column[:: max(1, n // MOST_LABELS)])))


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None
