"""The limit of W2: DuckDB hashes the rows by participant, then sums the products of the totals by arm."""

from __future__ import annotations

from benchmarks.line import asked, say, words


def main(path: str, metrics: str, covariate: str | None = None) -> None:
    import duckdb

    names = metrics.split(",")
    inner = ", ".join(["count(*) AS n", *(f"sum({m}::DOUBLE) AS y{i}" for i, m in enumerate(names))])
    outer = ["sum(n)", *(f"sum(y{i})" for i in range(len(names))), "sum(n * n)"]
    outer += [f"{total}" for i in range(len(names)) for total in (f"sum(n * y{i})", f"sum(y{i} * y{i})")]
    if covariate:
        inner += f", any_value({covariate}) AS x"
        outer += ["sum(n * x)", "sum(n * x * x)", "sum(x * y0)", "sum(n * n * x)", "sum(n * x * y0)"]
        outer += ["sum(n * n * x * x)", "sum(n * x * x * y0)", "sum(n * n * x * x * x)", "sum(x * x * y0 * y0)"]
    query = f"""SELECT arm, {", ".join(outer)} FROM
        (SELECT participant, any_value(arm) AS arm, {inner} FROM read_parquet(?) GROUP BY participant) GROUP BY arm"""
    rows, seconds = asked(lambda: duckdb.execute(query, [path]).fetchall())
    arms = {row[0]: row[1:] for row in rows}
    control = arms.pop("control")
    effects = {
        f"{name}.{arm}.effect": sums[1 + i] / sums[0] - control[1 + i] / control[0]
        for arm, sums in arms.items()
        for i, name in enumerate(names)
    }
    say({} if covariate else effects, seconds=seconds)


if __name__ == "__main__":
    main(*words())
