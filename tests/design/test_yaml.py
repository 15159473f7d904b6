"""A design as YAML: every wrong word with its line."""

from __future__ import annotations

import pytest

import decision_widgets as dw

GOOD = "participant: rider\narm: variant\ncontrol: A\nmetrics: [booked]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "got nothing"),
        ("- a\n- b", "got list"),
        ("participant: [", "not valid YAML in line"),
        (GOOD + "alfa: 0.1\n", "Line 5: unknown key 'alfa'. Did you mean 'alpha'"),
        (GOOD + "arm: again\n", "Line 5: key 'arm' stands already in line 2"),
        (
            GOOD.replace("[booked]", "\n- name: booked\n  rol: primary"),
            "Line 6: unknown key 'rol'. Did you mean 'role'",
        ),
        ("design: switchbak\n" + GOOD, "Line 1: there is no design 'switchbak'"),
        ("participant: rider\narm: v\nmetrics: [y]\n", "needs 'control'"),
        (GOOD + "alpha: high\n", "alpha must be a number"),
    ],
)
def test_a_wrong_text_is_one_clear_error(text: str, said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        dw.read_design(text)


def test_lines_are_counted_from_where_the_text_stands() -> None:
    with pytest.raises(dw.InputError, match="Line 15: unknown key"):
        dw.read_design(GOOD + "alfa: 0.1\n", first_line=11)


def test_numbers_as_labels_are_texts() -> None:
    made = dw.read_design("participant: u\narm: v\ncontrol: 0\narms: {0: 0.5, 1: 0.5}\nmetrics: [y]\n")
    assert made.control == "0"
