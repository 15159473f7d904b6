"""Columns that divide participants: every level is the analysis of its own rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.data import GroupReading, MetricReading, Unreadable, read_moments


def divided(participants: int = 400) -> pd.DataFrame:
    frame = experiment(participants)
    rng = np.random.default_rng(6)
    who = frame["user"] - 1000
    frame["plan"] = rng.choice(["free", "pro", "it's; DROP"], participants)[who]
    frame["size"] = rng.choice([1, 2], participants)[who]
    return frame


def read(frame: pd.DataFrame, **words: object) -> tuple[MetricReading, dict[str, GroupReading | Unreadable]]:
    reading = read_moments(frame, design("spend", **words).needs())
    found = reading.metrics["spend"]
    assert isinstance(found, MetricReading)
    return found, dict(reading.groups)


def test_a_level_holds_what_its_own_rows_give() -> None:
    frame = divided()
    found, groups = read(frame, segments=["plan"])
    group = groups["plan"]
    assert isinstance(group, GroupReading)
    assert set(group.levels) == {"free", "pro", "it's; DROP"}
    for level in group.levels:
        own, _ = read(frame[frame["plan"] == level])
        for arm in (CONTROL, TREATMENT):
            left, right = found.parts["plan"][level][arm], own.arms[arm]
            assert left.level == pytest.approx(right.level, rel=1e-12)
            assert left.sums.adjusted_residual == pytest.approx(right.sums.adjusted_residual, rel=1e-10)
            assert left.n_participants == right.n_participants == group.participants[level][arm]


def test_several_strata_divide_by_their_combinations() -> None:
    frame = divided()
    found, groups = read(frame, strata=["plan", "size"])
    group = groups["plan × size"]
    assert isinstance(group, GroupReading)
    assert len(group.levels) == 6
    held = sum(n for arms in group.participants.values() for n in arms.values())
    assert held == frame["user"].nunique()
    one = frame[(frame["plan"] == "pro") & (frame["size"] == 2)]
    arms = found.parts["plan × size"]["pro × 2"]
    assert arms[CONTROL].n_observations == (one["variant"] == CONTROL).sum()


def test_who_has_no_level_or_several_is_in_none_and_counted() -> None:
    frame = divided()
    users = frame.loc[frame["user"].duplicated(keep=False), "user"].unique()
    frame.loc[frame["user"] == users[0], "plan"] = None
    frame.loc[frame.index[frame["user"] == users[1]][0], "plan"] = "another"
    _, groups = read(frame, segments=["plan"])
    group = groups["plan"]
    assert isinstance(group, GroupReading)
    assert (group.without, group.several) == (1, 1)
    assert sum(n for arms in group.participants.values() for n in arms.values()) == frame["user"].nunique() - 2


@pytest.mark.parametrize(
    ("column", "said"), [(lambda f: f["user"], "more than 1,000"), (lambda f: None, "missing in every row")]
)
def test_a_column_that_divides_nobody_is_refused_and_the_rest_stands(column: object, said: str) -> None:
    frame = divided(1200)
    frame["odd"] = column(frame)
    result = dw.analyze(frame, design("spend", segments=["odd"]))
    assert result.effect("spend").result == "estimate"
    assert said in str(result.segments[0].reason)
