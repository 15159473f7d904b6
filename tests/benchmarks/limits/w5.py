"""The limit of W5: one sort of the values of both arms."""

from __future__ import annotations

import sys
import time

from benchmarks.line import say


def main(path: str) -> None:
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["arm", "spend"])
    arm, spend = (table[name].to_numpy() for name in ("arm", "spend"))
    values = spend[arm != "treatment_2"]
    start = time.perf_counter()
    np.sort(values)
    say({}, seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
