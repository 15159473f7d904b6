"""What came out of a table: moments per metric and arm, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decision_widgets.data.kinds import Recognition
from decision_widgets.moments import ArmMoments


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a metric could not be read (`what`), and how to mend it (`remedy`); other metrics are not touched."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetricReading:
    """One metric: its kind with the evidence, and the moments of each arm in which anybody has a value.

    `rows` and `missing` count rows by arm, `incomplete` the participants of whom at least one value is missing.
    """

    recognition: Recognition
    arms: Mapping[str, ArmMoments]
    rows: Mapping[str, int]
    missing: Mapping[str, int]
    incomplete: Mapping[str, int]
    modal_value: float
    modal_share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One pass over a table.

    Attributes
    ----------
    arms : tuple of str
        Labels, control first.
    participants : mapping of arm to int
        Participants assigned, before any metric is looked at; those of several arms are in none.
    n_rows : int
        Rows of the table.
    left_out : mapping of reason to int
        Rows that entered nothing.
    n_contaminated : int
        Participants seen in more than one arm.
    days : int or None
        Calendar days from the first row to the last, both counted.
    first_day, last_day : str or None
        ISO dates.
    fingerprint : str
        Of the columns read, in this order of rows; the same data gives the same text.
    metrics : mapping of name to MetricReading or Unreadable
    """

    arms: tuple[str, ...]
    participants: Mapping[str, int]
    n_rows: int
    left_out: Mapping[str, int]
    n_contaminated: int
    days: int | None
    first_day: str | None
    last_day: str | None
    fingerprint: str
    metrics: Mapping[str, MetricReading | Unreadable]
