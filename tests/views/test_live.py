"""The registry between the front door and live widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from decision_widgets.views import live


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    kept = list(live._factories)
    yield
    live._factories[:] = kept


def test_the_last_factory_makes_the_view() -> None:
    live.set_live_view(lambda payload, result: {"old": payload})
    live.set_live_view(lambda payload, result: {"new": payload["id"], "of": result})
    assert live.live_view({"id": 7}, "result") == {"new": 7, "of": "result"}


def test_without_a_factory_there_is_no_live_view() -> None:
    live.set_live_view(None)
    assert live.live_view({}) is None
