"""Every code of an advice has a history or a design that raises it and one, just beside it, that must not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment, running

import decision_widgets as dw
from decision_widgets.moments import TypedSummary
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.sizing_records import NotSized

GUARD = {"role": "guardrail"}


@dataclass(frozen=True)
class Pair:
    """An advice that raises the code, and one that must not."""

    raises: Callable[[], SizingAdvice]
    stays_silent: Callable[[], SizingAdvice]


def of(history: Any, *metrics: Any, **words: Any) -> Callable[[], SizingAdvice]:
    asked = {name: words.pop(name) for name in ("effect", "participants", "estimand", "today") if name in words}
    given = {"effect": 0.1} if not asked.keys() & {"effect", "participants"} else {}
    return lambda: dw.advise(design(*metrics, **words), history() if callable(history) else history, **(given | asked))


@functools.cache
def table(n: int = 3000, **columns: Any) -> pd.DataFrame:
    frame = experiment(n, sizes="equal", seed=2)
    rng = np.random.default_rng(8)
    return frame.assign(**{name: make(frame, rng) for name, make in columns.items()})


def having(n: int = 3000, **columns: Any) -> Callable[[], pd.DataFrame]:
    return lambda: table(n, **columns)


def typed(**words: Any) -> TypedSummary:
    return TypedSummary("spend", **({"mean": 20, "std_dev": 8} | words))


def clustered(correlation: float) -> Callable[[], pd.DataFrame]:
    """Four observations each; below 0 the observations of one participant differ more than those of two."""

    def make() -> pd.DataFrame:
        rng = np.random.default_rng(3)
        noise = rng.normal(0, 1, (500, 4))
        taste = rng.normal(0, 1, (500, 1)) * max(0.0, correlation) ** 0.5
        values = 20 + taste + (noise - noise.mean(1, keepdims=True) * (correlation < 0))
        return pd.DataFrame({"user": np.repeat(np.arange(500), 4), "spend": values.ravel()})

    return make


def informative(link: float) -> Callable[[], pd.DataFrame]:
    """Participants with one or with forty observations, whose level goes with that."""

    def make() -> pd.DataFrame:
        rng = np.random.default_rng(4)
        sizes = np.where(rng.random(2000) < 0.05, 40, 2)
        who = np.repeat(np.arange(2000), sizes)
        taste = rng.normal(0, 1, 2000)[who] + link * (sizes[who] > 2)
        return pd.DataFrame({"user": who, "spend": 20 + taste + rng.normal(0, 1, len(who))})

    return make


def days(last: int, n: int = 2000) -> Callable[[], pd.DataFrame]:
    return functools.cache(lambda: running(n, days=last))


def summary(as_of: str) -> Callable[[], Any]:
    return lambda: dw.summarize(experiment(400), metrics=["spend"], participant="user", as_of=as_of)


COVARIATE = dw.Metric("spend", covariates=["before"])

PAIRS: dict[str, Pair] = {
    "E_METRIC_KIND": Pair(
        of(having(spend=lambda f, r: f.variant), "spend"), of(having(spend=lambda f, r: f.clicks), "spend")
    ),
    "E_NO_VARIATION": Pair(
        of(having(spend=lambda f, r: 3.0), "spend"), of(having(spend=lambda f, r: 3.0 + (f.index == 0)), "spend")
    ),
    "E_SMALL_N": Pair(of(typed(), "spend", participants=4), of(typed(), "spend", participants=6)),
    "W_SMALL_N": Pair(of(typed(), "spend", participants=58), of(typed(), "spend", participants=60)),
    "W_RARE": Pair(
        of(TypedSummary("spend", mean=0.01), "spend", participants=1998),
        of(TypedSummary("spend", mean=0.01), "spend", participants=2000),
    ),
    "W_ZERO_INFLATED": Pair(
        of(having(spend=lambda f, r: f.spend * (r.random(len(f)) < 0.48)), "spend"),
        of(having(spend=lambda f, r: f.spend * (r.random(len(f)) < 0.52)), "spend"),
    ),
    "W_LOW_VARIATION": Pair(
        of(having(spend=lambda f, r: np.where(f.index < 20, f.spend, 20.0)), "spend"),
        of(having(spend=lambda f, r: np.where(f.index < 60, f.spend, 20.0)), "spend"),
    ),
    "W_DOMINANT": Pair(
        of(having(spend=lambda f, r: np.exp(2.4 * r.normal(size=len(f)))), "spend"),
        of(having(spend=lambda f, r: np.exp(0.5 * r.normal(size=len(f)))), "spend"),
    ),
    "W_MISSING": Pair(
        of(having(spend=lambda f, r: f.spend.where(f.index >= 180)), "spend", missing="drop"),
        of(having(spend=lambda f, r: f.spend.where(f.index >= 120)), "spend", missing="drop"),
    ),
    "I_MISSING": Pair(
        of(having(spend=lambda f, r: f.spend.where(f.index >= 120)), "spend", missing="drop"), of(having(), "spend")
    ),
    "W_ESTIMAND": Pair(of(informative(0.0), "spend"), of(clustered(0.5), "spend")),
    "W_HISTORY_THIN": Pair(of(having(120), "spend"), of(having(), "spend")),
    "W_STALE": Pair(
        of(summary("2026-10-20"), "spend", today="2026-11-25"), of(summary("2026-10-21"), "spend", today="2026-11-25")
    ),
    "W_UNREACHABLE": Pair(
        of(typed(participants_per_day=10), "spend", time="time"),
        of(typed(participants_per_day=100), "spend", time="time"),
    ),
    "W_NOT_APPLIED": Pair(of(having(), COVARIATE), of(days(28), COVARIATE, time="time")),
    "I_CUPED_WEAK": Pair(of(typed(variance_reduction=0.04), COVARIATE), of(typed(variance_reduction=0.06), COVARIATE)),
    "I_ICC_NEG": Pair(of(clustered(-1), "spend"), of(clustered(0.3), "spend")),
    "I_ALLOC_COST": Pair(
        of(typed(), "spend", arms={CONTROL: 0.6, TREATMENT: 0.4}),
        of(typed(), "spend", arms={CONTROL: 0.5, TREATMENT: 0.5}),
    ),
    "E_NI_MARGIN": Pair(
        of(typed(), dw.Metric("spend", **GUARD), participants=500),
        of(typed(), dw.Metric("spend", limit=0.02, **GUARD), participants=500),
    ),
    "E_BASELINE_SIGN": Pair(of(typed(mean=-1), "spend"), of(typed(mean=1), "spend")),
    "I_COUNT_OR_MONEY": Pair(
        of(having(spend=lambda f, r: 900 + r.integers(0, 200, len(f))), "spend"),
        of(having(spend=lambda f, r: 900 + r.integers(0, 100, len(f))), "spend"),
    ),
    "I_BINARY_MAP": Pair(
        of(having(spend=lambda f, r: 10 + 10 * f.paid), dw.Metric("spend", kind="binary")),
        of(having(spend=lambda f, r: f.paid), dw.Metric("spend", kind="binary")),
    ),
    "I_EQUAL_SPLIT": Pair(of(typed(), "spend"), of(typed(), "spend", arms=[CONTROL, TREATMENT])),
    "I_ROWS_ARE_PARTICIPANTS": Pair(of(typed(), "spend", participant=None), of(typed(), "spend")),
}


@pytest.mark.parametrize("code", PAIRS, ids=str)
def test_the_code_is_raised_and_just_beside_it_is_not(code: str) -> None:
    raised, silent = PAIRS[code].raises(), PAIRS[code].stays_silent()
    message = next(m for m in raised.messages if m.code == code)
    assert message.title
    assert "{" not in message.title + message.text + message.do
    assert code not in {m.code for m in silent.messages}
    if message.metric is not None:
        (row,) = raised.rows
        assert code in row.codes
        assert isinstance(row, NotSized) == code.startswith("E_")


def test_the_numbers_of_the_messages_are_those_of_the_advice() -> None:
    thin = PAIRS["W_HISTORY_THIN"].raises()
    text = " ".join(f"{m.title} {m.text}" for m in thin.messages)
    found = thin.metric("spend")
    assert f"{round(found.total_exact or 0):,}" in text
    old = next(m for m in PAIRS["W_STALE"].raises().messages if m.code == "W_STALE")
    assert "36 days old" in old.title


def test_the_smallest_effect_at_the_end_of_the_horizon_is_what_those_days_find() -> None:
    advice = PAIRS["W_UNREACHABLE"].raises()
    by_then = dw.advise(advice.design, typed(participants_per_day=10), days=42).rows[0]
    text = next(m.text for m in advice.messages if m.code == "W_UNREACHABLE")
    assert f"{100 * by_then.relative_mde:.1f}%" in text


def test_a_table_has_no_age() -> None:
    frame = days(14)()
    given = design("spend", time="time")
    assert "W_STALE" not in {m.code for m in dw.advise(given, frame, effect=0.1, today="2030-01-01").messages}
    kept = dw.summarize(frame, metrics="spend", participant="user", time="time")
    assert "W_STALE" in {m.code for m in dw.advise(given, kept, effect=0.1, today="2030-01-01").messages}


def test_a_short_history_does_not_claim_to_know_later_days() -> None:
    advice = dw.advise(design("spend", time="time"), days(14)(), effect=0.005)
    message = next(m for m in advice.messages if m.code == "W_UNREACHABLE")
    assert "more than come in 14 days" in message.title
    assert "give a longer history" in message.do
    assert replace(advice.plan, days=None) == advice.plan
