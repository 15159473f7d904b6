"""Completion in a ``%%decision`` cell, through IPython's own completer; ``|`` is the cursor."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import decision_widgets as dw
from decision_widgets.magic.completion import at_cursor


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell()
    dw.load_ipython_extension(shell)
    shell.user_ns["rides"] = dw.examples.ride_hailing(riders=50)
    yield shell
    InteractiveShell.clear_instance()


def offered(shell: InteractiveShell, cell: str) -> list[str]:
    at = cell.index("|")
    text = cell.replace("|", "")
    with provisionalcompleter():
        found = list(shell.Completer.completions(text, at))
    return [each.text for each in found]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%%decision an|", ["analyze"]),
        ("%%decision result << mo|", ["monitor"]),
        ("%%decision analyze --d|", ["--data"]),
        ("%%decision analyze --data |", ["rides"]),
        ("%%decision advise --tr|", ["--traffic"]),
        ("%%decision analyze --tr|", []),
        ("%%decision --example s|", ["switchback"]),
        ("%%decision design\nparti|", ["participant: "]),
        ("%%decision design\narm: variant\nar|", ["arms: "]),
        ("%%decision design\nmissing: d|", ["drop"]),
        ("%%decision design\nmissing: |", ["raise", "drop", "zero"]),
        ("%%decision design\ndependent: t|", ["true"]),
        ("%%decision design\ndesign: s|", ["switchback"]),
        ("%%decision design\ndesign: switchback\nburn|", ["burn_in: "]),
        ("%%decision design\nburn|", []),
        ("%%decision design\ndesign: switchback\ncluster: region-|", ["region-slot", "region-day"]),
        ("%%decision design\nmetrics:\n  - {name: booked, rol|", ["role: "]),
        ("%%decision design\nmetrics:\n  - {name: booked, role: g|", ["guardrail"]),
        ("%%decision design\nmetrics:\n  - name: booked\n    dir|", ["direction: "]),
        ("%%decision design\nmetrics: [{name: y, kind: c|", ["count", "continuous"]),
        ("%%decision design\nmonitoring:\n  rule: p|", ["pocock"]),
        ("%%decision design\nmonitoring: {ru|", ["rule: "]),
        ("%%decision analyze --data rides\nparticipant: rid|", ["rider_id"]),
        ("%%decision analyze --data rides\nmetrics:\n  - boo|", ["booked"]),
        ("%%decision analyze --data rides\nmetrics: [booked, fa|", ["fare"]),
        ("%%decision analyze --data rides\nmetrics:\n  - {name: wai|", ["wait_minutes"]),
        ("%%decision analyze --data rides\nstrata: [ti|", ["time"]),
    ],
)
def test_what_may_stand_at_the_cursor_is_offered(shell: InteractiveShell, cell: str, expected: list[str]) -> None:
    assert sorted(offered(shell, cell)) == sorted(expected)


def test_other_cells_are_left_alone(shell: InteractiveShell) -> None:
    assert "rides" in offered(shell, "rid|")
    assert "participant: " not in offered(shell, "parti|")


def test_a_long_line_is_read_at_once() -> None:
    lines = ["%%decision design", "metrics: [" + "a, " * 5_000 + "]b"]
    began = time.perf_counter()
    at_cursor(lines, lines, {})
    assert time.perf_counter() - began < 1


def test_loading_twice_offers_once_and_unloading_offers_nothing(shell: InteractiveShell) -> None:
    dw.load_ipython_extension(shell)
    assert offered(shell, "%%decision an|") == ["analyze"]
    dw.unload_ipython_extension(shell)
    assert "analyze" not in offered(shell, "%%decision an|")
    dw.load_ipython_extension(shell)
