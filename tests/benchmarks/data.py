"""Seeded data in Parquet, written in chunks so that 100 million rows fit in little memory.

A/B: rows in random order, so a participant's rows are spread over the file; arms are balanced over participants; 10
rows per participant on average (1 exactly when there are as many participants as rows). Switchback: 28 days × 48
slots × 20 regions, a coin per region and slot, a shock per region and day.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.line import METRICS, arm_names, metric_names

CHUNK = 1_000_000
DAYS, SLOTS, REGIONS = 28, 48, 20
Chunk = Callable[[Any, int, int], dict[str, Any]]


def between(rows: int, participants: int, metrics: int, arms: int, seed: int) -> Chunk:
    """Return the function that makes one chunk of the A/B table: (rng, first row, rows) → columns."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(seed)
    arm = (rng.permutation(participants) % arms).astype(np.int32)
    taste = rng.normal(size=participants).astype(np.float32)
    before = (10 + 2 * taste + rng.normal(size=participants)).astype(np.float32)

    def chunk(rng: Any, first: int, n: int) -> dict[str, Any]:
        who = np.arange(first, first + n) if participants == rows else rng.integers(0, participants, n)
        t, lift = taste[who].astype(float), 0.02 * (1 + arm[who])
        views = 1 + rng.poisson(3, n)
        values = {
            "spend": np.exp(2 + 0.3 * t + lift + 0.5 * rng.normal(size=n)),
            "trips": rng.poisson(np.exp(0.3 + 0.3 * t + lift)),
            "paid": (rng.random(n) < 0.4 + lift / 5 + 0.1 * np.tanh(t)).astype(np.int64),
            "clicks": rng.binomial(views, 0.3 + lift / 5 + 0.05 * np.tanh(t)),
            "views": views,
        }
        extra = {name: 5 + t + lift + rng.normal(size=n) for name in metric_names(metrics)[len(METRICS) :]}
        coded = pa.DictionaryArray.from_arrays(pa.array(arm[who]), pa.array(arm_names(arms)))
        return (
            {"participant": who, "arm": coded.cast(pa.string()), "before": before[who].astype(float)} | values | extra
        )

    return chunk


def switchback(seed: int) -> Chunk:
    """Return the function that makes one chunk of the switchback table."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(seed)
    treated = rng.integers(0, 2, (REGIONS, DAYS * SLOTS))
    level, hourly = rng.normal(20, 3, REGIONS), rng.normal(0, 2, DAYS * 24)
    shock = rng.normal(0, 1, (REGIONS, DAYS))
    by_day = rng.integers(0, 2, REGIONS * DAYS)

    def chunk(rng: Any, first: int, n: int) -> dict[str, Any]:
        region, slot = rng.integers(0, REGIONS, n), rng.integers(0, DAYS * SLOTS, n)
        day, hour, coin = slot // SLOTS, slot // (SLOTS // 24), treated[region, slot]
        spend = level[region] + hourly[hour] + shock[region, day] + 0.3 * coin + rng.normal(0, 4, n)
        time = np.datetime64("2026-01-05") + slot * np.timedelta64(24 * 60 // SLOTS, "m")
        arm = pa.DictionaryArray.from_arrays(pa.array(coin.astype(np.int32)), pa.array(["control", "treatment"]))
        return {
            "region": region,
            "slot": slot,
            "hour": hour,
            "unit": region * DAYS + day,
            "fortnight": region * 2 + day // 14,
            "by_day": by_day[region * DAYS + day],  # treatment as if dealt by region and day; it does nothing
            "time": time.astype("datetime64[us]"),
            "arm": arm.cast(pa.string()),
            "treated": coin,
            "spend": spend,
        }

    return chunk


def chunks(make: Chunk, rows: int, seed: int) -> Iterator[dict[str, Any]]:
    """Make every chunk from its own seed, so that a file does not depend on how it is written."""
    import numpy as np

    for number, first in enumerate(range(0, rows, CHUNK)):
        yield make(np.random.default_rng([seed, number]), first, min(CHUNK, rows - first))


def write(path: Path, make: Chunk, rows: int, seed: int) -> None:
    """Write all chunks to one file, which appears under its name only when it is complete."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    unfinished, writer = path.with_suffix(".unfinished"), None
    for columns in chunks(make, rows, seed):
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=131_072)
    assert writer is not None
    writer.close()
    unfinished.rename(path)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("path", type=Path)
    ask.add_argument("kind", choices=["between", "switchback"])
    for name, usual in (("rows", 100_000), ("participants", 10_000), ("metrics", 5), ("arms", 3), ("seed", 20260105)):
        ask.add_argument(f"--{name}", type=int, default=usual)
    a = ask.parse_args()
    make = switchback(a.seed) if a.kind == "switchback" else between(a.rows, a.participants, a.metrics, a.arms, a.seed)
    write(a.path, make, a.rows, a.seed)


if __name__ == "__main__":
    main()
