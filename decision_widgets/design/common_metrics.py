"""Which metrics of a table everybody plans with: what a regular publication reads, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from decision_widgets import checks
from decision_widgets.design.metric import Metric, read_metrics
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.records import Record
from decision_widgets.vocabulary import Missing, words

_RULES: Final[Mapping[str, checks.Rule]] = {
    "participant": checks.Optional(checks.Name()),
    "time": checks.Optional(checks.Name()),
    "population": checks.Optional(checks.Name()),
    "missing": checks.OneOf(words(Missing)),
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CommonMetrics(Record):
    """The metrics that are summed up and published from one table.

    Parameters
    ----------
    participant : str or None
        Column: who. ``None`` says that every row is one participant.
    metrics : sequence of Metric, str or mapping
        As in a design.
    time : str, optional
        Column of dates or timestamps; without it no number of days can be planned.
    population : str, optional
        Of whom, in your words.
    missing : {"raise", "drop", "zero"}
        What to do with rows without a value.

    Raises
    ------
    InputError
        All problems together, before any data is read.

    Examples
    --------
    >>> CommonMetrics(participant="rider_id", metrics=["booked"], population="riders").metrics[0].name
    'booked'
    """

    participant: str | None
    metrics: tuple[Metric, ...]
    time: str | None = None
    population: str | None = None
    missing: Missing = "raise"

    def __post_init__(self) -> None:
        problems: list[str] = []
        object.__setattr__(self, "metrics", read_metrics(self.metrics, "A list of common metrics", problems))
        problems += checks.problems(_RULES, {name: getattr(self, name) for name in _RULES})
        names = [metric.name for metric in self.metrics]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems += [f"Two metrics are called {name!r}; give each its own name." for name in twice]
        if problems:
            raise InputError.together("The list of common metrics", problems)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Build it from a mapping of its words; an unknown word is an error that names the nearest."""
        known = [item.name for item in fields(cls)]
        problems = [
            f"A list of common metrics has no word {key!r}.{did_you_mean(str(key), known)} It knows: {listed(known)}."
            for key in given
            if key not in known
        ]
        problems += [
            f"A list of common metrics needs {key!r}." for key in ("participant", "metrics") if key not in given
        ]
        if problems:
            raise InputError.together("The list of common metrics", problems)
        return cls(**given)
