"""Where a request may write: inside the Jupyter root folder, wherever links lead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from decision_widgets.errors import InputError


def root_of(contents: Any) -> Path | None:
    """Return the folder on disk that a contents manager shows; ``None`` when its files are not on this disk."""
    root = getattr(contents, "root_dir", None)
    return Path(root).resolve() if isinstance(root, str) and root and Path(root).is_dir() else None


def folder_problem(cwd: str) -> str | None:
    """Say what is wrong with the written form of a folder, if anything."""
    if "\0" in cwd or ".." in cwd.replace("\\", "/").split("/"):
        return "'cwd' must be a folder inside the Jupyter root folder, without '..'."
    return None


def file_problem(name: str) -> str | None:
    """Say what is wrong with the name of a file, if anything."""
    if (
        name.startswith(".")
        or any(mark in name for mark in '/\\\0:*?"<>|')
        or not name.isprintable()
        or len(name) > 120
    ):
        return f"'name' must be the name of a file without a folder, for example 'eta_badge.ipynb'; got {name[:60]!r}."
    return None


def refuse_outside(contents: Any, cwd: str) -> None:
    """Refuse a folder that a link leads out of the root.

    Raises
    ------
    InputError
        It lies outside.
    """
    root = root_of(contents)
    if root is not None and not (root / cwd).resolve().is_relative_to(root):
        raise InputError(f"The folder {cwd!r} is a link to a place outside the Jupyter root folder.")
