"""W1 of a table in memory, Arrow or pandas, in a session that has analysed it before."""

from __future__ import annotations

import sys

from benchmarks.line import METRICS, say, second
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str, kind: str) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["arm", *METRICS])
    frame = table.to_pandas() if kind == "pandas" else table
    result, seconds = second(lambda: dw.analyze(frame, design(METRICS, participant=None), methods=[]))
    say(numbers(result), seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
