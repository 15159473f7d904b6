"""The style sheet of static cards: the same files that the live cards use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,])\s*")


def stylesheet(stems: Iterable[str]) -> str:
    """Join the shared style with that of each card, in the order given, each once."""
    return "".join(_style(stem) for stem in dict.fromkeys(("shared", *stems)))


@cache
def _style(stem: str) -> str:
    file = files("decision_widgets") / "cards" / f"{stem}.css"
    text = _COMMENT.sub("", file.read_text("utf-8"))
    return _AROUND.sub(r"\1", _SPACE.sub(" ", text)).strip()
