"""What every result can do: be kept, and show itself as text, Markdown, HTML and in a notebook."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from decision_widgets.errors import InputError, listed
from decision_widgets.records import Versioned
from decision_widgets.views.html import page, to_html
from decision_widgets.views.live import live_view
from decision_widgets.views.spreadsheet import to_csv
from decision_widgets.views.text import to_text
from decision_widgets.vocabulary import CARD_MIME

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Shown(Versioned):
    """Base of the results: a payload of plain values, from which every view is made.

    A subclass states its `TITLE` for exported pages and gives `to_payload` and `plot`.
    """

    __slots__ = ()
    TITLE: ClassVar[str]

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values."""
        raise NotImplementedError

    def plot(self) -> Figure:
        """Draw what matters most as a matplotlib figure."""
        raise NotImplementedError

    def to_text(self) -> str:
        """Return the answer in the first lines, then what every card says, as aligned text."""
        return to_text(self.to_payload())

    def to_html(self, *, full_page: bool = False) -> str:
        """Return the cards as static HTML without scripts; `full_page` makes it a file of its own."""
        payload = self.to_payload()
        return page(payload, payload.get("id") or self.TITLE) if full_page else to_html(payload)

    def to_csv(self) -> str:
        """Return one line per metric and arm with all digits: what is missing is empty, and no cell is a formula."""
        return to_csv(self.to_payload())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the kind that its name ends with, whole or not at all, and return where.

        ``.html`` is a page that opens without a network, ``.json`` what the cards show (each ``schema`` has a JSON
        Schema beside its view), ``.decision.json`` the record, which `from_json` reads, ``.csv`` is `to_csv`, ``.png``
        is `plot`.

        Raises
        ------
        InputError
            The name has another ending, or the file cannot be written.
        """
        where = Path(path)
        writers: dict[str, Callable[[], bytes]] = {
            ".html": lambda: self.to_html(full_page=True).encode(),
            ".json": lambda: json.dumps(self.to_payload(), indent=2, ensure_ascii=False, allow_nan=False).encode(),
            ".csv": lambda: self.to_csv().encode(),
            ".png": self._png,
        }
        if where.name.lower().endswith(".decision.json"):
            _write_whole(where, self.to_json().encode())
            return where
        if where.suffix.lower() not in writers:
            raise InputError(f"A file to save ends in {listed([*writers])}; got {str(path)!r}.")
        _write_whole(where, writers[where.suffix.lower()]())
        return where

    def _png(self) -> bytes:
        image = BytesIO()
        self.plot().savefig(image, format="png", dpi=_DOUBLE)
        return image.getvalue()

    def __str__(self) -> str:
        return self.to_text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        payload = shown_now(self)
        static = {"text/plain": to_text(payload), "text/html": to_html(payload), CARD_MIME: payload}
        return static | dict(live_view(payload, self) or {})


def shown_now(result: Shown) -> dict[str, Any]:
    """Return what the cards show, with the time at which they show it."""
    return result.to_payload() | {"created": datetime.now().astimezone().isoformat(timespec="seconds")}


# Twice the pixels of a screen, on which matplotlib counts 100 to the inch.
_DOUBLE = 200


def _write_whole(where: Path, content: bytes) -> None:
    draft = where.with_name(f".{where.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content)
        os.replace(draft, where)
    except OSError as problem:
        raise InputError(f"{str(where)!r} cannot be written: {problem.strerror}.") from problem
    finally:
        with suppress(OSError):
            draft.unlink()
