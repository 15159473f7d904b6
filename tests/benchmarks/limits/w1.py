"""The limit of W1: DuckDB scans the file once and sums each metric and its square by arm."""

from __future__ import annotations

import sys

from benchmarks.line import METRICS, say


def main(path: str) -> None:
    import duckdb

    sums = ", ".join(f"sum({m}::DOUBLE), sum({m}::DOUBLE * {m})" for m in METRICS)
    rows = duckdb.execute(f"SELECT arm, count(*), {sums} FROM read_parquet(?) GROUP BY arm", [path]).fetchall()
    arms = {row[0]: row[1:] for row in rows}
    control = arms.pop("control")
    numbers = {
        f"{metric}.{arm}.effect": sums[1 + 2 * i] / sums[0] - control[1 + 2 * i] / control[0]
        for arm, sums in arms.items()
        for i, metric in enumerate(METRICS)
    }
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
