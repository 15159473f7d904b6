"""The sample ratio: counts beside the plan, and one word for what they mean."""

from __future__ import annotations

import re
from html import unescape

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.payloads import srm
from tests.views.reader import stripped

OFF = {"status": "mismatch", "observed": [21388, 19820], "p_value": 1e-14}


@pytest.mark.parametrize(
    ("changes", "tag", "said"),
    [
        ({}, "OK", "The split matches the planned 50/50 (p\u00a00.301; alarm below 0.001)."),
        (
            {"planned": False},
            "OK",
            "The split matches an equal split (p\u00a00.301; alarm below 0.001). No shares were",
        ),
        (OFF | {"planned": False}, "Mismatch", "The split is not an equal split (p\u00a0<\u00a00.001)."),
        ({"status": "watch", "p_value": 0.004}, "Watch", "The split is drifting from the planned 50/50 (p\u00a00.004;"),
        (OFF, "Mismatch", "The split is not the planned 50/50 (p\u00a0<\u00a00.001). Results can’t be trusted"),
        (
            {"status": "too_few", "observed": [34, 26], "expected": [30.0, 30.0]},
            "Too few to tell",
            "60 participants are too few to tell whether the split is the planned 50/50",
        ),
    ],
)
def test_the_split_is_a_word_and_a_sentence(changes: dict[str, object], tag: str, said: str) -> None:
    html, text = to_html(srm(**changes)), to_text(srm(**changes))
    assert re.search(rf'class="dw-tag[^"]*">(<svg.*?</svg>)?{tag}<', html)
    assert said in unescape(re.sub(r"</?b>", "", html))
    assert f"Sample ratio: {tag}. {said}" in text


def test_a_mismatch_is_red_and_the_rest_is_not() -> None:
    assert 'class="dw-tag toned t-bad"' in to_html(srm(**OFF))
    assert "t-bad" not in to_html(srm()).rpartition("</style>")[2]


def test_every_arm_has_its_count_beside_the_plan() -> None:
    said = re.sub(r"\s+", " ", stripped(srm()))
    assert "control 20,709 20,604 50.25% 50.00%" in said
    assert "badge 20,499 20,604 49.75% 50.00%" in said
    assert re.findall(r"badge +20,499 +20,604 +49\.75% +50\.00%", to_text(srm()))


def test_the_bar_is_as_long_as_the_counts_and_marked_where_the_plan_is() -> None:
    html = to_html(srm(observed=[30, 50, 20], expected=[50.0, 25.0, 25.0], arms=[*srm()["arms"], srm()["arms"][1]]))
    assert re.findall(r"style=\"flex:(\d+)", html) == ["30", "50", "20"]
    assert re.findall(r'class="edge" style="left:([\d.]+)%', html) == ["50.00", "75.00"]


def test_the_test_is_named() -> None:
    assert "Pearson’s χ²\u00a01.07, df\u00a01." in to_html(srm())
    assert "Exact multinomial test of the counts." in to_html(srm(method="exact multinomial"))


def test_nobody_counted_is_said() -> None:
    nobody = srm(observed=[], expected=[], arms=[])
    assert "No participant was counted." in to_html(nobody)
    assert "no participant was counted" in to_text(nobody)


def slice_(level: str, observed: list[int], p: float, column: str = "Platform") -> dict[str, object]:
    p_values = {"p_value": p / 2, "p_value_adjusted": p, "p_value_elsewhere": 0.5}
    return {"column": column, "level": level, "observed": observed, **p_values}


SLICES = {
    "n_slices": 40,
    "slices": [slice_("Android", [12327, 10750], 1e-9), slice_("<img src=x>", [9061, 9070], 0.947)],
}


def test_the_slice_where_the_split_is_off_stands_open_and_marked() -> None:
    html = to_html(srm(**OFF, cause="Start with platform Android.", **SLICES))
    assert "Results can’t be trusted until the cause is found. Start with platform Android.</p>" in html
    assert re.search(r'data-key="srm/slices" open><summary>.*?Checked in 40 slices, the 2 farthest off shown', html)
    assert html.count("name t-bad off") == 1
    said = re.sub(r"\s+", " ", stripped(srm(**OFF, **SLICES)))
    assert "Android Platform 12,327 10,750 46.58% < 0.001" in said
    assert "<img" not in html
    assert re.search(r"Platform: Android +12,327 +10,750 +46\.58%", to_text(srm(**OFF, **SLICES)))


def test_slices_of_a_split_that_holds_are_folded_and_neutral() -> None:
    html = to_html(srm(n_slices=1, slices=[slice_("iOS", [50, 49], 0.3)]))
    assert "Checked in 1 slice: smallest adj. p\u00a00.300" in html
    assert not re.search(r'data-key="srm/slices" open', html)
    assert "t-bad off" not in html
