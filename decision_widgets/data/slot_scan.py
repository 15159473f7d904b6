"""What one scan of a switchback's rows adds up for its metrics and controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from decision_widgets.data.columns import Candidate
from decision_widgets.data.engine import ColumnType, Engine
from decision_widgets.data.overview import PART_OF_RATIO, Aggregates, candidates_of
from decision_widgets.data.reading import Unreadable
from decision_widgets.errors import InputError
from decision_widgets.moments import MetricColumns, SlotSpec
from decision_widgets.vocabulary import Kind

SETTLED: Final = Aggregates(powers=False)
EXACT_BELOW: Final = 2.0**52
Name = tuple[str, str | int]


class MetricScan:
    """The columns of metrics and controls as the engine's SQL; a sample says what each looks like."""

    def __init__(self, engine: Engine, spec: SlotSpec, types: Mapping[str, ColumnType]) -> None:
        self.spec = spec
        names = list(dict.fromkeys(name for name, _ in self.wanted()))
        self.candidates = candidates_of(engine, names, types)
        self.readable = {name: found for name, found in self.candidates.items() if isinstance(found, Candidate)}
        self._places = {name: f"y{j}" for j, name in enumerate(self.readable)}

    def wanted(self) -> Iterator[tuple[str, Kind | None]]:
        """Give the columns with the kind each is declared to be; parts of a ratio and controls stay as they are."""
        for metric in self.spec.metrics:
            yield metric.numerator, metric.kind if metric.denominator is None else PART_OF_RATIO
            if (denominator := self.denominator(metric)) is not None:
                yield denominator, PART_OF_RATIO
        for name in self.spec.controls:
            yield name, PART_OF_RATIO

    def denominator(self, metric: MetricColumns) -> str | None:
        """Return the column that a numerator is divided by; the time stands for hours of clock."""
        return None if metric.denominator == self.spec.time else metric.denominator

    @property
    def numbers(self) -> dict[str, str]:
        """Every readable column as a number."""
        return {name: found.number for name, found in self.readable.items()}

    @property
    def shifts(self) -> dict[str, float]:
        """What is subtracted from each; whole numbers from whole numbers, so that their sums stay exact."""
        return {
            name: float(round(found.mean)) if found.whole and abs(found.mean) < EXACT_BELOW else found.mean
            for name, found in self.readable.items()
        }

    def controls(self) -> list[str]:
        """Return the controls as numbers; one that is none is an error, because every metric would need it."""
        for name in self.spec.controls:
            found = self.candidates[name]
            if isinstance(found, Unreadable):
                raise unusable_control(name, found)
        return [self.readable[name].number for name in self.spec.controls]

    def further(self) -> dict[Name, str]:
        """Write the aggregates that settle what each column is, and the sums of each ratio over rows that enter."""
        found: dict[Name, str] = {}
        for name, own in self.readable.items():
            found |= {(name, i): sql for i, sql in enumerate(SETTLED.of_rows(own, self._places[name]))}
        for metric in self.spec.metrics:
            y, d = self._places.get(metric.numerator), self._places.get(self.denominator(metric) or "")
            if y is not None and d is not None and self.denominator(metric) is not None:
                found |= {(metric.metric, part): sql for part, sql in self._ratio(y, d).items()}
        return found

    def _ratio(self, y: str, d: str) -> dict[str, str]:
        both = f"{y} IS NOT NULL AND {d} IS NOT NULL"
        used = f"{d} IS NOT NULL" if self.spec.missing == "zero" else both
        return {
            "known": f"sum(CASE WHEN {both} THEN 1.0E0 ELSE 0.0E0 END)",
            "rows": f"sum(CASE WHEN {used} THEN 1.0E0 ELSE 0.0E0 END)",
            "total": f"sum(CASE WHEN {both} THEN {y} ELSE 0.0E0 END)",
            "size": f"sum(CASE WHEN {used} THEN {d} ELSE 0.0E0 END)",
        }


def unusable_control(name: str, found: Unreadable) -> InputError:
    """Say why a control is no column of numbers."""
    return InputError(f"The control {name!r} cannot be used: {found.what} Do this first: {found.remedy}.")
