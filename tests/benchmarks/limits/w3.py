"""The limit of W3: DuckDB hashes the rows by participant, then sums the products of three totals by arm."""

from __future__ import annotations

from itertools import combinations_with_replacement

from benchmarks.line import asked, say, words


def main(path: str) -> None:
    import duckdb

    columns = ("clicks", "views", "before")
    inner = ", ".join(f"sum({name}::DOUBLE) AS {name}" for name in columns)
    products = [f"sum({a} * {b})" for a, b in combinations_with_replacement(columns, 2)]
    outer = ", ".join([*(f"sum({name})" for name in columns), *products])
    query = f"""SELECT arm, count(*), {outer} FROM
        (SELECT participant, any_value(arm) AS arm, {inner} FROM read_parquet(?) GROUP BY participant) GROUP BY arm"""
    _, seconds = asked(lambda: duckdb.execute(query, [path]).fetchall())
    say({}, seconds=seconds)


if __name__ == "__main__":
    main(*words())
