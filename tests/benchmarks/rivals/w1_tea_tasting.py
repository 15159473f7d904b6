"""W1 by tea-tasting, in the engine named by the second word."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.line import METRICS, say


def read(path: str, engine: str) -> Any:
    """Open the file in the way that is fastest for each engine."""
    if engine == "duckdb":
        import ibis

        return ibis.duckdb.connect().read_parquet(path)
    if engine == "polars":
        import polars as pl

        return pl.scan_parquet(path)
    import pandas as pd

    return pd.read_parquet(path, columns=["arm", *METRICS])


def main(path: str, engine: str) -> None:
    import tea_tasting as tt

    metrics = {name: tt.Mean(name, equal_var=True) for name in METRICS}
    results = tt.Experiment(metrics, variant="arm").analyze(read(path, engine), "control", all_variants=True)
    numbers: dict[str, float] = {}
    for (_, arm), result in results.items():
        for metric in METRICS:
            numbers[f"{metric}.{arm}.effect"] = result[metric].effect_size
            numbers[f"{metric}.{arm}.std_error"] = result[metric].effect_size / result[metric].statistic
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
