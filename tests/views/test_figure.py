"""The figure: the same readings, no window, no leftover state."""

from __future__ import annotations

from io import BytesIO

import matplotlib.pyplot as plt

from decision_widgets.views.figure import forest
from tests.views.payloads import metrics, result, row, rows


def words(payload: dict[str, object]) -> list[str]:
    return [text.get_text() for text in forest(payload).axes[0].texts]


def test_it_prints_the_numbers_and_readings_of_the_card() -> None:
    assert {"+2.7%", "+1.3% to +4.1%", "Better", "Limit not ruled out", "p\u00a00.415"} <= set(words(result()))


def test_metrics_alone_draw_the_same() -> None:
    assert words(metrics()) == words(result())


def test_rows_are_named_and_failed_ones_left_out() -> None:
    labels = [label.get_text() for label in forest(result()).axes[0].get_yticklabels()]
    assert labels == ["Booking conversion", "Fare per session", "Cancel rate", "Wait", "Margin"]


def test_arms_are_named_when_there_are_several() -> None:
    shown = forest(metrics([row(), row(arm="map", arm_index=2)]))
    labels = [label.get_text() for label in shown.axes[0].get_yticklabels()]
    assert labels == ["Booking conversion\nbadge", "Booking conversion\nmap"]


def test_it_leaves_nothing_in_pyplot_and_saves() -> None:
    before = plt.get_fignums()
    file = BytesIO()
    forest(result()).savefig(file, format="png")
    assert file.tell() > 5000
    assert plt.get_fignums() == before


def test_nothing_to_draw_is_an_empty_figure() -> None:
    assert words(metrics([rows()[5]])) == []
