"""cluster-experiments' ClusteredOLSAnalysis on the data of `WORLDS`; prints one line of JSON."""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version

import numpy as np
from calibration.worlds.participants import Rows

SEED = 9000
WORLDS = {
    "10 clusters, 5 treated": Rows(control=5, treatment=5, rows=20, icc=0.2),
    "10 clusters, 3 treated": Rows(control=7, treatment=3, rows=20, icc=0.2),
}


def outcomes(name: str, replications: int) -> np.ndarray:
    """Return the outcomes that every program sees, shape (replications, clusters, rows)."""
    place = list(WORLDS).index(name)
    return WORLDS[name].draw(np.random.default_rng([SEED, place]), replications, 0.0)


def main(replications: int) -> None:
    import pandas as pd
    from cluster_experiments.experiment_analysis import ClusteredOLSAnalysis

    warnings.simplefilter("ignore")
    analysis = ClusteredOLSAnalysis(cluster_cols=["cluster"])
    rates = {}
    for name, world in WORLDS.items():
        clusters = np.repeat(np.arange(world.control + world.treatment), world.rows)
        arm = np.where(clusters < world.control, "A", "B")
        tables = (
            pd.DataFrame({"target": y.ravel(), "treatment": arm, "cluster": clusters})
            for y in outcomes(name, replications)
        )
        rates[name] = float(np.mean([analysis.get_pvalue(table) <= 0.05 for table in tables]))
    print(json.dumps({"program": f"cluster-experiments {version('cluster-experiments')}", "rates": rates}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
