"""What-ifs of an advice: the same history asked again gives what asking afresh gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.analysis.what_if import WhatIf, ask, circumstances
from decision_widgets.errors import InputError
from tests.made import power_advice

TYPED = dw.TypedSummary(
    "booked", mean=0.35, icc=0.0425, observations_per_participant=3.96, cv_observations=0.534,
    participants_per_day=3450, variance_reduction=0.048,
)  # fmt: skip


def what(**asked: Any) -> WhatIf:
    return WhatIf(metric="booked", **asked)


@pytest.mark.parametrize("kind", ["typed", "history"])
def test_the_same_question_has_the_same_answer(kind: str) -> None:
    advice = power_advice(kind)
    lift = advice.question.effects["booked"]
    again = ask(advice, what(lift=lift))
    assert again.to_frame().equals(advice.to_frame())
    assert again.messages == advice.messages


@pytest.mark.parametrize(
    ("asked", "changed", "question"),
    [
        ({"lift": 0.03}, {}, {"effect": 0.03}),
        ({"participants": 30_000}, {}, {"participants": 30_000}),
        ({"days": 28}, {}, {"days": 28}),
        ({"lift": 0.02, "other_power": True}, {"power": 0.9}, {"effect": 0.02}),
        ({"lift": 0.02, "other_level": True}, {"alpha": 0.1}, {"effect": 0.02}),
        ({"lift": 0.02, "other_split": True}, {"arms": {"control": 0.8, "ETA badge": 0.2}}, {"effect": 0.02}),
        ({"days": 14, "more_arms": True}, {"arms": ["control", "ETA badge", "treatment 2"]}, {"days": 14}),
        ({"lift": 0.02, "other_covariates": True}, {"metrics": ["booked"]}, {"effect": 0.02}),
    ],
)
def test_a_what_if_is_the_question_that_python_would_be_asked(
    asked: dict[str, Any], changed: dict[str, Any], question: dict[str, Any]
) -> None:
    advice = power_advice("typed")
    found = ask(advice, what(**asked))
    design = dw.BetweenSubject(
        participant="user",
        arm="variant",
        control="control",
        **{"arms": {"control": 0.5, "ETA badge": 0.5}, "metrics": advice.design.metrics} | changed,
    )
    assert found.design == design
    assert found.to_frame().equals(dw.advise(design, TYPED, **question).to_frame())


def test_another_correlation_is_that_of_typed_numbers() -> None:
    advice = power_advice("typed")
    found, afresh = ask(advice, what(lift=0.02, icc=0.2)), replace(TYPED, icc=0.2)
    assert found.to_frame().equals(dw.advise(advice.design, afresh, effect=0.02).to_frame())
    assert "icc=0.2" in found.code()[1]


def test_another_correlation_scales_what_a_history_showed() -> None:
    advice = power_advice("history")
    less, more = (ask(advice, what(days=14, icc=icc)).metric("booked") for icc in (0.0, 0.5))
    assert less.design_effect == 1
    assert more.variance / less.variance == pytest.approx(more.design_effect)


def test_another_correlation_counts_the_observations_of_the_plans_own_days() -> None:
    rng = np.random.default_rng(5)
    user = np.repeat(np.arange(3_000), 12)
    history = pd.DataFrame({"user": user, "day": np.datetime64("2026-03-02") + rng.integers(0, 28, len(user))})
    history["y"] = 10 + rng.normal(size=3_000)[user] + rng.normal(size=len(user))
    design = dw.BetweenSubject(participant="user", arm="arm", control="a", arms=["a", "b"], time="day", metrics=["y"])
    advice = dw.advise(design, history, days=7)
    planned, longest = advice.metric("y"), dw.advise(design, history, days=28).metric("y")
    apart = ask(advice, WhatIf(metric="y", days=7, icc=0.0)).metric("y")
    assert planned.icc == pytest.approx(0.5, abs=0.03)
    assert longest.observations_per_participant == 12
    assert longest.design_effect == pytest.approx(1 + 11 * planned.icc)
    m, cv = planned.observations_per_participant, planned.cv_observations
    assert m < 4
    assert planned.design_effect == pytest.approx(1 + ((1 + cv**2) * m - 1) * planned.icc)
    # Independent observations: the variance of one, shared by those of a participant.
    assert apart.variance == pytest.approx(history["y"].var() / m, rel=0.05)


def test_a_guardrail_moves_its_limit_and_a_worthwhile_effect_its_minimum() -> None:
    guarded = power_advice("guardrail")
    assert ask(guarded, WhatIf(metric="wait", lift=0.02)).design.metrics[0].limit == 0.02
    worth = power_advice("worth")
    found = ask(worth, WhatIf(metric="fare", lift=0.04))
    assert found.row("fare", arm="A").relative_mde == pytest.approx(0.04)
    assert found.question.effects == {}


def test_an_advice_that_was_kept_can_be_asked() -> None:
    advice = power_advice("history")
    kept = dw.SizingAdvice.from_json(advice.to_json())
    assert ask(kept, what(days=14)).to_frame().equals(ask(advice, what(days=14)).to_frame())


def test_an_advice_without_its_history_says_what_to_do() -> None:
    bare = replace(power_advice("typed"), typed=())
    with pytest.raises(InputError, match="saved without the history of 'booked'; call advise again"):
        ask(bare, what(lift=0.02))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"metric": "booked"}, "exactly one of lift, participants and days"),
        ({"metric": "booked", "lift": 0.1, "days": 7}, "exactly one of lift, participants and days"),
        ({"metric": "booked", "lift": 0.0}, "lift must be"),
        ({"metric": "booked", "lift": 0.1, "icc": -0.1}, "icc must be"),
        ({"metric": "booked", "lif": 0.1}, "unknown key 'lif'. Did you mean 'lift'?"),
        ({"lift": 0.1}, "metric is missing"),
    ],
)
def test_a_wrong_request_names_its_problem(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        WhatIf.of(given)
    assert said in str(caught.value)


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no metric 'boked'\. Did you mean 'booked'"):
        ask(power_advice("typed"), WhatIf(metric="boked", lift=0.1))


def test_circumstances_are_plain_and_name_every_change() -> None:
    base = circumstances(power_advice("history"))
    assert base is not None
    assert [known["metric"] for known in base["metrics"]] == ["booked", "fare", "wait_minutes"]
    assert len({(s["more_arms"], s["other_split"], s["other_level"]) for s in base["scenarios"]}) == 8
    for scenario in base["scenarios"]:
        assert sum(scenario["shares"]) == pytest.approx(1)
        assert set(scenario["alphas"]) == {"booked", "fare", "wait_minutes"}


def test_nothing_sized_has_no_circumstances() -> None:
    design = dw.BetweenSubject(participant="u", arm="a", control="c", metrics=[dw.Metric("wait", role="guardrail")])
    unsized = dw.advise(design, dw.TypedSummary("wait", mean=1, std_dev=1), participants=10)
    assert unsized.plan is None or circumstances(unsized) is None
