"""The answer of the power card in words, and its drawing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.power_chart import chart_html
from decision_widgets.views.power_words import answer, below
from tests.views.payloads import power
from tests.views.reader import EVIL, Reader, stripped

NBSP = "\u00a0"


def said(payload: dict[str, Any]) -> str:
    return "".join(str(piece["text"]) for piece in answer(payload)).replace(NBSP, " ")


def given(inputs: dict[str, Any] | None = None, found: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    base = power()
    return base | {"inputs": base["inputs"] | (inputs or {}), "answer": base["answer"] | (found or {})} | changed


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (given(), "You need 41,200 participants (≈ 12 days) to detect a 2.0% lift with 80% power."),
        (given({"sign": -1}), "You need 41,200 participants (≈ 12 days) to detect a 2.0% drop with 80% power."),
        (given({"margin": 0.02}), "You need 41,200 participants (≈ 12 days) to rule out a 2.0% loss with 80% power."),
        (
            given({"power": 0.9}, {"mde_rel": 0.0131}, solve="mde"),
            "With 41,200 participants (≈ 12 days) the smallest lift you can detect with 90% power is 1.3%.",
        ),
        (
            given(found={"power": 0.731}, solve="power"),
            "With 41,200 participants (≈ 12 days) a 2.0% lift is detected with 73.1% power.",
        ),
        (given(found={"first_day": None}), "You need 41,200 participants to detect a 2.0% lift with 80% power."),
        (
            given(found={"mde_rel": None, "mde_abs": 3.456}, kind="continuous"),
            "You need 41,200 participants (≈ 12 days) to detect a 3.46 lift with 80% power.",
        ),
    ],
)
def test_the_sentence_takes_the_shape_of_what_was_solved(payload: dict[str, Any], expected: str) -> None:
    assert said(payload) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (given(), "Booked from 35.00% to 35.70% (+0.70 pp). Plan for 14 days so that every weekday counts equally."),
        (given(found={"first_day": 14}), "Whole weeks: every weekday counts equally."),
        (given(found={"first_day": None}), "longer than 42 days: raise the lift or use a stronger covariate."),
        (given(found={"decides": "Wait"}), "Wait decides: it needs more participants."),
        (given({"margin": 0.02}), "Booked stays within its limit if the interval does."),
    ],
)
def test_the_line_below_says_from_where_to_where_and_how_many_weeks(payload: dict[str, Any], expected: str) -> None:
    assert expected in below(payload).replace(NBSP, " ")


def test_an_empty_card_asks_for_a_metric() -> None:
    empty = {"schema": "dw.power/1", "state": "empty", "metric": None, "rows": []}
    assert said(empty) == "Add a metric to see how many participants you need."
    assert below(empty) == ""


def test_the_drawing_has_the_planned_curve_and_pale_ones_and_no_words_of_its_own() -> None:
    drawn = chart_html(power())
    assert drawn.count('class="curve"') == 1
    assert drawn.count('<path class="ghost"') == 1
    assert Reader(drawn).text.strip() == ""
    assert re.search(r'class="stem" x1="37\.39"', drawn)


def test_without_styles_and_scripts_the_card_still_says_everything() -> None:
    words = stripped(power()).replace(NBSP, " ")
    for part in ("You need 41,200 participants", "ETA badge", "20,600", "Design effect", "× 1.17", "Fare", "2.0%",
                 "41,200", "advice = dw.advise(design, history)", "participant: rider_id"):  # fmt: skip
        assert part in words, part


def test_the_same_payload_gives_the_same_text() -> None:
    assert to_html(power()) == to_html(power())


def test_what_users_name_is_text() -> None:
    payload = power(label=EVIL)
    payload["arms"] = [arm | {"id": EVIL} for arm in payload["arms"]]
    payload["others"] = [each | {"label": EVIL} for each in payload["others"]]
    assert {"script", "img"}.isdisjoint(tag for tag, _ in Reader(to_html(payload)).tags)
