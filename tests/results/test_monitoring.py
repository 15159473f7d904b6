"""A monitoring result is one record: it survives JSON, its first line is the decision, every view shows the same."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, fields
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from analysis.test_bad_input import numbers_in
from house.test_records_are_frozen import records_in
from made import CONTROL, TREATMENT, design, running

import decision_widgets as dw
from decision_widgets.vocabulary import CARD_MIME

PLAN = design(
    "spend",
    dw.Metric("paid", role="guardrail", limit=0.5),
    time="time",
    name="Trial",
    planned_days=14,
    monitoring={"rule": "obf", "looks": 3},
)


def broken() -> pd.DataFrame:
    frame = running(900)
    return frame[(frame.variant == CONTROL) | (frame.user % 2 == 0)]


RESULTS = {
    "continue": lambda: dw.monitor(running(900), PLAN, looks=["2026-11-06"]),
    "stop-benefit": lambda: dw.monitor(running(900, effect=2.0), PLAN),
    "too-early": lambda: dw.monitor(running(150), PLAN),
    "invalid": lambda: dw.monitor(broken(), PLAN),
    "plan-reached": lambda: dw.monitor(running(900, arms=3), PLAN),
}
FIRST = {
    "continue": "Continue: No boundary is crossed. Spend",
    "stop-benefit": "Stop for benefit: Spend +",
    "too-early": "Too early: No look counts yet",
    "invalid": "Invalid: The split is not the planned 50/50.",
    "plan-reached": "Plan reached: No boundary was crossed up to the end of the plan. Spend under treatment",
}


@pytest.fixture(scope="module", params=RESULTS)
def result(request: pytest.FixtureRequest) -> dw.MonitoringResult:
    made: dw.MonitoringResult = RESULTS[request.param]()
    assert made.decision.verdict == request.param
    return made


def test_it_survives_json(result: dw.MonitoringResult) -> None:
    restored = dw.MonitoringResult.from_json(result.to_json())
    assert restored == result == dw.MonitoringResult.from_dict(json.loads(result.to_json()))
    assert restored.to_payload() == result.to_payload()
    assert restored.to_text() == result.to_text()
    pd.testing.assert_frame_equal(restored.to_frame(), result.to_frame())


def test_every_record_inside_survives_and_cannot_be_changed(result: dw.MonitoringResult) -> None:
    for record in records_in(result):
        assert type(record).from_dict(record.to_dict()) == record
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            setattr(record, fields(record)[0].name, None)


def test_every_number_is_finite(result: dw.MonitoringResult) -> None:
    assert all(map(math.isfinite, numbers_in(result.to_dict())))
    assert all(map(math.isfinite, numbers_in(result.to_payload())))


def test_the_first_line_is_the_decision(result: dw.MonitoringResult) -> None:
    first, *rest = result.to_text().splitlines()
    assert first.startswith(FIRST[result.decision.verdict])
    assert str(result) == result.to_text()
    assert all(line == line.rstrip() for line in rest)
    if result.decision.verdict in ("continue", "stop-benefit", "plan-reached"):
        assert "interval" in first


def test_every_view_can_be_made(result: dw.MonitoringResult, tmp_path: Any) -> None:
    mpl.use("agg")
    figure = result.plot()
    figure.savefig(tmp_path / "looks.png")
    shown = [each for each in result.reports if hasattr(each, "report")]
    assert len(figure.axes) == len(shown)
    html = result.to_html()
    assert "<script" not in html
    assert html.count('<svg class="looks"') == len(shown)
    assert result.to_html(full_page=True).startswith("<!DOCTYPE html>")
    bundle = result._repr_mimebundle_()
    assert {"text/plain", "text/html", CARD_MIME} <= set(bundle)
    assert bundle["text/plain"] == result.to_text()
    assert repr(result).startswith("MonitoringResult('Trial', verdict=")


def test_the_frame_has_a_row_for_every_metric_arm_and_look(result: dw.MonitoringResult) -> None:
    frame = result.to_frame()
    assert len(frame) == 2 * len(result.treatments()) * len(result.looks)
    assert list(frame.columns[:6]) == ["metric", "arm", "role", "look", "status", "is_planned"]
    judged = frame[frame.status == "judged"]
    assert (
        judged[["information", "statistic", "effect", "std_error", "effect_lower", "effect_upper"]]
        .notna()
        .all(axis=None)
    )
    assert (judged.crossed == (judged.statistic.abs() >= judged.boundary)).all()
    assert judged.statistic.to_numpy() == pytest.approx((judged.effect / judged.std_error).to_numpy())


def test_names_of_the_user_are_only_text() -> None:
    frame = running(900).rename(columns={"spend": "<b>$x$</b>"})
    frame["variant"] = frame.variant.map({CONTROL: "<i>", TREATMENT: "a\nb"})
    plan = design("<b>$x$</b>", control="<i>", time="time", segments="city", monitoring={"rule": "mixture"})
    result = dw.monitor(frame, plan, looks=["2026-11-15"])
    assert "<b>$x$" not in result.to_html()
    assert "<i>" not in result.to_html()
    assert all("\x0b" not in line for line in result.to_text().splitlines())
    result.plot().canvas.draw()


@pytest.mark.parametrize("junk", [[], None, {}, {"schema": "dw.decision/1"}, {"schema": "dw.monitored/1"}, 5])
def test_what_is_no_saved_result_is_refused(junk: Any) -> None:
    with pytest.raises(dw.InputError, match=r"schema|not a saved"):
        dw.MonitoringResult.from_dict(junk)
