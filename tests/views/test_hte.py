"""Subgroups: whether groups differ comes first, and only then may a group be read on its own."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.payloads import column, columns, divided, divided_metric, group, hte
from tests.views.reader import stripped

CLEAR = {"p_value": 0.001, "p_value_adjusted": 0.002}


def clear(**changes: object) -> dict[str, object]:
    return hte(divided_metric(divided(columns(**CLEAR | changes))))


def bars(html: str) -> dict[str, str]:
    found = re.findall(r'class="dw-forest (t-\w+)" role="img" aria-label="(\w+)[^"]*">.*?class="bar( hollow)?', html)
    return {name: tone + hollow for tone, name, hollow in found}


def test_no_group_is_coloured_while_the_groups_do_not_differ() -> None:
    own = bars(to_html(hte()))
    assert own.pop("All") == "t-good"
    assert own == dict.fromkeys(("new", "casual", "Hanoi", "Manila"), "t-none hollow")


def test_groups_of_a_column_that_differs_are_read_each_by_its_own_interval() -> None:
    own = bars(to_html(clear()))
    assert own["Hanoi"] == "t-bad"
    assert own["Manila"] == "t-good"
    assert own["new"] == "t-none hollow"
    assert bars(to_html(clear(p_value_adjusted=0.05)))["Manila"] == "t-none hollow"


def test_the_test_of_a_column_stands_before_its_groups() -> None:
    said = re.sub(r"\s+", " ", stripped(hte()))
    order = [
        *("All participants", "Rider tenure difference between groups: p 0.744, adj. 0.744", "new", "casual"),
        *("City difference between groups: p 0.150, adj. 0.300", "Hanoi", "Manila"),
    ]
    places = [said.index(words, said.index("Participants ")) for words in order]
    assert places == sorted(places)


def test_a_single_comparison_has_no_adjusted_p() -> None:
    alone = column("city", [group("a", 0.1, 0.0, 0.2)], family=1, p_value=0.04, p_value_adjusted=0.04)
    html = to_html(hte(divided_metric(divided([alone]))))
    assert "difference between groups: p\u00a00.040</td>" in html
    assert "after adjustment" not in html


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (
            hte(),
            "No subgroup difference is reliable after adjustment for 2 comparisons. City differs most, but among 2",
        ),
        (hte(), "a gap this size appears by chance in about 1 of 3 experiments. Treat it as a question"),
        (
            clear(),
            "The effect differs by City after adjustment for 2 comparisons: there read the groups, elsewhere the",
        ),
        (
            hte(divided_metric(divided(columns(**CLEAR)), divided(arm="map", index=2))),
            "The effect differs by City (badge) after adjustment for 4 comparisons",
        ),
        (hte(divided_metric(divided([column("city", [], p_value=None, p_value_adjusted=None)]))), "No groups could be"),
    ],
)
def test_a_sentence_says_whether_anybody_responds_differently(payload: dict[str, object], said: str) -> None:
    assert said in re.sub(r"</?b>", "", to_html(payload))
    assert said in to_text(payload)


def test_a_gap_that_chance_brings_every_other_time_is_not_named() -> None:
    weak = hte(divided_metric(divided(columns(p_value_adjusted=0.6))))
    assert "differs most" not in to_html(weak)


def test_of_columns_with_one_adjusted_p_the_one_that_differs_most_is_named() -> None:
    tied = [column("a", [], p_value=0.2, p_value_adjusted=0.3), column("b", [], p_value=0.15, p_value_adjusted=0.3)]
    assert "B differs most" in to_html(hte(divided_metric(divided(tied))))


def test_a_group_without_an_effect_keeps_its_row_and_says_why() -> None:
    row = re.search(r'<tr[^>]*refused".*?</tr>', to_html(hte()))
    assert row is not None
    assert "unknown" in row[0]
    assert "No effect. Arm badge has 2; a standard error needs at least 3." in row[0]
    assert 'class="bar' not in row[0]
    assert re.search(r"unknown +Arm badge has 2", to_text(hte()))


def test_a_column_that_could_not_be_compared_says_why() -> None:
    html = to_html(hte(divided_metric(divided([column("city", [], p_value=None, reason="It has 40 levels.")]))))
    assert "Not compared. It has 40 levels." in html


def test_thin_groups_and_participants_in_no_group_are_named() -> None:
    said = re.sub(r"\s+", " ", stripped(hte()))
    assert re.search(r"Manila [·|\[○━\]]+ \+3\.1 pp \( \+1\.2 to \+5\.0 pp \) 101 \( few \)", said)
    assert "Participants in no group: 12 with no value, 3 with several values." in said
    assert "101 (few)" in to_text(hte())


def test_all_groups_of_a_metric_share_one_axis_in_its_own_unit() -> None:
    html = to_html(hte(divided_metric(divided(), divided(arm="map", index=2))))
    assert html.count('class="dw-axis"') == 1
    assert "Bars show the uplift in percentage points." in html
    (ticks,) = re.findall(r'class="dw-axis".*?</div>', html)
    assert re.findall(r'data-label="([^"]*)"', ticks) == ["−6", "−4", "−2", "0", "+2", "+4", "+6"]


def test_each_treatment_has_its_groups_under_its_name() -> None:
    html = to_html(hte(divided_metric(divided(), divided(arm="map", index=2))))
    assert re.findall(r'<i class="dw-dot sq (a\d)"></i>(\w+)</span></th>', html) == [("a1", "badge"), ("a2", "map")]
    assert 'class="dw-grow arm"' not in to_html(hte())


def test_several_metrics_are_behind_their_names_and_the_first_is_open() -> None:
    other = divided_metric(divided(columns(**CLEAR)), metric="fare", label="Fare", kind="continuous")
    html = to_html(hte(divided_metric(), other))
    assert re.findall(r'<details class="dw-fold" data-key="([^"]*)"( open)?', html) == [
        ("hte/booking_conversion", " open"),
        ("hte/fare", ""),
    ]
    assert "no reliable difference" in html
    assert "differs by City" in html
    assert "<details" not in to_html(hte())


def test_columns_whose_names_read_alike_show_their_raw_names() -> None:
    alike = [column("a_b", []), {**column("a b", []), "label": "A b"}]
    assert re.findall(r'dw-grow column"><th[^>]*>(.*?)<', to_html(hte(divided_metric(divided(alike))))) == [
        "a_b",
        "a b",
    ]


def test_what_is_counted_is_named_as_the_payload_names_it() -> None:
    told = {"units": "slots", "left_out": "rows"}
    for said in (stripped(hte(**told)), to_text(hte(**told))):
        assert "All slots" in said
        assert "Rows in no group: 12 with no value, 3 with several values." in said
        assert "articipants" not in said
    assert re.search(r"95% interval +Slots\n", to_text(hte(**told)))
    assert "Slots in no group: 12" in stripped(hte(units="slots"))
    assert "<img" not in to_html(hte(units="<img src=x onerror=alert(1)>"))


def test_a_refused_group_has_no_count_that_reads_like_the_others() -> None:
    (line,) = re.findall(r"^.*\bunknown .*$", to_text(hte()), flags=re.MULTILINE)
    assert line.rstrip().endswith("a standard error needs at least 3.")


def test_a_metric_without_a_recommended_effect_shows_its_groups_alone() -> None:
    html = to_html(hte(divided_metric({**divided(), "overall": None})))
    assert "All participants" not in html
    assert "Hanoi" in html
