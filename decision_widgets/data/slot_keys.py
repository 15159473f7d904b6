"""Keys of cells as whole numbers, which sort and group much faster than texts and rows of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.engine import ColumnType
from decision_widgets.moments import label

Codes = NDArray[np.int64]
LARGEST: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """A column of labels: the different ones in order, and the place of each row's among them; ``""`` is none."""

    levels: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, texts: NDArray[Any], kind: ColumnType) -> Labels:
        """Gather texts; numbers are written as everywhere."""
        rows = texts.tolist()
        written = {text: label(float(text)) if kind == "number" and text else text for text in set(rows)}
        levels = tuple(sorted(set(written.values())))
        places = {level: place for place, level in enumerate(levels)}
        codes = {text: places[level] for text, level in written.items()}
        return cls(levels=levels, codes=np.fromiter((codes[text] for text in rows), np.int64, len(rows)))

    @classmethod
    def none(cls, n: int) -> Labels:
        """Return a column in which no label stands."""
        return cls(levels=("",), codes=np.zeros(n, np.int64))

    @property
    def present(self) -> NDArray[np.bool_]:
        """Where a label stands."""
        return ~self.equal("")

    def equal(self, text: str) -> NDArray[np.bool_]:
        """Where this one stands."""
        return np.asarray(self.codes == (self.levels.index(text) if text in self.levels else -1))

    def found(self, where: NDArray[np.bool_]) -> list[str]:
        """List the labels that stand in some rows."""
        return [self.levels[code] for code in np.unique(self.codes[where & self.present])]

    def of_rows(self, where: NDArray[np.bool_]) -> Labels:
        """Return the column of some rows."""
        return Labels(levels=self.levels, codes=self.codes[where])


def joined(*columns: NDArray[Any]) -> Codes:
    """Return one number per row, in the order of the columns taken together; equal rows have equal numbers.

    >>> joined(np.array([1, 0, 1]), np.array([-5, 7, 9])).tolist()
    [15, 12, 29]
    """
    key, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        lowest = int(column.min(initial=0))
        width = int(column.max(initial=0)) - lowest + 1
        if size * width > LARGEST:
            levels, key = np.unique(key, return_inverse=True)
            size = len(levels)
        key, size = key * width + (column - lowest), size * width
    return key


def groups(*columns: NDArray[Any]) -> tuple[Codes, Codes]:
    """Return the first row of every group of equal rows, in order, and each row's group."""
    _, first, at = np.unique(joined(*columns), return_index=True, return_inverse=True)
    return first, at
