"""The whole analysis of experiments without effect: how often it ships or claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
from calibration.path import ALPHA, Answers, Path, at_most, claimed
from calibration.worlds.covariates import LongTables, RepeatedCovariate

import decision_widgets as dw

SECTION = "Decision: the whole analysis of experiments without effect"
SHIPPED = 0.025
WORLD = RepeatedCovariate(control=100, treatment=100)


def tables(data: LongTables) -> Iterator[pd.DataFrame]:
    """Write the rows of each experiment, with a second outcome that falls where the first rises."""
    for who, treated, y, x in zip(data.participant, data.treated, data.outcome, data.covariate, strict=True):
        arm = np.where(treated, "B", "A")
        yield pd.DataFrame({"who": who, "arm": arm, "y": y, "z": 20 - y + x, "before": x})


def shipped(data: LongTables, *, metrics: Sequence[dw.Metric]) -> Answers:
    """Analyse each table and read its verdict."""
    design = dw.BetweenSubject(participant="who", arm="arm", control="A", metrics=metrics)
    verdicts = [dw.analyze(table, design).decision.verdict for table in tables(data)]
    return Answers(claims=np.array([verdict == "ship" for verdict in verdicts], dtype=float))


def claimed_of_any(data: LongTables) -> Answers:
    """Analyse two metrics and count tables in which one of them has an adjusted p-value of at most .05."""
    design = dw.BetweenSubject(participant="who", arm="arm", control="A", metrics=["y", "z"])
    smallest = []
    for table in tables(data):
        adjusted = [getattr(row, "p_value_adjusted", None) for row in dw.analyze(table, design).recommended()]
        smallest.append(min(p for p in adjusted if p is not None))
    return Answers(claims=claimed(smallest))


PATHS = (
    Path(
        section=SECTION,
        name="shipped: one primary metric",
        seed=8000,
        draw=WORLD.draw,
        analyse=partial(shipped, metrics=(dw.Metric("y"),)),
        band=at_most(SHIPPED),
        share=0.2,
        batch=50,
    ),
    Path(
        section=SECTION,
        name="shipped: two primary metrics adjusted by a covariate",
        seed=8001,
        draw=WORLD.draw,
        analyse=partial(
            shipped, metrics=(dw.Metric("y", covariates=("before",)), dw.Metric("z", covariates=("before",)))
        ),
        band=at_most(SHIPPED),
        share=0.1,
        batch=50,
    ),
    Path(
        section=SECTION,
        name="two primary metrics: either has an adjusted p-value of at most .05 (two-sided)",
        seed=8002,
        draw=WORLD.draw,
        analyse=claimed_of_any,
        band=at_most(ALPHA),
        share=0.1,
        batch=50,
    ),
)
