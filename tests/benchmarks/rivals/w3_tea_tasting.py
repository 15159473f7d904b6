"""W3 by tea-tasting, in the engine named by the second word: a ratio of means with a covariate."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.line import say

COLUMNS = ["arm", "clicks", "views", "before"]


def read(path: str, engine: str) -> Any:
    """Open the file in the way that is fastest for each engine."""
    if engine == "duckdb":
        import ibis

        return ibis.duckdb.connect().read_parquet(path)
    if engine == "polars":
        import polars as pl

        return pl.scan_parquet(path)
    import pandas as pd

    return pd.read_parquet(path, columns=COLUMNS)


def main(path: str, engine: str) -> None:
    import tea_tasting as tt

    metric = tt.RatioOfMeans("clicks", "views", numer_covariate="before")
    results = tt.Experiment({"rate": metric}, variant="arm").analyze(read(path, engine), "control", all_variants=True)
    numbers: dict[str, float] = {}
    for (_, arm), result in results.items():
        numbers[f"click_rate.{arm}.effect"] = result["rate"].effect_size
        numbers[f"click_rate.{arm}.std_error"] = result["rate"].effect_size / result["rate"].statistic
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
