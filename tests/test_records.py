"""Records become plain values and come back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

import decision_widgets as dw
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Small(Record):
    name: str
    value: float | None = None
    inner: tuple[dw.Metric, ...] = ()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_becomes_nothing(number: float) -> None:
    assert Small(name="x", value=number).to_dict()["value"] is None
    assert "NaN" not in Small(name="x", value=number).to_json()


def test_a_record_survives_json_with_every_digit() -> None:
    made = Small(name="Übergröße", value=0.1 + 0.2, inner=(dw.Metric("y", minimum_effect=1 / 3),))
    assert Small.from_dict(json.loads(made.to_json())) == made


def test_the_text_is_legible_and_compact_on_request() -> None:
    assert '"Ü"' in Small(name="Ü").to_json()
    assert "\n" not in Small(name="x").to_json(indent=None)


@pytest.mark.parametrize("junk", [{}, {"name": "x", "other": 1}, {"name": "x", "value": "much"}, None, 5])
def test_what_is_no_such_record_is_one_clear_error(junk: Any) -> None:
    with pytest.raises(dw.InputError, match="This is not a saved Small"):
        Small.from_dict(junk)


def test_the_problem_of_an_inner_record_is_told_in_its_own_words() -> None:
    with pytest.raises(dw.InputError, match="Did you mean 'guardrail'"):
        Small.from_dict({"name": "x", "inner": [{"name": "y", "role": "gardrail"}]})


def test_a_record_shows_its_fields() -> None:
    assert repr(Small(name="x")) == "Small(name='x', value=None, inner=())"
