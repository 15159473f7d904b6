"""Publishers at the same time, and publishers that die: real processes on both kinds of store."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import decision_widgets as dw
from decision_widgets.data.store import MetricStore
from decision_widgets.errors import StoreFailed
from decision_widgets.moments import MetricSummary

PUBLISHER = Path(__file__).with_name("publisher.py")


@pytest.fixture(scope="module")
def summary() -> MetricSummary:
    rides = dw.examples.ride_hailing(riders=50)
    return dw.summarize(rides, metrics="fare", participant="rider_id", time="time").metrics[0]


class Publishers:
    """Starts publishers and ends those that a test leaves behind."""

    def __init__(self, address: str, kept: Path) -> None:
        self.address, self.kept = address, kept
        self.running: list[subprocess.Popen[str]] = []

    def start(self, name: str, times: int, *words: str) -> subprocess.Popen[str]:
        """Start one that is ready to publish."""
        command = [sys.executable, str(PUBLISHER), self.address, str(self.kept), name, str(times), *words]
        started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.running.append(started)
        return started

    def go(self) -> None:
        """Let all publish at the same time."""
        for each in self.running:
            assert said(each) == "ready"
        for each in self.running:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()


def said(publisher: subprocess.Popen[str]) -> str:
    assert publisher.stdout is not None
    return publisher.stdout.readline().strip()


@pytest.fixture
def publishers(url: str, tmp_path: Path, summary: MetricSummary) -> Iterator[Publishers]:
    kept = tmp_path / "summary.json"
    kept.write_text(summary.to_json())
    started = Publishers(url, kept)
    yield started
    for each in started.running:
        each.kill()
        each.communicate()


def test_publishers_at_once_lose_nothing_and_share_no_version(url: str, publishers: Publishers) -> None:
    names, times = ("a", "b", "c"), 8
    started = [publishers.start(name, times) for name in names]
    publishers.go()
    assert [each.wait(60) for each in started] == [0, 0, 0]
    store = MetricStore(url)
    versions = [each.version for each in store.history("shared")]
    assert versions == list(range(len(names) * times, 0, -1))
    kept = {store.get("shared", version=version).evidence for version in versions}
    assert kept == {f"{name} {k}" for name in names for k in range(times)}
    assert all(len(store.history(f"of {name}")) == times for name in names)


def test_the_same_job_twice_at_once_adds_its_versions_once(url: str, publishers: Publishers) -> None:
    started = [publishers.start("twin", 1) for _ in range(3)]
    publishers.go()
    assert [each.wait(60) for each in started] == [0, 0, 0]
    assert [each.version for each in MetricStore(url).history("shared")] == [1]


@pytest.mark.parametrize("published_before", [False, True])
def test_a_killed_publish_leaves_the_old_version_whole(
    published_before: bool, url: str, publishers: Publishers, summary: MetricSummary
) -> None:
    store, old = MetricStore(url, timeout=20), replace(summary, metric="shared")
    if published_before:
        store.publish(old)
    before = store.list()
    killed = publishers.start("killed", 1, "hold")
    publishers.go()
    assert said(killed) == "held"
    assert store.list() == before  # readers neither wait nor see half of it
    killed.kill()
    killed.wait()
    assert store.list() == before
    if published_before:
        assert store.get("shared") == replace(old, population="everybody")
    new = store.publish(replace(old, n_rows=1)).published[0]
    assert (new.version, new.added) == (1 + published_before, True)


def test_a_store_that_another_publisher_holds_is_one_clear_error(
    url: str, publishers: Publishers, summary: MetricSummary
) -> None:
    held = publishers.start("holder", 1, "hold")
    publishers.go()
    assert said(held) == "held"
    begun = time.monotonic()
    with pytest.raises(StoreFailed, match=r"was locked by another process for 0\.5 seconds") as caught:
        MetricStore(url, timeout=0.5).publish(summary)
    assert time.monotonic() - begun < 10
    assert "s3cret" not in str(caught.value)
