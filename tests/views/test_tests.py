"""The test toolbox: one recommended row, the others beside it, and no test that vanishes without a reason."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.payloads import tool, tool_rows, toolbox
from tests.views.reader import stripped


def rows_of(html: str) -> list[str]:
    return re.findall(r"<tr>(.*?)</tr>", html)[1:]


def test_exactly_the_recommended_row_is_marked_and_it_comes_first() -> None:
    marked = ["recommended</span>" in row for row in rows_of(to_html(toolbox()))]
    assert marked == [True, False, False, False, False]
    assert "1 recommended · 4 others" in to_html(toolbox())


def test_a_row_says_statistic_degrees_p_and_estimate_with_its_interval() -> None:
    said = re.sub(r"\s+", " ", stripped(toolbox()))
    assert (
        "OLS, SE clustered by rider_id, CR2, 41,208 clusters Means badge available t 2.25 41,207 0.025 "
        "+0.110 (+0.014 to +0.206) Difference in means, every observation counting once" in said
    )
    assert re.search(r"available +t\u00a02\.25 +41,207 +0\.025 +\+0\.110 \(\+0\.014 to \+0\.206\)", to_text(toolbox()))


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"unit": "probability", "estimate_name": "P(t > c)"}, "continuous", "11.0% (1.4% to 20.6%) P(t &gt; c)"),
        ({"unit": "number", "estimate_name": "odds ratio"}, "binary", "0.110 (0.014 to 0.206) odds ratio"),
        ({}, "binary", "+11.0\u00a0pp (+1.4 to +20.6\u00a0pp)"),
        ({"estimate_lower": None, "estimate_upper": None}, "count", "+0.11"),
        ({"estimate_upper": None}, "count", "+0.110 (at least +0.014)"),
    ],
)
def test_an_estimate_is_written_in_its_unit(changes: dict[str, object], kind: str, said: str) -> None:
    html = to_html(toolbox({"metric": "m", "label": "M", "kind": kind, "rows": [tool(**changes)]}))
    cell = re.findall(r'class="num estimate">(.*?)</td>', html)[0]
    assert re.sub(r"<[^>]*>", "", cell) == said


def test_a_test_that_does_not_apply_keeps_its_row_and_its_reason() -> None:
    last = rows_of(to_html(toolbox()))[-1]
    assert "Wilcoxon signed rank" in last
    assert "not applicable" in last
    assert "Participants of two arms are no pairs. <code>E_SMALL_N</code>" in last
    assert last.count(">–</td>") == 4
    assert re.search(r"Wilcoxon signed rank .*not applicable .*Participants of two arms", to_text(toolbox()))


def test_arms_are_named_where_rows_are_about_several() -> None:
    assert '<th scope="col">Arm</th>' in to_html(toolbox())
    alone = toolbox({"metric": "m", "label": "M", "kind": "count", "rows": [tool()]})
    assert "Arm" not in to_html(alone).rpartition("</style>")[2]
    everybody = toolbox(
        {"metric": "m", "label": "M", "kind": "count", "rows": [tool(), tool(arm=None, arm_index=None)]}
    )
    assert "all arms" in to_html(everybody)


def test_several_metrics_are_behind_their_names_and_the_first_is_open() -> None:
    many = [{"metric": name, "label": name, "kind": "count", "rows": tool_rows()} for name in ("a", "b")]
    html = to_html(toolbox(*many))
    assert re.findall(r'data-key="([^"]*)"( open)?', html) == [("tests/a", " open"), ("tests/b", "")]
    assert html.count("1 recommended · 4 others") == 2
    assert to_text(toolbox(*many)).count("Test toolbox: ") == 2


def test_nothing_run_is_said() -> None:
    nothing = toolbox({"metric": "m", "label": "M", "kind": None, "rows": []})
    assert "No test was run." in to_html(nothing)
    assert "no test was run" in to_text(nothing)
