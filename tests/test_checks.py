"""Rules for arguments."""

from __future__ import annotations

import pytest

from decision_widgets.checks import Between, Name, Names, OneOf, Optional, Positive, Rule, as_names, problems


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (Between(0, 1), [0.5, 1e-9], [0, 1, -1, 2, "0.5", None, True, float("nan"), float("inf"), [0.5]]),
        (Positive(), [1, 0.1, 10**400], [0, -1, float("nan"), float("inf"), True, "1"]),
        (Positive(whole=True), [1, 10**400], [1.0, 0, 2.5, True, None]),
        (OneOf(("a", "b")), ["a"], ["c", 1, None, ["a"]]),
        (Name(), ["x", " x "], ["", "  ", 1, None, ["x"]]),
        (Names(), [(), ("a", "b")], ["a", ["a"], ("",), (1,), None]),
        (Optional(Name()), [None, "x"], ["", 1]),
    ],
)
def test_a_rule_accepts_what_it_should(rule: Rule, good: list[object], bad: list[object]) -> None:
    assert [value for value in good if not rule.accepts(value)] == []
    assert [value for value in bad if rule.accepts(value)] == []


def test_a_problem_says_what_was_wanted_what_came_and_the_nearest_word() -> None:
    rules: dict[str, Rule] = {"role": Optional(OneOf(("primary", "guardrail"))), "alpha": Between(0, 0.5)}
    assert problems(rules, {"role": "gardrail", "alpha": 0.05}) == [
        "role must be one of 'primary', 'guardrail' or nothing; got 'gardrail'. Did you mean 'guardrail'?"
    ]


@pytest.mark.parametrize(
    ("given", "names"), [("city", ("city",)), (None, ()), (["a", "b"], ("a", "b")), (iter(["a"]), ("a",)), (5, 5)]
)
def test_names_are_read_from_one_or_several(given: object, names: object) -> None:
    assert as_names(given) == names
