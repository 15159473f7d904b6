"""A matplotlib figure that does not complain about signs its font lacks, for example emoji in a metric's name.

Glyphs are looked up when the figure is drawn or measured, long after it was made, so the figure itself must be quiet.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.figure import Figure


class QuietFigure(Figure):
    """Draw a missing glyph as its box, without a warning; every other warning still comes."""

    def draw(self, renderer: Any) -> None:
        """Draw the figure."""
        with _missing_glyphs_are_fine():
            super().draw(renderer)

    def get_tightbbox(self, *args: Any, **kwargs: Any) -> Any:
        """Measure the figure."""
        with _missing_glyphs_are_fine():
            return super().get_tightbbox(*args, **kwargs)


@contextmanager
def _missing_glyphs_are_fine() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield
