"""The limit of W1: DuckDB scans the file once and sums each metric and its square by arm; or a frame in memory."""

from __future__ import annotations

from benchmarks.line import METRICS, asked, say, second, words


def main(path: str, kind: str | None = None) -> None:
    import duckdb

    sums = ", ".join(f"sum({m}::DOUBLE), sum({m}::DOUBLE * {m})" for m in METRICS)
    connection = duckdb.connect()
    if kind is None:
        query = f"SELECT arm, count(*), {sums} FROM read_parquet('{path}') GROUP BY arm"
        rows, seconds = asked(lambda: connection.execute(query).fetchall())
    else:
        table = connection.execute(f"SELECT arm, {', '.join(METRICS)} FROM read_parquet('{path}')").to_arrow_table()
        connection.register("frame", table.to_pandas() if kind == "pandas" else table)
        query = f"SELECT arm, count(*), {sums} FROM frame GROUP BY arm"
        rows, seconds = second(lambda: connection.execute(query).fetchall())
    arms = {row[0]: row[1:] for row in rows}
    control = arms.pop("control")
    numbers = {
        f"{metric}.{arm}.effect": sums[1 + 2 * i] / sums[0] - control[1 + 2 * i] / control[0]
        for arm, sums in arms.items()
        for i, metric in enumerate(METRICS)
    }
    say(numbers, seconds=seconds)


if __name__ == "__main__":
    main(*words())
