"""The schedule check: one word and a sentence for what was served, and a line per check."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import stripped
from tests.views.switchback_payloads import schedulecheck

WRONG = {"status": "mismatch", "n_mismatched": 12, "mismatch_share": 12 / 1344}


@pytest.mark.parametrize(
    ("changes", "tag", "said"),
    [
        ({}, "As planned", "All 1,344 slots were served the arm that was planned."),
        ({"n_mismatched": 2, "mismatch_share": 2 / 1344}, "As planned", "2 of 1,344 slots (0.15%) served another arm"),
        (WRONG, "Mismatch", "12 of 1,344 slots (0.89%) served another arm than planned. Results can’t be trusted"),
        ({"status": "unknown", "n_mismatched": None}, "No schedule", "No schedule was given"),
    ],
)
def test_what_was_served_is_a_word_and_a_sentence(changes: dict[str, object], tag: str, said: str) -> None:
    text = re.sub(r"\s+", " ", stripped(schedulecheck(**changes)))
    assert tag in text
    assert said in text
    assert f"{tag}. {said}" in to_text(schedulecheck(**changes))


def test_every_check_has_its_line() -> None:
    payload = schedulecheck(lost={"control": 3, "treatment": 1}, broken_blocks=4, examples=["Central, day 3, 14:00"])
    for text in (re.sub(r"\s+", " ", stripped(payload)), re.sub(r"\s+", " ", to_text(payload))):
        assert re.search("Lost slots ?:? control 3, treatment 1", text)
        assert re.search("Broken draws ?:? 4", text)
        assert "p 0.912" in text
        assert "+0.4% (−0.6% to +1.5%), p 0.420" in text
        assert "Central, day 3, 14:00" in text
        assert re.search(r"Region × day 672 672", text)


def test_volume_says_whether_it_may_be_an_effect() -> None:
    after = schedulecheck()["volume"] | {"before_exposure": False}
    assert "before exposure: it should not move" in to_html(schedulecheck())
    assert "after exposure: it may be an effect" in to_html(schedulecheck(volume=after))


def test_arms_that_follow_the_clock_are_said() -> None:
    uneven = {"p_value": 0.0001, "method": "χ² of arms by hour"}
    assert "arms are not spread evenly over the day" in to_html(schedulecheck(hour_balance=uneven))


def test_what_was_not_checked_is_left_out() -> None:
    bare = schedulecheck(hour_balance=None, volume=None, lost=None, broken_blocks=None, units=[])
    assert "Hours of the day" not in to_html(bare)
    assert "Lost" not in to_text(bare)
