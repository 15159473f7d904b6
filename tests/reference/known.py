"""Where the known values are: those in the repository, and those in a folder beside it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ABSENT = "the reference folder is absent: set DW_REFERENCE, or put shared/reference above the repository"


@dataclass(frozen=True)
class Case:
    """One known value, and the folder its table is in."""

    plain: dict[str, Any]
    data_dir: Path


def reference_folder() -> Path | None:
    """Return the folder of DW_REFERENCE, else the first ``shared/reference`` on the way up, else nothing."""
    named = os.environ.get("DW_REFERENCE")
    places = [Path(named)] if named else [parent / "shared" / "reference" for parent in HERE.parents]
    return next((place for place in places if (place / "open" / "cases.json").is_file()), None)


def reference_table(name: str) -> Path:
    """Return the path of a table that is not shipped; skips the test where the folder is absent."""
    folder = reference_folder()
    if folder is None:
        pytest.skip(ABSENT)
    return folder / "open" / "data" / name


def required_keys() -> dict[str, list[str]]:
    keys = json.loads((HERE / "required_keys.json").read_text(encoding="utf-8"))
    return keys["core"] | keys["later"]


def vendored_cases() -> list[Case]:
    return [Case(plain, HERE / "data") for plain in _read(HERE / "cases.json")]


def other_cases() -> list[Case]:
    folder = reference_folder()
    if folder is None:
        return []
    vendored = {case.plain["id"] for case in vendored_cases()}
    every = (Case(plain, folder / "open" / "data") for plain in _read(folder / "open" / "cases.json"))
    return [case for case in every if case.plain["id"] not in vendored]


def _read(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return cases
