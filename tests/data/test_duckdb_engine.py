"""The embedded engine is started once in a process and shared by all reads."""

from __future__ import annotations

import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

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
