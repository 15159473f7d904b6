"""One version for both package worlds, and a lock file that names no registry."""

from __future__ import annotations

import json
from pathlib import Path

import decision_widgets

ROOT = Path(__file__).parents[2]
LAB = ROOT / "decision_widgets" / "lab"


def test_the_lab_extension_has_the_version_of_the_package() -> None:
    assert json.loads((LAB / "package.json").read_text("utf-8"))["version"] == decision_widgets.__version__


def test_the_lock_file_and_yarn_settings_hold_no_address() -> None:
    for name in ("yarn.lock", ".yarnrc.yml"):
        assert "://" not in (LAB / name).read_text("utf-8"), name
