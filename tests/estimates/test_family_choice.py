"""Two questions lead to one procedure, and its reason says why."""

from __future__ import annotations

import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import FamilyChoice, Procedure, adjust_p_values, choose_procedure

ANSWERS = [
    # goal, dependent, negatively related, comparisons, procedure, a word of the reason
    ("fwer", None, None, 6, "holm", "not known"),
    ("fwer", False, None, 6, "holm-sidak", "independent"),
    ("fwer", False, False, 6, "holm-sidak", "independent"),
    ("fwer", True, False, 6, "hommel", "none negatively"),
    ("fwer", None, False, 6, "hommel", "none negatively"),
    ("fwer", True, True, 6, "holm", "negatively related"),
    ("fwer", None, True, 6, "holm", "negatively related"),
    ("fwer", True, None, 6, "holm", "not known"),
    ("fdr", None, None, 40, "bh", "not known"),
    ("fdr", True, None, 40, "bh", "not known"),
    ("fdr", False, None, 10, "bky", "independent"),
    ("fdr", False, None, 9, "bh", "fewer than 10"),
    ("fdr", True, False, 40, "bh", "none negatively"),
    ("fdr", True, True, 40, "by", "costs power"),
    ("fdr", None, True, 40, "by", "costs power"),
    ("fwer", False, None, 1, "holm", "needs no adjustment"),
    ("fdr", False, None, 1, "bh", "needs no adjustment"),
]


@pytest.mark.parametrize(("goal", "dependent", "negative", "family", "procedure", "word"), ANSWERS)
def test_the_answers_choose_the_procedure(
    goal: str, dependent: bool | None, negative: bool | None, family: int, procedure: Procedure, word: str
) -> None:
    choice = choose_procedure(family, goal, dependent=dependent, negatively_related=negative)
    assert (choice.procedure, choice.goal, choice.family) == (procedure, goal, family)
    assert word in choice.reason
    assert choice.reason.endswith(".")
    assert len(adjust_p_values([0.02] * family, choice.procedure)) == family


def test_a_choice_survives_its_plain_form() -> None:
    choice = choose_procedure(3)
    assert FamilyChoice.from_dict(choice.to_dict()) == choice


def test_answers_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="not independent"):
        choose_procedure(4, dependent=False, negatively_related=True)


@pytest.mark.parametrize("family", [0, -1, 2.5, True])
def test_a_family_is_a_whole_number_of_comparisons(family: int) -> None:
    with pytest.raises(InputError, match="family must be a positive whole number"):
        choose_procedure(family)


def test_an_unknown_goal_is_refused() -> None:
    with pytest.raises(InputError, match="'fwer' or 'fdr'; got 'power'"):
        choose_procedure(4, "power")
