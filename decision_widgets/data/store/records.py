"""What a store says about the summaries that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from decision_widgets import checks
from decision_widgets.moments import STALE_AFTER, RefusedMetric
from decision_widgets.records import Record
from decision_widgets.vocabulary import Kind

EVERYBODY: Final = "everybody"
"""The population of a summary that names none."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoredMetric(Record):
    """One version of a metric's summary, without its sums.

    Attributes
    ----------
    window : int or None
        Its length in days; ``None`` when the table that was summed has no time.
    version : int
        1, 2, … within a metric, population and window.
    n_participants : int
        With a value in the window.
    as_of : str
        The day up to which it is true.
    published_at : str
        When it was published, UTC.
    """

    metric: str
    population: str
    window: int | None
    version: int
    kind: Kind
    n_participants: int
    as_of: str
    published_at: str

    def age(self, today: date | None = None) -> int | None:
        """Return how many days ago it was true; ``None`` when what stands in the store is no day."""
        if not checks.is_day(self.as_of):
            return None
        return ((today or date.today()) - date.fromisoformat(self.as_of)).days

    def codes(self, today: date | None = None) -> tuple[str, ...]:
        """Return ``W_STALE`` when it is older than 35 days."""
        age = self.age(today)
        return ("W_STALE",) if age is not None and age > STALE_AFTER else ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PublishedMetric(Record):
    """The version under which a summary is kept; not `added` when the store held the same already."""

    metric: str
    population: str
    window: int | None
    version: int
    added: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Publication(Record):
    """What was published, and which metrics could not be read in the first place."""

    published: tuple[PublishedMetric, ...]
    refused: tuple[RefusedMetric, ...] = ()
