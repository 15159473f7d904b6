"""Rows → participants → moments of each arm, as three statements for all metrics together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from decision_widgets.data.engine import Engine, double
from decision_widgets.moments import ArmMoments, ClusterSums, Moments

ROUNDING: Final = 16 * float(np.finfo(np.float64).eps)  # a participant's average of equal doubles
TOP_ONE_IN: Final = 100
TOP_SHARE_OF_INTEREST: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One metric as SQL: the numerator `y` and, for a ratio of totals, the denominator `d` of a row.

    `shift` is what is subtracted in each arm (times the denominator), near its level, so that sums keep their digits.
    """

    metric: str
    y: str
    shift: Mapping[int, float]
    as_zero: bool
    complete: bool
    d: str | None = None
    per_participant: bool = False

    @property
    def ratio(self) -> bool:
        return self.per_participant or self.d is not None

    def columns(self, k: int) -> tuple[list[str], list[str]]:
        """Return the columns of a row that this metric needs, and what is gathered from them by participant."""
        y, d = f"coalesce(y{k}, 0.0E0)" if self.as_zero else f"y{k}", f"d{k}"
        shift = by_arm("arm", self.shift)
        if self.complete and not self.ratio:
            held = [f"count(*) AS held{k}"] if self.as_zero else []
            sums = [f"CAST(count(*) AS DOUBLE) AS m{k}", f"sum(v{k}) AS s{k}", f"sum(v{k} * v{k}) AS q{k}"]
            return [f"{y} - {shift} AS v{k}"], [f"count(*) AS c{k}", *held, *sums]
        row, sums = [f"{self._used(k)} AS used{k}"], [f"count(used{k}) AS c{k}"]
        if self.as_zero:
            row.append(f"{f'y{k}' if self.d is None else f'(y{k} + d{k})'} AS held{k}")
            sums.append(f"count(held{k}) AS held{k}")
        if self.per_participant:
            row.append(f"{y} AS v{k}")
            return row, [*sums, f"CASE WHEN count(used{k}) > 0 THEN 1.0E0 END AS m{k}", f"sum(v{k}) AS s{k}"]
        if self.d is None:
            row.append(f"{y} - {shift} AS v{k}")
            counted = f"CAST(count(v{k}) AS DOUBLE) AS m{k}"
            return row, [*sums, counted, f"sum(v{k}) AS s{k}", f"sum(v{k} * v{k}) AS q{k}"]
        row += [f"CASE WHEN {self._used(k)} IS NOT NULL THEN {d} END AS w{k}", f"{y} - {shift} * {d} AS v{k}"]
        return row, [*sums, f"sum(w{k}) AS m{k}", f"sum(v{k}) AS s{k}"]

    def _used(self, k: int) -> str:
        """What is NULL in rows that do not enter; a row without a denominator never does."""
        if self.as_zero:
            return "1.0E0" if self.d is None else f"d{k}"
        return f"y{k}" if self.d is None else f"(y{k} + d{k})"


def by_arm(column: str, values: Mapping[int, float]) -> str:
    """Write a number that depends on the arm."""
    if not values:
        return "CAST(NULL AS DOUBLE)"
    if len(set(values.values())) == 1:
        return double(next(iter(values.values())))
    return f"CASE {column} " + " ".join(f"WHEN {arm} THEN {double(value)}" for arm, value in values.items()) + " END"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """What the statements gave: participants and rows per arm, who was torn between arms, and each metric's moments."""

    participants: Mapping[int, int]
    rows: Mapping[int, int]
    n_torn: int
    rows_torn: int
    moments: Mapping[str, Mapping[int, ArmMoments]]
    missing: Mapping[str, Mapping[int, int]]
    incomplete: Mapping[str, Mapping[int, int]]


def reduce_table(engine: Engine, key: str, arm_code: str, terms: Sequence[Terms]) -> Reduced:
    """Run the two levels: `key` names the participant, `arm_code` gives 0, 1, … or NULL."""
    people = engine.keep(_participants(engine, key, arm_code, terms))
    ((n_torn, rows_torn),) = engine.query(f"SELECT count(*), sum(n) FROM {people} WHERE first_arm <> last_arm")
    sums = {row[0]: row[1:] for row in engine.query(_sums(people, terms))}
    moments, missing, incomplete = _moments(engine, people, terms, sums)
    return Reduced(
        participants={arm: int(row[0]) for arm, row in sums.items()},
        rows={arm: int(row[1]) for arm, row in sums.items()},
        n_torn=int(n_torn),
        rows_torn=int(rows_torn or 0),
        moments=moments,
        missing=missing,
        incomplete=incomplete,
    )


def _participants(engine: Engine, key: str, arm_code: str, terms: Sequence[Terms]) -> str:
    raw = [f"{key} AS id", f"{arm_code} AS arm"]
    row, gathered = ["id", "arm"], ["min(arm) AS first_arm", "max(arm) AS last_arm", "count(*) AS n"]
    for k, term in enumerate(terms):
        raw.append(f"{term.y} AS y{k}")
        if term.d is not None:
            raw.append(f"{term.d} AS d{k}")
        needed, sums = term.columns(k)
        row += needed
        gathered += sums
    read = f"SELECT {', '.join(raw)} FROM {engine.source}"
    known = f"SELECT {', '.join(row)} FROM ({read}) AS read_rows WHERE id IS NOT NULL AND arm IS NOT NULL"
    return f"SELECT {', '.join(gathered)} FROM ({known}) AS known_rows GROUP BY id"


def _sums(people: str, terms: Sequence[Terms]) -> str:
    parts = ["first_arm", "count(*)", "sum(n)"]
    for k, term in enumerate(terms):
        counts = [
            f"sum(CASE WHEN c{k} > 0 THEN 1 ELSE 0 END)",
            f"sum(c{k})",
            f"sum(held{k})" if term.as_zero else f"sum(c{k})",
            f"sum(CASE WHEN {'held' if term.as_zero else 'c'}{k} < n THEN 1 ELSE 0 END)",
        ]
        own = f"CASE WHEN c{k} > 0 THEN CASE WHEN m{k} > 0 THEN s{k} / m{k} WHEN s{k} <> 0 THEN 1.0E300 END END"
        shares = "CAST(NULL AS DOUBLE)" if term.ratio else f"sum(s{k} / CASE WHEN m{k} > 0 THEN m{k} END)"
        parts += [*counts, f"sum(m{k})", f"sum(s{k})", "CAST(NULL AS DOUBLE)" if term.ratio else f"sum(q{k})", shares]
        parts += [f"min({own})", f"max({own})"]
    return f"SELECT {', '.join(parts)} FROM {people} WHERE first_arm = last_arm GROUP BY 1"


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


def _moments(
    engine: Engine, people: str, terms: Sequence[Terms], sums: Mapping[int, Sequence[float]]
) -> tuple[dict[str, dict[int, ArmMoments]], dict[str, dict[int, int]], dict[str, dict[int, int]]]:
    first: dict[int, dict[int, _Sums]] = {}
    for k in range(len(terms)):
        first[k] = {arm: _of(row[2 + 10 * k : 12 + 10 * k]) for arm, row in sums.items()}
    usable = {k: {arm: s for arm, s in arms.items() if s.usable} for k, arms in first.items()}
    rows = engine.query(_errors(people, terms, usable)) if any(usable.values()) else []
    second = {row[0]: row[1:] for row in rows}
    moments: dict[str, dict[int, ArmMoments]] = {}
    missing: dict[str, dict[int, int]] = {}
    incomplete: dict[str, dict[int, int]] = {}
    for k, term in enumerate(terms):
        incomplete[term.metric] = {arm: s.incomplete for arm, s in first[k].items()}
        missing[term.metric] = {arm: int(row[1]) - first[k][arm].held for arm, row in sums.items()}
        moments[term.metric] = {
            arm: _arm(
                term, s, second[arm][_WIDTH * k : _WIDTH * (k + 1)], missing[term.metric][arm], engine, people, k, arm
            )
            for arm, s in usable[k].items()
        }
    return moments, missing, incomplete


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


_WIDTH: Final = 13


def _errors(people: str, terms: Sequence[Terms], usable: Mapping[int, Mapping[int, _Sums]]) -> str:
    inner, parts = ["first_arm AS arm"], ["arm"]
    for k, term in enumerate(terms):
        arms = usable[k]

        slope = by_arm("first_arm", {arm: s.slope for arm, s in arms.items()})
        weight = by_arm("first_arm", {arm: s.weight for arm, s in arms.items()})
        mean_m = by_arm("first_arm", {arm: s.weight / s.n for arm, s in arms.items()})
        mean_s = by_arm("first_arm", {arm: s.total / s.n for arm, s in arms.items()})
        share = by_arm("first_arm", {arm: (s.shares or 0.0) / s.n for arm, s in arms.items()})
        inner += [
            f"CASE WHEN c{k} > 0 THEN s{k} - {slope} * m{k} END AS u{k}",
            f"m{k} / {weight} AS h{k}",
            f"{weight} AS w{k}",
            f"CASE WHEN c{k} > 0 THEN m{k} - {mean_m} END AS dm{k}",
            f"CASE WHEN c{k} > 0 THEN s{k} - {mean_s} END AS ds{k}",
            "CAST(NULL AS DOUBLE) AS dp" + str(k)
            if term.ratio
            else f"s{k} / CASE WHEN m{k} > 0 THEN m{k} END - {share} AS dp{k}",
        ]
        free = f"CASE WHEN h{k} < 1 THEN 1 - h{k} ELSE 1.0E0 END"
        q = f"(h{k} / (w{k} * {free}))"
        parts += [
            f"sum(u{k} * u{k})", f"sum(u{k} * u{k} / {free})", f"sum({q} * {q})", f"sum({q} * h{k} * {q})",
            f"sum(h{k} * {q})", f"max(h{k})", f"sum(u{k} * u{k} * u{k})", f"sum(u{k} * u{k} * u{k} * u{k})",
            f"sum(dm{k} * dm{k})", f"sum(dm{k} * ds{k})", f"sum(ds{k} * ds{k})", f"sum(dp{k} * dp{k})", f"count(u{k})",
        ]  # fmt: skip
    rows = f"SELECT {', '.join(inner)} FROM {people} WHERE first_arm = last_arm"
    return f"SELECT {', '.join(parts)} FROM ({rows}) AS people GROUP BY arm"


def _arm(
    term: Terms, s: _Sums, row: Sequence[float], n_missing: int, engine: Engine, people: str, k: int, arm: int
) -> ArmMoments:
    uu, adjusted, q2, qv2, v2, widest, uuu, uuuu, mm, ms, ss, pp, _ = (float(x or 0) for x in row)
    slope, n = s.slope, s.n
    if s.constant(term.shift[arm]):
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
        level=term.shift[arm] + slope,
        shift=term.shift[arm],
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
        top_share=_top_share(engine, people, k, arm, slope, n, uu, uuuu),
    )


def _skewness(n: int, uu: float, uuu: float) -> float:
    spread = math.sqrt(uu / n)
    return uuu / n / spread / spread / spread if spread > 0 else 0.0


def _top_share(engine: Engine, people: str, k: int, arm: int, slope: float, n: int, uu: float, uuuu: float) -> float:
    """Return the share of the 1 % largest squares, or its Cauchy–Schwarz bound when that is too small to matter."""
    if uu == 0:
        return 0.0
    top = max(1, n // TOP_ONE_IN)
    bound = math.sqrt(top * uuuu) / uu
    if bound <= TOP_SHARE_OF_INTEREST:
        return bound
    square = f"(s{k} - {double(slope)} * m{k}) * (s{k} - {double(slope)} * m{k})"
    ordered = (
        f"SELECT {square} AS square FROM {people} WHERE first_arm = last_arm AND first_arm = {arm} AND c{k} > 0 "
        f"ORDER BY square DESC LIMIT {top}"
    )
    ((largest,),) = engine.query(f"SELECT sum(square) FROM ({ordered}) AS largest")
    return float(largest) / float(uu)
