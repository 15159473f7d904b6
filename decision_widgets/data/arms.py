"""The arms of a table: which there are, control first, and how a row's arm is written as a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decision_widgets.data.engine import ColumnType, Engine, as_label, literal
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.moments import MomentSpec


def arms_in_order(found: list[str], spec: MomentSpec) -> tuple[str, ...]:
    """Return the arms, control first; a table without control, with one arm only or with an unknown one is refused."""
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
            f"The column {spec.arm!r} holds arms that the design does not name: {listed([*map(repr, unknown)])}. "
            f"The design names: {listed([*map(repr, spec.arms)])}. {_alike(unknown, spec.arms)}"
        )
    return spec.arms


def _alike(unknown: Sequence[str], arms: Sequence[str]) -> str:
    """Say what to do: names that differ by blanks or capitals alone are the same arm."""
    same = {name.strip().casefold(): name for name in arms}
    twins = [(name, same[name.strip().casefold()]) for name in unknown if name.strip().casefold() in same]
    if twins:
        return f"{twins[0][0]!r} differs from {twins[0][1]!r} by blanks or capitals alone; write them alike."
    return "Add them to arms=, or filter those rows out."


def arm_code(
    engine: Engine,
    spec: MomentSpec,
    types: Mapping[str, ColumnType],
    arms: Mapping[int, str],
    labels: Mapping[str, Sequence[Any]],
) -> str:
    """Write a row's arm as its code: `arms` maps codes to names, `labels` names to the table's values."""
    column = as_label(engine, spec.arm, types[spec.arm])
    cases = [
        f"WHEN {column} = {literal(engine, value)} THEN {code}" for code, name in arms.items() for value in labels[name]
    ]
    return f"CASE {' '.join(cases)} END"
