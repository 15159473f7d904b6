"""Columns that divide participants (strata, segments): their levels, and participants by level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from decision_widgets.data.engine import ColumnType, Engine, as_label, literal
from decision_widgets.data.people import Group
from decision_widgets.data.reading import Unreadable
from decision_widgets.moments import label

MOST_LEVELS: Final = 1_000
NO_LEVEL, SEVERAL_LEVELS = -1, -2


def group_of(engine: Engine, name: str, kind: ColumnType) -> Group | Unreadable:
    """Find the levels of a column; too many are refused, for they divide nobody usefully."""
    if kind in ("date", "timestamp", "instant", "other"):
        return Unreadable(what=f"The column '{name}' holds no labels.", remedy="name a column of categories")
    written = as_label(engine, name, kind)
    found = engine.query(
        f"SELECT {written} AS level, count(*) FROM {engine.source} WHERE {written} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 1 LIMIT {MOST_LEVELS + 1}"
    )
    if len(found) > MOST_LEVELS:
        what = f"The column '{name}' holds more than {MOST_LEVELS:,} different values."
        return Unreadable(what=what, remedy="group them into fewer levels before the analysis")
    if not found:
        return Unreadable(what=f"The column '{name}' is missing in every row.", remedy="check the join")
    levels = tuple(dict.fromkeys(label(value) for value, _ in found))
    cases = [f"WHEN {written} = {literal(engine, value)} THEN {levels.index(label(value))}" for value, _ in found]
    return Group(name=name, code=f"CASE {' '.join(cases)} END", levels=levels)


def crossed_group(parts: Sequence[Group | Unreadable]) -> Group | Unreadable:
    """Unite several columns into one group of their combinations."""
    unreadable = next((part for part in parts if isinstance(part, Unreadable)), None)
    if unreadable is not None:
        return unreadable
    groups = [part for part in parts if isinstance(part, Group)]
    code, levels = groups[0].code, groups[0].levels
    for part in groups[1:]:
        code = f"({code}) * {len(part.levels)} + ({part.code})"
        levels = tuple(f"{one} × {other}" for one in levels for other in part.levels)
    if len(levels) > MOST_LEVELS:
        what = f"The strata have {len(levels):,} combinations, more than {MOST_LEVELS:,}."
        return Unreadable(what=what, remedy="group them into fewer levels before the analysis")
    return Group(name=" × ".join(part.name for part in groups), code=code, levels=levels)
