"""The map of what the browser tests show is whole, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PROMISES = 31
ROW = re.compile(r"^\| *(\d*) *\|([^|]+)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
NAME = re.compile(r"`(test_\w+)`")


def rows() -> list[tuple[str, ...]]:
    return [row for row in ROW.findall((TESTS / "browser" / "README.md").read_text("utf-8")) if "**" not in row[1]]


def test_every_promise_stands_in_the_map_once_with_a_test_and_what_it_shows() -> None:
    numbered = [row for row in rows() if row[0]]
    assert [int(row[0]) for row in numbered] == list(range(1, PROMISES + 1))
    assert [row[0] for row in numbered if not NAME.search(row[2]) or not row[3].strip()] == []


def test_every_test_that_the_map_names_exists() -> None:
    source = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    defined = set(re.findall(r"^def (test_\w+)\(", source, re.MULTILINE))
    named = NAME.findall((TESTS / "browser" / "README.md").read_text("utf-8"))
    assert len(named) > PROMISES
    assert sorted(set(named) - defined) == []


def test_every_browser_test_file_has_a_test_in_the_map() -> None:
    named = set(NAME.findall((TESTS / "browser" / "README.md").read_text("utf-8")))
    files = {path.name: set(re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE))
             for path in (TESTS / "browser").glob("test_*.py")}  # fmt: skip
    assert [name for name, tests in files.items() if not tests & named] == []
