"""A design as a page: what it states and nothing else, as text whatever it holds."""

from __future__ import annotations

import re

import decision_widgets as dw
from decision_widgets.views.design_sheet import design_page
from tests.views.reader import Reader

HOSTILE = "<img src=x onerror=alert(1)>"


def read(design: dw.BetweenSubject | dw.Switchback) -> str:
    return Reader(design_page(design.to_dict())).text


def test_it_says_what_the_design_states_and_which_kind_it_is() -> None:
    metrics = ["booked", dw.Metric("wait", role="guardrail", direction="decrease", limit=0.03)]
    said = read(dw.BetweenSubject(name="eta", participant="u", arm="v", control="A", arms=["A", "B"], metrics=metrics))
    for part in ("eta", "Between-subject design", "Participant", "A: 0.5", "B: 0.5", "wait", "guardrail", "0.03"):
        assert part in said
    assert "Alpha" not in said
    within = read(dw.Switchback(time="t", slot="1h", burn_in="10min", metrics=["y"]))
    assert "Switchback design" in within
    assert "10min" in within


def test_names_are_text_and_long_lists_are_counted() -> None:
    arms = {HOSTILE: 0.5} | {f"arm {n}": 0.5 / 20 for n in range(20)}
    page = design_page(
        dw.BetweenSubject(name=HOSTILE, participant=None, arm="v", control=HOSTILE, arms=arms, metrics=["y"]).to_dict()
    )
    assert "<img" not in page
    assert "and 9 more" in page
    assert re.search(r"<script|\sid=", page) is None
