"""The distribution card: what is drawn, what is said, and what stands in the table for readers without styles."""

from __future__ import annotations

import re
from typing import Any

import pytest

from decision_widgets.estimates import distribution
from decision_widgets.moments import Sample
from decision_widgets.views.distribution import to_html, to_text
from decision_widgets.views.histogram import bin_names
from tests.views.reader import Reader

EVIL = "<img src=x onerror=alert(1)>"


def spread(*arms: list[float], **changes: Any) -> dict[str, Any]:
    found = distribution([Sample.of(values) for values in arms]).to_dict()
    names = ["control", *(f"arm {at}" for at in range(1, len(arms)))]
    described = [
        {"arm": name, "arm_index": at} | arm
        for at, (name, arm) in enumerate(zip(names, found.pop("arms"), strict=True))
    ]
    named = {"metric": "fare", "label": "Fare", "kind": "continuous", "role": "primary", "sampled": False}
    return {**named, **found, "arms": described, **changes}


def payload(*metrics: dict[str, Any]) -> dict[str, Any]:
    return {"schema": "dw.distribution/1", "state": "ready", "metrics": list(metrics)}


def test_a_long_tail_has_a_bar_that_says_how_far_it_reaches() -> None:
    html = to_html(payload(spread([*range(1, 101), 990.0], [*range(1, 101), 12.5])))
    assert "Last bar: 105 and more, up to 990" in html
    assert 'data-label="105+"' in html
    assert html.count("<path") == 2


def test_each_bin_of_whole_numbers_is_named_by_what_is_in_it() -> None:
    assert bin_names(spread([0, 1, 1, 2], [2, 3])) == ["below 0", "0", "1", "2", "3", "4 and more"]
    wide = bin_names(spread(list(range(100)), list(range(100))))
    assert wide[1:3] == ["0 to 4", "5 to 9"]


def test_zeros_are_told_and_not_drawn() -> None:
    html = to_html(payload(spread([0, 0, 1.5, 2.5], [0, 1.5, 1.5, 3.5])))
    assert "Zeros are 50.0% under control and 25.0% under arm 1, and not drawn." in html
    assert "Among values other than 0 the middle value is 2.00 under control and 1.50 under arm 1." in html


def test_several_metrics_are_behind_their_names_and_the_first_is_open() -> None:
    html = to_html(payload(spread([1, 2.5], [2, 3]), spread([1, 2.5], [2, 3], metric="wait", label="Wait")))
    assert re.findall(r'data-key="distribution/(\w+)"( open)?', html) == [("fare", " open"), ("wait", "")]


def test_an_arm_of_zeros_only_has_no_bars_and_no_quantiles() -> None:
    shown = payload(spread([0, 0, 1.5, 2.5, 3], [0, 0.0], [0, 1.5, 2, 2]))
    html, text = to_html(shown), to_text(shown)
    assert html.count("<path") == 2
    assert re.search(r"arm 1( +–){7}", text)
    assert "2.00 under arm 2" in text


def test_a_sample_says_that_it_is_one() -> None:
    assert "From a random sample of 4 of 4 participants." in to_text(payload(spread([1, 2], [3, 4], sampled=True)))


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1.0, 1e6, 1e12])
def test_ticks_are_within_the_box_and_readable(scale: float) -> None:
    html = to_html(payload(spread([scale * value for value in range(1, 50)], [scale * 3.5])))
    ticks = re.findall(r'class="xt" style="left:([\d.]+)%;top:100.00%" data-label="([^"]+)"', html)
    assert 3 <= len(ticks) <= 9
    assert all(-1 <= float(left) <= 101 for left, _ in ticks)
    assert len({label for _, label in ticks}) == len(ticks)
    assert all(len(label) <= 12 for _, label in ticks)


def test_names_are_text_everywhere() -> None:
    hostile = spread([1, 2.5], [2, 3], label=EVIL, metric=EVIL)
    hostile["arms"][1]["arm"] = EVIL
    html = to_html(payload(hostile, hostile | {"metric": "other"}))
    assert "<img" not in html
    assert "img" not in {tag for tag, _ in Reader(html).tags}


def test_nothing_to_show_says_so() -> None:
    assert "No values were read." in to_html(payload())
    assert to_text(payload()) == "Distribution: no values were read."
