"""How a payload becomes a live widget without knowing widgets: the front door registers the maker here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

LiveViewFactory = Callable[[dict[str, Any], Any], Mapping[str, Any] | None]

CardMaker = Callable[[Any], Any]

ProgressMaker = Callable[[], Any]

_factories: list[LiveViewFactory] = []
_makers: list[CardMaker] = []
_progress: list[ProgressMaker] = []


def set_live_view(factory: LiveViewFactory | None) -> None:
    """Register what makes the MIME entry of a live widget from a payload and its result; None takes it away."""
    _factories[:] = [] if factory is None else [factory]


def live_view(payload: dict[str, Any], result: Any = None) -> Mapping[str, Any] | None:
    """Give the MIME entry of a live widget, or None when nothing live can show this payload."""
    return _factories[0](payload, result) if _factories else None


def set_card_maker(maker: CardMaker | None) -> None:
    """Register what makes a card that answers from a result; None takes it away."""
    _makers[:] = [] if maker is None else [maker]


def answering_card(result: Any) -> Any:
    """Make the card that answers from a result, or None when nothing can."""
    return _makers[0](result) if _makers else None


def set_progress_view(maker: ProgressMaker | None) -> None:
    """Register what makes a view of a long read, with `show(progress)` and `erase()`; None takes it away."""
    _progress[:] = [] if maker is None else [maker]


def progress_view() -> Any:
    """Make a view of a long read, or None when nothing can show it."""
    return _progress[0]() if _progress else None
