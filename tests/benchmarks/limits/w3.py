"""The limit of W3: DuckDB scans the file once and sums the products of three columns by arm."""

from __future__ import annotations

import sys
from itertools import combinations_with_replacement

from benchmarks.line import say


def main(path: str) -> None:
    import duckdb

    columns = [f"{name}::DOUBLE" for name in ("clicks", "views", "before")]
    products = [f"sum({a} * {b})" for a, b in combinations_with_replacement(columns, 2)]
    sums = ", ".join([f"sum({name})" for name in columns] + products)
    duckdb.execute(f"SELECT arm, count(*), {sums} FROM read_parquet(?) GROUP BY arm", [path]).fetchall()
    say({})


if __name__ == "__main__":
    main(*sys.argv[1:])
