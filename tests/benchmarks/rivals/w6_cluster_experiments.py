"""W6 by cluster-experiments: schedules drawn and analysed one by one, extrapolated from a few; on cells or on rows.

Its analysis is OLS with errors clustered by region and slot, without fixed effects, CR2 or degrees of freedom.
"""

from __future__ import annotations

import sys
import warnings

from benchmarks.line import say, second

DRAWS = 1_000
FITTED = {"cells": 10, "rows": 2}


def main(path: str, what: str) -> None:
    import pandas as pd
    from cluster_experiments import ClusteredOLSAnalysis, ConstantPerturbator, PowerAnalysis, SwitchbackSplitter

    warnings.simplefilter("ignore")  # it groups in a way that pandas is about to change
    frame = pd.read_parquet(path, columns=["region", "time", "spend"]).rename(columns={"spend": "target"})
    frame["region"] = frame["region"].astype(str)
    if what == "cells":
        frame = frame.groupby(["region", "time"], as_index=False)["target"].mean()
    clusters = ["region", "time"]
    analysis = PowerAnalysis(
        perturbator=ConstantPerturbator(),
        splitter=SwitchbackSplitter(time_col="time", switch_frequency="30min", cluster_cols=clusters),
        analysis=ClusteredOLSAnalysis(cluster_cols=clusters),
        n_simulations=FITTED[what],
        seed=1,
    )
    _, seconds = second(lambda: analysis.power_analysis(frame, average_effect=0.1))
    say({}, seconds=seconds * DRAWS / FITTED[what])


if __name__ == "__main__":
    main(*sys.argv[1:])
