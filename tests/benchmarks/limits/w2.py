"""The limit of W2: DuckDB hashes the rows by participant, then sums the products of the totals by arm."""

from __future__ import annotations

import sys

from benchmarks.line import say


def main(path: str, covariate: str | None = None) -> None:
    import duckdb

    inner, outer = "count(*) AS n, sum(spend) AS y", "sum(n), sum(y), sum(n * n), sum(n * y), sum(y * y)"
    if covariate:
        inner += f", sum({covariate}) AS x, sum({covariate} * {covariate}) AS xx, sum({covariate} * spend) AS xy"
        outer += ", sum(x), sum(n * x), sum(y * x), sum(x * x), sum(xx), sum(xy), sum(xx * xx), sum(xy * xy)"
    query = f"""SELECT arm, {outer} FROM
        (SELECT participant, any_value(arm) AS arm, {inner} FROM read_parquet(?) GROUP BY participant) GROUP BY arm"""
    arms = {row[0]: row[1:] for row in duckdb.execute(query, [path]).fetchall()}
    control = arms.pop("control")
    effects = {f"spend.{arm}.effect": sums[1] / sums[0] - control[1] / control[0] for arm, sums in arms.items()}
    say({} if covariate else effects)


if __name__ == "__main__":
    main(*sys.argv[1:])
