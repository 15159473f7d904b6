"""The parameters cell: types, help and choices, answers read from text, and written so that they come back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from decision_widgets.errors import InputError
from decision_widgets.templates import list_templates
from decision_widgets.templates.parameters import Parameter, read_parameters

SOURCE = """\
# Column: who took part;
# a participant may have many rows.
participant = "rider_id"
alpha: float = 1  # how often a change is found where there is none

# not about anything

days: int | None = None
# "raise", "drop" or "zero": what to do with rows without a value.
missing = "raise"
kind: Literal["binary", "count"] | None = None
arms = {"control": 0.5}  # every arm
verbose = False
# Column of dates, or None.
time = "day"
first = 1; second = 2  # beside the second
"""


def found() -> dict[str, Parameter]:
    return {parameter.name: parameter for parameter in read_parameters(SOURCE)}


def test_types_come_from_annotations_and_else_from_the_value() -> None:
    assert {name: each.type for name, each in found().items()} == {
        "participant": "text",
        "alpha": "number",
        "days": "whole",
        "missing": "text",
        "kind": "any",
        "arms": "mapping",
        "verbose": "yes-no",
        "time": "text",
        "first": "number",
        "second": "number",
    }


def test_help_is_the_comment_beside_or_right_above() -> None:
    said = {name: each.help for name, each in found().items()}
    assert said["participant"] == "Column: who took part; a participant may have many rows."
    assert said["alpha"] == "how often a change is found where there is none"
    assert said["days"] == ""
    assert said["arms"] == "every arm"
    assert said["missing"] == "what to do with rows without a value."
    assert (said["first"], said["second"]) == ("", "beside the second")


def test_choices_come_from_a_comment_that_begins_with_them_or_from_a_literal() -> None:
    assert {name: each.choices for name, each in found().items() if each.choices} == {
        "missing": ("raise", "drop", "zero"),
        "kind": ("binary", "count"),
    }


def test_what_may_be_empty_says_so() -> None:
    assert {name for name, each in found().items() if each.is_optional} == {"days", "kind", "time"}


def asked(type_: str, *, optional: bool = False, choices: tuple[str, ...] = ()) -> Parameter:
    return Parameter(name="it", default=None, type=type_, is_optional=optional, choices=choices)  # type: ignore[arg-type]  # any type by name


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("text", " rider_id ", "rider_id"),
        ("text", '"2026"', "2026"),
        ("text", "2026", "2026"),
        ("text", "None", "None"),
        ("text", "", ""),
        ("number", "5%", 0.05),
        ("number", "1.1%", 0.011),
        ("number", " 0.02 ", 0.02),
        ("number", "146,424", 146424.0),
        ("number", "14", 14),
        ("whole", "14", 14),
        ("yes-no", "True", True),
        ("yes-no", "no", False),
        ("list", "booked, fare", ["booked", "fare"]),
        ("list", "[booked, {name: fare, role: guardrail}]", ["booked", {"name": "fare", "role": "guardrail"}]),
        ("list", '["a, b"]', ["a, b"]),
        ("list", "[]", []),
        ("mapping", "control: 0.5, eta: 0.5", {"control": 0.5, "eta": 0.5}),
        ("mapping", "{no: 0.5, yes: 0.5}", {"no": 0.5, "yes": 0.5}),
        ("mapping", '{"a": null, "b": true}', {"a": None, "b": True}),
        ("mapping", "{since: 2026-11-02}", {"since": "2026-11-02"}),
        ("any", "7", 7),
        ("any", "day", "day"),
        ("any", "null", None),
    ],
)
def test_an_answer_is_read_from_text(type_: str, text: str, value: object) -> None:
    read = asked(type_, optional=type_ == "any").read(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("number", "2x%", "it must be a number, for example 0.02 or 2%; got 2x%."),
        ("number", "", "it was left empty"),
        ("number", "inf", "must be a number"),
        ("number", "1e999", "must be a number"),
        ("number", "nan", "must be a number"),
        ("whole", "1.5", "must be a whole number; got 1.5"),
        ("yes-no", "maybe", "must be true or false; got maybe"),
        ("list", "None", "must be a list"),
        ("list", "[a", "must be a list"),
        ("list", "[.nan]", "must be a list"),
        ("mapping", "0.5", "must be names with values"),
        ("mapping", "{a: &x [1], b: *x}", "must be names with values"),
        ("mapping", "{" * 5000, "must be names with values"),
        ("any", "NaN", "must be a JSON value"),
        ("list", "x" * 80 + "[", ""),
    ],
)
def test_an_answer_of_another_type_is_refused_with_an_example(type_: str, text: str, expected: str) -> None:
    if not expected:
        assert asked(type_).read(text) == [text]
        return
    with pytest.raises(InputError) as caught:
        asked(type_).read(text)
    assert expected in str(caught.value)
    assert len(str(caught.value)) < 250


def test_one_of_few_words_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"one of raise, drop; got rase\. Did you mean 'raise'\?"):
        asked("text", choices=("raise", "drop")).read("rase")


def test_empty_is_none_where_it_may_be() -> None:
    assert asked("whole", optional=True).read(" ") is None
    assert asked("text", optional=True).read("None") is None


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        *[("text", value) for value in ("a", "", " a ", "2026", '"q"', "null", "None", "a\nb", "<b>", "\u202eabc")],
        *[("any", value) for value in (None, 7, "7", "a", True, ["x"], {"a": 1}, "null", "")],
        ("number", 0.02),
        ("list", ["a, b", {"c": None}, "no", "2026-11-02"]),
        ("list", [{"name": "a"}, {"name": "b\nc"}]),
        ("mapping", {"no": 0.5, "1": True, "é": "\u2028"}),
        ("yes-no", True),
    ],
)
@pytest.mark.parametrize("optional", [True, False])
def test_what_is_written_for_a_person_is_read_back(type_: str, value: object, optional: bool) -> None:
    parameter = asked(type_, optional=optional or value is None)
    assert parameter.read(parameter.written(value)) == value


def test_every_default_of_a_shipped_template_is_read_back_from_its_text() -> None:
    for template in list_templates():
        for parameter in template.parameters:
            assert parameter.read(parameter.written(parameter.default)) == parameter.default
            assert parameter.problem(parameter.default) is None
            assert parameter.help, f"{template.id}: {parameter.name} has no comment"


def test_the_module_is_cheap_to_import() -> None:
    code = "import sys, decision_widgets.templates; sys.exit('nbformat' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
