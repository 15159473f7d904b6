"""Which moments a design, or its planning, needs, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from decision_widgets.vocabulary import Kind, Missing


def label(value: object) -> str:
    """Write an arm or a participant the same way wherever it comes from: 1, 1.0 and "1" are one.

    >>> label(1.0), label(True), label("blue")
    ('1', 'True', 'blue')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricColumns:
    """The columns behind one metric: one column of observations, or a numerator and a denominator.

    `covariates` were measured before the experiment; a participant's value is the average of its rows.
    """

    metric: str
    numerator: str
    denominator: str | None = None
    kind: Kind | None = None
    covariates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentSpec:
    """What to read from a table: who took part, in which arm, and the columns of each metric.

    Attributes
    ----------
    participant : str or None
        ``None`` when every row is one participant.
    arms : tuple of str or None
        The allowed labels, control first; ``None`` takes them from the table.
    groups : tuple of str
        Columns known before the experiment by whose values participants are divided (strata, segments).
    crossed : tuple of str
        Several such columns whose combinations divide participants, as one group called ``"a × b"``.
    samples : tuple of str
        Metrics of which the distinct values of participants are wanted too, not only moments.
    participants : tuple of str
        Metrics of which every participant is wanted, with all covariates.
    until : date, optional
        The last day that is read, in the time column's own calendar; rows without a time are not read then.
    """

    participant: str | None
    arm: str
    control: str
    arms: tuple[str, ...] | None
    time: str | None
    metrics: tuple[MetricColumns, ...]
    missing: Missing = "raise"
    groups: tuple[str, ...] = ()
    crossed: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    until: date | None = None

    def labels(self) -> tuple[str, ...]:
        """Return the columns whose values only tell rows apart."""
        return (*(() if self.participant is None else (self.participant,)), self.arm, *self.groups, *self.crossed)

    def columns(self) -> dict[str, str]:
        """Return every column to read, each with what it is for."""
        wanted = {} if self.participant is None else {self.participant: "the participant"}
        wanted |= {self.arm: "the arm"}
        want_metrics(wanted, self.time, self.metrics)
        for metric in self.metrics:
            for covariate in metric.covariates:
                wanted.setdefault(covariate, f"a covariate of {metric.metric!r}")
        for group in (*self.groups, *self.crossed):
            wanted.setdefault(group, "strata or segments")
        return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySpec:
    """What to read from a table of the past, in which nobody has an arm."""

    participant: str | None
    time: str | None
    metrics: tuple[MetricColumns, ...]
    missing: Missing = "raise"

    @property
    def arm(self) -> None:
        """No column of arms."""
        return

    def labels(self) -> tuple[str, ...]:
        """Return the columns whose values only tell rows apart."""
        return () if self.participant is None else (self.participant,)

    def columns(self) -> dict[str, str]:
        """Return every column to read, each with what it is for."""
        wanted = {} if self.participant is None else {self.participant: "the participant"}
        want_metrics(wanted, self.time, self.metrics)
        return wanted


def want_metrics(wanted: dict[str, str], time: str | None, metrics: tuple[MetricColumns, ...]) -> None:
    """Add the time and the columns of metrics to those wanted, each with what it is for."""
    if time is not None:
        wanted.setdefault(time, "the time")
    for metric in metrics:
        wanted.setdefault(metric.numerator, f"metric {metric.metric!r}")
        if metric.denominator is not None:
            wanted.setdefault(metric.denominator, f"metric {metric.metric!r}")
