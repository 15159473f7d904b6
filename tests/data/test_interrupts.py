"""Ctrl-C is heard at once in every engine, and leaves the session as it was."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest
from engines import Opened, spark_only

import decision_widgets as dw
from decision_widgets.data import Progress
from decision_widgets.data.cells import CellSpec, read_cells

DESIGN = dw.BetweenSubject(participant="pid", arm="arm", control="A", metrics=["y"])
ROWS = "range % 1000000 AS pid, 'AB'[1 + range % 2] AS arm, random() AS y"
PROMPTLY = 1.0  # seconds; DuckDB takes milliseconds, a cancelled Spark job up to half a second


class Interrupt:
    """Sends a real SIGINT to this process, a moment after a stage was named."""

    def __init__(self, stage: str, after: float) -> None:
        self.stage, self.after, self.sent = stage, after, 0.0
        self.timer: threading.Timer | None = None

    def __call__(self, said: Progress) -> None:
        if said.stage.startswith(self.stage) and self.timer is None:
            self.timer = threading.Timer(self.after, self.send)
            self.timer.start()

    def send(self) -> None:
        self.sent = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)


def interrupted(data: Any, stage: str = "Looking", after: float = 0.5) -> float:
    """Analyse until the signal comes; return the seconds from there to the KeyboardInterrupt."""
    interrupt = Interrupt(stage, after)
    with pytest.raises(KeyboardInterrupt):
        dw.analyze(data, DESIGN, progress=interrupt)
    return time.monotonic() - interrupt.sent


@pytest.fixture
def pythons_own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def connected(rows: int) -> Any:
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW big AS SELECT {ROWS} FROM range({rows})")
    return connection


KINDS = {"table": lambda connection: (connection, "big"), "relation": lambda connection: connection.table("big")}


@pytest.mark.usefixtures("pythons_own_handler")
@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(("stage", "rows", "after"), [("Looking", 10**10, 0.5), ("Gathering", 40_000_000, 0.1)])
def test_an_interrupted_read_leaves_the_users_connection_as_it_was(
    make: Any, stage: str, rows: int, after: float
) -> None:
    connection = connected(rows)
    look = "SELECT name, value FROM duckdb_settings()"
    before = connection.execute("SHOW ALL TABLES").fetchall(), connection.execute(look).fetchall()
    assert interrupted(make(connection), stage, after) < PROMPTLY
    assert (connection.execute("SHOW ALL TABLES").fetchall(), connection.execute(look).fetchall()) == before
    assert not any(thread.name.startswith("decision_widgets") for thread in threading.enumerate())
    connection.execute("CREATE OR REPLACE VIEW big AS SELECT range AS pid, 'AB'[1 + range % 2] AS arm, "
                       "sqrt(range) AS y FROM range(1000)")  # fmt: skip
    assert dw.analyze(make(connection), DESIGN).effect("y").n_control == 500


@pytest.mark.usefixtures("pythons_own_handler")
def test_an_interrupt_in_the_users_transaction_is_heard_too() -> None:
    connection = connected(40_000_000)
    look = "SELECT name, value FROM duckdb_settings()"
    before = connection.execute(look).fetchall()
    connection.execute("BEGIN")
    assert interrupted((connection, "big"), "Gathering", 0.1) < PROMPTLY
    connection.execute("ROLLBACK")
    assert connection.execute(look).fetchall() == before
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


@pytest.mark.usefixtures("pythons_own_handler")
def test_a_lazy_frame_that_computes_for_long_is_interrupted() -> None:
    slow = pl.int_range(20_000_000, dtype=pl.Int64).cast(float)
    for _ in range(60):
        slow = slow.sin() + 1
    rows = pl.LazyFrame({"one": [1]}).select(pid=pl.int_range(20_000_000), arm=pl.lit("A"), y=slow)
    sent: list[float] = []
    timer = threading.Timer(0.5, lambda: (sent.append(time.monotonic()), os.kill(os.getpid(), signal.SIGINT)))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        dw.analyze(rows, DESIGN)
    assert time.monotonic() - sent[0] < PROMPTLY


@pytest.mark.usefixtures("pythons_own_handler")
def test_cells_are_interrupted_too() -> None:
    interrupt = Interrupt("Adding up cells", 0.3)
    with pytest.raises(KeyboardInterrupt):
        read_cells((connected(10**10), "big"), CellSpec(keys=("arm",), outcomes=("y",)), progress=interrupt)
    assert time.monotonic() - interrupt.sent < PROMPTLY


@spark_only
def test_an_interrupted_read_leaves_no_job_view_or_cache_in_a_spark_session(engine: Opened) -> None:
    session = engine.session
    columns = ("id % 1000 AS pid", "IF(id % 2 = 0, 'A', 'B') AS arm", "rand() AS y")
    assert interrupted(session.range(10**11).selectExpr(*columns), after=1.0) < PROMPTLY
    small = session.range(1000).selectExpr("id AS pid", *columns[1:2], "sqrt(id) AS y")
    assert dw.analyze(small, DESIGN, methods=[]).effect("y").n_control == 500
    assert session.catalog.listTables() == []
    if engine.name == "spark classic":
        assert list(session.sparkContext.statusTracker().getActiveJobsIds()) == []
        assert session.sparkContext._jsc.getPersistentRDDs().size() == 0
