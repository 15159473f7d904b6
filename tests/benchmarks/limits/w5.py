"""The limit of W5: one sort of the values of both arms."""

from __future__ import annotations

import sys

from benchmarks.line import say, second


def main(path: str, metric: str) -> None:
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["arm", metric])
    arm, values = (table[name].to_numpy() for name in ("arm", metric))
    both = values[arm != "treatment_2"]
    _, seconds = second(lambda: np.sort(both))
    say({}, seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
