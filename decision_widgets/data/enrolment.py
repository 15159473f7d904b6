"""Who came when: participants by the day of their first row and arm, and by segment and arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from decision_widgets.data.arms import arm_code, arms_in_order
from decision_widgets.data.engine import ColumnType, Engine, Row, as_key, as_label, double
from decision_widgets.data.groups import NO_LEVEL, SEVERAL_LEVELS, group_of
from decision_widgets.data.overview import MICROS_PER_DAY, day_of, is_nothing, moment, present
from decision_widgets.data.people import Group, arm_codes
from decision_widgets.data.progress import Listener, watching
from decision_widgets.data.reading import Unreadable
from decision_widgets.data.tables import open_table
from decision_widgets.data.until import EPOCH, up_to
from decision_widgets.errors import InputError
from decision_widgets.moments import MomentSpec, label


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enrolment:
    """Participants by their first day, of rows that have a participant, an arm and a time.

    Attributes
    ----------
    arms : tuple of str
        Labels, control first; all counts are in this order.
    days : mapping of date to tuple of int
        New participants of that day by arm; days on which nobody came are not there.
    segments : mapping of name to (mapping of level to tuple of int)
        Participants by level and arm; those without a level, or with several, are in none.
    unreadable : mapping of name to Unreadable
        Segment columns that hold no labels.
    first_day, last_day : date
        Of rows, not of enrolment.
    without_time : int
        Rows of no day, which are in none of this; nobody knows them any more when a last day was set.
    n_contaminated : int
        Participants seen in more than one arm, who are counted nowhere.
    """

    arms: tuple[str, ...]
    days: Mapping[date, tuple[int, ...]]
    segments: Mapping[str, Mapping[str, tuple[int, ...]]]
    unreadable: Mapping[str, Unreadable]
    first_day: date
    last_day: date
    without_time: int
    n_contaminated: int

    def until(self, day: date) -> tuple[int, ...]:
        """Return the participants who had come by the end of a day, by arm."""
        came = [counts for first, counts in self.days.items() if first <= day]
        return tuple(map(sum, zip(*came, strict=True))) if came else (0,) * len(self.arms)


def read_enrolment(table: Any, spec: MomentSpec, *, progress: bool | Listener | None = None) -> Enrolment:
    """Count participants by first day and arm, and by level of the groups and arm, where their rows are.

    Two scans, a flat one by arm and one that gathers rows to participants, and one for the levels of each group.
    Metrics are not read. Days mean what they mean in `read_moments`.

    Raises
    ------
    InputError, ColumnNotFound
        As `read_moments`; no time column.
    """
    spec = replace(spec, metrics=(), samples=(), participants=(), crossed=())
    if spec.time is None:
        raise InputError("Enrolment by day needs time=, the column of dates.")
    with watching(progress) as watch:
        engine = open_table(table, spec, watch)
        try:
            watch.stage("Counting who came when")
            types = engine.types()
            return _read(up_to(engine, spec, types), spec, types)
        finally:
            engine.close()


def _read(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType]) -> Enrolment:
    flat = _flat(engine, spec, types)
    first, last = (day_of(pick(present(flat, at), default=None), spec, types) for pick, at in ((min, 1), (max, 2)))
    arms = arms_in_order([label(row[0]) for row in flat if not is_nothing(row[0])], spec)
    labels: dict[str, list[Any]] = {name: [] for name in arms}
    for row in flat:
        if not is_nothing(row[0]):
            labels[label(row[0])].append(row[0])
    codes = dict(zip(arm_codes(len(arms)), arms, strict=True))
    read = {name: group_of(engine, name, types[name]) for name in spec.groups}
    groups = [group for group in read.values() if isinstance(group, Group)]
    people = _people(engine, spec, types, arm_code(engine, spec, types, codes, labels), groups)
    of_one_arm = f"{people} WHERE arm IN ({', '.join(map(str, codes))})"
    came = engine.query(f"SELECT first_day, arm, count(*) FROM {people} GROUP BY 1, 2")
    days = _counts([row for row in came if row[1] in codes], list(codes))
    return Enrolment(
        arms=arms,
        days={date.fromordinal(EPOCH.toordinal() + day): days[day] for day in sorted(days)},
        segments={
            group.name: _levels(
                engine.query(f"SELECT g{g}, arm, count(*) FROM {of_one_arm} GROUP BY 1, 2"), codes, group
            )
            for g, group in enumerate(groups)
        },
        unreadable={name: group for name, group in read.items() if isinstance(group, Unreadable)},
        first_day=first,
        last_day=last,
        without_time=sum(int(row[3] or 0) for row in flat),
        n_contaminated=sum(int(row[2]) for row in came if row[1] not in codes),
    )


def _flat(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType]) -> list[Row]:
    """Ask by value of the arm for the first and last moment, and the rows without one."""
    rows = f"SELECT {as_label(engine, spec.arm, types[spec.arm])} AS arm, {moment(engine, spec, types)} AS moment"
    found = engine.query(
        "SELECT arm, min(moment), max(moment), sum(CASE WHEN moment IS NULL THEN 1 ELSE 0 END) "
        f"FROM ({rows} FROM {engine.source}) AS flat GROUP BY 1"
    )
    if not found:
        raise InputError("The table has no rows; check the query or the filter before it.")
    return found


def _people(
    engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType], arm: str, groups: Sequence[Group]
) -> str:
    """Write what stands for the participants after FROM: ``arm`` (any other code: several), ``first_day``, levels."""
    assert spec.time is not None
    day = moment(engine, spec, types)
    if types[spec.time] != "date":
        day = f"CAST(floor({day} / {double(MICROS_PER_DAY)}) AS BIGINT)"
    key = "0" if spec.participant is None else as_key(engine, spec.participant, types[spec.participant])
    levels = [f"coalesce({group.code}, {NO_LEVEL}) AS g{g}" for g, group in enumerate(groups)]
    rows = f"SELECT {', '.join([f'{key} AS id', f'{arm} AS arm', f'{day} AS day', *levels])} FROM {engine.source}"
    known = f"({rows}) AS read_rows WHERE id IS NOT NULL AND arm IS NOT NULL AND day IS NOT NULL"
    if spec.participant is None:
        return f"(SELECT *, day AS first_day FROM {known}) AS people"
    own = [
        f"CASE WHEN min(g{g}) = max(g{g}) THEN min(g{g}) ELSE {SEVERAL_LEVELS} END AS g{g}" for g in range(len(groups))
    ]
    gathered = ["id", "CASE WHEN min(arm) = max(arm) THEN min(arm) ELSE -1 END AS arm", "min(day) AS first_day", *own]
    kept = engine.keep(f"SELECT {', '.join(gathered)} FROM {known} GROUP BY id")
    return f"{kept} AS people"


def _counts(rows: Sequence[Row], codes: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Gather rows of (key, arm, participants) by key."""
    found: dict[int, dict[int, int]] = {}
    for key, arm, n in rows:
        found.setdefault(int(key), {})[int(arm)] = int(n)
    return {key: tuple(by_arm.get(code, 0) for code in codes) for key, by_arm in found.items()}


def _levels(rows: Sequence[Row], codes: Mapping[int, str], group: Group) -> dict[str, tuple[int, ...]]:
    counts = _counts(rows, list(codes))
    return {name: counts.get(level, (0,) * len(codes)) for level, name in enumerate(group.levels)}
