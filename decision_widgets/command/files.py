"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from decision_widgets.errors import InputError


def write_whole(texts: Mapping[Path, str]) -> None:
    """Write every file beside its place, then move them there: a reader never sees half of one.

    Raises
    ------
    OSError
        One of them cannot be written; none was.
    """
    waiting: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(21, "Is a directory", str(path))
            with NamedTemporaryFile(
                "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
            ) as file:
                waiting[path] = Path(file.name)
                file.write(text)
            # Temporary files are for their owner alone; these are as any other.
            os.chmod(file.name, 0o666 & ~_umask())
        for path, written in waiting.items():
            os.replace(written, path)
    finally:
        for written in waiting.values():
            written.unlink(missing_ok=True)


def read_text(path: Path, called: str) -> str:
    """Read a text file that the command line names.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"The {called} {str(path)!r} cannot be read: {why}.") from problem


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
