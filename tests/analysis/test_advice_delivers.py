"""What an advice promises is what the analysis then delivers."""

from __future__ import annotations

from typing import Any

import pytest
from scipy import stats

import decision_widgets as dw
from decision_widgets.moments import TypedSummary
from decision_widgets.results.sizing_records import PairAdvice


def plan(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    return dw.BetweenSubject(participant="user", arm="variant", control="c", metrics=list(metrics) or ["y"], **words)


def known(metric: str = "y", **words: Any) -> TypedSummary:
    return TypedSummary(metric, **words)


def sized(advice: Any, metric: str = "y", arm: str | None = None) -> PairAdvice:
    row = advice.row(metric, arm)
    assert isinstance(row, PairAdvice)
    return row


@pytest.mark.parametrize("share", [0.98, 0.99, 0.9])
def test_a_rare_guardrail_is_planned_for_its_limit_and_no_more(share: float) -> None:
    row = sized(dw.advise(plan(dw.Metric("y", role="guardrail", limit=0.03)), known(mean=share)))
    z2 = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2
    assert row.n_control == pytest.approx(z2 * 2 * share * (1 - share) / (0.03 * share) ** 2, abs=3)
    assert row.power == pytest.approx(0.8, abs=0.005)
