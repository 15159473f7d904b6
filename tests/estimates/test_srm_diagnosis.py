"""The search for the cause of a wrong sample ratio."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    SampleRatioDiagnosis,
    adjust_p_values,
    diagnose_sample_ratio,
    homogeneity_p,
    sample_ratio,
    sequential_sample_ratio,
)

BROWSERS = {"Chrome": [5_010, 4_980], "Safari": [2_000, 1_700], "Firefox": [480, 501]}
PLATFORMS = {"web": [3_745, 3_590], "app": [3_745, 3_591]}


def test_the_faulty_level_leads_and_the_rest_is_clean() -> None:
    found = diagnose_sample_ratio([1, 1], segments={"browser": BROWSERS, "platform": PLATFORMS})
    first = found.places[0]
    assert (first.place, first.name, first.level) == ("segment", "browser", "Safari")
    assert first.p_value == sample_ratio([2_000, 1_700], [1, 1]).p_value
    assert first.p_value_elsewhere == pytest.approx(sample_ratio([5_490, 5_481], [1, 1]).p_value)
    assert first.p_value_elsewhere > 0.5


def test_levels_of_all_dimensions_are_one_family() -> None:
    found = diagnose_sample_ratio([1, 1], segments={"browser": BROWSERS, "platform": PLATFORMS})
    family = {place.level: place for place in found.places}
    levels = [*BROWSERS, *PLATFORMS]
    expected = adjust_p_values([family[level].p_value for level in levels], "holm")
    assert [family[level].p_value_adjusted for level in levels] == pytest.approx(expected)
    adjusted = [place.p_value_adjusted for place in found.places]
    assert adjusted == sorted(adjusted)


def test_the_stage_that_loses_participants_is_named() -> None:
    stages = {"assigned": [5_000, 5_000], "exposed": [4_900, 4_500], "analysed": [4_410, 4_052]}
    found = diagnose_sample_ratio([0.5, 0.5], stages=stages)
    exposed, analysed = found.losses
    assert (exposed.before, exposed.after) == ("assigned", "exposed")
    assert exposed.kept_share == pytest.approx((0.98, 0.9))
    assert exposed.p_value == homogeneity_p([4_900, 4_500], [100, 500]) < 1e-10
    assert analysed.p_value > 0.5
    assert found.places[-1].level == "assigned"
    assert found.places[0].p_value_elsewhere is None


def test_the_day_of_the_first_alarm_is_that_of_the_cumulative_counts() -> None:
    days = {f"2026-05-{day:02d}": [1_000, 1_000] if day < 8 else [1_000, 800] for day in range(1, 15)}
    found = diagnose_sample_ratio([1, 1], days=days, planned_participants=28_000)
    cumulative = np.cumsum(list(days.values()), axis=0).tolist()
    sequence = sequential_sample_ratio(cumulative, [1, 1], planned_participants=28_000)
    assert found.by_day == sequence
    assert sequence.first_alarm is not None
    assert found.first_alarm_day == list(days)[sequence.first_alarm] > "2026-05-08"
    assert {place.level for place in found.places[:7]} == {f"2026-05-{day:02d}" for day in range(8, 15)}


def test_a_clean_split_has_no_alarm() -> None:
    found = diagnose_sample_ratio([1, 1], days={"1": [50, 52], "2": [60, 55]}, stages={"assigned": [110, 107]})
    assert found.first_alarm_day is None
    assert found.losses == ()
    assert min(place.p_value_adjusted for place in found.places) > 0.3


def test_empty_levels_are_said_and_thin_ones_are_exact() -> None:
    found = diagnose_sample_ratio([1, 1, 1], segments={"os": {"BeOS": [0, 0, 0], "Linux": [4, 0, 1]}})
    assert found.empty == ("os: BeOS",)
    assert [place.level for place in found.places] == ["Linux"]
    assert found.places[0].p_value == sample_ratio([4, 0, 1], [1, 1, 1]).p_value
    assert found.places[0].p_value_elsewhere is None


def test_nobody_at_a_stage_keeps_no_share() -> None:
    found = diagnose_sample_ratio([1, 1], stages={"assigned": [10, 0], "exposed": [9, 0]})
    assert found.losses[0].kept_share == (0.9, None)


def test_a_diagnosis_survives_its_plain_form() -> None:
    found = diagnose_sample_ratio(
        [1, 1], segments={"browser": BROWSERS}, stages={"assigned": [10, 9], "exposed": [8, 9]}, days={"1": [5, 9]}
    )
    assert SampleRatioDiagnosis.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "participants in at least one"),
        ({"segments": {"os": {"BeOS": [0, 0]}}}, "participants in at least one"),
        ({"segments": {"os": {"Linux": [1, 2, 3]}}}, "one count for each of the 2 arms"),
        ({"stages": {"assigned": [5, 5], "exposed": [6, 5]}}, "give stages in their order"),
        ({"days": {"1": [-1, 5]}}, "Counts are not negative"),
        ({"days": {"1": [1.5, 5]}}, "whole numbers"),
    ],
)
def test_what_cannot_be_diagnosed_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        diagnose_sample_ratio([1, 1], **given)
