"""Which moments a design needs, as data."""

from __future__ import annotations

from dataclasses import dataclass

from decision_widgets.vocabulary import Kind, Missing


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

    ``arms`` lists the allowed labels, control first, or is ``None`` to take them from the table.
    """

    participant: str
    arm: str
    control: str
    arms: tuple[str, ...] | None
    time: str | None
    metrics: tuple[MetricColumns, ...]
    missing: Missing = "raise"

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
