"""W3 by tea-tasting, which takes one row per participant: the engine of the second word gathers them first."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.line import say

SUMS = ("clicks", "views")
COLUMNS = ["participant", "arm", *SUMS, "before"]


def gathered(path: str, engine: str) -> Any:
    """Gather rows to participants in the way that is fastest for each engine."""
    if engine == "duckdb":
        import ibis

        table = ibis.duckdb.connect().read_parquet(path)
        totals = {name: table[name].sum() for name in SUMS}
        return table.group_by("participant").agg(arm=table.arm.arbitrary(), before=table.before.mean(), **totals)
    if engine == "polars":
        import polars as pl

        own = [pl.first("arm"), pl.mean("before"), *(pl.sum(name) for name in SUMS)]
        return pl.scan_parquet(path).group_by("participant").agg(own)
    import pandas as pd

    frame = pd.read_parquet(path, columns=COLUMNS)
    return frame.groupby("participant").agg({"arm": "first", "before": "mean"} | dict.fromkeys(SUMS, "sum"))


def main(path: str, engine: str) -> None:
    import tea_tasting as tt

    metric = tt.RatioOfMeans("clicks", "views", numer_covariate="before")
    people = gathered(path, engine)
    results = tt.Experiment({"rate": metric}, variant="arm").analyze(people, "control", all_variants=True)
    say({f"click_rate.{arm}.effect": result["rate"].effect_size for (_, arm), result in results.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
