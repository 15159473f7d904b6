"""The guideline: numbered steps, each with evidence, a recommendation, an answer, and a word for its state."""

from __future__ import annotations

import re

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import Reader, stripped
from tests.views.switchback_payloads import guideline, step


def test_every_step_says_its_state_in_a_word() -> None:
    text = re.sub(r"\s+", " ", stripped(guideline()))
    for said in ("Open 1. Why a switchback?", "Warning 2. The panel", "Done 3. Length of a slot", "Blocks 4. Onset"):
        assert said in text
    assert "4 steps: 1 blocked, 1 with a warning, 1 open, 1 done" in text
    assert "2. The panel [Warning W_PANEL_GAPS]" in to_text(guideline())


def test_a_step_shows_question_evidence_facts_recommendation_and_answer() -> None:
    for text in (re.sub(r"\s+", " ", stripped(guideline(steps=[step(1)]))), to_text(guideline(steps=[step(1)]))):
        assert "Half of the effect is there within 15 min." in text
        assert re.search("Share of the effect seen ?:? 83%", text)
        assert "Recommended: Slots of 60 min, burn-in of 15 min." in text
        assert "Answer: 60 min" in text
    assert "How long does one arm stay?" in stripped(guideline())


def test_an_open_answer_is_open_and_an_empty_one_is_not() -> None:
    assert "Answer: open" in to_text(guideline(steps=[step(1, answer=None)]))
    assert "Answer: open" in re.sub(r"\s+", " ", stripped(guideline(steps=[step(1, answer=None)])))


def test_the_steps_are_an_ordered_list_and_the_code_is_there_without_a_button() -> None:
    tags = [tag for tag, _ in Reader(to_html(guideline())).tags]
    assert tags.count("ol") == 1
    assert tags.count("li") == 4
    assert "button" not in tags
    assert "slot: 1h" in stripped(guideline())
    assert "dw.advise(design, history)" in to_text(guideline())
    lines = guideline(code=["one = 1", "two = 2"])
    assert "one = 1\ntwo = 2" in to_text(lines)


def test_without_steps_it_says_what_to_do() -> None:
    assert "Give a design and its history" in to_html(guideline(steps=[]))
    assert "Give a design and its history" in to_text(guideline(steps=[]))
