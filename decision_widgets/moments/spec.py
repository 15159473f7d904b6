"""Which moments a design needs, as data."""

from __future__ import annotations

from dataclasses import dataclass

from decision_widgets.vocabulary import Kind, Missing


def label(value: object) -> str:
    """Write an arm or a participant the same way wherever it comes from: 1, 1.0 and "1" are one.

    >>> label(1.0), label(True), label("blue")
    ('1', 'True', 'blue')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricColumns:
    """The columns behind one metric: one column of observations, or a numerator and a denominator."""

    metric: str
    numerator: str
    denominator: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentSpec:
    """What to read from a table: who took part, in which arm, and the columns of each metric.

    ``arms`` lists the allowed labels, control first, or is ``None`` to take them from the table. ``also_named`` are
    columns that the design names and nothing reads: they must be there.
    """

    participant: str
    arm: str
    control: str
    arms: tuple[str, ...] | None
    time: str | None
    metrics: tuple[MetricColumns, ...]
    missing: Missing = "raise"
    also_named: tuple[str, ...] = ()

    def columns(self) -> dict[str, str]:
        """Return every column to read, each with what it is for."""
        wanted = {self.participant: "the participant", self.arm: "the arm"}
        if self.time is not None:
            wanted.setdefault(self.time, "the time")
        for metric in self.metrics:
            wanted.setdefault(metric.numerator, f"metric {metric.metric!r}")
            if metric.denominator is not None:
                wanted.setdefault(metric.denominator, f"metric {metric.metric!r}")
        return wanted
