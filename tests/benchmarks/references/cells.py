"""The switchback as weighted cells with hours and regions partialled out by dense algebra.

Cells weighted by their rows give the same fit, and the same sums per cluster, as the rows themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """C cells, all scaled by the root of their rows.

    `x`: treatment, constant, dummies, shape (C, k). `left`: outcome and treatment cleared of the effects, shape (C, 2).
    `group`: the cluster of each cell. `n` rows; `k` columns that CR1 counts, without effects nested in the clusters.
    """

    x: Any
    left: Any
    group: Any
    n: int
    k: int


def cells(path: str, cluster: str) -> Cells:
    """Read the file to cells."""
    import numpy as np
    import pandas as pd

    keys, effects = list(dict.fromkeys([cluster, "region", "hour", "treated"])), ("hour", "region")
    frame = pd.read_parquet(path, columns=[*keys, "spend"])
    table = frame.groupby(keys)["spend"].agg(["size", "mean"]).reset_index()
    nested = [name for name in effects if (table.groupby(name)[cluster].nunique() == 1).all()]
    dummies = [pd.get_dummies(table[name], drop_first=True).to_numpy(float) for name in effects]
    root = np.sqrt(table["size"].to_numpy(float))
    x = root[:, None] * np.column_stack([table["treated"], np.ones(len(table)), *dummies])
    both, fixed = np.column_stack([root * table["mean"].to_numpy(), x[:, 0]]), x[:, 1:]
    left = both - fixed @ np.linalg.solve(fixed.T @ fixed, fixed.T @ both)
    k = x.shape[1] - sum(table[name].nunique() - 1 for name in nested)
    return Cells(x=x, left=left, group=table[cluster].to_numpy(), n=len(frame), k=k)
