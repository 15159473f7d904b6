"""What a person wrote shows itself as they would write it, and can be pasted back."""

from __future__ import annotations

import pytest
from made import CONTROL, TREATMENT, design

import decision_widgets as dw

RATIO = dw.Metric(
    "cancel_rate",
    numerator="cancels",
    denominator="bookings",
    role="guardrail",
    direction="decrease",
    limit=0.02,
    covariates=("before",),
)


def test_a_design_shows_only_what_was_decided() -> None:
    shown = "BetweenSubject(participant='user', arm='variant', control='control', metrics=[Metric('spend')])"
    assert repr(design()) == shown


@pytest.mark.parametrize(
    "made",
    [
        design(),
        design("spend", dw.Metric("trips", kind="count", role="secondary"), alpha=0.1, missing="drop"),
        design(RATIO, "paid", strata=["city"], segments=["plan"], time="time", planned_days=14, name="Trial"),
        design(arms={CONTROL: 0.9, TREATMENT: 0.1}, planned_participants=5000),
        design(arms=[CONTROL, "a", "it's"]),
    ],
)
def test_a_design_evaluates_back(made: dw.BetweenSubject) -> None:
    assert eval(repr(made), {"BetweenSubject": dw.BetweenSubject, "Metric": dw.Metric}) == made


def test_a_long_design_has_a_line_for_each_word() -> None:
    lines = repr(design(RATIO, "paid", name="Trial")).splitlines()
    assert lines[0] == "BetweenSubject("
    assert "    metrics=[" in lines
    assert "        Metric('paid')," in lines
    assert lines[-2:] == ["    name='Trial',", ")"]


def test_a_metric_evaluates_back() -> None:
    assert repr(dw.Metric("spend", minimum_effect=0.01)) == "Metric('spend', minimum_effect=0.01)"
    assert eval(repr(RATIO), {"Metric": dw.Metric}) == RATIO
