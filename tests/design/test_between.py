"""The design of a between-subject experiment: what it accepts, and what it says about the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

import decision_widgets as dw


def design(**words: Any) -> dw.BetweenSubject:
    given = {"participant": "user", "arm": "variant", "control": "A", "metrics": ["booked"]}
    return dw.BetweenSubject(**(given | words))


FULL = {
    "metrics": [
        {"name": "booked", "minimum_effect": 0.01},
        dw.Metric("cancel_rate", numerator="cancels", denominator="bookings", role="guardrail", limit=0.02),
        dw.Metric("wait", direction="decrease", role="secondary", kind="continuous", covariates=["pre_wait"]),
    ],
    "arms": {"A": 0.5, "B": 0.3, "C": 0.2},
    "time": "time",
    "strata": ["city"],
    "segments": "platform",
    "alpha": 0.1,
    "power": 0.9,
    "missing": "drop",
    "name": "Trial",
    "planned_participants": 1000,
    "planned_days": 14,
}


@pytest.mark.parametrize("words", [{}, FULL], ids=["least", "everything"])
def test_a_design_survives_json_and_yaml(words: dict[str, Any]) -> None:
    made = design(**words)
    plain = made.to_dict()
    assert dw.BetweenSubject.from_dict(json.loads(json.dumps(plain))) == made
    assert dw.read_design(yaml.safe_dump(plain, sort_keys=False)) == made


def test_only_what_differs_from_the_defaults_is_written() -> None:
    assert design().to_dict() == {
        "design": "between-subject",
        "participant": "user",
        "arm": "variant",
        "control": "A",
        "metrics": [{"name": "booked"}],
    }


def test_the_control_comes_first_among_arms() -> None:
    arms = design(arms={"B": 0.2, "A": 0.8}).arms
    assert arms is not None
    assert [arm.name for arm in arms] == ["A", "B"]


def test_names_alone_mean_equal_shares() -> None:
    arms = design(arms=["A", "B", "C"]).arms
    assert arms is not None
    assert [arm.share for arm in arms] == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("label", [1, 1.0, "1"])
def test_a_label_is_written_one_way(label: object) -> None:
    made = design(control=label, arms=[label, 2])
    assert made.control == "1"
    assert made.arms is not None
    assert [arm.name for arm in made.arms] == ["1", "2"]


@pytest.mark.parametrize("nothing", [None, (), []])
def test_nothing_is_an_empty_list_of_names(nothing: object) -> None:
    assert design(strata=nothing).strata == ()
    assert dw.Metric("y", covariates=nothing).covariates == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"participant": ""}, "participant must be a name"),
        ({"participant": 5}, "participant must be a name"),
        ({"arm": 5}, "arm must be a name"),
        ({"control": None}, "control must be a name"),
        ({"participant": "variant"}, "the same column 'variant'"),
        ({"metrics": []}, "at least one metric"),
        ({"metrics": 5}, "metrics must be a list of metrics; got 5"),
        ({"metrics": [None]}, "a name or a mapping"),
        ({"metrics": ["y", "y"]}, "Two metrics are called 'y'"),
        ({"metrics": ["user"]}, "which is the participant"),
        ({"metrics": ["variant"]}, "which is the arm"),
        ({"metrics": [{"name": "r", "numerator": "x", "denominator": "variant"}]}, "which is the arm"),
        ({"metrics": [{"nme": "y"}]}, "Did you mean 'name'"),
        ({"metrics": [{"kind": "count"}]}, "needs a name"),
        ({"arms": {"A": 0.4, "B": 0.4}}, r"add up to 0.8, not 1. Change one arm by \+0.2"),
        ({"arms": {"A": 0.0, "B": 1.0}}, "share must be a number between 0 and 1"),
        ({"arms": {"A": float("nan"), "B": 0.5}}, "share must be a number between 0 and 1"),
        ({"arms": ["B", "C"]}, "'A' is not among the arms"),
        ({"arms": ["A"]}, "at least two different arms"),
        ({"arms": ["A", "A"]}, "at least two different arms"),
        ({"arms": [1, 1.0, "A"]}, "at least two different arms"),
        ({"arms": "A"}, "arms must be names"),
        ({"strata": 5}, "strata must be a list of names"),
        ({"segments": [""]}, "segments must be a list of names"),
        ({"alpha": 5}, "alpha must be a number between 0 and 0.5; got 5"),
        ({"alpha": float("nan")}, "alpha must be a number"),
        ({"alpha": True}, "alpha must be a number"),
        ({"power": 1.0}, "power must be a number between 0.05 and 1"),
        ({"missing": "drp"}, "Did you mean 'drop'"),
        ({"planned_participants": 10.5}, "a positive whole number"),
        ({"planned_days": -1}, "a positive whole number"),
        ({"planned_participants": -(10**400)}, "a positive whole number"),
    ],
)
def test_a_wrong_word_is_one_clear_error(words: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        design(**words)


def test_all_problems_are_told_together() -> None:
    with pytest.raises(dw.InputError) as caught:
        design(alpha=5, missing="keep", arms={"A": 0.2, "B": 0.2}, metrics=["y", {"name": "y", "role": "main"}])
    assert "The design has 4 problems" in str(caught.value) or "The design has 3 problems" in str(caught.value)
    assert all(word in str(caught.value) for word in ("alpha", "missing", "role"))


def test_an_unknown_word_of_the_design_names_the_nearest() -> None:
    with pytest.raises(dw.InputError, match=r"no word 'participent'\. Did you mean 'participant'"):
        dw.BetweenSubject.from_dict({"participent": "user", "arm": "v", "control": "A", "metrics": ["y"]})


def test_a_needed_word_that_is_absent_is_named() -> None:
    with pytest.raises(dw.InputError, match="needs 'control'"):
        dw.BetweenSubject.from_dict({"participant": "user", "arm": "v", "metrics": ["y"]})


@pytest.mark.parametrize("junk", [[], None, 5, "text"])
def test_what_is_no_saved_design_is_refused(junk: Any) -> None:
    with pytest.raises(dw.InputError):
        dw.BetweenSubject.from_dict(junk)


def test_a_design_states_the_moments_it_needs() -> None:
    spec = design(**FULL).needs()
    assert spec.arms == ("A", "B", "C")
    assert set(spec.columns()) == {
        "user", "variant", "time", "booked", "cancels", "bookings", "wait", "pre_wait", "city", "platform"
    }  # fmt: skip
