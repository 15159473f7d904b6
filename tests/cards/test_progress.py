"""How far a long read has come, as a card below its cell."""

from __future__ import annotations

from typing import Any

import pytest

from decision_widgets.cards.progress import ProgressView
from decision_widgets.data import progress as reading
from decision_widgets.data.progress import Progress, watching
from decision_widgets.views import live


class Handle:
    """Stands for the place of an output."""

    def __init__(self) -> None:
        self.updates: list[Any] = []

    def update(self, data: Any, *, raw: bool) -> None:
        self.updates.append((data, raw))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], Handle]:
    cards: list[Any] = []
    handle = Handle()
    monkeypatch.setattr("IPython.display.display", lambda card, display_id: cards.append(card) or handle)
    return cards, handle


def test_one_card_follows_the_read_and_vanishes(shown: tuple[list[Any], Handle]) -> None:
    cards, handle = shown
    view = ProgressView()
    view.show(Progress(stage="Reading metrics", share=None, seconds=2.0))
    (card,) = cards
    assert 'aria-busy="true"' in card.html
    assert "Reading metrics, 2 s" in card.html
    view.show(Progress(stage="Reading metrics", share=0.67, seconds=4.2))
    assert len(cards) == 1
    assert 'role="progressbar" aria-label="Reading metrics, 4 s" aria-valuenow="67"' in card.html
    view.erase()
    assert handle.updates == [({"text/plain": ""}, True)]
    assert card.comm is None
    view.erase()
    assert len(handle.updates) == 1


@pytest.mark.parametrize("registered", [True, False])
def test_in_a_kernel_a_read_is_shown_as_a_card_or_else_as_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], registered: bool
) -> None:
    told: list[str] = []

    class View:
        def show(self, progress: Progress) -> None:
            told.append(progress.stage)

        def erase(self) -> None:
            told.append("erased")

    monkeypatch.setattr(live, "_progress", [View] if registered else [])
    monkeypatch.setattr(reading, "_in_kernel", lambda: True)
    with watching(True) as watch:
        watch.stage("Looking")
    line = capsys.readouterr().err
    assert (told, "Looking" in line) == ((["Looking", "erased"], False) if registered else ([], True))


def test_a_short_read_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(live, "_progress", [lambda: made.append(1)])
    monkeypatch.setattr(reading, "_in_kernel", lambda: True)
    monkeypatch.delenv("CI", raising=False)
    with watching(None) as watch:
        watch.stage("Looking")
    assert made == []
