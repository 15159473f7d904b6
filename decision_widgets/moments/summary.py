"""What is known about a metric's past, whoever will be in which arm: sums over participants, enough to plan from.

Three ways to know it: a table of the past (`MetricSummary`), numbers typed in by hand (`TypedSummary`), and a summary
that somebody else made and kept (a `SummarySource`). It holds sums only, so it may be kept where the data may not go.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Final, Protocol, TypeVar

from decision_widgets import checks
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.records import Record, Versioned
from decision_widgets.vocabulary import Confidence, Kind, Missing

Known = TypeVar("Known")
SIZES_COUNTED: Final = 11
"""Participants are counted by 1, 2, … 10, and 11 or more observations."""
TINIEST: Final = 1e-100
MOST: Final = 1e15
STALE_AFTER: Final = 35
"""Days after which a summary is called old."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RowSums(Record):
    """Sums that need single observations: of their squares, and of participants' means ``ȳ_i``, all less the shift.

    `sum_inverse_m` is Σ1/m_i, `within` the squares of observations around their participant's mean.
    """

    sum_y2: float
    sum_inverse_m: float
    sum_mean: float
    sum_mean2: float
    within: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WindowSums(Record):
    """Sums over the participants of a window, of their weight ``m`` and total ``s = S − shift·m``.

    ``m`` counts observations, or is the denominator of a ratio (1 for a metric per participant). ``sum_s2m`` is Σs²m,
    and so on; the third and fourth powers say how sure the variance is.

    Attributes
    ----------
    days : int or None
        Length of the window; ``None`` when the table has no time.
    n_people : int
        Participants with any row; those without a value of this metric weigh 0 and will be assigned all the same.
    n_participants : int
        Participants with a value.
    rows : RowSums or None
        ``None`` for a ratio, whose rows are no observations of it.
    """

    days: int | None
    n_people: int
    n_participants: int
    n_observations: int
    sum_m: float
    sum_s: float
    sum_m2: float
    sum_sm: float
    sum_s2: float
    sum_m3: float
    sum_sm2: float
    sum_s2m: float
    sum_s3: float
    sum_m4: float
    sum_sm3: float
    sum_s2m2: float
    sum_s3m: float
    sum_s4: float
    rows: RowSums | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PreviousWindow(Record):
    """How a metric goes together with itself in the window before: sums over half of the participants.

    ``x`` is what the participant was before: its level, or the total of a ratio, less the shift (0 for a newcomer);
    ``known`` is 0 for a newcomer, else 1; ``sum_msx`` is Σ m·s·x, and so on.

    Attributes
    ----------
    days : int
        Length of both windows; the later one ends with the history.
    half : int
        0 or 1, by a hash of the participant: what is learnt on one half is judged on the other.
    """

    days: int
    half: int
    n_participants: int
    n_known: int
    sum_x: float
    sum_x2: float
    sum_m: float
    sum_mx: float
    sum_m_known: float
    sum_mx2: float
    sum_s: float
    sum_sx: float
    sum_s_known: float
    sum_s2: float
    sum_ms: float
    sum_msx: float
    sum_ms_known: float
    sum_m2: float
    sum_m2x: float
    sum_m2_known: float
    sum_m2x2: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetricSummary(Versioned):
    """One metric's past in sums, from ``summarize``: enough to plan any experiment of up to `n_days` days.

    Attributes
    ----------
    kind, evidence, confidence, mapping, largest
        What kind of metric it is and why; the two values read as 0 and 1; the largest value that looks like money.
    numerator, denominator, participant, time
        The columns it was read from.
    population : str or None
        Of whom, in the words of whoever made it.
    first_day, last_day : str or None
        The window, ISO dates.
    as_of : str or None
        The day up to which it is true, by default its last day.
    shift : float
        What was subtracted from every value (times the denominator), so that sums keep their digits.
    windows : tuple of WindowSums
        The first d = 1…D days of the window, everybody since its first day; a single one without a time.
    previous : tuple of PreviousWindow
        Two halves for each length of window that fits twice into the history.
    quantiles : tuple of (share, value)
        Of participants' levels.
    sizes : tuple of int
        Participants with 1, 2, … 10, and 11 or more observations.
    zero_share, modal_share : float
        Of rows that are 0, and that hold the most frequent value.
    top_share : float
        Share of the participants' squared errors that the largest 1 % hold (at most this, below one half).
    n_rows, n_missing, left_out : int
        Rows of the window; those without a value; rows without a participant or a time.
    missing : {"raise", "drop", "zero"} or None
        What was done with rows without a value; ``None`` where an earlier version did not keep it.
    """

    SCHEMA: ClassVar[str] = "dw.metric_summary/1"
    CALLED: ClassVar[str] = "metric summary"

    metric: str
    kind: Kind
    evidence: str
    confidence: Confidence
    mapping: tuple[str, str] | None = None
    largest: float | None = None
    numerator: str
    denominator: str | None = None
    participant: str | None = None
    time: str | None = None
    population: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    as_of: str | None = None
    shift: float
    windows: tuple[WindowSums, ...]
    previous: tuple[PreviousWindow, ...] = ()
    quantiles: tuple[tuple[float, float], ...] = ()
    sizes: tuple[int, ...] = ()
    zero_share: float
    modal_share: float
    top_share: float
    n_rows: int
    n_missing: int
    left_out: int = 0
    missing: Missing | None = None

    def __post_init__(self) -> None:
        if self.as_of is not None and not checks.is_day(self.as_of):
            raise InputError(f"The summary of {self.metric!r} says as_of {self.as_of!r}, which is no day.")

    @property
    def n_days(self) -> int | None:
        """Days of the longest window; ``None`` when the table has no time."""
        return self.windows[-1].days

    @property
    def n_participants(self) -> int:
        """Participants with a value in the longest window."""
        return self.windows[-1].n_participants

    @property
    def level(self) -> float:
        """Average of the longest window's observations; of a ratio, total over total."""
        return self.shift + self.windows[-1].sum_s / self.windows[-1].sum_m

    def summary(self, metric: str) -> MetricSummary:
        """Return itself when it is of this metric."""
        return among({self.metric: self}, metric)


@dataclass(frozen=True, slots=True, repr=False)
class TypedSummary(Record):
    """A metric's past in numbers typed by hand.

    Holds when a participant's observations are exchangeable and their number says nothing about the outcome.

    Parameters
    ----------
    metric : str
    mean : float
        Of an observation; the share of a binary metric.
    std_dev : float, optional
        Of an observation; left out for a binary metric, whose variance is ``p(1 − p)``.
    icc : float
        Correlation of two observations of one participant, 0 to 1.
    observations_per_participant, cv_observations : float
        Mean, and standard deviation over mean.
    participants_per_day : float, optional
        New ones; without it no number of days can be given.
    variance_reduction : float
        Share of the variance that covariates are known to remove (R²), used where the metric has covariates.

    Raises
    ------
    InputError
        All problems of the numbers together.

    Examples
    --------
    >>> TypedSummary("booked", mean=0.35).kind
    'binary'
    """

    metric: str
    _: KW_ONLY
    mean: float = math.nan
    std_dev: float | None = None
    icc: float = 0.0
    observations_per_participant: float = 1.0
    cv_observations: float = 0.0
    participants_per_day: float | None = None
    variance_reduction: float = 0.0

    def __post_init__(self) -> None:
        for name in _TYPED:
            object.__setattr__(self, name, checks.plain(getattr(self, name)))
        if self.mean != self.mean:
            raise InputError(f"The numbers of {self.metric!r} need mean=, the average of an observation.")
        problems = checks.problems(_TYPED, {name: getattr(self, name) for name in _TYPED})
        if not problems:
            problems += self._contradictions()
        if problems:
            raise InputError.together(f"The numbers of {self.metric!r}", problems)

    def _contradictions(self) -> list[str]:
        wrong = []
        if self.std_dev is None and not 0 < self.mean < 1:
            wrong.append(f"mean must lie between 0 and 1 without std_dev, which says binary; got {self.mean:g}.")
        if self.std_dev is not None and not TINIEST < self.std_dev < 1 / TINIEST:
            wrong.append(f"std_dev must lie between {TINIEST:g} and {1 / TINIEST:g}; got {self.std_dev:g}.")
        if max(self.observations_per_participant, self.participants_per_day or 0) > MOST:
            wrong.append(f"observations_per_participant and participants_per_day must be at most {MOST:g}.")
        if self.observations_per_participant < 1:
            wrong.append(f"observations_per_participant must be at least 1; got {self.observations_per_participant:g}.")
        return wrong

    @property
    def kind(self) -> Kind:
        """Binary without a standard deviation, else continuous."""
        return "binary" if self.std_dev is None else "continuous"

    def summary(self, metric: str) -> TypedSummary:
        """Return itself when it is of this metric."""
        return among({self.metric: self}, metric)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RefusedMetric(Record):
    """Why a metric has no past (`what`), and how to mend it (`remedy`)."""

    metric: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HistorySummary(Versioned):
    """Several metrics of one table of the past, from ``summarize``; those that could not be read, with the reason."""

    SCHEMA: ClassVar[str] = "dw.history_summary/1"
    CALLED: ClassVar[str] = "history summary"

    metrics: tuple[MetricSummary, ...]
    refused: tuple[RefusedMetric, ...] = ()

    def summary(self, metric: str) -> MetricSummary | RefusedMetric:
        """Return what is known of a metric, or why nothing is.

        Raises
        ------
        InputError
            There is no such metric; the nearest name is given.
        """
        each: dict[str, MetricSummary | RefusedMetric] = {summary.metric: summary for summary in self.metrics}
        return among(each | {refused.metric: refused for refused in self.refused}, metric)


class SummarySource(Protocol):
    """Whatever knows metrics by name: a `HistorySummary`, a single summary, a store of common metrics."""

    def summary(self, metric: str) -> MetricSummary | TypedSummary | RefusedMetric:
        """Return what is known of a metric; an unknown name is an ``InputError`` that names the nearest."""
        ...


_TYPED: Final[Mapping[str, checks.Rule]] = {
    "metric": checks.Name(),
    "mean": checks.Between(-1e100, 1e100),
    "std_dev": checks.Optional(checks.Positive()),
    "icc": checks.Between(0, 1, or_low=True),
    "observations_per_participant": checks.Positive(),
    "cv_observations": checks.Between(0, 1e6, or_low=True),
    "participants_per_day": checks.Optional(checks.Positive()),
    "variance_reduction": checks.Between(0, 1, or_low=True),
}


def among(known: Mapping[str, Known], metric: str) -> Known:
    """Return what is known under a name, or name the nearest one."""
    if metric not in known:
        raise InputError(
            f"The history has no metric {metric!r}.{did_you_mean(str(metric), known)} It has: {listed(sorted(known))}."
        )
    return known[metric]
