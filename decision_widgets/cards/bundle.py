"""The script of a live card: the shared part and each card's own, joined into one module.

The browser loads a widget's script from a blob, so it cannot import a neighbour; joining happens here, once. A long
script is written in parts: ``design_slots.js`` and the like stand before ``design.js``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_SHARED = "shared"


def script(stems: Iterable[str]) -> str:
    """Join the shared script with that of each card, and export `render`."""
    named = (part for stem in dict.fromkeys((_SHARED, *stems)) for part in (*_parts(stem), stem))
    return "\n".join([*map(_read, named), "export default { render };\n"])


def stems() -> tuple[str, ...]:
    """Name every card that has a script."""
    return tuple(name for name in _scripts() if name != _SHARED and "_" not in name)


def _parts(stem: str) -> tuple[str, ...]:
    return tuple(name for name in _scripts() if name.startswith(f"{stem}_"))


@cache
def _scripts() -> tuple[str, ...]:
    names = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".js") for name in names if name.endswith(".js")))


def _read(stem: str) -> str:
    return (files(__package__) / f"{stem}.js").read_text("utf-8")
