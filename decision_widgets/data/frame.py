"""What a pandas frame says before any metric: its columns, who was in which arm, and when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import ColumnNotFound, InputError, did_you_mean, listed
from decision_widgets.moments import MomentSpec


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """Who was in which arm.

    `participant` and `arm` are codes per row; rows with ``arm == −1`` enter nothing.
    """

    arms: tuple[str, ...]
    participant: NDArray[np.intp]
    arm: NDArray[np.intp]
    participants: Mapping[str, int]
    left_out: Mapping[str, int]
    n_contaminated: int

    def once(self, counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return 1 in the first counted row of each participant and 0 in every other row."""
        rows = np.flatnonzero(counted & (self.arm >= 0))
        ones = np.zeros(len(self.participant))
        ones[rows[np.unique(self.participant[rows], return_index=True)[1]]] = 1.0
        return ones


def check_columns(table: Any, spec: MomentSpec) -> None:
    """Refuse a table that lacks columns or names one twice; all problems together."""
    available = [str(name) for name in table.columns]
    wanted = spec.columns()
    missing = [column for column in wanted if column not in available]
    if len(missing) == 1:
        raise ColumnNotFound.among(missing[0], available, wanted[missing[0]])
    if missing:
        each = [f"{column!r} for {wanted[column]}{did_you_mean(column, available)}" for column in missing]
        raise ColumnNotFound(f"The table lacks columns: {'; '.join(each)}. It has: {listed(sorted(available))}.")
    unnamed = [column for column in wanted if column not in list(table.columns)]
    if unnamed:
        raise InputError(
            f"The name of column {unnamed[0]!r} is no text; rename it, for example df.columns = df.columns.map(str)."
        )
    twice = [column for column in wanted if available.count(column) > 1]
    if twice:
        raise InputError(f"The table has several columns called {twice[0]!r}; rename all but one.")


def assignment(table: Any, spec: MomentSpec) -> Assignment:
    """Gather rows to participants and participants to arms; a participant of several arms is in none."""
    participant, who = _codes(table, spec.participant)
    if len(who) == 0:
        raise InputError(f"The participant column {spec.participant!r} is missing in every row; check the join.")
    labels, levels = _codes(table, spec.arm)
    names = [_arm_name(level) for level in levels]
    arms = _arms_in_order(names, spec)
    arm = np.array([arms.index(name) for name in names], dtype=np.intp)[labels] if len(names) else labels
    left_out = {
        spec.participant: int((participant < 0).sum()),
        spec.arm: int(((labels < 0) & (participant >= 0)).sum()),
    }
    usable = (participant >= 0) & (labels >= 0)
    arm_of = np.full(len(who), -1, dtype=np.intp)
    arm_of[participant[usable]] = arm[usable]
    torn = np.zeros(len(who), dtype=bool)
    torn[participant[usable & (arm_of[participant] != arm)]] = True
    arm_of[torn] = -1
    usable &= ~torn[participant]
    left_out["several arms"] = int((torn[participant] & (participant >= 0) & (labels >= 0)).sum())
    return Assignment(
        arms=arms,
        participant=participant,
        arm=np.where(usable, arm, -1),
        participants={name: int((arm_of == code).sum()) for code, name in enumerate(arms)},
        left_out=left_out,
        n_contaminated=int(torn.sum()),
    )


def _codes(table: Any, column: str) -> tuple[NDArray[np.intp], Any]:
    import pandas as pd

    try:
        return pd.factorize(table[column])
    except TypeError as problem:
        raise InputError(f"The column {column!r} holds values that are no labels: {problem}.") from problem


def _arm_name(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _arms_in_order(found: list[str], spec: MomentSpec) -> tuple[str, ...]:
    if spec.control not in found:
        raise InputError(
            f"The column {spec.arm!r} has no rows of the control {spec.control!r}.{did_you_mean(spec.control, found)} "
            f"It holds: {listed(sorted(found)) or 'nothing'}."
        )
    if len(set(found)) < 2:
        raise InputError(
            f"The column {spec.arm!r} holds one arm only, {spec.control!r}; a comparison needs a treatment too. "
            "Check the filter before it."
        )
    if spec.arms is None:
        return (spec.control, *sorted(set(found) - {spec.control}))
    unknown = sorted(set(found) - set(spec.arms))
    if unknown:
        raise InputError(
            f"The column {spec.arm!r} holds arms that the design does not name: {listed(unknown)}. "
            f"The design names: {listed(list(spec.arms))}. Add them to arms=, or filter those rows out."
        )
    return spec.arms


def calendar(table: Any, time: str | None) -> tuple[str | None, str | None, int | None]:
    """Return the first and the last day (ISO) and the days from one to the other, both counted."""
    if time is None:
        return None, None, None
    import pandas as pd

    if pd.api.types.is_numeric_dtype(table[time]):
        raise InputError(
            f"The time column {time!r} holds numbers, not dates; convert it first, "
            "for example with pd.to_datetime(..., unit='s')."
        )
    try:
        moments = pd.to_datetime(table[time])
    except (ValueError, TypeError) as problem:
        raise InputError(f"The time column {time!r} is not read as dates: {problem}.") from problem
    if moments.notna().sum() == 0:
        raise InputError(f"The time column {time!r} is missing in every row.")
    first, last = moments.min().date(), moments.max().date()
    return first.isoformat(), last.isoformat(), (last - first).days + 1


def fingerprint(table: Any, spec: MomentSpec) -> str:
    """Hash the columns that are read, values and order of rows, to 12 hexadecimal digits."""
    import pandas as pd

    digest = hashlib.sha256()
    for column in spec.columns():
        digest.update(column.encode())
        values = table[column]
        if values.dtype == object:
            values = values.astype(str)
        digest.update(pd.util.hash_pandas_object(values, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:12]
