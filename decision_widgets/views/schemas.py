"""Which view shows which payload: the schema `dw.<name>/<version>` is shown by the module `views/<name>.py`.

A view module states `SCHEMA`, and gives `to_html(payload)` and `to_text(payload)`; beside it `<name>.schema.json` says
what the payload holds. Nothing else has to be registered: a new card is one view here and three files of the same stem
in `cards/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

Payload = Mapping[str, Any]
_SCHEMA = re.compile(r"dw\.([a-z][a-z_]*)/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one schema is shown."""

    schema: str
    stem: str
    to_html: Callable[[Payload], str]
    to_text: Callable[[Payload], str]


@cache
def view_of(schema: str) -> View | None:
    """Find the view of a schema; None when this version has none, so that newer results still open.

    >>> view_of("dw.verdict/1").stem
    'verdict'
    >>> view_of("dw.verdict/999") is None
    True
    """
    match = _SCHEMA.fullmatch(schema)
    if match is None:
        return None
    stem = match.group(1)
    if find_spec(f"{__package__}.{stem}") is None:
        return None
    module = import_module(f"{__package__}.{stem}")
    if getattr(module, "SCHEMA", None) != schema:
        return None
    return View(schema=schema, stem=stem, to_html=module.to_html, to_text=module.to_text)


def stems_of(payload: Payload) -> Iterator[str]:
    """Name the cards that a payload is made of, outermost first."""
    view = view_of(str(payload.get("schema")))
    if view is not None:
        yield view.stem
    for part in payload.get("cards", ()):
        yield from stems_of(part)


def json_schema(schema: str) -> dict[str, Any] | None:
    """Read the JSON Schema (draft 2020-12) of a payload; None when this version has none.

    Its references are to `json_schema("dw.card/1")`, what all cards are made of.

    >>> json_schema("dw.srm/1")["$id"]
    'urn:dw:srm:1'
    """
    match = _SCHEMA.fullmatch(schema)
    if match is None:
        return None
    file = files(__package__) / f"{match.group(1)}.schema.json"
    found: dict[str, Any] | None = json.loads(file.read_text("utf-8")) if file.is_file() else None
    return found if found is not None and found["$id"] == f"urn:dw:{match.group(1)}:{match.group(2)}" else None
