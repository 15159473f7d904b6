"""A design as YAML: every wrong word with its line."""

from __future__ import annotations

import pytest

import decision_widgets as dw
from decision_widgets.design.yaml import write_design

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
        (GOOD + "alpha: high\n", "^Line 5: alpha must be a number"),
        (GOOD + "alpha: high\npower: 7\n", "(?s)\n- Line 5: alpha must.*\n- Line 6: power must"),
        (GOOD + "planned_days: 3\n", "^Line 5: planned_days needs time"),
        ("name: trial\n" + GOOD.replace("[booked]", "[{name: 5}]"), "^(?!Line 1: )"),
        ("design: [between-subject]\n" + GOOD, "Line 1: there is no design"),
        (GOOD + "name: 2026-13-45\n", "not valid YAML: month must be in"),
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


@pytest.mark.parametrize(("control", "other"), [("no", "yes"), ("off", "on"), ("No", "Yes"), ("OFF", "ON")])
@pytest.mark.parametrize("arms", ["[{1}, {0}]", "{{{0}: 0.5, {1}: 0.5}}", "\n  - {0}\n  - {1}"])
def test_arms_called_yes_or_no_are_the_words_themselves(control: str, other: str, arms: str) -> None:
    text = GOOD.replace("control: A", f"control: {control}") + f"arms: {arms.format(control, other)}\n"
    made = dw.read_design(text)
    assert made.control == control
    assert made.arms is not None
    assert [arm.name for arm in made.arms] == [control, other]


def test_true_and_false_stay_the_labels_of_a_column_of_booleans() -> None:
    unquoted = dw.read_design(GOOD.replace("control: A", "control: false"))
    column = dw.BetweenSubject(participant="rider", arm="variant", control=False, metrics=["booked"])
    assert unquoted == column
    assert dw.read_design(GOOD.replace("control: A", "control: 'no'")).control == "no"


def test_a_written_design_is_read_back_the_same() -> None:
    design = dw.BetweenSubject(
        name="eta_badge",
        participant="rider_id",
        arm="variant",
        control="no",
        arms={"no": 0.8, "yes": 0.2},
        time="time",
        power=0.9,
        strata=("city",),
        planned_days=14,
        monitoring={"rule": "obf", "looks": 3},
        metrics=[
            "booked",
            dw.Metric("fare", role="secondary", covariates=["before"]),
            dw.Metric("rate", numerator="a", denominator="b", role="guardrail", direction="decrease", limit=0.02),
        ],
    )
    written = write_design(design)
    assert dw.read_design(written) == design
    assert "alpha" not in written
