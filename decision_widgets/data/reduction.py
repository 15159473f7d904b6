"""Participants → moments of each arm: two statements for all metrics together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from decision_widgets.data.engine import Engine, Row, double
from decision_widgets.data.people import People, Terms
from decision_widgets.moments import ArmMoments, ClusterSums, Moments

ROUNDING: Final = 16 * float(np.finfo(np.float64).eps)  # a participant's average of equal doubles
TOP_ONE_IN: Final = 100
TOP_SHARE_OF_INTEREST: Final = 0.5
Cell = tuple[int, int]
"""A code of an arm and a level of a group (0 when participants are not divided)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reduced:
    """One metric by cell: its moments where anybody has a value, rows without one, participants lacking any row's."""

    moments: Mapping[Cell, ArmMoments]
    missing: Mapping[Cell, int]
    incomplete: Mapping[Cell, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """Participants and rows by cell, before any metric is looked at."""

    participants: Mapping[Cell, int]
    rows: Mapping[Cell, int]


def reduce_people(
    engine: Engine, people: People, terms: Sequence[Terms], level: str = "0"
) -> tuple[Counts, list[Reduced]]:
    """Take every metric's moments in each cell of arm × `level`, an SQL expression over participants."""
    rows = engine.query(_first_level(people, terms, level))
    counts = Counts(
        participants={(row[0], row[1]): int(row[2]) for row in rows},
        rows={(row[0], row[1]): int(row[3]) for row in rows},
    )
    sums = [
        {(row[0], row[1]): _of(row[4 + _FIRST * k : 4 + _FIRST * (k + 1)]) for row in rows} for k in range(len(terms))
    ]
    errors = _errors(engine, people, terms, level, sums)
    return counts, [
        Reduced(
            moments={
                cell: _arm(
                    term,
                    s,
                    errors[cell][_SECOND * k :],
                    counts.rows[cell] - s.held,
                    _Place(engine, people, k, cell, level),
                )
                for cell, s in sums[k].items()
                if s.usable
            },
            missing={cell: counts.rows[cell] - s.held for cell, s in sums[k].items()},
            incomplete={cell: s.incomplete for cell, s in sums[k].items()},
        )
        for k, term in enumerate(terms)
    ]


_FIRST: Final = 10
_SECOND: Final = 12


def _first_level(people: People, terms: Sequence[Terms], level: str) -> str:
    parts = ["arm", f"{level} AS part", "count(*)", "sum(n)"]
    for k, term in enumerate(terms):
        own = f"CASE WHEN c{k} > 0 THEN CASE WHEN m{k} > 0 THEN s{k} / m{k} WHEN s{k} <> 0 THEN 1.0E300 END END"
        shares = "CAST(NULL AS DOUBLE)" if term.ratio else f"sum(s{k} / CASE WHEN m{k} > 0 THEN m{k} END)"
        parts += [
            f"sum(CASE WHEN c{k} > 0 THEN 1 ELSE 0 END)", f"sum(c{k})", f"sum(held{k})",
            f"sum(CASE WHEN held{k} < n THEN 1 ELSE 0 END)", f"sum(m{k})", f"sum(s{k})",
            "CAST(NULL AS DOUBLE)" if term.ratio else f"sum(q{k})", shares, f"min({own})", f"max({own})",
        ]  # fmt: skip
    return f"SELECT {', '.join(parts)} FROM {people.source} GROUP BY 1, 2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """The first-level sums of one metric in one arm."""

    n: int
    used: int
    held: int
    incomplete: int
    weight: float
    total: float
    squares: float | None
    shares: float | None
    lowest: float
    highest: float

    def constant(self, shift: float) -> bool:
        """Tell whether every participant has the same level, but for rounding."""
        return self.highest - self.lowest <= ROUNDING * max(abs(shift), abs(self.lowest), abs(self.highest))

    @property
    def slope(self) -> float:
        return self.total / self.weight

    @property
    def usable(self) -> bool:
        return self.n > 0 and self.weight > 0


def _of(row: Sequence[float]) -> _Sums:
    n, used, held, incomplete, weight, total, squares, shares, lowest, highest = row
    return _Sums(
        n=int(n or 0),
        used=int(used or 0),
        held=int(held or 0),
        incomplete=int(incomplete or 0),
        weight=float(weight or 0),
        total=float(total or 0),
        squares=squares,
        shares=shares,
        lowest=float(lowest or 0),
        highest=float(highest or 0),
    )


def _errors(
    engine: Engine, people: People, terms: Sequence[Terms], level: str, sums: Sequence[Mapping[Cell, _Sums]]
) -> dict[Cell, Row]:
    """Take the sums that need each cell's own level; those levels join the participants as a table of constants."""
    constants: dict[Cell, dict[str, float | None]] = {}
    for k, cells in enumerate(sums):
        for cell, s in cells.items():
            constants.setdefault(cell, {}).update(_constants(k, s))
    if not constants:
        return {}
    inner, parts = ["arm", "part"], ["arm", "part"]
    for k, term in enumerate(terms):
        dp = "CAST(NULL AS DOUBLE)" if term.ratio else f"s{k} / CASE WHEN m{k} > 0 THEN m{k} END - share{k}"
        inner += [
            f"CASE WHEN c{k} > 0 THEN s{k} - slope{k} * m{k} END AS u{k}", f"m{k} / weight{k} AS h{k}", f"weight{k}",
            f"CASE WHEN c{k} > 0 THEN m{k} - mean_m{k} END AS dm{k}",
            f"CASE WHEN c{k} > 0 THEN s{k} - mean_s{k} END AS ds{k}", f"{dp} AS dp{k}",
        ]  # fmt: skip
        free = f"CASE WHEN h{k} < 1 THEN 1 - h{k} ELSE 1.0E0 END"
        q = f"(h{k} / (weight{k} * {free}))"
        parts += [
            f"sum(u{k} * u{k})", f"sum(u{k} * u{k} / {free})", f"sum({q} * {q})", f"sum({q} * h{k} * {q})",
            f"sum(h{k} * {q})", f"max(h{k})", f"sum(u{k} * u{k} * u{k})", f"sum(u{k} * u{k} * u{k} * u{k})",
            f"sum(dm{k} * dm{k})", f"sum(dm{k} * ds{k})", f"sum(ds{k} * ds{k})", f"sum(dp{k} * dp{k})",
        ]  # fmt: skip
    joined = joined_with(f"(SELECT *, {level} AS part FROM {people.source}) AS parted", constants)
    rows = engine.query(
        f"SELECT {', '.join(parts)} FROM (SELECT {', '.join(inner)} FROM {joined}) AS people GROUP BY 1, 2"
    )
    return {(row[0], row[1]): row[2:] for row in rows}


def _constants(k: int, s: _Sums) -> dict[str, float | None]:
    names = ("slope", "weight", "mean_m", "mean_s", "share")
    values: tuple[float | None, ...] = (None,) * len(names)
    if s.usable:
        values = (s.slope, s.weight, s.weight / s.n, s.total / s.n, (s.shares or 0.0) / s.n)
    return {f"{name}{k}": value for name, value in zip(names, values, strict=True)}


def joined_with(source: str, constants: Mapping[Cell, Mapping[str, float | None]]) -> str:
    """Write participants (with ``arm`` and ``part``) joined with constants of their cell."""
    names = list(next(iter(constants.values())))
    rows = ", ".join(
        f"({arm}, {part}, {', '.join('CAST(NULL AS DOUBLE)' if v is None else double(v) for v in values.values())})"
        for (arm, part), values in constants.items()
    )
    known = f"(VALUES {rows}) AS constants(known_arm, known_part, {', '.join(names)})"
    return f"{source} JOIN {known} ON arm = known_arm AND part = known_part"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a metric's participants of one cell are."""

    engine: Engine
    people: People
    k: int
    cell: Cell
    level: str


def _arm(term: Terms, s: _Sums, row: Sequence[float], n_missing: int, place: _Place) -> ArmMoments:
    uu, adjusted, q2, qv2, v2, widest, uuu, uuuu, mm, ms, ss, pp = (float(x or 0) for x in row[:_SECOND])
    slope, n, shift = s.slope, s.n, term.shift[place.cell[0]]
    if s.constant(shift):
        uu = adjusted = uuu = uuuu = 0.0
    observations = None
    if s.squares is not None:
        cross = max(0.0, s.squares - slope * s.total)
        observations = Moments(columns=("y",), n=s.used, mean=np.array([slope]), cross=np.array([[cross]]))
    shares = None
    if s.shares is not None:
        shares = Moments(columns=("mean",), n=n, mean=np.array([s.shares / n]), cross=np.array([[pp]]))
    return ArmMoments(
        n_participants=n,
        n_observations=s.used,
        n_missing=n_missing,
        weight=s.weight,
        level=shift + slope,
        shift=shift,
        totals=Moments(
            columns=("m", "s"),
            n=n,
            mean=np.array([s.weight / n, s.total / n]),
            cross=np.array([[mm, ms], [ms, ss]]),
        ),
        participant_means=shares,
        observations=observations,
        sums=ClusterSums(
            residual=uu / s.weight**2,
            adjusted_residual=adjusted / s.weight**2,
            q2=q2,
            qv2=qv2,
            v2=v2,
            complete=widest < 1,
        ),
        skewness=_skewness(n, uu, uuu),
        top_share=_top_share(place, slope, n, uu, uuuu),
    )


def _skewness(n: int, uu: float, uuu: float) -> float:
    spread = math.sqrt(uu / n)
    return uuu / n / spread / spread / spread if spread > 0 else 0.0


def _top_share(place: _Place, slope: float, n: int, uu: float, uuuu: float) -> float:
    """Return the share of the 1 % largest squares, or its Cauchy–Schwarz bound when that is too small to matter.

    Of a level of a group it is always the bound: a statement for each would be thousands.
    """
    if uu == 0:
        return 0.0
    top = max(1, n // TOP_ONE_IN)
    bound = math.sqrt(top * uuuu) / uu
    if bound <= TOP_SHARE_OF_INTEREST or place.level != "0":
        return min(1.0, bound)
    k, (arm, level) = place.k, place.cell
    square = f"(s{k} - {double(slope)} * m{k}) * (s{k} - {double(slope)} * m{k})"
    ordered = (
        f"SELECT {square} AS square FROM {place.people.source} WHERE arm = {arm} AND {place.level} = {level} "
        f"AND c{k} > 0 ORDER BY square DESC LIMIT {top}"
    )
    ((largest,),) = place.engine.query(f"SELECT sum(square) FROM ({ordered}) AS largest")
    return float(largest) / float(uu)
