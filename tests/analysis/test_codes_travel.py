"""Every code of the book has an experiment that raises it and one, just beside it, that must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.vocabulary import CODES

GUARD = {"role": "guardrail"}


@dataclass(frozen=True)
class Pair:
    """An experiment that raises the code and one that must not: a table and the words of its design, each."""

    raises: Callable[[], tuple[pd.DataFrame, dw.BetweenSubject]]
    stays_silent: Callable[[], tuple[pd.DataFrame, dw.BetweenSubject]]


def people(n: int = 200, seed: int = 1, **columns: Any) -> pd.DataFrame:
    """One row per participant, arms in turn; further columns as given (arrays, or functions of the frame)."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"user": range(n), "variant": np.array([CONTROL, TREATMENT])[np.arange(n) % 2]})
    frame["spend"] = 20 + rng.normal(0, 3, n)
    for name, column in columns.items():
        frame[name] = column(frame) if callable(column) else column
    return frame


def of(frame: Callable[[], pd.DataFrame], *metrics: Any, **words: Any) -> Callable[[], tuple[pd.DataFrame, Any]]:
    return lambda: (frame(), design(*metrics, **words))


def events(per_arm: int, n: int = 200) -> Callable[[], pd.DataFrame]:
    """A binary metric with so many events in each arm."""
    return lambda: people(n, paid=(np.arange(n) < 2 * per_arm).astype(int))


def split(control: int, treatment: int) -> Callable[[], pd.DataFrame]:
    def make() -> pd.DataFrame:
        frame = people(control + treatment)
        frame["variant"] = np.where(frame["user"] < control, CONTROL, TREATMENT)
        return frame

    return make


def torn(n: int) -> Callable[[], pd.DataFrame]:
    """So many of 2,000 participants were seen in both arms."""

    def make() -> pd.DataFrame:
        frame = people(2000)
        again = frame.head(n).assign(variant=lambda f: np.where(f["variant"] == CONTROL, TREATMENT, CONTROL))
        return pd.concat([frame, again], ignore_index=True)

    return make


def lacking(share: float, *, arm: str | None = None) -> Callable[[], pd.DataFrame]:
    """A share of participants (of one arm) has no outcome."""

    def make() -> pd.DataFrame:
        frame = people(2000)
        inside = (frame["user"] % 100 < 100 * share) & ((frame["variant"] == arm) if arm else True)
        frame.loc[inside, "spend"] = np.nan
        return frame

    return make


def without_user(share: float) -> Callable[[], pd.DataFrame]:
    return lambda: people(1000).assign(user=lambda f: f["user"].where(f.index >= 1000 * share))


def days(n: int) -> Callable[[], pd.DataFrame]:
    return lambda: people(time=lambda f: pd.Timestamp("2026-01-05") + pd.to_timedelta(f.index % n, "D"))


def level(mean: float, spread: float = 3.0) -> Callable[[], pd.DataFrame]:
    def make() -> pd.DataFrame:
        z = np.random.default_rng(2).normal(0, 1, 200)
        z -= pd.Series(z).groupby(np.arange(200) % 2).transform("mean").to_numpy()
        return people(spend=mean + spread * z)

    return make


def skewed(share: float) -> Callable[[], pd.DataFrame]:
    """Heavy spenders, control holding a share of all participants; two equal arms are skewed alike."""

    def make() -> pd.DataFrame:
        value = np.exp(np.random.default_rng(3).normal(0, 1, 1000))
        frame = people(2000, spend=np.repeat(value, 2) if share == 0.5 else np.concatenate([value, value]))
        if share != 0.5:
            frame["variant"] = np.where(frame["user"] < 2000 * share, CONTROL, TREATMENT)
        return frame

    return make


SPLIT_90 = {CONTROL: 0.9, TREATMENT: 0.1}
EVEN = {CONTROL: 0.5, TREATMENT: 0.5}
WORTH = dw.Metric("spend", minimum_effect=0.02)
LIMIT = dw.Metric("spend", limit=0.05, **GUARD)
PAIRS = {
    "E_METRIC_KIND": Pair(of(lambda: people(spend="a word")), of(people)),
    "E_NO_VARIATION": Pair(of(lambda: people(spend=3.0)), of(people)),
    "W_LOW_VARIATION": Pair(
        of(lambda: people(1000, spend=lambda f: np.where(f.index < 6, f.index * 1.5, 0.25))),
        of(lambda: people(1000, spend=lambda f: np.where(f.index < 30, f.index * 1.5, 0.25))),
    ),
    "E_SMALL_N": Pair(of(lambda: people(4)), of(lambda: people(6))),
    "W_SMALL_N": Pair(of(lambda: people(58)), of(lambda: people(60))),
    "W_RARE": Pair(of(events(9), "paid"), of(events(10), "paid")),
    "W_SKEW": Pair(of(skewed(0.05), arms={CONTROL: 0.05, TREATMENT: 0.95}), of(skewed(0.5))),
    "W_DOMINANT": Pair(
        of(lambda: people(400, spend=lambda f: np.where(f.index < 4, 1e4 + f.index, f["spend"]))), of(people)
    ),
    "E_SRM": Pair(of(split(300, 200)), of(split(255, 245))),
    "W_SRM_WATCH": Pair(of(split(281, 219)), of(split(255, 245))),
    "E_CONTAMINATION": Pair(of(torn(3)), of(torn(1))),
    "W_CONTAMINATION": Pair(of(torn(1)), of(torn(0))),
    "W_MISSING": Pair(of(lacking(0.06), missing="drop"), of(lacking(0.04), missing="drop")),
    "I_MISSING": Pair(of(lacking(0.04), missing="drop"), of(people, missing="drop")),
    "W_LEFT_OUT": Pair(of(without_user(0.02), missing="drop"), of(without_user(0.005), missing="drop")),
    "I_LEFT_OUT": Pair(of(without_user(0.005), missing="drop"), of(people, missing="drop")),
    "E_FEW_CLUSTERS": Pair(
        of(lambda: people(8).pipe(lambda f: f.loc[f.index.repeat(np.where(f.index < 2, 60, 1))])), of(people)
    ),
    "W_FEW_CLUSTERS": Pair(of(lambda: people(18)), of(lambda: people(24))),
    "E_RATIO_UNBOUNDED": Pair(of(level(0.3)), of(level(5.0))),
    "E_BASELINE_SIGN": Pair(of(level(-5.0)), of(level(5.0))),
    "E_NI_MARGIN": Pair(of(people, dw.Metric("spend", **GUARD)), of(people, LIMIT)),
    "W_SHORT_RUN": Pair(of(days(10), time="time"), of(days(14), time="time")),
    "W_NO_DELTA_MIN": Pair(of(people), of(people, WORTH)),
    "W_PEEKED": Pair(of(people, planned_participants=201), of(people, planned_participants=200)),
    "I_BINARY_MAP": Pair(
        of(lambda: people(spend=lambda f: 10 + 10 * (f.index % 3 == 0)), dw.Metric("spend", kind="binary")),
        of(lambda: people(spend=lambda f: (f.index % 3 == 0).astype(int)), dw.Metric("spend", kind="binary")),
    ),
    "I_COUNT_OR_MONEY": Pair(
        of(lambda: people(spend=lambda f: 900 + f.index)), of(lambda: people(spend=lambda f: 700 + f.index))
    ),
    "I_UNIT_AGGREGATED": Pair(of(lambda: experiment(200)), of(people)),
    "I_EQUAL_SPLIT": Pair(of(people), of(people, arms=EVEN)),
    "I_ROWS_ARE_PARTICIPANTS": Pair(of(people, participant=None), of(people)),
    "I_ALLOC_COST": Pair(of(split(450, 50), arms=SPLIT_90), of(people, arms=EVEN)),
}
ELSEWHERE = {
    "W_FRAGILE": "test_adjustments.py",
    "W_ARM_DROPPED": "test_adjustments.py",
    "W_NOT_APPLIED": "test_adjustments.py",
    "I_STRATA_MERGED": "test_adjustments.py",
    "W_SUBGROUP_THIN": "test_adjustments.py",
    "E_COV_POST": "test_adjustments.py",
    "W_CUPED_MISSING": "test_adjustments.py",
    "W_ADJ_SHIFT": "test_adjustments.py",
    "I_VR_NEGATIVE": "test_adjustments.py",
    "I_COVARIATE_LEFT_OUT": "test_adjustments.py",
    "I_TIES": "test_toolbox.py",
    "I_NORMALITY_LARGE_N": "test_toolbox.py",
}


def codes(made: tuple[pd.DataFrame, dw.BetweenSubject]) -> set[str]:
    return {message.code for message in dw.analyze(*made, methods=[]).messages}


@pytest.mark.parametrize("code", PAIRS)
def test_a_code_is_raised_where_it_should_be_and_nowhere_beside_it(code: str) -> None:
    assert code in codes(PAIRS[code].raises())
    assert code not in codes(PAIRS[code].stays_silent())


def test_a_loss_that_differs_by_arm_is_a_warning_however_small() -> None:
    lost = codes(of(lacking(0.03, arm=TREATMENT), missing="drop")())
    assert "W_MISSING" in lost


def test_one_missing_value_in_a_small_arm_is_a_note() -> None:
    frame = people(400).assign(variant=lambda f: np.where(f["user"] % 20 == 0, TREATMENT, CONTROL))
    frame.loc[frame["variant"] == TREATMENT, "spend"] = np.append(np.nan, np.arange(19.0))
    found = codes((frame, design("spend", arms={CONTROL: 0.95, TREATMENT: 0.05}, missing="drop")))
    assert "I_MISSING" in found
    assert "W_MISSING" not in found


@pytest.mark.parametrize(("participants", "says"), [(120, "One participant carries"), (800, "The top 1% carry")])
def test_who_dominates_is_said_in_small_arms_too(participants: int, says: str) -> None:
    frame = people(participants, spend=lambda f: np.where(f.index < 4, 1e4 * f.index, f["spend"]))
    few, plain = (dw.analyze(each, design("spend"), methods=[]).messages for each in (frame, people(participants)))
    assert says in next(message.text for message in few if message.code == "W_DOMINANT")
    assert "W_DOMINANT" not in {message.code for message in plain}


def test_one_denominator_that_holds_nearly_all_of_an_arm_is_refused() -> None:
    rng = np.random.default_rng(1)
    views = rng.integers(1, 10, 120).astype(float)
    frame = people(120, views=views, clicks=views * (1 + 0.1 * rng.normal(size=120)))
    rate = dw.Metric("rate", numerator="clicks", denominator="views")
    plain = dw.analyze(frame, design(rate), methods=[])
    assert not {"E_FEW_CLUSTERS", "W_FEW_CLUSTERS"} & {message.code for message in plain.messages}
    for size, code in ((1e5, "E_FEW_CLUSTERS"), (200.0, "W_FEW_CLUSTERS")):
        whale = frame.assign(
            clicks=frame.clicks.where(frame.index > 0, size), views=frame.views.where(frame.index > 0, size)
        )
        (message,) = (
            m for m in dw.analyze(whale, design(rate), methods=[]).messages if m.code.endswith("FEW_CLUSTERS")
        )
        assert message.code == code
        assert "60 (which weigh like " in message.text
    alone = frame.assign(
        clicks=frame.clicks.where(frame.index > 0, 1e12), views=frame.views.where(frame.index > 0, 1e12)
    )
    (message,) = (m for m in dw.analyze(alone, design(rate), methods=[]).messages if m.code == "E_SMALL_N")
    assert "60, of whom one holds nearly all the weight" in message.text


def test_stepwise_p_and_single_step_interval_may_disagree_and_it_is_said() -> None:
    """The second of two primary metrics: Holm tests it at 0.05, its simultaneous interval is at 0.025."""
    rng = np.random.default_rng(7)

    def effect(size: float) -> pd.DataFrame:
        frame = people(2000, fare=20 + rng.normal(0, 3, 2000))
        treated = frame["variant"] == TREATMENT
        frame["spend"] += np.where(treated, 3.0, 0.0)
        gap = frame.loc[treated, "fare"].mean() - frame.loc[~treated, "fare"].mean()
        frame.loc[treated, "fare"] += size * frame["fare"].std() * np.sqrt(4 / 2000) - gap
        return frame

    assert "I_CI_MISMATCH" in codes((effect(2.1), design("spend", "fare")))
    assert "I_CI_MISMATCH" not in codes((effect(4.0), design("spend", "fare")))


def test_a_disagreement_and_every_other_code_is_tested_somewhere() -> None:
    of_tools = {"W_SEPARATION", "W_CATE_NOISE"}  # estimators and tools raise these alone
    of_switchbacks = {  # test_switchback_codes.py, test_switchback.py
        "E_CLUSTER_FINE",
        "E_FE_COLLINEAR",
        "E_SCHEDULE_ALIAS",
        "E_SCHEDULE_MISMATCH",
        "I_CLOCK_CHANGE",
        "W_CARRYOVER",
        "W_FE_ABSORBS",
        "W_FE_RICH",
        "W_NO_BURN_IN",
        "W_PANEL_GAPS",
        "W_POST_WEIGHT",
        "W_REGION_CLUSTER",
        "W_RI_DISAGREES",
        "W_SHORT_BURN_IN",
        "W_VOLUME_SHIFT",
    }
    of_guidelines = {  # test_guideline.py
        "E_AA_FAIL",
        "E_HABIT",
        "E_NO_PREPERIOD",
        "E_SLOT_SHORT",
        "I_AA_CONSERVATIVE",
        "W_SHORT_PREPERIOD",
    }
    of_planning = {  # test_advice_codes.py
        "I_CUPED_WEAK",
        "I_ICC_NEG",
        "I_NO_DAYS",
        "I_TWO_NUMBERS",
        "W_ESTIMAND",
        "W_HISTORY_THIN",
        "W_STALE",
        "W_UNREACHABLE",
        "W_ZERO_INFLATED",
    }
    of_runs = of_switchbacks | of_guidelines
    assert set(CODES) == PAIRS.keys() | ELSEWHERE.keys() | of_tools | of_runs | of_planning | {"I_CI_MISMATCH"}
