"""The limit of W4: DuckDB scans the file once into cells of region, slot and arm."""

from __future__ import annotations

import sys

from benchmarks.line import say


def main(path: str) -> None:
    import duckdb

    query = """SELECT region, slot, arm, count(*), sum(spend), sum(spend * spend)
        FROM read_parquet(?) GROUP BY region, slot, arm"""
    duckdb.execute(query, [path]).fetchnumpy()
    say({})


if __name__ == "__main__":
    main(*sys.argv[1:])
