"""The store: publish summaries, and find them again by the metric's name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from decision_widgets import checks
from decision_widgets.data.store.address import read_address
from decision_widgets.data.store.database import Database
from decision_widgets.data.store.records import EVERYBODY, Publication, PublishedMetric, StoredMetric
from decision_widgets.data.store.sameness import say_the_same
from decision_widgets.data.store.tables import tables
from decision_widgets.errors import InputError, MetricNotFound, did_you_mean, listed
from decision_widgets.moments import HistorySummary, MetricSummary, RefusedMetric

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, RowMapping

LONGEST_NAME: Final = 300
"""An index of PostgreSQL takes no longer ones."""


class MetricStore:
    """The common metrics of a team: one summary per metric, population and window, every version kept.

    A store is a SQLite file (nothing to start), or a PostgreSQL database for a team. Reading it needs no access to the
    data: a summary holds sums only. It is a history for ``advise``, which finds each metric of a design by its name.

    Parameters
    ----------
    url : str or path, optional
        Path of a SQLite file, or ``postgresql://user@host:5432/database``. Left out, the environment variable
        ``DECISION_STORE``, else a file in this user's data folder.
    timeout : float
        Seconds to wait for a server, or for another publisher to finish.

    Raises
    ------
    InputError
        The address is none of these. What happens later, such as a server that cannot be reached, is a
        ``StoreFailed``, which never shows a password.

    Examples
    --------
    >>> import tempfile, decision_widgets as dw
    >>> store = MetricStore(tempfile.mkdtemp() + "/metrics.sqlite")
    >>> past = dw.summarize(dw.examples.ride_hailing(riders=200), metrics="booked", participant="rider_id", time="time")
    >>> store.publish(past, population="riders").published[0].version
    1
    """

    def __init__(self, url: str | os.PathLike[str] | None = None, *, timeout: float = 30.0) -> None:
        wrong = checks.problems({"timeout": checks.Positive()}, {"timeout": timeout})
        if wrong:
            raise InputError(wrong[0])
        self._address = read_address(url)
        self._database = Database(self._address, timeout)

    def __repr__(self) -> str:
        return f"MetricStore({self._address.shown!r})"

    @property
    def is_there(self) -> bool:
        """Whether the file of the store is there; of a server it is seen when it is asked."""
        return self._address.file is None or self._address.file.exists()

    def publish(
        self,
        summaries: HistorySummary | MetricSummary | Iterable[MetricSummary],
        *,
        population: str | None = None,
        as_of: date | str | None = None,
    ) -> Publication:
        """Keep summaries as new versions: all of them or, when something fails, none.

        What the store holds already is not added again, so a job may run twice, or twice at once.

        Parameters
        ----------
        summaries : HistorySummary, MetricSummary or a sequence of them
            From ``summarize``.
        population : str, optional
            Of whom; left out, as the summaries say, else "everybody".
        as_of : date, optional
            The day up to which summaries are true that do not say it themselves, because their table has no time.

        Raises
        ------
        InputError
            A summary says of no day that it is true, or is of another population; nothing was published.
        """
        given, refused = _given(summaries)
        labelled = [_labelled(summary, population, as_of) for summary in given]
        ready = [summary for summary in labelled if _is_finite(summary)]
        refused += tuple(_too_large(summary) for summary in labelled if summary not in ready)
        if not ready:
            return Publication(published=(), refused=refused)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.writing() as connection:
            published = tuple(_add(connection, summary, now) for summary in ready)
        return Publication(published=published, refused=refused)

    def get(
        self,
        metric: str,
        *,
        population: str | None = None,
        window: int | None = None,
        version: int | None = None,
    ) -> MetricSummary:
        """Return the newest summary of a metric: with the latest day, then the longest window, then the last version.

        Parameters
        ----------
        metric : str
        population : str, optional
            May be left out when the metric is kept for one population only.
        window, version : int, optional
            Its days, and a version of the `history`.

        Raises
        ------
        MetricNotFound
            The store has no such metric, population, window or version; the nearest names are given.
        """
        with self._database.reading() as connection:
            newest = max(self._versions(connection, metric, population, window, version), key=_newness)
            assert connection is not None
            return _read(connection, newest)

    def summary(self, metric: str) -> MetricSummary:
        """Return the newest summary of a metric that is kept for one population: what ``advise`` asks a history."""
        return self.get(metric)

    def of(self, population: str, *, window: int | None = None) -> StoreView:
        """Return one population of the store as a history for ``advise``."""
        return StoreView(store=self, population=population, window=window)

    def list(self) -> tuple[StoredMetric, ...]:
        """Return what ``get`` would find: the newest of each metric, population and window, by name."""
        with self._database.reading() as connection:
            newest: dict[tuple[str, str, int], StoredMetric] = {}
            for each in sorted(_stored(connection), key=_newness):
                newest[each.metric, each.population, each.window or 0] = each
        return tuple(newest[key] for key in sorted(newest))

    def history(
        self, metric: str, *, population: str | None = None, window: int | None = None
    ) -> tuple[StoredMetric, ...]:
        """Return all versions of a metric, the newest first; the arguments are those of ``get``."""
        with self._database.reading() as connection:
            return tuple(sorted(self._versions(connection, metric, population, window), key=_newness, reverse=True))

    def _versions(
        self,
        connection: Connection | None,
        metric: str,
        population: str | None,
        window: int | None,
        version: int | None = None,
    ) -> Sequence[StoredMetric]:
        found = _stored(connection, metric)
        if not found:
            every = {each.metric for each in _stored(connection)}
            raise MetricNotFound.among(metric, every, self._address.shown)
        populations = sorted({each.population for each in found})
        if population is None and len(populations) > 1:
            raise MetricNotFound(
                f"Metric {metric!r} is kept for {len(populations)} populations: {listed(populations)}. "
                "Say which: population=, or store.of(population) as a history."
            )
        if population is not None and population not in populations:
            hint = did_you_mean(str(population), populations)
            raise MetricNotFound(
                f"Metric {metric!r} is not kept for the population {population!r}.{hint} "
                f"It is kept for: {listed(populations)}."
            )
        found = [each for each in found if population in (None, each.population)]
        for called, wanted, of in (("window of days", window, "window"), ("version", version, "version")):
            if wanted is not None:
                known = sorted({str(getattr(each, of)) for each in found}, key=lambda text: (len(text), text))
                found = [each for each in found if getattr(each, of) == wanted]
                if not found:
                    raise MetricNotFound(f"Metric {metric!r} has no {called} {wanted!r}. It has: {listed(known)}.")
        return found


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoreView:
    """One population of a store, and perhaps one length of window: a history for ``advise``."""

    store: MetricStore
    population: str
    window: int | None = None

    def __repr__(self) -> str:
        return f"{self.store!r}.of({self.population!r}{'' if self.window is None else f', window={self.window}'})"

    def summary(self, metric: str) -> MetricSummary:
        """Return the newest summary of a metric."""
        return self.store.get(metric, population=self.population, window=self.window)


def _newness(stored: StoredMetric) -> tuple[str, int, int]:
    # By the day and not by the version: a job that was held up does not cover what is newer.
    return stored.as_of if checks.is_day(stored.as_of) else "", stored.window or 0, stored.version


def _given(summaries: object) -> tuple[tuple[MetricSummary, ...], tuple[RefusedMetric, ...]]:
    if isinstance(summaries, HistorySummary):
        return summaries.metrics, summaries.refused
    if isinstance(summaries, MetricSummary):
        return (summaries,), ()
    each = tuple(summaries) if isinstance(summaries, Iterable) and not isinstance(summaries, str) else (summaries,)
    wrong = [type(summary).__name__ for summary in each if not isinstance(summary, MetricSummary)]
    if wrong or not each:
        raise InputError(
            f"publish takes summaries from summarize(data, …); got {wrong[0] if wrong else 'an empty sequence'}."
        )
    return each, ()


def _labelled(summary: MetricSummary, population: str | None, as_of: date | str | None) -> MetricSummary:
    """Return a summary with its population and its day, or say what is wrong with them."""
    wrong_day = checks.as_of_problem(as_of)
    day = None if wrong_day else checks.as_day(as_of)
    kept = replace(
        summary,
        population=summary.population or population or EVERYBODY,
        as_of=summary.as_of or day,  # type: ignore[arg-type]  # a day, as checked
    )
    problems = [
        f"{what} must be text of at most {LONGEST_NAME} characters that can be stored; got {value!r}."
        for what, value in (("A metric's name", kept.metric), ("population", kept.population))
        if not _is_storable(value)
    ]
    if population is not None and kept.population != population:
        problems.append(f"The summary of {kept.metric!r} is of {kept.population!r}, not of {population!r}.")
    if wrong_day:
        problems.append(wrong_day)
    elif kept.as_of is None:
        problems.append(f"The summary of {kept.metric!r} does not say of which day it is true; give as_of=.")
    elif day not in (None, kept.as_of):
        problems.append(f"The summary of {kept.metric!r} is true up to {kept.as_of}, not {day}; leave as_of= out.")
    if problems:
        raise InputError.together("publish", problems)
    return kept


def _is_finite(summary: MetricSummary) -> bool:
    # What is not finite is no JSON: the summary would be kept and could not be read again.
    try:
        MetricSummary.from_dict(summary.to_dict())
    except InputError:
        return False
    return True


def _too_large(summary: MetricSummary) -> RefusedMetric:
    return RefusedMetric(
        metric=summary.metric,
        what="Its sums are beyond what a number holds.",
        remedy="check the metric's query, or measure it in a larger unit",
    )


def _is_storable(name: object) -> bool:
    # PostgreSQL keeps no NUL, and half of a surrogate pair is no text; in SQLite it is the same, so that stores agree.
    if not checks.Name().accepts(name) or len(str(name)) > LONGEST_NAME or "\0" in str(name):
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in str(name))


def _add(connection: Connection, summary: MetricSummary, now: str) -> PublishedMetric:
    stored = [
        each
        for each in _stored(connection, summary.metric)
        if (each.population, each.window) == (summary.population, summary.n_days)
    ]
    same_day = [each for each in stored if each.as_of == summary.as_of]
    last = max(same_day, key=_newness, default=None)
    if last is not None and _is_kept(connection, last, summary):
        return _published(summary, last.version, added=False)
    version = 1 + max((each.version for each in stored), default=0)
    row = {
        "metric": summary.metric,
        "population": summary.population,
        "window_days": summary.n_days or 0,
        "version": version,
        "kind": summary.kind,
        "n_participants": summary.n_participants,
        "as_of": summary.as_of,
        "published_at": now,
        "summary": summary.to_json(indent=None),
    }
    connection.execute(tables().summaries.insert().values(row))
    return _published(summary, version, added=True)


def _is_kept(connection: Connection, last: StoredMetric, summary: MetricSummary) -> bool:
    try:
        return say_the_same(_read(connection, last), summary)
    except InputError:  # what cannot be read any more is no reason not to publish
        return False


def _published(summary: MetricSummary, version: int, *, added: bool) -> PublishedMetric:
    return PublishedMetric(
        metric=summary.metric,
        population=str(summary.population),
        window=summary.n_days,
        version=version,
        added=added,
    )


def _stored(connection: Connection | None, metric: str | None = None) -> Sequence[StoredMetric]:
    from sqlalchemy import select

    if connection is None or (metric is not None and not _is_storable(metric)):
        return []
    summaries = tables().summaries
    wanted = select(*(column for column in summaries.c if column.name != "summary"))
    if metric is not None:
        wanted = wanted.where(summaries.c.metric == metric)
    return [_of_row(row) for row in connection.execute(wanted).mappings()]


def _of_row(row: RowMapping) -> StoredMetric:
    words: dict[str, Any] = {str(name): value for name, value in row.items()}
    days = words.pop("window_days")
    return StoredMetric(window=days or None, **words)


def _read(connection: Connection, stored: StoredMetric) -> MetricSummary:
    from sqlalchemy import select

    columns = tables().summaries.c
    key: tuple[ColumnElement[bool], ...] = (
        columns.metric == stored.metric,
        columns.population == stored.population,
        columns.window_days == (stored.window or 0),
        columns.version == stored.version,
    )
    return MetricSummary.from_json(connection.execute(select(columns.summary).where(*key)).scalar_one())
