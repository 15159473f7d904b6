"""What came out of a table: moments per metric and arm, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.kinds import Recognition
from decision_widgets.moments import AdjustedMoments, ArmMoments, Moments, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a metric could not be read (`what`), and how to mend it (`remedy`); other metrics are not touched."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CovariateReading:
    """One covariate of a metric: how it is spread over the participants of each arm, and what became of it.

    Attributes
    ----------
    name : str
    arms : mapping of arm to Moments
        Of participants who have a value (one column, ``x``, above a common shift).
    skewness : float
        Of those values in all arms together; 0 where they do not vary.
    missing_share : float
        Participants without a value; they get the mean, and an indicator where every arm has some.
    used : bool
        Whether the adjustment uses it; if not, `reason` says why.
    """

    name: str
    arms: Mapping[str, Moments]
    skewness: float
    missing_share: float
    used: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adjustment:
    """What covariates do to one metric: each arm's adjusted moments (none when nothing could be adjusted by).

    `mean_covariance` is the sampling covariance of the covariates' mean over all arms, in the order of the coefficients
    (the constant first).
    """

    arms: Mapping[str, AdjustedMoments]
    covariates: tuple[CovariateReading, ...]
    mean_covariance: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupReading:
    """How a column divides participants.

    `participants` counts them by level and arm; `without` have no level, `several` have more than one: both are in no
    level.
    """

    levels: tuple[str, ...]
    participants: Mapping[str, Mapping[str, int]]
    without: int
    several: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetricReading:
    """One metric: its kind with the evidence, and the moments of each arm in which anybody has a value.

    `rows` and `missing` count rows by arm, `incomplete` the participants of whom at least one value is missing. `parts`
    holds the moments by group, level and arm, `samples` the participants' levels by arm where they were asked for.
    """

    recognition: Recognition
    arms: Mapping[str, ArmMoments]
    rows: Mapping[str, int]
    missing: Mapping[str, int]
    incomplete: Mapping[str, int]
    modal_value: float
    modal_share: float
    parts: Mapping[str, Mapping[str, Mapping[str, ArmMoments]]] = field(default_factory=dict)
    samples: Mapping[str, Sample] = field(default_factory=dict)
    adjustment: Adjustment | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParticipantMetric:
    """One metric participant by participant, shape (n,) each: weight m, total S, and who has any value."""

    weight: NDArray[np.float64]
    total: NDArray[np.float64]
    known: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParticipantTable:
    """Participants one by one, shape (n,) each.

    Attributes
    ----------
    arm : ndarray of int
        Place among the reading's arms, 0 for control.
    covariates : mapping of name to ndarray
        The average of a participant's rows; NaN where there is none.
    n_participants : int
        Of the table; more than n when only a random sample of them is here, drawn with `seed`.
    """

    arm: NDArray[np.intp]
    metrics: Mapping[str, ParticipantMetric]
    covariates: Mapping[str, NDArray[np.float64]]
    n_participants: int
    seed: int | None


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
        Of the columns read; the same data gives the same text in the same engine. In another order of rows it does
        too, unless the first 10,000 rows suggest another way of counting.
    metrics : mapping of name to MetricReading or Unreadable
    groups : mapping of name to GroupReading or Unreadable
    people : ParticipantTable or None
        Where it was asked for.
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
    groups: Mapping[str, GroupReading | Unreadable] = field(default_factory=dict)
    people: ParticipantTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotMetric:
    """One metric of a switchback by cell, shape (C,) each.

    Attributes
    ----------
    recognition : Recognition
    rows, total : ndarray
        Rows that enter, and their total; of a ratio that of the numerator.
    size : ndarray
        What the total is divided by: rows, the denominator's total, or hours of clock. Cells without are missing; a
        total per hour counts 0 in a cell without rows.
    within : ndarray
        Centred sum of squares of the rows of a mean; 0 of a ratio or a total, whose cells are values of their own.
    missing : ndarray
        Rows without a value, left out or counted as 0.
    """

    recognition: Recognition
    rows: NDArray[np.float64]
    total: NDArray[np.float64]
    size: NDArray[np.float64]
    within: NDArray[np.float64]
    missing: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotReading:
    """Rows gathered to C cells of region × clock hour × slot × part, and of arm and labels where rows differ in them.

    Attributes
    ----------
    start : int
        Local minute since 1970 at which the first slot begins.
    regions : tuple of str
    region, slot, hour, part : ndarray of int, shape (C,)
        Place among the regions; slot from the first, negative in the history; local hour since 1970; 0 in the burn-in
        b, 1 in the b minutes after it, 2 in the rest. Cells are ordered by these.
    minutes : ndarray, shape (C,)
        Of clock; cells that arm or labels divide share those of their place by their rows.
    arm : ndarray of int8, shape (C,)
        0 control, 1 treatment, −1 none: in the history, and where nobody was served. A cell without rows has the arm
        of most rows of its slot.
    arms : tuple of str
        Control and treatment.
    rows : ndarray of int, shape (C,)
        0 where the region was there and the clock ran, but nothing happened: from the first day with a row of the
        region to the last, within the table's span; in the history on days with rows only.
    labels : mapping of column to ndarray of str, shape (C,)
        ``""`` without a label, also in a cell without rows of which no neighbour tells it.
    controls : mapping of column to ndarray, shape (C,)
        Means of rows; NaN in a cell without rows.
    metrics : mapping of name to SlotMetric or Unreadable
    n_rows : int
        Rows of the table.
    left_out : mapping of reason to int
        Rows in no cell, by the column they lack or by what they are; under the arm's column those of the run without
        an arm, which are in cells of arm −1.
    first_day, last_day : str
        ISO days of the first slot and of the run's last row.
    days : int
        From the one to the other, both counted.
    fingerprint : str
        Of the cells, in any order of rows and in every engine: keys, rows and values, totals to about four digits.
    clock_changes : tuple of int
        Slots that contain an hour which the clock showed twice or skipped.
    """

    start: int
    regions: tuple[str, ...]
    region: NDArray[np.int64]
    slot: NDArray[np.int64]
    hour: NDArray[np.int64]
    part: NDArray[np.int64]
    minutes: NDArray[np.float64]
    arm: NDArray[np.int8]
    arms: tuple[str, str]
    rows: NDArray[np.int64]
    labels: Mapping[str, NDArray[np.object_]]
    controls: Mapping[str, NDArray[np.float64]]
    metrics: Mapping[str, SlotMetric | Unreadable]
    n_rows: int
    left_out: Mapping[str, int]
    first_day: str
    last_day: str
    days: int
    fingerprint: str
    clock_changes: tuple[int, ...]
