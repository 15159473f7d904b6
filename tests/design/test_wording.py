"""What both designs say alike: the same sentences, and plain words that leave out what is usual."""

from __future__ import annotations

from typing import Any

import pytest

import decision_widgets as dw
from decision_widgets.errors import InputError

BETWEEN: dict[str, Any] = {"participant": "who", "arm": "arm", "control": "c", "metrics": ["x"]}
WITHIN: dict[str, Any] = {"time": "at", "slot": "2h", "arm": "arm", "metrics": ["x"]}
BOTH = pytest.mark.parametrize(("kind", "usual"), [(dw.BetweenSubject, BETWEEN), (dw.Switchback, WITHIN)])


@BOTH
def test_problems_have_one_wording(kind: Any, usual: dict[str, Any]) -> None:
    wrong = {"metrics": ["x", "x", "arm"], "dependent": False, "negatively_related": True}
    with pytest.raises(InputError) as told:
        kind(**usual | wrong)
    for sentence in (
        "Two metrics are called 'x'; give each its own name.",
        "Metric 'arm' reads the column 'arm', which is the arm.",
        "Metrics that are negatively related depend on each other; answer dependent=True.",
    ):
        assert sentence in str(told.value)


@BOTH
def test_words_are_read_as_they_are_written(kind: Any, usual: dict[str, Any]) -> None:
    design = kind(**usual, name="mine", segments=["rain"], alpha=0.1)
    words = design.to_dict()
    assert set(words) == {"design", *usual, "name", "segments", "alpha"}
    assert kind.of(words) == design


@BOTH
def test_an_unknown_word_and_a_missing_one_are_told_together(kind: Any, usual: dict[str, Any]) -> None:
    with pytest.raises(InputError) as told:
        kind.of({"alfa": 0.1, "design": "other"})
    assert "has no word 'alfa'. Did you mean 'alpha'?" in str(told.value)
    assert "cannot be read from a design of 'other'." in str(told.value)
    assert str(told.value).count(" design needs ") == len({*usual} - ({"arm"} if kind is dw.Switchback else set()))
