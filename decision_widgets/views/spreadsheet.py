"""The rows of a result as CSV, which a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any, Final

from decision_widgets.views.schemas import Payload

# A cell that begins so is a formula to a spreadsheet, in half and in full width.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NESTED: Final = (dict, list)
_WITH_ROWS: Final = ("dw.metrics", "dw.monitoring", "dw.power")


def to_csv(payload: Payload) -> str:
    """Write one line per row of the card of metrics, looks or a plan; without one, nothing.

    Numbers have all their digits and what is missing is empty. Text that a spreadsheet would run as a formula gets an
    apostrophe in front.

    >>> row = {"metric": "=1+1", "effect": -0.5, "limit": None}
    >>> to_csv({"schema": "dw.metrics/1", "rows": [row]}).splitlines()
    ['metric,effect,limit,error,error_text', "'=1+1,-0.5,,,"]
    """
    rows = [dict(_cells(row)) for row in _rows(payload)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not rows:
        return ""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return text.getvalue()


def _rows(payload: Payload) -> list[Mapping[str, Any]]:
    for card in (payload, *payload.get("cards", ())):
        if str(card.get("schema")).partition("/")[0] in _WITH_ROWS:
            return list(card.get("rows") or ())
    return []


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name == "error":
            continue
        if isinstance(value, list) and not any(isinstance(each, _NESTED) for each in value):
            yield name, _cell(" ".join(map(str, value)))
        elif not isinstance(value, _NESTED):
            yield name, _cell(value)
    error = row.get("error") or {}
    yield "error", _cell(error.get("code"))
    yield "error_text", _cell(" ".join(str(error[key]) for key in ("title", "text") if error.get(key)))


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return repr(value)
