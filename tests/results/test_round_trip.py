"""A result is one record: it survives JSON, says the same thing twice, and shows only what it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw

METRICS = (
    dw.Metric("spend", minimum_effect=0.01),
    "paid",
    dw.Metric("trips", role="secondary"),
    dw.Metric("rate", numerator="clicks", denominator="views", role="guardrail", limit=0.3),
    dw.Metric("constant", role="secondary"),
)


def a_result(**words: Any) -> dw.DecisionResult:
    frame = experiment(240, arms=3, effect=2.0).assign(constant=1.0, time=pd.Timestamp("2026-03-01"))
    return dw.analyze(frame, design(*METRICS, time="time", **words))


def an_invalid_result() -> dw.DecisionResult:
    return dw.analyze(experiment(200), design("spend", arms={CONTROL: 0.9, TREATMENT: 0.1}))


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(a_result(), id="three arms"),
        pytest.param(a_result(planned_participants=1000, planned_days=14, name="Trial"), id="planned"),
        pytest.param(an_invalid_result(), id="invalid"),
        pytest.param(dw.analyze(experiment(4), design()), id="refused"),
    ],
)
def test_a_result_survives_json(result: dw.DecisionResult) -> None:
    restored = dw.DecisionResult.from_json(result.to_json())
    assert restored == result == dw.DecisionResult.from_dict(json.loads(result.to_json()))
    assert restored.to_json() == result.to_json()
    assert restored.to_payload() == result.to_payload()
    assert restored.to_text() == result.to_text()
    pd.testing.assert_frame_equal(restored.to_frame(), result.to_frame())


def test_the_plain_form_is_plain() -> None:
    def check(plain: object) -> None:
        assert type(plain) in (dict, list, str, int, float, bool, type(None)), type(plain)
        for item in plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ():
            check(item)

    check(json.loads(a_result().to_json()))
    assert a_result().to_dict()["schema"] == "dw.decision/1"


def test_the_same_inputs_give_the_same_text() -> None:
    assert a_result().to_json() == a_result().to_json()


def test_the_same_inputs_give_the_same_text_in_another_process() -> None:
    code = "from results.test_round_trip import a_result; print(a_result().provenance.fingerprint, hash('x') != 0)"
    code += "; import hashlib; print(hashlib.sha256(a_result().to_json().encode()).hexdigest())"
    said = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert len(said) == 1


def test_other_data_have_another_fingerprint() -> None:
    frame = experiment(60)
    changed = frame.assign(spend=frame.spend.where(frame.index != 3, 0.0))
    prints = {dw.analyze(table, design("spend")).provenance.fingerprint for table in (frame, changed, frame.copy())}
    assert len(prints) == 2


def test_columns_that_are_not_read_do_not_touch_the_fingerprint() -> None:
    frame = experiment(60)
    with_more = frame.assign(other=1)
    assert dw.analyze(frame, design()).provenance.fingerprint == dw.analyze(with_more, design()).provenance.fingerprint


@pytest.mark.parametrize("junk", [[], None, {}, {"schema": "dw.decision/0"}, {"schema": "dw.decision/1"}, 5])
def test_what_is_no_saved_result_is_refused(junk: Any) -> None:
    with pytest.raises(dw.InputError, match=r"schema|not a saved"):
        dw.DecisionResult.from_dict(junk)


@pytest.mark.parametrize("junk", ["", "{", "verdict: ship", None, 5])
def test_what_is_no_json_text_is_refused(junk: Any) -> None:
    with pytest.raises(dw.InputError, match="not a saved DecisionResult: it is not JSON text"):
        dw.DecisionResult.from_json(junk)


def test_a_saved_result_with_an_unknown_word_is_refused() -> None:
    plain = a_result().to_dict()
    plain["decision"]["verdict"] = "perhaps"
    with pytest.raises(dw.InputError, match="not a saved DecisionResult"):
        dw.DecisionResult.from_dict(plain)
    plain = a_result().to_dict()
    plain["sample_ratio"]["extra"] = 1
    with pytest.raises(dw.InputError, match="extra"):
        dw.DecisionResult.from_dict(plain)


def test_every_planned_comparison_has_exactly_one_recommended_row() -> None:
    result = a_result()
    recommended = [(row.metric, row.arm) for row in result.recommended()]
    assert recommended == [(m.name, arm) for m in result.design.metrics for arm in result.treatments()]
    assert result.to_frame().recommended.sum() == len(recommended)


def test_the_frame_holds_the_numbers_of_the_record() -> None:
    result = a_result()
    frame = result.to_frame()
    for position, row in enumerate(result.estimates):
        if row.result == "estimate":
            assert frame.effect[position] == row.effect
            assert frame.p_value[position] == row.p_value
        else:
            assert pd.isna(frame.effect[position])
            assert pd.isna(frame.n_clusters[position])


@pytest.mark.parametrize("ask", ["effect", "metric", "label", "kind"])
def test_a_metric_that_is_not_there_is_named_with_the_nearest(ask: str) -> None:
    with pytest.raises(dw.InputError, match=r"no metric 'spent'. Did you mean 'spend'. It has: spend, paid"):
        getattr(a_result(), ask)("spent")


def test_the_effect_of_one_of_several_treatments_must_be_asked_for_by_name() -> None:
    result = a_result()
    with pytest.raises(dw.InputError, match=r"2 treatments; say which with arm=. They are: treatment, treatment_2"):
        result.effect("spend")
    with pytest.raises(dw.InputError, match=r"no treatment 'treatment_3'. Did you mean 'treatment_2'"):
        result.effect("spend", "treatment_3")
    assert [result.effect("spend", arm).arm for arm in result.treatments()] == [TREATMENT, "treatment_2"]


def test_the_effect_of_the_only_treatment_needs_no_name() -> None:
    result = dw.analyze(experiment(60), design("spend"))
    assert result.effect("spend") is result.effect("spend", TREATMENT)


def test_a_result_shows_itself_in_one_line_and_prints_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    result = a_result(name="eta_badge")
    decision = result.decision
    assert (
        repr([result])
        == f"[DecisionResult('eta_badge', verdict={decision.verdict!r}, arm={decision.arm!r}, metrics=5)]"
    )
    assert repr(an_invalid_result()).startswith("DecisionResult(verdict='invalid', ")
    print(result)
    assert capsys.readouterr().out == result.to_text() + "\n"


def test_the_payload_says_the_level_and_every_row() -> None:
    result = a_result(alpha=0.1)
    metrics = next(card for card in result.to_payload()["cards"] if card["schema"] == "dw.metrics/1")
    assert metrics["level"] == pytest.approx(0.9)
    assert len(metrics["rows"]) == len(result.recommended())
    for shown, row in zip(metrics["rows"], result.recommended(), strict=True):
        if row.result == "estimate":
            assert (shown["effect"], shown["p_value"], shown["reading"]) == (row.effect, row.p_value, row.reading)
        else:
            assert shown["error"]["code"] == row.message.code
            assert "effect" not in shown


def test_statistics_are_those_of_the_table() -> None:
    frame = experiment(60)
    table = dw.analyze(frame, design("spend", "trips")).statistics_frame().set_index(["metric", "arm"])
    for metric in ("spend", "trips"):
        groups = frame.groupby("variant")[metric]
        for arm in (CONTROL, TREATMENT):
            assert table.loc[(metric, arm), "mean"] == pytest.approx(groups.mean()[arm], rel=1e-12)
            assert table.loc[(metric, arm), "std_dev"] == pytest.approx(groups.std()[arm], rel=1e-12)
            assert table.loc[(metric, arm), "n_observations"] == groups.count()[arm]


def test_the_figure_can_be_drawn() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    figure = a_result().plot()
    assert figure.axes
