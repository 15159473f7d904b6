"""What is described of values that were read anyway, and where a broken split is off."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from made import design, experiment

import decision_widgets as dw
from decision_widgets.results.cause import cause_text


def frame(participants: int = 4000) -> pd.DataFrame:
    made = experiment(participants)
    who = made.user - 1000
    platform = np.where(who % 3 == 0, "iOS", "Android")
    return made.assign(platform=platform, city=np.array(["Hanoi", "Manila"])[who % 2], fare=made.spend.clip(20) - 20)


def losing(made: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """Lose every fifth treated participant of a slice."""
    return made[~((made.variant == "treatment") & where & (made.user % 5 == 0))]


def test_amounts_and_numbers_are_described_and_yes_or_no_is_not() -> None:
    result = dw.analyze(frame(), design("spend", "paid", "trips", "fare"))
    assert [each.metric for each in result.distributions] == ["spend", "trips", "fare"]
    described = result.distributions[0]
    means = frame().groupby(["variant", "user"]).spend.mean()
    for arm, drawn in zip(described.arms, described.distribution.arms, strict=True):
        np.testing.assert_allclose(drawn.quantiles, np.quantile(means[arm], described.distribution.probabilities))


def test_nothing_is_described_where_nothing_was_read_or_may_be_shown() -> None:
    assert dw.analyze(frame(), design(), methods=[]).distributions == ()
    uneven = design(arms={"control": 0.9, "treatment": 0.1})
    invalid = dw.analyze(frame(), uneven)
    assert (invalid.decision.verdict, invalid.distributions) == ("invalid", ())
    assert "dw.distribution/1" not in json.dumps(invalid.to_payload())


def test_values_that_cannot_be_drawn_cost_only_their_own_card() -> None:
    made = frame(400).assign(far=lambda rows: np.where(rows.user % 2, 1e9, 1e9 + 0.01))
    result = dw.analyze(made, design("spend", "far"))
    assert [each.metric for each in result.distributions] == ["spend"]


def test_the_slice_that_loses_participants_is_named_first() -> None:
    made = frame()
    split = design(arms={"control": 0.5, "treatment": 0.5}, segments=["platform", "city"])
    result = dw.analyze(losing(made, made.platform == "Android"), split)
    assert result.decision.verdict == "invalid"
    card = next(card for card in result.to_payload()["cards"] if card["schema"] == "dw.srm/1")
    worst = card["slices"][0]
    assert (worst["column"], worst["level"]) == ("Platform", "Android")
    assert card["cause"].startswith("Start with platform Android: the split is off there (p")
    assert "holds elsewhere" in card["cause"]
    assert "Start with platform Android" in result.to_text().splitlines()[1]


def test_a_loss_everywhere_is_not_laid_at_one_slices_door() -> None:
    made = frame(12_000)
    split = design(arms={"control": 0.5, "treatment": 0.5}, segments=["platform"])
    result = dw.analyze(losing(made, made.platform != ""), split)
    assert "elsewhere too" in cause_text(result.diagnosis)
    made = frame(4000)
    cities = dw.analyze(losing(made, made.platform != ""), design(arms=split.arms, segments=["city"]))
    assert cities.diagnosis is not None
    assert cause_text(cities.diagnosis)


@pytest.mark.parametrize("columns", [{}, {"segments": ["constant"]}])
def test_without_slices_nothing_is_said_of_them(columns: dict[str, list[str]]) -> None:
    made = frame(200).assign(constant="all")
    assert dw.analyze(made, design(**columns)).diagnosis is None
    assert cause_text(None) == ""


def test_slices_too_small_for_the_test_are_not_tested() -> None:
    made = frame(400)
    made["platform"] = np.where(made.user < 1006, "rare", made.platform)
    result = dw.analyze(made, design(segments=["platform"]))
    assert result.diagnosis is not None
    assert {place.level for place in result.diagnosis.places} == {"iOS", "Android"}
