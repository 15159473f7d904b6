"""The states of the switchback's cards: working, failed, out of date and empty, each said in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import Reader
from tests.views.switchback_payloads import acf, carryover, guideline, schedule, schedulecheck, simulation, timeline

CARDS = [timeline, acf, carryover, schedulecheck, guideline, simulation, schedule]
ERROR = {"error": {"code": "E_PANEL", "title": "It failed.", "text": "A region is missing.", "do": "name it"}}
each_card = pytest.mark.parametrize("made", CARDS, ids=lambda made: str(made.__name__))
Made = Callable[..., dict[str, Any]]


@each_card
def test_out_of_date_is_said_and_the_numbers_stay(made: Made) -> None:
    html = to_html(made(state={"stale": {"since": "2026-11-22", "reason": "40 rows came since."}}))
    assert "Out of date" in html
    assert "40 rows came since." in html
    assert "dw-stale" in html.rpartition("</style>")[2]
    assert len(Reader(html).text) > len(Reader(to_html(made())).text)


@each_card
def test_an_error_is_said_with_what_to_do(made: Made) -> None:
    for payload in (made(state=ERROR), {"schema": made()["schema"], "state": ERROR}):
        html = to_html(payload)
        assert Reader(html).open == []
        assert "It failed." in html
        assert "E_PANEL" in html


@each_card
def test_while_nothing_is_known_there_is_a_bar_or_a_sentence_and_nothing_else(made: Made) -> None:
    working = {"schema": made()["schema"], "state": {"progress": {"done": 3, "total": 10, "eta_s": None}}}
    assert 'role="progressbar"' in to_html(working)
    assert "<table" not in to_html(working)
    empty = {"schema": made()["schema"], "state": "empty"}
    assert 'class="dw-say"' in to_html(empty)
    assert to_text(empty)
