"""What a switchback needs from a table, as data, and which of two labels is its control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

from decision_widgets.errors import InputError, listed
from decision_widgets.moments.spec import MetricColumns, want_metrics
from decision_widgets.vocabulary import Missing

EVERYWHERE: Final = "all"
HOUR: Final = 60
_USUAL: Final = ("control", "0", "off", "false", "a")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSpec:
    """What to read from a table for a switchback: which clock, which slots, which arm, and the columns of each metric.

    A metric whose denominator is the time column is a total per region and hour.

    Attributes
    ----------
    time : str
        Column of timestamps.
    slot, burn_in : int
        Minutes.
    region, arm : str or None
        Columns; without a region all rows are of one, without an arm nobody has one (a schedule says it later).
    control, treatment : str or None
        Labels of the arms; ``None`` where the labels found have to tell.
    timezone : str or None
        The clock of slots; needed where timestamps have a time zone.
    start, end : int or None
        Local minutes since 1970 at which the first slot begins and the last one ends; rows before are history, rows
        after are left out. Without a start it is midnight before the first row with an arm.
    conditions : tuple of str
        Columns of labels: fixed effects and segments.
    controls : tuple of str
        Columns of numbers.
    """

    time: str
    slot: int
    metrics: tuple[MetricColumns, ...]
    burn_in: int = 0
    region: str | None = None
    arm: str | None = None
    control: str | None = None
    treatment: str | None = None
    timezone: str | None = None
    start: int | None = None
    end: int | None = None
    conditions: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    missing: Missing = "raise"

    @property
    def grain(self) -> int:
        """Minutes between moments at which an hour, a slot or a burn-in may begin, all of them."""
        return gcd(HOUR, self.slot, self.burn_in, self.start or 0)

    def labels(self) -> tuple[str, ...]:
        """Return the columns whose values only tell rows apart."""
        return (*(name for name in (self.region, self.arm) if name is not None), *self.conditions)

    def columns(self) -> dict[str, str]:
        """Return every column to read, each with what it is for."""
        wanted = {self.time: "the time"}
        wanted |= {
            name: what for name, what in ((self.region, "the region"), (self.arm, "the arm")) if name is not None
        }
        want_metrics(wanted, None, self.metrics)
        for name in self.controls:
            wanted.setdefault(name, "a control")
        for name in self.conditions:
            wanted.setdefault(name, "fixed effects or segments")
        return wanted


def name_arms(found: Sequence[str], control: str | None, treatment: str | None) -> tuple[str, str]:
    """Say which of two labels is control: the one named, or the one that everybody would name.

    Raises
    ------
    InputError
        Another number of labels than two, a label that is not among them, or labels that leave it open.

    >>> name_arms(["off", "on"], None, None)
    ('off', 'on')
    """
    if control is not None and treatment is not None and set(found) <= {control, treatment}:
        return control, treatment
    if len(found) != 2:
        raise InputError(f"A switchback compares two arms; the column holds {listed(found, 6) or 'none'}.")
    for name, wanted in (("control", control), ("treatment", treatment)):
        if wanted is not None and wanted not in found:
            raise InputError(f"There is no arm {wanted!r}, the {name} of the design; there is {listed(found)}.")
    if control is None and treatment is None:
        known = [word for word in found if word.lower() in _USUAL]
        if len(known) != 1:
            raise InputError(f"Which of {listed(found)} is control? Name it with control=.")
        control = known[0]
    if control is None:
        control = next(word for word in found if word != treatment)
    return control, next(word for word in found if word != control)
