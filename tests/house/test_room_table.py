"""The README's room table is the folder listing."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "decision_widgets"
BUILT = {"labextension", "__pycache__", "__init__.py", "notebooks"}


def test_every_room_stands_in_the_readme_and_nothing_else_does() -> None:
    listed = set(re.findall(r"^\| `decision_widgets/([\w.]+)/?` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    rooms = {path.name for path in PACKAGE.iterdir()} - BUILT
    assert listed == rooms


def test_the_top_level_holds_what_was_agreed() -> None:
    agreed = {"pyproject.toml", "decision_widgets", "notebooks", "tests", "jupyter-config", "README.md", "LICENSE"}
    agreed |= {"CONTRIBUTING.md", "CHANGELOG.md"}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so nobody can say which files belong to the repository")
    found = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {name for name in found if not name.startswith(".")} == agreed


def test_where_new_code_goes_names_files_that_exist() -> None:
    section = (ROOT / "README.md").read_text().split("## Where new code goes")[1].split("\n## ")[0]
    named = re.findall(r"`((?:data|estimates|analysis|results|views|server|tests|notebooks)/[\w./*]*)`", section)
    assert len(named) >= 10
    missing = [name for name in named if not any(list(base.glob(name)) for base in (PACKAGE, ROOT))]
    assert missing == []
