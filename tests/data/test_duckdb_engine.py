"""The embedded engine is started once in a process and shared by all reads."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from made import design, experiment

from decision_widgets.data import read_moments

SPEC = design("spend").needs()


def fingerprint(frame: pd.DataFrame) -> str:
    return read_moments(frame, SPEC).fingerprint


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_reads_although_its_parent_has_read() -> None:
    frame = experiment(50)
    expected = fingerprint(frame)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # Python 3.12 warns of forks beside threads: that is the test
        with get_context("fork").Pool(1) as pool:
            assert pool.apply_async(fingerprint, [frame]).get(timeout=60) == expected


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.parametrize("reads", [False, True])
def test_a_forked_process_ends_as_any_other(reads: bool, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    experiment(500).to_parquet(path)
    code = f"""
import os, sys
from made import design
from decision_widgets.data import read_moments
read_moments({str(path)!r}, design("spend").needs())
child = os.fork()
if child == 0:
    {f"read_moments({str(path)!r}, design('spend').needs())" if reads else "pass"}
    sys.exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert _ran(code) == "7"


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory a process has is read from /proc")
def test_freed_memory_goes_back_to_the_system(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    rows = "range % 700_000 AS user, if(range % 700_000 % 2 = 0, 'A', 'B') AS variant, random() AS spend"
    duckdb.sql(f"SELECT {rows} FROM range(2_000_000)").write_parquet(str(path))
    code = f"""
import resource, time
from made import design
from decision_widgets.data import read_moments
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1024
needs = design("spend", control="A", arms=None).needs()
before = resident()
for _ in range(3):
    read_moments({str(path)!r}, needs)
time.sleep(3)
print((resident() - before) / (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
"""
    assert float(_ran(code)) < 0.6


def _ran(code: str) -> str:
    here = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_reads_side_by_side_do_not_see_each_others_tables(tmp_path: Path) -> None:
    frames = [experiment(50 + 10 * i) for i in range(8)]
    files = []
    for i, frame in enumerate(frames):
        files.append(tmp_path / f"{i}.parquet")
        frame.to_parquet(files[-1])
    expected = [fingerprint(frame) for frame in frames]
    assert len(set(expected)) == len(frames)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(fingerprint, frames)) == expected
        found = list(threads.map(lambda path: read_moments(str(path), SPEC).fingerprint, files))
    assert found == expected
