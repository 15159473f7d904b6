"""The statements behind a history: sums by day, by half of the participants, and how participants are spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Any, Final

from decision_widgets.data.columns import Column
from decision_widgets.data.engine import Engine, Row, double
from decision_widgets.data.reading import Unreadable
from decision_widgets.data.reduction import TOP_ONE_IN, TOP_SHARE_OF_INTEREST
from decision_widgets.moments import MetricColumns, PreviousWindow, RowSums, WindowSums
from decision_widgets.moments.summary import SIZES_COUNTED

QUANTILES: Final = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
# Sums hold fourth powers of what is within, which a float still tells from 0 and from infinity.
FARTHEST: Final = 1e70
# Powers of m and s in the order of the fields of WindowSums, from sum_m on.
_POWERS: Final = tuple((m, power - m) for power in (1, 2, 3, 4) for m in range(power, -1, -1))
_FIELDS: Final = tuple(field.name for field in fields(WindowSums))[4:-1]
_ROW_FIELDS: Final = tuple(field.name for field in fields(RowSums))
_PREVIOUS: Final = {
    "sum_x": "x", "sum_x2": "x * x",
    "sum_m": "m", "sum_mx": "m * x", "sum_m_known": "m * known", "sum_mx2": "m * x * x",
    "sum_s": "s", "sum_sx": "s * x", "sum_s_known": "s * known", "sum_s2": "s * s",
    "sum_ms": "m * s", "sum_msx": "m * s * x", "sum_ms_known": "m * s * known",
    "sum_m2": "m * m", "sum_m2x": "m * m * x", "sum_m2_known": "m * m * known", "sum_m2x2": "m * m * x * x",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTerms:
    """One metric as SQL: a row's value ``y − shift`` (times the denominator), its weight, and whether it is there."""

    columns: MetricColumns
    column: Column
    shift: float
    as_zero: bool
    denominator: Column | None = None
    per_participant: bool = False

    @property
    def ratio(self) -> bool:
        return self.per_participant or self.denominator is not None

    def raw(self, k: int) -> dict[str, str]:
        """Return the columns as numbers."""
        return {f"y{k}": self.column.number} | ({} if self.denominator is None else {f"d{k}": self.denominator.number})

    def row(self, k: int) -> dict[str, str]:
        """Return used (1 or NULL), held (a value stands there), weight and value of a row."""
        held = f"y{k}" if self.denominator is None else f"(y{k} + d{k})"
        used = held if not self.as_zero else "0.0E0" if self.denominator is None else f"d{k}"
        y = f"coalesce(y{k}, 0.0E0)" if self.as_zero else f"y{k}"
        weight = "1.0E0" if self.denominator is None else f"d{k}"
        inside = f"CASE WHEN {used} IS NOT NULL THEN"
        return {
            f"u{k}": f"{inside} 1 ELSE 0 END",
            f"h{k}": f"CASE WHEN {held} IS NOT NULL THEN 1 ELSE 0 END",
            f"w{k}": f"{inside} {weight} END",
            f"v{k}": f"{inside} {y} - {double(self.shift)} * {weight} END",
            f"z{k}": f"CASE WHEN {y} = 0 THEN 1 ELSE 0 END",
        }

    def gathered(self, k: int) -> dict[str, str]:
        """Return the sums of a participant's rows of a day."""
        return {
            f"c{k}": f"sum(u{k})",
            f"h{k}": f"sum(h{k})",
            f"z{k}": f"sum(z{k})",
            f"m{k}": f"coalesce(sum(w{k}), 0.0E0)",
            f"s{k}": f"coalesce(sum(v{k}), 0.0E0)",
            f"q{k}": f"coalesce(sum(v{k} * v{k}), 0.0E0)",
        }

    def single(self, k: int) -> dict[str, str]:
        """Return the same of a row that is a participant."""
        value = {f"c{k}": f"u{k}", f"h{k}": f"h{k}", f"z{k}": f"z{k}", f"m{k}": f"coalesce(w{k}, 0.0E0)"}
        return value | {f"s{k}": f"coalesce(v{k}, 0.0E0)", f"q{k}": f"coalesce(v{k} * v{k}, 0.0E0)"}

    def weight(self, k: int, count: str, weight: str) -> str:
        """Write a participant's weight in terms of its count and its summed weights."""
        return f"CASE WHEN {count} > 0 THEN 1.0E0 ELSE 0.0E0 END" if self.per_participant else weight


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowStatements:
    """Asks the engine for everything that a summary holds, all metrics together.

    `rows` stands after FROM: ``id, day, n`` and c, h, m, s, q of each metric (see `MetricTerms.gathered`).
    """

    engine: Engine
    terms: Sequence[MetricTerms]
    rows: str
    everybody_once: bool
    first: int
    last: int
    previous: tuple[int, ...]

    def read(self) -> list[dict[str, Any] | Unreadable]:
        """Return of each metric the sums that it has in a summary, or why there are none."""
        windows = self._windows()
        spread = self._spread()
        before = [self._previous(days) for days in self.previous]
        found: list[dict[str, Any] | Unreadable] = []
        for k, term in enumerate(self.terms):
            own = windows[k]
            if (why := _unreadable(own[-1], term.columns.metric)) is not None:
                found.append(why)
                continue
            halves = [half for by_metric in before for half in by_metric[k]]
            found.append(
                spread[k]
                | {
                    "windows": tuple(own),
                    "previous": tuple(half for half in halves if half.n_participants),
                    "top_share": self._top_share(k, term, own[-1]),
                }
            )
        return found

    def _windows(self) -> list[list[WindowSums]]:
        """Add up what changes each day; all sums of a participant begin at 0."""
        n_days = self.last - self.first + 1
        width = 2 + len(_POWERS) + len(_ROW_FIELDS)
        changes = [[0.0] * (1 + width * len(self.terms)) for _ in range(n_days)]
        for day, *values in self.engine.query(self._changes()):
            changes[int(day) - self.first] = [float(value or 0.0) for value in values]
        people, *running = [list(accumulate(column)) for column in zip(*changes, strict=True)]
        timed = n_days > 1 or self.first > 0
        return [
            [
                _window(
                    day + 1 if timed else None,
                    people[day],
                    [running[width * k + at][day] for at in range(width)],
                    rows=not term.ratio,
                )
                for day in range(n_days)
            ]
            for k, term in enumerate(self.terms)
        ]

    def _changes(self) -> str:
        own = f"{self.rows} WHERE day >= {self.first}"
        names = ["n", *(f"{letter}{k}" for k in range(len(self.terms)) for letter in "cmsq")]
        if self.everybody_once:
            now = ", ".join(f"{name} AS {name}_now" for name in names)
            source = f"SELECT day, {now}, {', '.join(f'0 AS {name}_then' for name in names)} FROM {own}"
        else:
            days = "PARTITION BY id ORDER BY day"
            now = ", ".join(f"sum({name}) OVER ({days} ROWS UNBOUNDED PRECEDING) AS {name}_now" for name in names)
            then = ", ".join(f"coalesce(lag({name}_now) OVER ({days}), 0) AS {name}_then" for name in names)
            reached = f"(SELECT id, day, {now} FROM {own}) AS reached"
            source = f"SELECT day, {', '.join(f'{name}_now' for name in names)}, {then} FROM {reached}"
        parts = ["day", "sum(CASE WHEN n_then = 0 THEN 1 ELSE 0 END)"]
        for k, term in enumerate(self.terms):
            for now_sql, then_sql in zip(*(_sums_of(k, term, when) for when in ("now", "then")), strict=True):
                parts.append(f"sum({now_sql} - {then_sql})")
        return f"SELECT {', '.join(parts)} FROM ({source}) AS moved GROUP BY day"

    def _people(self, condition: str, extra: str = "") -> str:
        """Write the participants of some days after FROM."""
        names = [f"{letter}{k}" for k in range(len(self.terms)) for letter in "chzmsq"]
        if self.everybody_once:
            return f"(SELECT *{extra} FROM {self.rows} WHERE {condition}) AS people"
        sums = ", ".join(f"sum({name}) AS {name}" for name in names)
        return f"(SELECT id, sum(n) AS n, {sums}{extra} FROM {self.rows} WHERE {condition} GROUP BY id) AS people"

    def _spread(self) -> list[dict[str, Any]]:
        """Count rows and missing ones, participants by their observations, and take quantiles of levels."""
        parts = []
        listed_quantiles = ", ".join(double(share) for share in QUANTILES)
        for k, term in enumerate(self.terms):
            weight = term.weight(k, f"c{k}", f"m{k}")
            level = f"CASE WHEN {weight} > 0 THEN s{k} / ({weight}) END"
            sizes = [f"sum(CASE WHEN c{k} = {size} THEN 1 ELSE 0 END)" for size in range(1, SIZES_COUNTED)]
            sizes.append(f"sum(CASE WHEN c{k} >= {SIZES_COUNTED} THEN 1 ELSE 0 END)")
            parts += ["sum(n)", f"sum(n - h{k})", f"sum(z{k})", f"sum(c{k})", *sizes]
            parts.append(self.engine.dialect().quantiles.format(level, listed_quantiles))
        (row,) = self.engine.query(f"SELECT {', '.join(parts)} FROM {self._people(f'day >= {self.first}')}")
        width = 5 + SIZES_COUNTED
        return [_spread_of(row[width * k : width * (k + 1)], term) for k, term in enumerate(self.terms)]

    def _previous(self, days: int) -> list[list[PreviousWindow]]:
        """Take the sums of the last `days` days and the days before, by half of the participants."""
        split, start = self.last + 1 - days, self.last + 1 - 2 * days
        sums, parts = [], ["half"]
        for k, term in enumerate(self.terms):
            for name in ("c", "m", "s"):
                later = f"sum(CASE WHEN day >= {split} THEN {name}{k} ELSE 0 END)"
                sums += [f"{later} AS {name}{k}", f"sum({name}{k}) - {later} AS {name}{k}_before"]
            m = term.weight(k, f"c{k}", f"m{k}")
            before = term.weight(k, f"c{k}_before", f"m{k}_before")
            known = f"CASE WHEN {before} > 0 THEN 1.0E0 ELSE 0.0E0 END"
            level = f"s{k}_before" if term.ratio else f"s{k}_before / ({before})"
            x = f"CASE WHEN {before} > 0 THEN {level} ELSE 0.0E0 END"
            parts.append(f"{m} AS m{k}, s{k}, c{k}, {known} AS known{k}, {x} AS x{k}")
        text = self.engine.dialect().text
        half = f"CASE WHEN md5(CAST(id AS {text})) < '8' THEN 0 ELSE 1 END AS half"
        people = f"SELECT {half}, {', '.join(sums)} FROM {self.rows} WHERE day >= {start} GROUP BY id"
        asked = ["half"]
        for k in range(len(self.terms)):
            inside = f"CASE WHEN c{k} > 0 THEN"
            asked += [f"sum({inside} 1 ELSE 0 END)", f"sum({inside} known{k} END)"]
            asked += [f"sum({inside} {_numbered(sql, k)} END)" for sql in _PREVIOUS.values()]
        levels = f"SELECT {', '.join(parts)} FROM ({people}) AS people"
        rows = self.engine.query(f"SELECT {', '.join(asked)} FROM ({levels}) AS levels GROUP BY half ORDER BY half")
        width = 2 + len(_PREVIOUS)
        return [
            [_previous_of(days, int(row[0]), row[1 + width * k : 1 + width * (k + 1)]) for row in rows]
            for k in range(len(self.terms))
        ]

    def _top_share(self, k: int, term: MetricTerms, window: WindowSums) -> float:
        """Return the share of the 1 % largest squares, or its Cauchy–Schwarz bound when that is below one half."""
        n, ratio = window.n_participants, window.sum_s / window.sum_m
        squares = window.sum_s2 - 2 * ratio * window.sum_sm + ratio**2 * window.sum_m2
        fourth = (
            window.sum_s4
            - 4 * ratio * window.sum_s3m
            + 6 * ratio**2 * window.sum_s2m2
            - 4 * ratio**3 * window.sum_sm3
            + ratio**4 * window.sum_m4
        )
        if not squares > 0:
            return 0.0
        top = max(1, n // TOP_ONE_IN)
        bound = math.sqrt(max(0.0, top * fourth)) / squares
        if bound <= TOP_SHARE_OF_INTEREST:
            return bound
        error = f"(s{k} - {double(ratio)} * ({term.weight(k, f'c{k}', f'm{k}')}))"
        people = self._people(f"day >= {self.first}")
        ordered = f"SELECT {error} * {error} AS square FROM {people} WHERE c{k} > 0 ORDER BY square DESC LIMIT {top}"
        ((largest,),) = self.engine.query(f"SELECT sum(square) FROM ({ordered}) AS largest")
        return min(1.0, float(largest) / squares)


def _unreadable(window: WindowSums, metric: str) -> Unreadable | None:
    """Say that nothing has a value, or that fourth powers leave what a number holds (1e±308)."""
    if not window.n_participants or not window.sum_m > 0:
        return Unreadable(what=f"No row of '{metric}' has a value.", remedy="check the join")
    sums = [getattr(window, name) for name in _FIELDS]
    sizes = [math.sqrt(square / window.n_participants) for square in (window.sum_m2, window.sum_s2) if square >= 0]
    sizes += [abs(window.sum_s / window.sum_m)]
    if all(map(math.isfinite, sums)) and all(size == 0 or 1 / FARTHEST < size < FARTHEST for size in sizes):
        return None
    too_large = not all(map(math.isfinite, sums)) or max(sizes) >= FARTHEST
    return Unreadable(
        what=f"Fourth powers of '{metric}' are {'beyond what a number holds' if too_large else 'lost as 0'}.",
        remedy=f"measure it in a {'larger' if too_large else 'smaller'} unit",
    )


def _sums_of(k: int, term: MetricTerms, when: str) -> list[str]:
    """Write what a participant adds to each sum, once all of a window has come."""
    c, m, s, q = (f"{letter}{k}_{when}" for letter in "cmsq")
    weight = term.weight(k, c, m)
    m = f"({weight})"
    powers = [" * ".join([m] * of_m + [s] * of_s) for of_m, of_s in _POWERS]
    rows = ["0.0E0"] * len(_ROW_FIELDS)
    if not term.ratio:
        safe = f"CASE WHEN {m} > 0 THEN {m} END"
        rows = [q, *(f"coalesce({sql} / {safe}, 0.0E0)" for sql in ("1.0E0", s, f"{s} * {s} / {safe}"))]
        rows.append(f"coalesce({q} - {s} * {s} / {safe}, 0.0E0)")
    return [f"CASE WHEN {c} > 0 THEN 1 ELSE 0 END", c, *powers, *rows]


def _window(days: int | None, people: float, sums: Sequence[float], *, rows: bool) -> WindowSums:
    n, n_observations, *values = sums
    powers, row_sums = values[: len(_POWERS)], values[len(_POWERS) :]
    return WindowSums(
        days=days,
        n_people=round(people),
        n_participants=round(n),
        n_observations=round(n_observations),
        **dict(zip(_FIELDS, powers, strict=True)),
        rows=RowSums(**dict(zip(_ROW_FIELDS, row_sums, strict=True))) if rows else None,
    )


def _spread_of(row: Sequence[Any], term: MetricTerms) -> dict[str, Any]:
    n_rows, n_missing, zeros, used, *sizes, quantiles = row
    levels = zip(QUANTILES, quantiles or (), strict=False)
    return {
        "n_rows": int(n_rows or 0),
        "n_missing": int(n_missing or 0),
        "zero_share": int(zeros or 0) / max(1, int(used or 0)),
        "sizes": tuple(int(size or 0) for size in sizes),
        "quantiles": tuple((share, float(level) + term.shift) for share, level in levels),
    }


def _previous_of(days: int, half: int, row: Row) -> PreviousWindow:
    n, known, *sums = (float(value or 0.0) for value in row)
    named = dict(zip(_PREVIOUS, sums, strict=True))
    return PreviousWindow(days=days, half=half, n_participants=round(n), n_known=round(known), **named)


def _numbered(sql: str, k: int) -> str:
    return " * ".join(f"{name}{k}" for name in sql.split(" * "))
