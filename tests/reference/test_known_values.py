"""Values that other software computed, through the same public functions that an analysis uses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from reference.adapter import METHODS, compute
from reference.known import ABSENT, Case, other_cases, reference_folder, required_keys, vendored_cases

# Absolute floor: an expected 0 (or a p-value that underflows) has no relative error.
FLOOR = 1e-14
# Expected values of a sequence of looks, one mapping each.
EVERY_LOOK = ("looks",)


def covered(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.plain["method"] in METHODS]


def named(cases: list[Case]) -> list[Any]:
    return [pytest.param(case, id=case.plain["id"]) for case in covered(cases)]


@pytest.mark.parametrize("case", named(vendored_cases()))
def test_a_shipped_case_agrees(case: Case) -> None:
    assert disagreements(case) == []


@pytest.mark.parametrize("case", named(other_cases()) or [pytest.param(None, marks=pytest.mark.skip(reason=ABSENT))])
def test_a_case_of_the_reference_folder_agrees(case: Case) -> None:
    assert disagreements(case) == []


def test_the_shipped_cases_are_all_covered() -> None:
    shipped = vendored_cases()
    assert len(covered(shipped)) == len(shipped) >= 22


def test_how_many_known_values_are_covered(record_property: Any) -> None:
    if reference_folder() is None:
        pytest.skip(ABSENT)
    every = [*vendored_cases(), *other_cases()]
    record_property("known_values_covered", f"{len(covered(every))} of {len(every)}")
    assert len(covered(every)) >= 148
    assert len(every) >= 161


def test_a_method_that_does_not_exist_yet_says_so() -> None:
    with pytest.raises(NotImplementedError, match="crystal_ball"):
        compute({"method": "crystal_ball"}, reference_folder() or vendored_cases()[0].data_dir)


def test_every_covered_method_has_its_required_keys() -> None:
    assert set(METHODS) <= set(required_keys())


def disagreements(case: Case) -> list[str]:
    """List the required keys that differ from the expected value, with both numbers."""
    plain, expected = case.plain, case.plain["expected"]
    answer = compute(plain, case.data_dir)
    keys = [key for key in [*required_keys()[plain["method"]], *EVERY_LOOK] if key in expected]
    assert keys, "nothing would be compared"
    return [
        f"{key}: expected {want!r}, got {got!r}"
        for key in keys
        for want, got in (pairs_by_look if key in EVERY_LOOK else pairs)(expected[key], answer[key])
        if not math.isclose(got, want, rel_tol=relative_tolerance(plain, key), abs_tol=absolute_tolerance(plain, key))
    ]


def pairs(want: Any, got: Any) -> Iterator[tuple[float, float]]:
    if isinstance(want, list):
        yield from zip(want, got, strict=True)
    else:
        yield want, got


def pairs_by_look(wanted: list[dict[str, float]], given: list[dict[str, float]]) -> Iterator[tuple[float, float]]:
    for want, got in zip(wanted, given, strict=True):
        assert got.keys() <= want.keys(), "a look would not be compared"
        yield from ((want[key], got[key]) for key in got)


def relative_tolerance(plain: dict[str, Any], key: str) -> float:
    tolerance = plain["tolerance"]
    loose = key == "p" or key.startswith("p_")
    return float(tolerance.get("p_rel" if loose and "p_rel" in tolerance else "rel", 0.0))


def absolute_tolerance(plain: dict[str, Any], key: str) -> float:
    tolerance = plain["tolerance"]
    return float(max(tolerance.get(f"{key}_abs", tolerance.get("abs")) or 0.0, FLOOR))
