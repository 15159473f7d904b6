"""Errors read alike, and hint at the nearest word."""

from __future__ import annotations

import pytest

import decision_widgets as dw
from decision_widgets.errors import did_you_mean, listed


def test_the_family_of_errors() -> None:
    assert issubclass(dw.InputError, ValueError)
    assert issubclass(dw.ColumnNotFound, LookupError)
    assert issubclass(dw.MissingValues, dw.InputError)
    assert issubclass(dw.EngineMissing, ImportError)
    assert all(issubclass(e, dw.DecisionError) for e in (dw.InputError, dw.ColumnNotFound, dw.EngineMissing))


def test_one_problem_is_said_plainly_and_several_are_listed() -> None:
    assert str(dw.InputError.together("The design", ["only this"])) == "only this"
    assert str(dw.InputError.together("The design", ["a", "b"])) == "The design has 2 problems:\n- a\n- b"


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("revenu", ["user", "revenue"], " Did you mean 'revenue'?"),
        ("REVENUE", ["revenue"], " Did you mean 'revenue'?"),
        ("Revenu", ["Revenue"], " Did you mean 'Revenue'?"),
        ("xyz", ["revenue"], ""),
        ("", [], ""),
    ],
)
def test_the_nearest_word_is_named(word: str, known: list[str], said: str) -> None:
    assert did_you_mean(word, known) == said


def test_a_missing_column_says_what_there_is() -> None:
    error = dw.ColumnNotFound.among("revenu", ["user", "revenue"], "metric 'revenu'")
    assert str(error) == (
        "The table has no column 'revenu' for metric 'revenu'. Did you mean 'revenue'? It has: revenue, user."
    )


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed([str(i) for i in range(20)], most=2) == "0, 1 and 18 more"
