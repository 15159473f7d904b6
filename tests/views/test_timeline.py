"""The timeline: every value under its arm, gaps as gaps, and nothing where values are withheld."""

from __future__ import annotations

import json
import re
from html import unescape

from decision_widgets.views import numbers
from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import Reader, stripped
from tests.views.switchback_payloads import REGIONS, served, timeline, timeline_with_gaps, withheld_timeline


def plan(html: str) -> dict[str, list[list[object]]]:
    found = re.search(r'data-plan="([^"]*)"', html)
    assert found is not None
    return json.loads(unescape(found[1]))


def test_every_value_of_every_metric_stands_in_a_table_beside_its_arm() -> None:
    payload = timeline()
    text = stripped(payload)
    for metric in payload["metrics"]:
        for at in (0, 200, 335):
            cells = [
                f"{'○●'[int(served()[region][at])]} "
                + numbers.level(payload["values"][metric["metric"]][region][at], metric["kind"])
                for region in range(4)
            ]
            assert " ".join(cells) in text, (metric["metric"], at)


def test_the_first_days_of_the_first_region_are_drawn_with_filled_and_hollow_dots() -> None:
    html = to_html(timeline()).rpartition("</style>")[2]
    dots = re.findall(r'<span class="dw-dot ([^"]*)" style="left:[\d.]+%;top:[\d.]+%">', html)
    assert dots == ["a1" if arm == "1" else "hollow a0" for arm in served()[0][:48]]
    tops = [float(top) for top in re.findall(r"top:([\d.]+)%\"></span>", html)]
    assert all(0 <= top <= 100 for top in tops)


def test_hatching_stands_only_where_the_arm_changed() -> None:
    html = to_html(timeline())
    lane = re.search(r'class="under"><div class="dw-lane"[^>]*>(.*?)</div>', html)
    assert lane is not None
    hatched = [" b" in f" {css}" and css.endswith("b") for css in re.findall(r'<i class="([^"]*)">', lane[1])]
    arms = served()[0][:48]
    assert hatched == [at > 0 and arms[at - 1] != arms[at] for at in range(48)]
    assert "--b:25%" in html
    assert "every slot, changed or not, are not analysed" in html


def test_without_a_burn_in_nothing_is_said_of_it() -> None:
    assert "burn-in" not in stripped(timeline(burn_in_min=0))


def test_all_regions_are_listed_with_their_counts() -> None:
    html = to_html(timeline())
    assert "All 14 days, 4 regions (1,344 slots)" in html
    for region in REGIONS:
        assert f'aria-label="{region}: 168 treatment and 168 control slots"' in html
    assert re.search(r"Central +168 +168 +0 +\d+", to_text(timeline()))


def test_missing_slots_are_a_gap_and_a_note() -> None:
    html = to_html(timeline_with_gaps())
    path = re.search(r'<path class="line" d="([^"]*)"', html)
    assert path is not None
    assert path[1].count("M") == 2
    assert "3 of these 48 slots have no data: gaps in the line." in html
    assert "1 slot served another arm than planned." in html
    assert "165" in to_text(timeline_with_gaps())


def test_withheld_values_are_nowhere_and_the_arms_stay() -> None:
    html = to_html(withheld_timeline())
    assert "Values are withheld" in html
    assert 'class="dw-plot' not in html
    assert plan(html)["scales"][0]["ticks"] == []
    assert not re.search(r"[○●] \d", Reader(html).text)
    assert "Central: 168 treatment" in html
    leaked = timeline(withheld=True)
    assert not re.search(r"[○●] \d", stripped(leaked))
    assert "withheld" in to_text(leaked)


def test_the_script_is_told_every_window_and_axis() -> None:
    told = plan(to_html(timeline()))
    assert [metric[0] for metric in told["metrics"]] == ["completed", "fare"]
    assert len(told["windows"]) == 13
    assert told["scales"][1]["ticks"][0][1] == "10"


def test_more_slots_than_a_page_holds_are_said_to_be_in_the_record() -> None:
    long = "01" * 5000
    payload = timeline(
        regions=["A"], served=[long], planned=None, switch=[long], values={"completed": [[0.5] * 10000]}, balance=None
    )
    html = to_html(payload)
    assert "later slots are in the record" in html
    assert len(re.findall("<tr>", html)) < 7000


def test_nothing_to_show_says_so() -> None:
    for empty in (timeline(regions=[], served=[]), timeline(served=["", "", "", ""])):
        assert "No slot has data yet." in to_html(empty)
        assert "no slot has data yet" in to_text(empty)


def test_slots_of_days_are_shown_too() -> None:
    text = "0110100110010110" + "01" * 6
    payload = timeline(
        regions=["all"], served=[text], planned=None, switch=[text], slot_min=1440, burn_in_min=120, together=True,
        values={"completed": [[0.5 + at / 100 for at in range(28)]]}, balance=None,
    )  # fmt: skip
    assert "All 28 days, all regions together (28 slots)" in to_html(payload)
