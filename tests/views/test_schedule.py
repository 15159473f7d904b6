"""The schedule before it is served: one day of all regions drawn, every slot in a table."""

from __future__ import annotations

import re

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import stripped
from tests.views.switchback_payloads import REGIONS, schedule, served


def lanes(html: str) -> list[list[str]]:
    found = re.findall(r'<div class="dw-lane"[^>]*>(.*?)</div>', html)
    return [re.findall(r'<i class="([^"]*)">', lane) for lane in found]


def test_the_first_day_is_drawn_and_hatched_where_arms_change() -> None:
    for cells, text in zip(lanes(to_html(schedule())), served(), strict=True):
        assert ["on" in css.split() for css in cells] == [arm == "1" for arm in text[:24]]
        changed = [at == 0 or text[at - 1] != text[at] for at in range(24)]
        assert ["b" in css.split() for css in cells] == changed


def test_every_slot_is_in_the_table() -> None:
    text = re.sub(r"\s+", " ", stripped(schedule()))
    arms = {"0": "○ Control", "1": "● Smoothed surge"}
    for at, when in ((0, "2026-11-02 00:00"), (335, "2026-11-15 23:00")):
        assert f"{when} {' '.join(arms[each[at]] for each in served())}" in text


def test_facts_and_what_is_not_analysed_are_said() -> None:
    text = re.sub(r"\s+", " ", stripped(schedule()))
    assert "Lost to burn-in 25%" in text
    assert "The first 15 min of every slot, changed or not, are not analysed." in text
    assert "14 days of 60 min slots from 2026-11-02 00:00, seed 7" in text


def test_text_draws_the_first_days_with_signs() -> None:
    text = to_text(schedule())
    signs = "".join("○●"[int(arm)] for arm in served()[1][:24])
    assert f"{REGIONS[1]}    {signs}" in text
    assert "and so on" in text
    assert "and so on" not in to_text(schedule(served=[each[:48] for each in served()], days=2))


def test_nothing_drawn_is_said() -> None:
    assert "No schedule was drawn yet." in to_html(schedule(regions=[], served=[]))
    assert "No schedule was drawn yet." in to_text(schedule(regions=[], served=[]))
