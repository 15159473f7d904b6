"""The figure of the timeline: every region, every value, and nothing where values are withheld."""

from __future__ import annotations

from io import BytesIO

import matplotlib.pyplot as plt
import pytest

from decision_widgets.views.schemas import Payload
from decision_widgets.views.timeline_figure import timeline_figure
from tests.views.switchback_payloads import (
    REGIONS,
    served,
    switchback_result,
    timeline,
    timeline_with_gaps,
    withheld_timeline,
)


def titles(payload: Payload) -> list[str]:
    return [name for axes in timeline_figure(payload).axes if (name := axes.get_title(loc="left"))]


def points(payload: Payload, metric: str | None = None) -> list[int]:
    panels = [axes for axes in timeline_figure(payload, metric).axes if axes.collections]
    return [sum(len(each.get_offsets()) for each in axes.collections) for axes in panels]


def test_every_region_has_a_panel_with_all_its_values() -> None:
    assert titles(switchback_result()) == REGIONS
    assert points(timeline()) == [336] * 4


def test_a_gap_has_no_point() -> None:
    assert points(timeline_with_gaps()) == [333, 336, 336, 336]


def test_filled_points_are_those_of_the_treatment() -> None:
    hollow, filled = next(axes for axes in timeline_figure(timeline()).axes if axes.collections).collections
    assert (len(hollow.get_offsets()), len(filled.get_offsets())) == (served()[0].count("0"), served()[0].count("1"))


def test_another_metric_has_its_own_axis() -> None:
    figure = timeline_figure(timeline(), "fare")
    assert "Fare per trip" in figure.texts[0].get_text()
    labels = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert "12" in labels


def test_withheld_values_are_not_drawn_and_it_says_so() -> None:
    assert points(withheld_timeline()) == []
    assert points(timeline(withheld=True)) == []
    assert "withheld" in timeline_figure(withheld_timeline()).texts[0].get_text()


@pytest.mark.parametrize("name", ["$x^2", "<b>" * 100, "🚕 مدينة"])
def test_hostile_names_are_drawn_as_they_are(name: str) -> None:
    file = BytesIO()
    before = plt.get_fignums()
    timeline_figure(timeline(regions=[name, *REGIONS[1:]])).savefig(file, format="png")
    assert file.tell() > 5000
    assert plt.get_fignums() == before


def test_nothing_to_show_says_so() -> None:
    assert "No slot has data yet." in timeline_figure(timeline(regions=[], served=[])).texts[0].get_text()
