"""The plan of looks: what it accepts, and what it says about the rest."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
import yaml

import decision_widgets as dw

DAYS = ("2026-11-09", "2026-11-16")


def design(**words: Any) -> dw.BetweenSubject:
    given = {"participant": "user", "arm": "variant", "control": "A", "metrics": ["booked"], "time": "time"}
    return dw.BetweenSubject(**(given | words))


@pytest.mark.parametrize(
    "words",
    [
        {"monitoring": {"rule": "obf", "looks": list(DAYS)}},
        {"monitoring": {"rule": "pocock", "looks": 4}, "planned_days": 14},
        {"monitoring": {"rule": "mixture"}},
        {"monitoring": dw.Monitoring(looks=DAYS)},
        {},
    ],
)
def test_a_design_with_looks_survives_json_yaml_and_its_repr(words: dict[str, Any]) -> None:
    made = design(**words)
    plain = made.to_dict()
    assert dw.BetweenSubject.from_dict(json.loads(json.dumps(plain))) == made
    assert dw.read_design(yaml.safe_dump(plain, sort_keys=False)) == made
    assert eval(repr(made), {"BetweenSubject": dw.BetweenSubject, "Metric": dw.Metric}) == made
    assert ("monitoring" in plain) == bool(words)


@pytest.mark.parametrize(
    "looks",
    [
        DAYS,
        list(DAYS),
        [date(2026, 11, 9), date(2026, 11, 16)],
        [datetime(2026, 11, 9), "2026-11-16"],
        pd.date_range("2026-11-09", periods=2, freq="7D"),
    ],
)
def test_days_are_read_as_texts_or_dates(looks: Any) -> None:
    assert dw.Monitoring(looks=looks).looks == DAYS


def test_dates_without_quotation_marks_are_days_in_yaml() -> None:
    text = "participant: u\narm: v\ncontrol: A\ntime: t\nmetrics: [y]\nmonitoring: {rule: obf, looks: [2026-11-09]}"
    assert dw.read_design(text).monitoring == dw.Monitoring(rule="obf", looks=("2026-11-09",))


@pytest.mark.parametrize(
    ("looks", "days", "numbers"),
    [(4, 14, (4, 7, 11, 14)), (14, 14, tuple(range(1, 15))), (1, 10, (10,)), (3, 7, (3, 5, 7))],
)
def test_a_number_of_looks_divides_the_planned_days_and_ends_with_them(
    looks: int, days: int, numbers: tuple[int, ...]
) -> None:
    found = dw.Monitoring(looks=looks).days(date(2026, 11, 1), planned_days=days)
    assert found == tuple(f"2026-11-{day:02}" for day in numbers)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"rule": "obff", "looks": 4}, "Did you mean 'obf'"),
        ({"rule": "obf"}, "'obf' needs looks="),
        ({"rule": "pocock"}, "'pocock' needs looks="),
        ({"looks": [7, 14]}, "must be days such as '2026-05-28'; got 7"),
        ({"looks": ["2026-11-16", "2026-11-09"]}, "2026-11-09 follows 2026-11-16"),
        ({"looks": ["2026-11-09", "2026-11-09"]}, "each day once"),
        ({"looks": []}, r"must be days such as '2026-05-28'; got \(\)"),
        ({"looks": "tomorrow"}, "got 'tomorrow'"),
        ({"looks": [datetime(2026, 11, 9, 12)]}, "must be days"),
        ({"looks": 0}, "positive whole number of them; got 0"),
        ({"looks": 2.5}, "got 2.5"),
        ({"looks": True}, "got True"),
        ({"rules": "obf"}, "monitoring has no word 'rules'. Did you mean 'rule'"),
        ("obf", "monitoring must be a mapping of its words, rule, looks; got 'obf'"),
    ],
)
def test_a_wrong_word_is_one_clear_error(plan: Any, said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        design(monitoring=plan, planned_days=14)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"time": None}, "monitoring needs time="),
        ({}, "4 equally spaced looks needs planned_days"),
        ({"planned_days": 3}, "4 looks in 3 planned days"),
    ],
)
def test_what_the_rest_of_the_design_must_hold(words: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        design(**({"monitoring": {"looks": 4}} | words))


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(dw.InputError) as caught:
        design(alpha=5, monitoring={"rule": "best", "looks": [1]})
    assert all(said in str(caught.value) for said in ("alpha must be", "rule must be", "got 1"))


def test_a_wrong_key_in_yaml_is_named_with_its_line() -> None:
    text = "participant: u\narm: v\ncontrol: A\ntime: t\nmetrics: [y]\nmonitoring:\n  rule: obf\n  lokks: 4"
    with pytest.raises(dw.InputError, match=r"Line 8: unknown key 'lokks'\. Did you mean 'looks'"):
        dw.read_design(text)
    with pytest.raises(dw.InputError, match="Line 6: monitoring needs time="):
        dw.read_design("participant: u\narm: v\ncontrol: A\nmetrics: [y]\nalpha: 0.1\nmonitoring: {rule: mixture}")
