"""Rows → participants: one line each with counts and sums, for all metrics together, kept in the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from decision_widgets.data.engine import Engine, double

MASKS_UP_TO: Final = 62  # arms that fit into the bits of one whole number


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariate:
    """One covariate as SQL. `shift` is near its level, so that sums keep their digits."""

    name: str
    x: str
    shift: float
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A column by which participants are divided: the SQL that writes a row's level as 0, 1, … (NULL: none)."""

    name: str
    code: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One metric as SQL: the numerator `y` and, for a ratio of totals, the denominator `d` of a row.

    `shift` is what is subtracted in each arm (times the denominator), near its level, so that sums keep their digits.
    `complete` says that no row lacks a value, so that counts are those of rows.
    `covariates` are places in the list of all covariates.
    """

    metric: str
    y: str
    shift: Mapping[int, float]
    as_zero: bool
    complete: bool
    d: str | None = None
    per_participant: bool = False
    covariates: tuple[int, ...] = ()

    @property
    def ratio(self) -> bool:
        return self.per_participant or self.d is not None

    def used(self, k: int) -> str:
        """What is NULL in rows that do not enter; a row without a denominator never does."""
        if self.as_zero:
            return "1.0E0" if self.d is None else f"d{k}"
        return f"y{k}" if self.d is None else f"(y{k} + d{k})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Rows that belong to participants, participants of several arms with their rows, the sum of all hashes."""

    rows: int
    n_torn: int = 0
    rows_torn: int = 0
    hashes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What stands for the participants after FROM.

    Columns: ``id``, ``arm`` (a code; any other number means several arms) and ``n`` rows; of metric k ``c`` rows used,
    ``held`` rows with a value, ``m`` weight, ``s`` total above the shift, ``q`` sum of squares of rows; of covariate j
    ``x`` (0 where missing) and ``i`` (1 where missing); of group g its level (-1: none, -2: several).
    """

    everybody: str
    codes: tuple[int, ...]

    @property
    def source(self) -> str:
        """Participants of one arm."""
        arms = ", ".join(str(code) for code in self.codes)
        return f"(SELECT * FROM {self.everybody} WHERE arm IN ({arms})) AS people"

    def census(self, engine: Engine) -> Census:
        """Count everybody, and those of several arms."""
        arms = ", ".join(str(code) for code in self.codes)
        torn = f"CASE WHEN arm IN ({arms}) THEN 0 ELSE 1 END"
        hashed = engine.dialect().hash_sum.format(engine.dialect().hash.format("id, arm, n"))
        query = f"SELECT sum(n), sum({torn}), sum({torn} * n), {hashed} FROM {self.everybody}"
        ((rows, n_torn, rows_torn, hashes),) = engine.query(query)
        return Census(
            rows=int(rows or 0), n_torn=int(n_torn or 0), rows_torn=int(rows_torn or 0), hashes=int(hashes or 0)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """How rows become participants: grouped by `key`, or every row one of them (``None``)."""

    key: str | None
    arm: str
    codes: tuple[int, ...]
    terms: Sequence[Terms]
    covariates: Sequence[Covariate] = ()
    groups: Sequence[Group] = ()
    columns: dict[str, str] = field(default_factory=dict)

    def people(self, engine: Engine) -> People:
        """Gather the participants in the engine and keep them; rows that are participants stay where they are."""
        row: dict[str, str] = {"id": self.key or "0", "arm": self.arm}
        gathered = {"id": "id", "arm": self._arm(), "n": self._count()}
        view = {"id": "id", "arm": "arm", "n": "n"}
        for k, term in enumerate(self.terms):
            self._metric(k, term, row, gathered, view)
        for j, covariate in enumerate(self.covariates):
            self._covariate(j, covariate, row, gathered, view)
        for g, group in enumerate(self.groups):
            self._group(g, group, row, gathered, view)
        inner = [f"{sql} AS {name}" for name, sql in self._raw().items()]
        read = f"SELECT {', '.join([*inner, *_named(row, ('id', 'arm'))])} FROM {engine.source}"
        rest = ", ".join(["id", "arm", *_named(row, tuple(name for name in row if name not in ("id", "arm")))])
        known = f"SELECT {rest} FROM ({read}) AS read_rows WHERE id IS NOT NULL AND arm IS NOT NULL"
        grouped = f"SELECT {', '.join(_named(gathered))} FROM ({known}) AS known_rows"
        kept = f"({grouped}) AS gathered" if self.key is None else engine.keep(f"{grouped} GROUP BY id")
        return People(everybody=f"(SELECT {', '.join(_named(view))} FROM {kept}) AS everybody", codes=self.codes)

    def _raw(self) -> dict[str, str]:
        raw: dict[str, str] = {}
        for k, term in enumerate(self.terms):
            raw |= {f"y{k}": term.y} | ({} if term.d is None else {f"d{k}": term.d})
        raw |= {f"raw_x{j}": covariate.x for j, covariate in enumerate(self.covariates)}
        return raw | {f"level{g}": group.code for g, group in enumerate(self.groups)}

    def _arm(self) -> str:
        if self.key is None:
            return "arm"
        if len(self.codes) <= MASKS_UP_TO:
            return "bit_or(arm)"
        return "CASE WHEN min(arm) = max(arm) THEN min(arm) ELSE -1 END"

    def _count(self, of: str = "*") -> str:
        if self.key is not None:
            return f"count({of})"
        return "1" if of == "*" else f"CASE WHEN {of} IS NULL THEN 0 ELSE 1 END"

    def _total(self, of: str) -> str:
        return of if self.key is None else f"sum({of})"

    def _metric(self, k: int, term: Terms, row: dict[str, str], gathered: dict[str, str], view: dict[str, str]) -> None:
        y = f"coalesce(y{k}, 0.0E0)" if term.as_zero else f"y{k}"
        shift = by_arm("arm", term.shift)
        kept = {f"s{k}": self._total(f"v{k}")}
        row[f"v{k}"] = y if term.per_participant else f"{y} - {shift}" + (f" * d{k}" if term.d is not None else "")
        if not term.ratio:
            kept[f"q{k}"] = self._total(f"v{k} * v{k}")
        if term.complete:
            view[f"c{k}"] = "n"
        else:
            row[f"used{k}"] = term.used(k)
            kept[f"c{k}"] = self._count(f"used{k}")
        if term.as_zero and not term.complete:
            row[f"known{k}"] = f"y{k}" if term.d is None else f"(y{k} + d{k})"
            kept[f"held{k}"] = self._count(f"known{k}")
        if term.per_participant:
            view[f"m{k}"] = f"CASE WHEN c{k} > 0 THEN 1.0E0 END"
        elif term.d is not None:
            row[f"w{k}"] = f"d{k}" if term.complete else f"CASE WHEN {term.used(k)} IS NOT NULL THEN d{k} END"
            kept[f"m{k}"] = self._total(f"w{k}")
        else:
            view[f"m{k}"] = f"CAST({'n' if term.complete else f'c{k}'} AS DOUBLE)"
        gathered |= kept
        view |= {name: name for name in kept}
        view.setdefault(f"held{k}", "n" if term.complete else f"c{k}")

    def _covariate(
        self, j: int, covariate: Covariate, row: dict[str, str], gathered: dict[str, str], view: dict[str, str]
    ) -> None:
        row[f"above{j}"] = f"raw_x{j} - {double(covariate.shift)}"
        gathered[f"xs{j}"] = self._total(f"above{j}")
        if covariate.complete:
            view |= {f"x{j}": f"xs{j} / n", f"i{j}": "0.0E0"}
            return
        gathered[f"xc{j}"] = self._count(f"above{j}")
        view[f"x{j}"] = f"CASE WHEN xc{j} > 0 THEN xs{j} / xc{j} ELSE 0.0E0 END"
        view[f"i{j}"] = f"CASE WHEN xc{j} > 0 THEN 0.0E0 ELSE 1.0E0 END"

    def _group(self, g: int, group: Group, row: dict[str, str], gathered: dict[str, str], view: dict[str, str]) -> None:
        row[f"code{g}"] = f"level{g}"
        if self.key is None:
            gathered[f"g{g}"] = f"coalesce(code{g}, -1)"
        else:
            low, high = f"min(coalesce(code{g}, -1))", f"max(coalesce(code{g}, -1))"
            gathered[f"g{g}"] = f"CASE WHEN {low} = {high} THEN {low} ELSE -2 END"
        view[f"g{g}"] = f"g{g}"


def arm_codes(n_arms: int) -> tuple[int, ...]:
    """Return a code for each arm: bits, so that one number tells all arms a participant was seen in."""
    return tuple(1 << place for place in range(n_arms)) if n_arms <= MASKS_UP_TO else tuple(range(n_arms))


def by_arm(column: str, values: Mapping[int, float]) -> str:
    """Write a number that depends on the arm."""
    if not values:
        return "CAST(NULL AS DOUBLE)"
    if len(set(values.values())) == 1:
        return double(next(iter(values.values())))
    return f"CASE {column} " + " ".join(f"WHEN {arm} THEN {double(value)}" for arm, value in values.items()) + " END"


def _named(columns: Mapping[str, str], names: Sequence[str] | None = None) -> Iterator[str]:
    return (f"{columns[name]} AS {name}" for name in (columns if names is None else names))
