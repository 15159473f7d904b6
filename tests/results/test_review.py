"""What the cards for review gather from a result."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.analysis.diagnosis import SRM_BELOW
from decision_widgets.results.review import SRM_ALARM
from decision_widgets.views import numbers

EVIL = "<img src=x onerror=alert(1)>"
METRICS = ("spend", "paid", dw.Metric("rate", numerator="clicks", denominator="views", role="secondary"))
ORDER = ["verdict", "metrics", "warnings", "srm", "distribution", "hte", "basics", "tests"]
METHODS = ["student", "mann_whitney", "normality", "logit", "wilcoxon", "joint"]


def frame(participants: int = 500, *, arms: int = 2) -> pd.DataFrame:
    """Make an experiment in which only Manila responds, and two participants are on Mars."""
    made = experiment(participants, arms=arms)
    who = made["user"].unique()
    city = pd.Series(np.where(np.arange(len(who)) % 2, "Manila", "Hanoi"), index=who)
    city.iloc[:2] = "Mars"
    made["city"] = made["user"].map(city)
    made["platform"] = np.where(made["user"] % 3, "web", "app")
    made["before"] = made.groupby("user")["trips"].transform("first").astype(float)
    made.loc[(made["city"] == "Manila") & (made["variant"] == TREATMENT), "spend"] += 6.0
    return made


def cards(result: dw.DecisionResult) -> dict[str, Any]:
    return {card["schema"][3:-2]: card for card in result.to_payload()["cards"]}


@pytest.fixture(scope="module")
def result() -> dw.DecisionResult:
    words = {
        "segments": ["city", "platform"],
        "strata": ["platform"],
        "arms": {CONTROL: 1, TREATMENT: 1, "treatment_2": 1},
    }
    shares = dict.fromkeys(words["arms"], 1 / 3)
    return dw.analyze(frame(600, arms=3), design(*METRICS, **words | {"arms": shares}), methods=METHODS)


@pytest.fixture(scope="module")
def invalid() -> dw.DecisionResult:
    words = {"segments": ["city"], "arms": {CONTROL: 0.9, TREATMENT: 0.1}}
    return dw.analyze(frame(), design(*METRICS, **words))


def test_the_cards_have_one_order(result: dw.DecisionResult) -> None:
    assert list(cards(result)) == ORDER


def test_the_payload_is_plain_json(result: dw.DecisionResult) -> None:
    payload = result.to_payload()
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload


def test_without_segments_there_is_no_card_of_them() -> None:
    assert list(cards(dw.analyze(frame(), design()))) == [name for name in ORDER if name != "hte"]


def test_an_invalid_comparison_shows_counts_and_nothing_that_compares(invalid: dw.DecisionResult) -> None:
    shown = cards(invalid)
    assert list(shown) == ["verdict", "warnings", "metrics", "srm", "basics"]
    assert shown["srm"]["status"] == "mismatch"
    assert {row[key] for row in shown["basics"]["rows"] for key in ("mean", "std_dev", "variance")} == {None}
    assert all(row["n_participants"] == 250 for row in shown["basics"]["rows"])
    means = [numbers.level(row.mean, invalid.kind(row.metric) or "") for row in invalid.statistics]
    for said in (invalid.to_html(full_page=True).rpartition("</style>")[2], invalid.to_text()):
        assert not re.search(r"\bpp\b|[+−]\d", said)
        assert not [mean for mean in means if mean in said]


@pytest.mark.parametrize(
    ("participants", "shares", "status", "planned"),
    [(400, None, "ok", False), (400, 0.5, "ok", True), (60, 0.5, "too_few", True), (400, 0.43, "watch", True)],
)
def test_the_split_has_one_word(participants: int, shares: float | None, status: str, planned: bool) -> None:
    arms = None if shares is None else {CONTROL: shares, TREATMENT: 1 - shares}
    shown = cards(dw.analyze(experiment(participants), design(arms=arms)))["srm"]
    assert (shown["status"], shown["planned"]) == (status, planned)


def test_the_alarm_shown_is_the_one_that_was_used() -> None:
    assert SRM_ALARM == SRM_BELOW


def test_every_metric_and_arm_has_its_statistics_control_first(result: dw.DecisionResult) -> None:
    rows = cards(result)["basics"]["rows"]
    named = [(row["metric"], row["arm"], row["arm_index"]) for row in rows]
    arms = ((CONTROL, 0), (TREATMENT, 1), ("treatment_2", 2))
    assert named == [(metric, *arm) for metric, arm in product(("spend", "paid", "rate"), arms)]
    assert [row["mean"] for row in rows] == [
        next(s.mean for s in result.statistics if (s.metric, s.arm) == (row["metric"], row["arm"])) for row in rows
    ]


def test_each_segment_has_its_test_and_its_levels(result: dw.DecisionResult) -> None:
    spend = cards(result)["hte"]["metrics"][0]
    treated = spend["arms"][0]
    city, platform = treated["columns"]
    assert city["p_value_adjusted"] == pytest.approx(4 * city["p_value"])
    assert city["p_value_adjusted"] < 0.001 < 0.05 < platform["p_value"]
    levels = {level["level"]: level for level in city["levels"]}
    assert levels["Manila"]["reading"] == "better"
    assert levels["Mars"]["reason"].endswith("a standard error needs at least 3.")
    assert treated["overall"]["effect"] == result.effect("spend", TREATMENT).effect


def test_a_fall_is_better_where_less_is_better() -> None:
    metric = dw.Metric("spend", direction="decrease")
    shown = cards(dw.analyze(frame(), design(metric, segments=["city"])))["hte"]["metrics"][0]
    levels = {level["level"]: level for level in shown["arms"][0]["columns"][0]["levels"]}
    assert levels["Manila"]["reading"] == "worse"


def test_exactly_one_row_is_recommended_and_it_comes_first(result: dw.DecisionResult) -> None:
    for metric in cards(result)["tests"]["metrics"]:
        for arm in (TREATMENT, "treatment_2"):
            rows = [row for row in metric["rows"] if row["arm"] == arm]
            assert [row["status"] == "recommended" for row in rows].count(True) == 1
            assert rows[0]["status"] == "recommended"
            assert rows[0]["estimate"] == result.effect(metric["metric"], arm).effect


def test_every_estimate_and_every_answer_of_the_toolbox_has_its_row(result: dw.DecisionResult) -> None:
    shown = cards(result)["tests"]["metrics"]
    assert sum(len(metric["rows"]) for metric in shown) == len(result.estimates) + len(result.toolbox)
    spend = [row for row in shown[0]["rows"] if row["arm"] == TREATMENT]
    methods = [row["method"] for row in spend]
    assert methods[:4] == [row.method for row in result.estimates if (row.metric, row.arm) == ("spend", TREATMENT)]
    assert methods.index("welch") < methods.index("student")
    refused = [row for row in spend if row["status"] == "not_applicable"]
    assert {row["method"] for row in refused} == {"logit", "wilcoxon"}
    assert all(row["note"] for row in refused)


def test_a_probability_is_no_difference_in_the_metric(result: dw.DecisionResult) -> None:
    units = {row["method"]: row["unit"] for row in cards(result)["tests"]["metrics"][0]["rows"]}
    assert units["mann_whitney"] == "probability"
    assert units["student"] == "metric"


def test_a_refused_metric_says_why_in_its_recommended_row() -> None:
    shown = dw.analyze(frame().assign(constant=1.0), design("constant", "spend"))
    first = cards(shown)["tests"]["metrics"][0]["rows"][0]
    assert (first["status"], first["estimate"], first["p_value"]) == ("recommended", None, None)
    assert "nothing can be tested" in first["note"]


def test_the_variance_that_covariates_remove_is_said(result: dw.DecisionResult) -> None:
    shown = dw.analyze(frame(), design(dw.Metric("trips", covariates=["before"])))
    share = shown.effect("trips").to_dict()["variance_reduction"]
    assert share > 0.1
    said = f"removes {share * 100:.1f}% of the variance"
    assert said in shown.to_html()
    assert said in cards(shown)["tests"]["metrics"][0]["rows"][0]["note"]


def test_names_of_the_data_are_never_markup() -> None:
    named = frame().rename(columns={"city": EVIL, "spend": EVIL + "m"})
    named[EVIL] = named[EVIL].replace({"Manila": EVIL})
    named["variant"] = named["variant"].replace({TREATMENT: EVIL})
    html = dw.analyze(named, design(EVIL + "m", segments=[EVIL])).to_html(full_page=True)
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
