"""The figure: the same readings, no window, no leftover state."""

from __future__ import annotations

import pickle
from io import BytesIO

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from decision_widgets.views.figure import forest
from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line
from tests.views.payloads import metrics, result, row, rows, simultaneous, withheld


def words(payload: Payload) -> list[str]:
    return [text.get_text() for text in forest(payload).axes[0].texts]


def test_it_prints_the_numbers_and_readings_of_the_card() -> None:
    assert {"+2.7%", "+1.3% to +4.1%", "Better", "Limit not ruled out", "p\u00a00.415"} <= set(words(result()))


def test_metrics_alone_draw_the_same() -> None:
    assert words(metrics()) == words(result())


def labels(payload: Payload) -> list[str]:
    return [label.get_text() for label in forest(payload).axes[0].get_yticklabels()]


def drawn(payload: Payload) -> bytes:
    file = BytesIO()
    forest(payload).savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


def test_every_row_is_named_and_a_failed_one_says_so_without_a_bar() -> None:
    assert labels(result())[-2:] == ["Margin", "Support contacts"]
    assert "Support contacts could not be computed." in words(result())
    with_it, without_it = (forest(metrics(given)).axes[0] for given in (rows(), rows()[:5]))
    assert len(with_it.lines) == len(without_it.lines)


def test_arms_are_named_when_there_are_several() -> None:
    assert labels(metrics([row(), row(arm="map", arm_index=2)])) == [
        "Booking conversion\nbadge",
        "Booking conversion\nmap",
    ]


def test_it_leaves_nothing_in_pyplot_and_saves() -> None:
    before = plt.get_fignums()
    file = BytesIO()
    forest(result()).savefig(file, format="png")
    assert file.tell() > 5000
    assert plt.get_fignums() == before


HOSTILE = [r"$\foo{$", "$x$ in US$", r"100\$ 5% a_b^c #1 & {", "two\nlines\tof \x1b[31mred"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_literal_everywhere(name: str) -> None:
    failed = {**rows()[5], "error": {"title": f"{name} failed.", "text": name, "do": name}}
    several = [row(label=name, arm=name), row(metric="b", label="B", arm="b"), failed]
    for shown in (several, [failed], [withheld(name), withheld("other")]):
        assert drawn(metrics(shown))
    assert labels(metrics(several))[0].replace("\n", " ") == f"{one_line(name)} {one_line(name)}"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_sign_that_the_font_lacks_is_drawn_without_a_warning(kind: str) -> None:
    # Warnings are errors in these tests, so drawing would fail.
    figure = forest(metrics([row(label="🚀 转化率")]))
    figure.savefig(BytesIO(), format=kind, bbox_inches="tight")
    with pytest.warns(UserWarning, match="Glyph .* missing"):
        plain_figure("🚀").savefig(BytesIO(), format=kind)


def test_other_warnings_of_matplotlib_still_come() -> None:
    figure = forest(result())
    figure.set_layout_engine("tight")
    with pytest.warns(UserWarning, match="not compatible with tight_layout"):
        figure.savefig(BytesIO())


def test_the_figure_can_be_kept() -> None:
    assert pickle.loads(pickle.dumps(forest(result()))).axes[0].texts


def test_an_invalid_result_says_in_words_why_nothing_is_drawn() -> None:
    figure = forest(metrics([withheld("fare"), withheld("trips")]))
    said = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert "No uplift is shown. The split is not the planned 50/50." in said
    assert "Arms hold 2,400 and 1,600" in said
    assert "Do: look at assignment." in said
    assert "Withheld: fare, trips." in said
    assert not figure.axes[0].axison


def test_rows_that_failed_for_reasons_of_their_own_are_listed_without_an_axis() -> None:
    other = {**rows()[5], "metric": "b", "label": "B", "error": {"code": "E", "title": "B is empty.", "text": ""}}
    axes = forest(metrics([rows()[5], other])).axes[0]
    assert [text.get_text() for text in axes.texts] == ["Support contacts could not be computed.", "B is empty."]
    assert list(axes.get_xticks()) == []
    assert axes.get_xlabel() == ""


def test_nothing_analysed_is_said() -> None:
    assert words(metrics([])) == ["No metric was analysed.", ""]


def test_a_row_without_a_bar_has_no_limit_zone() -> None:
    kept = row(role="guardrail", direction="decrease", limit=0.03, reading="within_limit")
    bare = {**rows()[4], "metric": "x", "label": "X", "limit": 0.03}
    zones = [len(forest(metrics(shown)).axes[0].patches) for shown in ([kept], [kept, bare])]
    assert zones == [1, 1]


def test_the_interval_that_decides_is_named_under_its_reading() -> None:
    shown = row(reading="unclear", **simultaneous(0.975, 0.027, -0.001, 0.055))
    assert "p\u00a0<\u00a00.001, adj.\u00a0<\u00a00.001\n97.5% interval includes 0" in words(metrics([shown]))


def plain_figure(text: str) -> Figure:
    figure = Figure()
    figure.text(0.5, 0.5, text)
    return figure
