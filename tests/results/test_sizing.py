"""What an advice shows: words, tables, figures, a payload for the browser, and the lines that repeat it."""

from __future__ import annotations

import functools
import json
import re
from math import ceil
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from made import CONTROL, design, running
from scipy import stats

import decision_widgets as dw
from decision_widgets.errors import InputError
from decision_widgets.moments import TypedSummary
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.sizing_records import PairAdvice
from decision_widgets.views.numbers import plan_size
from decision_widgets.vocabulary import CARD_MIME

METRICS = (
    dw.Metric("spend", minimum_effect=0.02, covariates=["before"]),
    dw.Metric("paid", role="secondary"),
    dw.Metric("rate", numerator="clicks", denominator="views", role="guardrail", limit=0.08),
    dw.Metric("city", role="secondary"),
)


@functools.cache
def history() -> pd.DataFrame:
    return running(3000, days=28, seed=3)


@functools.cache
def advice(**words: Any) -> SizingAdvice:
    given = {"time": "time", "name": "Trial", "arms": {CONTROL: 0.5, "b": 0.3, "c": 0.2}} | words
    return dw.advise(design(*METRICS, **given), history())


def typed(**words: Any) -> TypedSummary:
    return TypedSummary("spend", **({"mean": 20, "std_dev": 8, "participants_per_day": 100} | words))


def card(made: SizingAdvice) -> dict[str, Any]:
    payload: dict[str, Any] = made.to_payload()["cards"][0]
    return payload


def test_it_survives_its_plain_form_and_says_what_else_it_is_given() -> None:
    made = advice()
    assert SizingAdvice.from_json(made.to_json()) == made
    assert made.to_dict()["schema"] == "dw.sizing/1"
    with pytest.raises(InputError, match=r"saved advice has schema 'dw\.sizing/1'; got 'dw\.decision/1'"):
        SizingAdvice.from_dict({"schema": "dw.decision/1"})
    assert repr(made).startswith("SizingAdvice('Trial', n_participants=")


def test_a_notebook_gets_a_complete_static_form() -> None:
    bundle = advice()._repr_mimebundle_()
    assert {"text/plain", "text/html", CARD_MIME} <= set(bundle)
    html, said = bundle["text/html"], advice().sentence()
    for part in (
        f"{plan_size(advice().plan.n_participants):,}\u00a0participants",
        "design effect",
        "city could not be computed",
    ):
        assert part.lower() in html.lower()
    assert "<script" not in html
    assert said in bundle["text/plain"]
    assert json.loads(json.dumps(bundle[CARD_MIME], allow_nan=False)) == bundle[CARD_MIME]
    page = advice().to_html(full_page=True)
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>Trial</title>" in page


def test_markdown_is_the_sentence_and_one_row_per_pair() -> None:
    said, _, *rows = advice().to_markdown().splitlines()
    assert said.startswith("You need **")
    assert len(rows) == 2 + len(advice().rows)
    assert {row.count("|") for row in rows} == {9}
    odd = dw.advise(design("a|b"), TypedSummary("a|b", mean=0.5), effect=0.1)
    assert "A\\|b" in odd.to_markdown()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"effect": 0.02},
            r"You need {n} participants \(more than come in 42 days\) to find a change of 2\.0% in Spend",
        ),
        (
            {"effect": 0.05},
            r"You need {n} participants \(4 weeks\) to find a change of 5\.0% in Spend with 80% power",
        ),
        ({"effect": 0.05}, r"That is from 20\.0 to 21\.0\."),
        ({"days": 14}, r"With {n} participants \(2 weeks\) you can find a change of \d\.\d+% in Spend"),
        ({"days": 10}, r"With {n} participants \(10 days\) you can"),
        (
            {"participants": 700, "effect": 0.05},
            r"With 700 participants \(1 week\) 5\.0% in Spend is found with .*power",
        ),
        ({"effect": 1.0, "relative": False}, r"a change of 1\.00 \(5\.0%\) in Spend"),
    ],
)
def test_the_sentence_takes_the_shape_of_the_question(asked: dict[str, Any], said: str) -> None:
    made = dw.advise(design("spend", time="time"), typed(), **asked)
    assert re.search(said.replace("{n}", f"{made.plan.n_participants:,}"), made.sentence())


def test_a_guardrail_that_decides_says_what_the_primary_metric_needs() -> None:
    guard = dw.Metric("trips", role="guardrail", limit=0.02)
    made = dw.advise(design("spend", guard), [typed(), TypedSummary("trips", mean=2, std_dev=2)], effect=0.05)
    assert made.plan.metric == "trips"
    alone = dw.advise(design("spend"), typed(), effect=0.05).plan.n_participants
    assert f"Primary metrics alone would need {alone:,}." in made.sentence()


@pytest.mark.parametrize(
    "asked",
    [
        {"effect": 0.03},
        {"effect": {"spend": 0.03, "trips": -0.1}},
        {"effect": 1.0, "relative": False, "compare": "all"},
        {"days": 14, "traffic": [0.1, 0.5, 1.0]},
        {"participants": 900, "traffic": 0.5},
    ],
)
def test_its_two_lines_give_it_again(asked: dict[str, Any]) -> None:
    metrics = [dw.Metric("spend", direction="decrease"), dw.Metric("trips", role="secondary")]
    given = design(*metrics, time="time", arms=[CONTROL, "b", "it's"], name="a  (b ,)")
    past = [typed(), TypedSummary("trips", mean=2, std_dev=2, icc=0.2, participants_per_day=100)]
    made = dw.advise(given, past, **asked)
    lines = made.code()
    assert len(lines) == 2
    assert not any("\n" in line for line in lines)
    names: dict[str, Any] = {"dw": dw}
    exec("\n".join(lines), names)
    assert names["advice"] == made


def test_data_stay_a_name_in_the_lines() -> None:
    assert advice().code()[1] == "advice = dw.advise(design, history)"
    names: dict[str, Any] = {"dw": dw, "history": history()}
    exec("\n".join(advice().code()), names)
    assert names["advice"] == advice()


def solve(payload: dict[str, Any], relative: float, day: int | None) -> float:
    """Do what a browser does with the payload: participants of all arms for an effect."""
    inputs, grid = payload["inputs"], payload["grid"]
    level, variance = inputs["mean"], inputs["variance"]
    left = 1 - inputs["vr"] if inputs["cuped"] else 1.0
    if grid is not None and day is not None:
        level, variance = grid["level"][day], grid["variance"][day]
        left = 1 - grid["variance_reduction"][day] if inputs["cuped"] else 1.0
    v = variance * left
    r = inputs["sign"] * relative
    distance, v_c, v_t = abs(r * level), v, v * max(1.0, 1 + r) ** 2
    if inputs["margin"]:
        distance, v_c, v_t = relative * level, v, v
    if inputs["binary"]:
        p = level + r * level
        v_t = v * p * (1 - p) / (level * (1 - level))
    z = stats.norm.ppf(1 - inputs["alpha"] / inputs["sides"]) + stats.norm.ppf(inputs["power"])
    pairs = [(inputs["shares"][0], share) for share in inputs["shares"][1:]]
    return max(z**2 * (v_c / a + v_t / b) / distance**2 for a, b in pairs)


@pytest.mark.parametrize("metric", ["spend", "paid", "rate", "down"])
@pytest.mark.parametrize("effect", [0.03, 0.1])
def test_a_browser_comes_within_one_percent_of_the_kernel(metric: str, effect: float) -> None:
    wanted = {
        "spend": dw.Metric("spend", covariates=["before"]),
        "paid": dw.Metric("paid"),
        "rate": dw.Metric("rate", numerator="clicks", denominator="views", role="guardrail", limit=effect),
        "down": dw.Metric("spend", direction="decrease"),
    }[metric]
    asked = {} if metric == "rate" else {"effect": effect}
    made = dw.advise(design(wanted, arms=[CONTROL, "b", "c"], time="time"), history(), **asked)
    payload, plan = card(made), made.plan
    assert plan is not None
    day = (plan.days or plan.horizon or 1) - 1
    size = made.metric(wanted.name).total_exact
    assert solve(payload, effect, day) == pytest.approx(size, rel=0.01, abs=10)
    enough = [
        d
        for d, (n, share) in enumerate(zip(payload["grid"]["participants"], payload["grid"]["traffic"], strict=True))
        if n * share >= solve(payload, effect, d)
    ]
    if plan.first_day is None:
        assert not enough
    else:
        assert enough[0] + 1 == pytest.approx(plan.first_day, abs=1)
        assert plan.days >= ceil(plan.first_day / 7) * 7


def test_the_payload_holds_what_the_card_draws() -> None:
    payload = card(advice())
    assert payload["schema"] == "dw.power/1"
    assert payload["state"] == "ready"
    assert payload["solve"] == "n"
    assert payload["confirmed"] is True
    assert sum(arm["units"] for arm in payload["arms"]) == payload["answer"]["n_units"]
    assert [arm["share"] for arm in payload["arms"]] == [0.5, 0.3, 0.2]
    assert [other["metric"] for other in payload["others"]] == ["paid", "rate"]
    assert sum(payload["cluster_size_hist"]) == 3000
    assert len(payload["grid"]["level"]) == 28
    assert payload["pairs"] == [[CONTROL, "b"], [CONTROL, "c"]]
    assert [row["error"] is None for row in payload["rows"]] == [True] * 6 + [False] * 2
    assert len(payload["weeks_of"]) == 3
    curve = next(c for c in payload["curves"] if c["mde_rel"] == payload["answer"]["mde_rel"])
    at = float(np.interp(payload["answer"]["n_units"], curve["n"], curve["power"]))
    assert at == pytest.approx(payload["answer"]["power"], abs=0.005)
    assert all(np.diff(c["power"]).min() > -1e-9 for c in payload["curves"])


def test_an_advice_without_a_plan_has_a_card_that_says_why() -> None:
    made = dw.advise(design("city", time="time"), history(), effect=0.1)
    payload = card(made)
    assert payload["state"] == "empty"
    assert "city could not be computed" in made.to_html()
    assert "No size can be given." in made.to_text()
    for figure in (made.figure(), made.weeks_figure()):
        assert not figure.axes


def test_figures_draw_the_plan_and_the_weeks() -> None:
    backend = mpl.get_backend()
    figure = advice().figure()
    (axes,) = figure.axes
    assert [line.get_label() for line in axes.lines[:4]] == [c["label"] for c in _labelled(card(advice()))]
    assert axes.get_xlabel() == "Participants in all arms"
    (weeks,) = advice().weeks_figure().axes
    assert [line.get_label() for line in weeks.lines] == ["Spend", "Paid", "Rate"]
    values = weeks.lines[0].get_ydata()
    assert list(weeks.lines[0].get_xdata()) == [1, 2, 3, 4]
    assert np.all(np.diff(values) < 0)
    timeless = dw.advise(design("spend"), typed(participants_per_day=None), effect=0.1)
    assert "no days" in timeless.weeks_figure().axes[0].texts[0].get_text()
    assert mpl.get_backend() == backend


def _labelled(payload: dict[str, Any]) -> list[dict[str, str]]:
    return [{"label": f"{100 * curve['mde_rel']:.1f}%"} for curve in payload["curves"]]


def test_a_metric_of_any_name_can_be_drawn() -> None:
    name = "_$x^2$ <b>"
    made = dw.advise(design(name, time="time"), TypedSummary(name, mean=0.5, participants_per_day=50), effect=0.1)
    for figure in (made.figure(), made.weeks_figure()):
        figure.canvas.draw()
    assert "&lt;b&gt;" in made.to_html()


def test_the_weeks_come_as_a_table_too() -> None:
    frame = advice().weeks_frame()
    assert set(frame.metric) == {"spend", "paid", "rate"}
    assert list(frame[frame.metric == "spend"].days) == [7, 14, 21, 28]


def test_a_row_is_found_by_metric_and_pair() -> None:
    row = advice().row("spend", arm="c")
    assert isinstance(row, PairAdvice)
    assert row.arm == "c"
    with pytest.raises(InputError, match="No metric 'city' was sized"):
        advice().metric("city")


def test_what_another_metric_can_detect_is_what_its_own_row_says() -> None:
    both = design("a", dw.Metric("b", role="secondary"))
    past = [TypedSummary(name, mean=1, std_dev=10) for name in ("a", "b")]
    made = dw.advise(both, past, participants=2_000)
    (other,) = card(made)["others"]
    own = next(row for row in made.rows if row.metric == "b")
    assert isinstance(own, PairAdvice)
    assert other["mde_rel"] == pytest.approx(own.relative_mde, rel=1e-9)
