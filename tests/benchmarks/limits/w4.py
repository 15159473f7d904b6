"""The limit of W4: DuckDB scans the file once into cells of region, hour, treatment and cluster."""

from __future__ import annotations

from benchmarks.line import asked, say, words


def main(path: str) -> None:
    import duckdb

    query = """SELECT region, hour, treated, unit, count(*), sum(spend), sum(spend * spend)
        FROM read_parquet(?) GROUP BY region, hour, treated, unit"""
    _, seconds = asked(lambda: duckdb.execute(query, [path]).fetchnumpy())
    say({}, seconds=seconds)


if __name__ == "__main__":
    main(*words())
