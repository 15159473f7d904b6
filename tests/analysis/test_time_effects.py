"""Which fixed effects of time a design has: known cases, and labels against the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import numpy as np
import pytest

import decision_widgets as dw
from decision_widgets.analysis.time_effects import TIME_NAMES, time_effects_of, time_labels
from decision_widgets.vocabulary import TimeEffects

HOUR = np.arange(500_000, 500_000 + 24 * 21, dtype=np.intp)
MOMENTS = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=int(hour)) for hour in HOUR]


@pytest.mark.parametrize(
    ("given", "n_regions", "days", "wanted"),
    [
        ({}, 3, 7, "calendar-hour"),
        ({}, 2, 7, "hour-of-day+date"),
        ({"regions": "together"}, 9, 7, "hour-of-day+date"),
        ({"slot": "1d"}, 2, 27.9, "hour-of-day"),
        ({"slot": "1d"}, 2, 28, "hour-of-day+weekday"),
        ({"slot": "1d"}, 3, 28, "calendar-hour"),
        ({"time_fe": "hour-of-week"}, 9, 90, "hour-of-week"),
    ],
)
def test_the_words_own_meaning(given: dict[str, str], n_regions: int, days: float, wanted: str) -> None:
    design = dw.Switchback(**{"time": "at", "slot": "2h", "region": "city", "metrics": ["x"], **given})  # type: ignore[arg-type]  # words of a design
    assert time_effects_of(design, n_regions, days) == wanted


def test_labels_are_those_of_the_calendar() -> None:
    labels = {name: each for word in TIME_NAMES for name, each in time_labels(word, HOUR).items()}
    assert labels["hour of day"].tolist() == [moment.hour for moment in MOMENTS]
    assert labels["weekday"].tolist() == [moment.weekday() for moment in MOMENTS]
    assert labels["hour of week"].tolist() == [24 * moment.weekday() + moment.hour for moment in MOMENTS]
    assert np.unique(labels["date"]).size == len({moment.date() for moment in MOMENTS})
    assert np.unique(labels["calendar hour"]).size == len(MOMENTS)


def test_every_word_but_the_usual_one_names_its_effects() -> None:
    assert set(TIME_NAMES) == set(get_args(TimeEffects)) - {"hour"}
