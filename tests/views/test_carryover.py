"""Carry-over: the effect with each burn-in, and the order test in a sentence that claims no more than it knows."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import Reader, stripped
from tests.views.switchback_payloads import burn_in, carryover, refused_burn_in, withheld_carryover

TEST = carryover()["order_test"]
UNTESTED = TEST | {"p_value": None, "reason": "It needs 8 days; there are 3."}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "No sign that treatment acts beyond 60 min (p 0.437). What comes later adds +0.11 pp (−0.42 to +0.64 pp)"),
        (
            {"status": "leaks", "order_test": TEST | {"p_value": 0.0004, "effect": 0.009, "effect_lower": 0.004,
                                                      "effect_upper": 0.014}},
            "Treatment still acts after 60 min (p < 0.001): what comes later adds +0.90 pp (+0.40 to +1.40 pp).",
        ),
        ({"status": "cannot-tell"}, "The data cannot tell whether treatment acts beyond 60 min (p 0.437)."),
        (
            {"status": "cannot-tell", "order_test": UNTESTED},
            "Whether treatment still acts after 60 min cannot be tested: It needs 8 days; there are 3.",
        ),
    ],
)  # fmt: skip
def test_the_order_test_is_a_sentence(changes: dict[str, object], said: str) -> None:
    for text in (stripped(carryover(**changes)), to_text(carryover(**changes))):
        assert re.sub(r"\s+", "", said) in re.sub(r"\s+", "", text)


def test_settled_never_claims_that_there_is_none() -> None:
    assert not re.search("no effect|no carry-over|proves", stripped(carryover()), re.IGNORECASE)


def test_every_burn_in_has_its_row_and_the_planned_one_is_marked_in_words_and_filled() -> None:
    html = to_html(carryover())
    assert re.search(r'15\u00a0min</span> <span class="dw-tag">planned</span>', html)
    marks = re.findall(r'<span class="(pt[^"]*)"', html)
    assert marks == ["pt hollow", "pt", "pt hollow"]
    assert re.search(
        r"15\u00a0min \(planned\) +\+0\.93% +\+0\.46% to \+1\.41% +56 \(df\u00a054\.8\)", to_text(carryover())
    )


def test_what_a_longer_burn_in_moves_is_said() -> None:
    assert "30\u00a0min instead of 15\u00a0min moves the uplift from +0.93% to +0.99%." in to_text(carryover())
    same = [burn_in(15, 0.0093, 0.0046, 0.0141, planned=True), burn_in(30, 0.0093, 0.0046, 0.0141)]
    assert "leaves the uplift at 0.93%" in to_text(carryover(burn_ins=same))
    down = [burn_in(15, -0.0093, -0.0141, -0.0046, planned=True), burn_in(30, -0.0093, -0.0141, -0.0046)]
    assert "leaves the uplift at −0.93%" in to_text(carryover(burn_ins=down))


def test_a_burn_in_that_could_not_be_analysed_says_why() -> None:
    rows = [*carryover()["burn_ins"][:2], refused_burn_in(30, "Too few minutes are left.")]
    assert "Too few minutes are left." in stripped(carryover(burn_ins=rows))
    assert "Too few minutes are left." in to_text(carryover(burn_ins=rows))


def test_without_relative_effects_the_axis_is_in_the_metrics_unit() -> None:
    rows = [row | dict.fromkeys(("relative_effect", "relative_effect_lower", "relative_effect_upper"))
            for row in carryover()["burn_ins"]]  # fmt: skip
    assert "+0.69\u00a0pp" in to_html(carryover(burn_ins=rows))


def test_an_estimate_without_an_interval_is_open_on_both_sides() -> None:
    alone = burn_in(15, 0.0093, 0.0046, 0.0141, planned=True)
    alone |= {key: None for key in alone if key.endswith(("_lower", "_upper"))}
    assert "+0.93%" in to_text(carryover(burn_ins=[alone]))
    assert "◂" in to_html(carryover(burn_ins=[alone]))


def test_withheld_effects_are_nowhere() -> None:
    for payload in (withheld_carryover(), carryover(withheld=True)):
        text = Reader(to_html(payload)).text
        assert "withheld" in text
        assert "%" not in text
        assert "%" not in to_text(payload)


def test_nothing_to_compare_is_said() -> None:
    empty = carryover(burn_ins=[], order_test=None, status="cannot-tell")
    assert "No burn-in could be compared." in to_html(empty)
    assert "No burn-in could be compared." in to_text(empty)
