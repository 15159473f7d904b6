"""The script of a live card: the shared part and each card's own, joined into one module.

The browser loads a widget's script from a blob, so it cannot import a neighbour; joining happens here, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

_SHARED = "shared"


def script(stems: Iterable[str]) -> str:
    """Join the shared script with that of each card, and export `render`."""
    return "\n".join([*(_read(stem) for stem in dict.fromkeys((_SHARED, *stems))), "export default { render };\n"])


def stems() -> tuple[str, ...]:
    """Name every card that has a script."""
    names = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".js") for name in names if name.endswith(".js") and name != f"{_SHARED}.js"))


def _read(stem: str) -> str:
    return (files(__package__) / f"{stem}.js").read_text("utf-8")
