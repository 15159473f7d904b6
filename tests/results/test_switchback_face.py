"""A switchback's own result and advice in the cards: what the analysis sends is what the views read."""

from __future__ import annotations

import re
from functools import cache

import pytest

import decision_widgets as dw
from decision_widgets.views.html import part
from tests.views.reader import Reader

REGIONS = ["Central", "<img src=x onerror=alert(1)>", "South"]


def design() -> dw.Switchback:
    return dw.Switchback(
        time="time",
        slot="4h",
        region="region",
        burn_in="1h",
        arm="arm",
        metrics=["completed", dw.Metric("wait_minutes", role="guardrail", direction="decrease", limit=0.05)],
        segments=["rain"],
        name="surge",
    )


@cache
def result() -> dw.SwitchbackResult:
    plan = dw.schedule(design(), start="2026-11-02", days=10, regions=REGIONS)
    trips = dw.examples.marketplace(plan, history_days=14)
    return dw.analyze(trips, design().with_schedule(plan))


@cache
def advice() -> dw.SwitchbackAdvice:
    trips = dw.examples.marketplace(days=1, history_days=28, regions=3)
    past = trips[trips.arm.isna()].drop(columns="arm")
    return dw.advise(design(), past, effect=0.05, days=14, draws=50)


@pytest.mark.parametrize("made", [result, advice])
def test_every_card_of_it_is_shown_by_this_version(made: object) -> None:
    payload = made().to_payload()
    html = made().to_html()
    assert 'data-card="unknown"' not in html
    assert len(re.findall(r"<article ", html)) >= len(payload["cards"])
    assert "<img" not in html
    for card in payload["cards"]:
        assert Reader(part(card)).open == []


def test_the_cards_stand_in_the_order_of_the_design() -> None:
    schemas = [card["schema"] for card in result().to_payload()["cards"]]
    assert schemas == [
        f"dw.{name}/1"
        for name in (
            *("verdict", "metrics", "warnings", "timeline", "acf", "carryover", "schedulecheck"),
            *("hte", "basics", "tests"),
        )
    ]


def test_the_timeline_draws_what_was_served() -> None:
    shown = next(card for card in result().to_payload()["cards"] if card["schema"] == "dw.timeline/1")
    html = part(shown)
    dots = re.findall(r'<span class="dw-dot ([^"]*)" style="left:', html)
    assert ["1" if css == "a1" else "0" for css in dots] == list(shown["served"][0][: len(dots)])
    assert "All 10 days, 3 regions (180 slots)" in html
    assert "balanced: 3 + 3 slots per region and day" in html


def test_it_is_drawn_for_slides_too() -> None:
    figure = result().timeline_figure()
    assert [name for axes in figure.axes if (name := axes.get_title(loc="left"))] == sorted(REGIONS)
