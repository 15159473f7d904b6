"""Do slots leak into each other? One sentence, and every lag in a table."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import stripped
from tests.views.switchback_payloads import acf

FLAT = [1.0, 0.01, -0.02, 0.0, 0.03, 0.01, 0.0, 0.01, 0.0]


@pytest.mark.parametrize(
    ("changes", "said", "tag"),
    [
        ({}, "correlated (lag 1: 0.26; noise limit ±0.05), and the link is gone by lag 3 (3 h).", "lag 1"),
        ({"gone_at": None}, "and the link is still there at lag 8.", "lag 1"),
        ({"acf": FLAT, "gone_at": 1}, "show no clear correlation (lag 1: 0.01; noise limit ±0.05).", "Within noise"),
        ({"acf": [1.0, -0.4, *FLAT[2:]]}, "correlated (lag 1: −0.40;", "lag 1"),
        ({"acf": [1.0, None, 0.1]}, "show no clear correlation (lag 1: unknown;", "Within noise"),
    ],
)
def test_the_sentence_names_lag_one_and_where_the_link_is_gone(changes: dict[str, object], said: str, tag: str) -> None:
    text = re.sub(r"\s+", " ", stripped(acf(**changes)))
    plain = re.sub(r"\s+", " ", to_text(acf(**changes)))
    assert re.sub(r" ([;,)])", r"\1", said) in re.sub(r" ([;,)])", r"\1", text)
    assert said in plain
    assert tag in text


def test_every_lag_is_in_the_table_and_coloured_by_the_band() -> None:
    html = to_html(acf())
    assert re.findall(r'<rect class="(above|within)"', html) == ["above", "above", *["within"] * 6]
    assert re.search(r"3 +3\u00a0h +0\.013 +no", to_text(acf()))
    assert "0.260" in html


def test_bars_hang_from_zero() -> None:
    html = to_html(acf())
    zero = re.search(r'class="zero" x1="0" x2="100" y1="([\d.]+)"', html)
    assert zero is not None
    bars = re.findall(r'<rect class="(?:above|within)"[^>]* y="([\d.]+)" height="([\d.]+)"', html)
    for (top, height), value in zip(bars, acf()["acf"][1:], strict=True):
        edge = float(top) + float(height) if value > 0 else float(top)
        assert edge == pytest.approx(float(zero[1]), abs=0.02)


def test_too_few_slots_is_said() -> None:
    for empty in ([], [1.0], [1.0, None]):
        assert "Too few neighbouring slots" in to_html(acf(acf=empty))
        assert "Too few neighbouring slots" in to_text(acf(acf=empty))
