"""Call ``dw.analyze`` on a Parquet path, or on a pandas frame while paths are not accepted."""

from __future__ import annotations

from typing import Any

from benchmarks.line import not_built

import decision_widgets as dw

FRAME_ROWS = 20_000_000


def analyze(path: str, design: dw.BetweenSubject) -> tuple[dw.DecisionResult, str | None]:
    """Return the result, and a note when the path had to be read with pandas first."""
    try:
        result, note = dw.analyze(path, design), None
    except dw.InputError as problem:
        if "got str" not in str(problem):
            raise
        import pandas as pd
        import pyarrow.parquet as pq

        if pq.read_metadata(path).num_rows > FRAME_ROWS:
            not_built("paths are not accepted yet, and a frame of so many rows would fill the memory")
        result = dw.analyze(pd.read_parquet(path, columns=list(design.needs().columns())), design)
        note = "ours read the file with pandas: paths are not accepted yet"
    applied = next(
        (
            message
            for message in result.messages
            if message.code == "I_NOT_APPLIED" and any(metric.covariates for metric in design.metrics)
        ),
        None,
    )
    if applied is not None:
        not_built("the analysis does not use covariates yet")
    return result, note


def numbers(result: dw.DecisionResult, methods: tuple[str, ...], std_error: str) -> dict[str, float]:
    """Gather effects and standard errors of some methods; refused ones are simply not there."""
    found: dict[str, float] = {}
    rows: list[Any] = [row for row in result.estimates if row.method in methods and hasattr(row, "effect")]
    for row in rows:
        stem = f"{row.metric}.{row.arm}"
        found[f"{stem}.effect"] = row.effect
        found[f"{stem}.{std_error.format(method=row.method.removeprefix('ols_'))}"] = row.std_error
    return found
