"""Basic statistics: each metric in its own unit, each arm comparable with the next, raw values for sorting."""

from __future__ import annotations

import re

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.payloads import basics, statistics
from tests.views.reader import stripped


def test_each_metric_is_written_in_its_own_unit() -> None:
    said = re.sub(r"\s+", " ", stripped(basics()))
    assert "Booking conversion control 20,709 82,171 34.54% 47.5 pp 0.226" in said
    assert "Fare per session control 20,709 82,171 5.10 9.35 87.5" in said


def test_means_of_arms_show_their_difference() -> None:
    assert re.findall(r">(3\d\.\d+%)<", to_html(basics())) == ["34.54%", "35.48%"]


def test_what_is_missing_is_a_dash_and_has_nothing_to_sort_by() -> None:
    cells = re.findall(r'<td class="num"( data-v="[^"]*")?>(.*?)</td>', to_html(basics()))
    assert [raw for raw, text in cells if text == "–"] == ["", ""]
    assert ' data-v="0.345377"' in {raw for raw, _ in cells}


def test_missing_rows_have_a_column_only_where_there_are_some() -> None:
    assert "Missing" not in to_html(basics())
    some = basics([statistics(n_missing=76), statistics(arm="badge", arm_index=1)])
    assert "Missing" in to_html(some)
    assert re.findall(r"control +20,709 +82,171 +76 ", to_text(some))


def test_an_invalid_comparison_shows_counts_alone() -> None:
    hidden = dict.fromkeys(("mean", "std_dev", "variance"))
    payload = basics([statistics(**hidden), statistics(arm="badge", arm_index=1, **hidden)], withheld=True)
    for said in (stripped(payload), to_text(payload)):
        assert "82,171" in said
        assert "Means are withheld" in said
        assert not re.search(r"%|Mean\b|Std|Variance", said)


def test_what_is_counted_is_named_as_the_payload_names_it() -> None:
    for said in (stripped(basics(units="slots")), to_text(basics(units="slots"))):
        assert re.search(r"Metric\s+Arm\s+Slots\s+Observations", said)
        assert "Participants" not in said
    for said in (stripped(basics()), to_text(basics())):
        assert re.search(r"Metric\s+Arm\s+Participants\s+Observations", said)
    assert "<img" not in to_html(basics(units="<img src=x onerror=alert(1)>"))


def test_nothing_read_is_said() -> None:
    assert "No metric could be read." in to_html(basics([]))
    assert "no metric could be read" in to_text(basics([]))
