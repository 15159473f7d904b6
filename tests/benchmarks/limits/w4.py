"""The limit of W4: DuckDB scans the file once into cells of region, hour, treatment and cluster."""

from __future__ import annotations

import sys

from benchmarks.line import say


def main(path: str) -> None:
    import duckdb

    query = """SELECT region, hour, treated, unit, count(*), sum(spend), sum(spend * spend)
        FROM read_parquet(?) GROUP BY region, hour, treated, unit"""
    duckdb.execute(query, [path]).fetchnumpy()
    say({})


if __name__ == "__main__":
    main(*sys.argv[1:])
