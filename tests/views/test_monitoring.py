"""The monitoring card: one line first, tables that align, drawings that stay in their box."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from decision_widgets.views import html, text
from decision_widgets.views.looks_chart import HEIGHT, WIDTH, chart_html
from decision_widgets.views.looks_figure import looks_figure
from tests.views.payloads import monitoring


def with_row(**changes: Any) -> dict[str, Any]:
    payload = monitoring()
    payload["rows"] = [payload["rows"][0] | changes]
    return payload


def test_the_text_begins_with_the_decision_and_aligns_its_tables() -> None:
    said = text.to_text(monitoring()).splitlines()
    assert said[0].startswith("Stop for benefit: Fare +0.39 (95% interval +0.20 to +0.58")
    header = next(line for line in said if line.startswith("Metric"))
    row = next(line for line in said if line.startswith("Fare  "))
    for title, cell in (("Says", "Stop: benefit"), ("Information", "50%"), ("Boundary", "±3.00"), ("p", "<")):
        assert row[re.search(rf"\b{title}\b", header).start() :].startswith(cell)
    assert "the plain estimate there, +0.40, is exaggerated" in "\n".join(said)


def test_an_object_is_named_after_the_headline() -> None:
    assert text.to_text(monitoring(object="ETA badge")).startswith("Stop for benefit (ETA badge): ")
    assert "Stop for benefit</span> ETA badge" in html.to_html(monitoring(object="ETA badge"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"role": "guardrail", "is_past_limit": True, "verdict": "stop-harm"}, "Past its limit"),
        ({"role": "guardrail", "is_past_limit": False, "verdict": "stop-harm"}, "Worse"),
        ({"role": "guardrail", "verdict": "stop-benefit"}, "Better"),
        ({"verdict": "continue", "is_futile": True, "conditional_power": 0.04}, "ending with a benefit is 4.00%"),
        ({"error": {"code": "too-early", "text": "Few."}, "series": [], "planned_by": None}, "Too early"),
        ({"error": {"code": "E_NO_VARIATION", "text": "All are 1."}, "series": []}, "All are 1."),
        ({"effect_lower": None, "effect_upper": None, "boundary": None, "p_value": None}, "–"),
    ],
)
def test_every_row_says_what_holds(changes: dict[str, Any], said: str) -> None:
    payload = with_row(**changes)
    assert said in text.to_text(payload)
    assert said in html.to_html(payload)


def test_a_broken_split_shows_where_and_no_table_of_metrics() -> None:
    place = {"place": "segment", "name": "city", "level": "<Hanoi>", "observed": [10, 5], "p_value": 1e-5}
    found = {"first_alarm_day": "2026-11-04", "places": [place | {"p_value_elsewhere": 0.4}]}
    payload = monitoring(verdict="invalid", headline="Invalid", rows=[], diagnosis=found)
    assert "segment city = <Hanoi>: control 10, ETA badge 5 (p <\u00a00.001; elsewhere p 0.400)" in text.to_text(
        payload
    )
    assert "first failed on 2026-11-04" in html.to_html(payload)
    assert "<Hanoi>" not in html.to_html(payload)
    assert looks_figure(payload).axes == []


@pytest.mark.parametrize("effects", [[0.0], [0.4, -0.2, 1e6], [-5.0, -4.0]])
@pytest.mark.parametrize("boundary", [None, 0.3])
def test_a_drawing_stays_in_its_box(effects: list[float], boundary: float | None) -> None:
    row = deepcopy(monitoring()["rows"][0])
    point = row["series"][0]
    row["series"] = [
        point | {"date": f"2026-11-{at + 9:02}", "effect": effect, "boundary": boundary}
        | ({"effect_lower": None, "effect_upper": None} if at == 0 else {"effect_lower": -1.0, "effect_upper": 1.0})
        for at, effect in enumerate(effects)
    ]  # fmt: skip
    drawn = chart_html(row)
    for side, most in (("x", WIDTH), ("y", HEIGHT)):
        places = [float(place) for place in re.findall(rf'c?{side}[12]?="(-?[\d.]+)"', drawn)]
        assert places
        assert all(-5 <= place <= most + 5 for place in places)
    looks_figure(with_row(series=row["series"])).canvas.draw()
