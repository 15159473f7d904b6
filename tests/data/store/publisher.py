"""A publisher in a process of its own: ``publisher.py ADDRESS NAME N`` publishes N versions of a shared metric.

With ``hold`` as a fourth word it says "held" when all is written but nothing is committed, and waits to be killed.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from decision_widgets.data.store import MetricStore
from decision_widgets.moments import MetricSummary


def hold(connection: Connection) -> None:
    print("held", flush=True)
    time.sleep(120)


def main(address: str, kept: str, name: str, times: str, *words: str) -> None:
    """Wait for a line on the standard input, then publish."""
    summary = MetricSummary.from_json(Path(kept).read_text())
    store = MetricStore(address, timeout=60)
    print("ready", flush=True)
    sys.stdin.readline()
    if "hold" in words:
        event.listen(Engine, "commit", hold)
    for k in range(int(times)):
        shared = replace(summary, metric="shared", evidence=f"{name} {k}")
        store.publish([shared, replace(shared, metric=f"of {name}")])


if __name__ == "__main__":
    main(*sys.argv[1:])
