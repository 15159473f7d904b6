"""W1 by tea-tasting: the words are the engine, then `warm` for a table in memory that it has analysed before."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.line import METRICS, say, second

COLUMNS = ["arm", *METRICS]


def read(path: str, engine: str, *, into_memory: bool) -> Any:
    """Open the file in the way that is fastest for each engine."""
    if engine == "duckdb":
        import ibis

        connection = ibis.duckdb.connect()
        table = connection.read_parquet(path)
        return connection.create_table("in_memory", table.select(COLUMNS)) if into_memory else table
    if engine == "polars":
        import polars as pl

        return pl.read_parquet(path, columns=COLUMNS) if into_memory else pl.scan_parquet(path)
    import pandas as pd

    return pd.read_parquet(path, columns=COLUMNS)


def main(path: str, engine: str, warm: str | None = None) -> None:
    import tea_tasting as tt

    table = read(path, engine, into_memory=warm is not None)
    experiment = tt.Experiment({name: tt.Mean(name) for name in METRICS}, variant="arm")

    def analyse() -> Any:
        return experiment.analyze(table, "control", all_variants=True)

    results, seconds = (analyse(), None) if warm is None else second(analyse)
    numbers: dict[str, float] = {}
    for (_, arm), result in results.items():
        for metric in METRICS:
            numbers[f"{metric}.{arm}.effect"] = result[metric].effect_size
            numbers[f"{metric}.{arm}.std_error_cr2"] = result[metric].effect_size / result[metric].statistic
    say(numbers, seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
